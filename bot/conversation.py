"""From a parsed message to the bytes that go back: once per message, in time, the same for every delivery of it.

WeChat: no answer within 5 s → the connection is dropped and the message comes again, three deliveries
in all. So: one claim per message; what cannot be ready by the deadline is answered `success` and said
later as a customer-service message; a delivery that comes again gets the remembered reply.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot import phrases, rules
from bot.turn import Answered, Turn
from domain.errors import fault_text
from domain.identities import Opening
from services.context import Context
from services.people import note_opening
from storage.callbacks import ClaimedMessage, Standing
from wechat.errors import WeChatError
from wechat.messages import Inbound
from wechat.replies import text_reply

log = logging.getLogger("yanshu.bot")

SUCCESS = b"success"
DEADLINE_SECONDS = 4.0
# A delivery that waited for another one has waited long already; WeChat hangs up after 5 s.
_WAIT_FOR_OTHER_SECONDS = 4.6
_ANSWER_BY_SECONDS = 4.8
_LOOK_AGAIN_SECONDS = 0.05
_OPENS_WINDOW = {
    "click": Opening.TAP,
    "scancode_push": Opening.TAP,
    "scancode_waitmsg": Opening.TAP,
}

_background: set[asyncio.Task[Any]] = set()


class ForgedError(Exception):
    """A message's key came again with another content: somebody replays a signature."""


class UnavailableError(Exception):
    """The stores cannot be asked, and the message is one that WeChat should bring again."""


async def converse(ctx: Context, inbound: Inbound) -> bytes:
    """The plain reply to a message: XML, or `success` when nothing is said (now).

    Raises ForgedError, UnavailableError.
    """
    loop = asyncio.get_running_loop()
    arrived = loop.time()
    try:
        claimed = await ctx.stores.callbacks.claim(inbound.openid, inbound.key, _content(inbound))
        if claimed.standing is Standing.PENDING:
            until = arrived + _WAIT_FOR_OTHER_SECONDS
            claimed = await _await_other_delivery(ctx, inbound, until)
    except Exception as error:
        log.error("cannot claim a message: %s", fault_text(error))
        return _apologise(ctx, inbound)
    if claimed.standing is Standing.FORGED:
        raise ForgedError
    if claimed.standing is Standing.ANSWERED:
        return claimed.reply
    if claimed.standing is Standing.PENDING:
        # Not `success`: whoever took it may be gone, and then nobody would ever answer.
        raise UnavailableError
    work = asyncio.create_task(_work(ctx, inbound, claimed))
    left = min(DEADLINE_SECONDS, arrived + _ANSWER_BY_SECONDS - loop.time())
    ready, _ = await asyncio.wait({work}, timeout=left)
    try:
        reply = work.result() if ready else SUCCESS
    except Exception as error:
        _log_unanswered(inbound, error)
        _in_background(ctx.stores.callbacks.forget(inbound.openid, inbound.key))
        return _apologise(ctx, inbound)
    if not ready and inbound.kind == "event" and inbound.event not in _OPENS_WINDOW:
        # Nobody waits for words, but what is reported must not get lost: the claim lapses, WeChat brings
        # it again, and what was done by then changes nothing the second time.
        _in_background(_to_its_end(inbound, work))
        raise UnavailableError
    if not ready:
        _in_background(_say_later(ctx, inbound, work))
    # Not waited for: should this process die first, the claim lapses and the effects, which are all
    # conditional, run once more to the same end.
    _in_background(
        ctx.stores.callbacks.remember(inbound.openid, inbound.key, _content(inbound), reply)
    )
    return reply


def _content(inbound: Inbound) -> bytes:
    """What must be the same in every delivery; the XML around it need not be."""
    parts = (inbound.kind, inbound.event, inbound.event_key, inbound.text, inbound.media_id)
    return "\x1f".join(parts).encode()


async def _await_other_delivery(ctx: Context, inbound: Inbound, until: float) -> ClaimedMessage:
    """Another delivery of the same message is being answered, here or in another process.

    Ends with its reply; with a claim of our own, when its process is gone and its claim has lapsed;
    or still PENDING at `until` (the loop's time).
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        claimed = await ctx.stores.callbacks.claim(inbound.openid, inbound.key, _content(inbound))
        if claimed.standing is not Standing.PENDING or loop.time() > until:
            return claimed


async def _work(ctx: Context, inbound: Inbound, claimed: ClaimedMessage) -> bytes:
    """Everything that a message causes, and the reply. What it writes is acknowledged before it answers."""
    turn = Turn(ctx, inbound, claimed.dialog, claimed.person_id)
    if inbound.kind != "event" or inbound.event in _OPENS_WINDOW:
        await turn.person_id()  # the window belongs to an identity: make sure there is one
    answered, _, _ = await asyncio.gather(
        rules.answer(turn), _trace(ctx, inbound), _open_window(ctx, inbound)
    )
    if inbound.kind != "event" or answered.dialog is not None:
        await _keep_dialog(ctx, inbound, claimed.dialog, answered)
    if not answered.text:
        return SUCCESS
    return text_reply(inbound, answered.text, at=int(ctx.now().timestamp()))


async def _trace(ctx: Context, inbound: Inbound) -> None:
    await ctx.stores.inbox.add(inbound.key, kind=inbound.event or inbound.kind, at=ctx.now())


async def _open_window(ctx: Context, inbound: Inbound) -> None:
    opening = Opening.MESSAGE if inbound.kind != "event" else _OPENS_WINDOW.get(inbound.event)
    if opening is not None:
        await note_opening(ctx, inbound.openid, opening)


async def _keep_dialog(
    ctx: Context, inbound: Inbound, before: dict[str, Any] | None, answered: Answered
) -> None:
    if answered.dialog != before:
        await ctx.stores.callbacks.save_dialog(inbound.openid, answered.dialog)


def _log_unanswered(inbound: Inbound, error: Exception) -> None:
    kind, fault = f"{inbound.kind} {inbound.event}", fault_text(error)
    log.error("cannot answer a message of kind %s: %s", kind, fault)


async def _to_its_end(inbound: Inbound, work: asyncio.Task[bytes]) -> None:
    try:
        await work
    except Exception as error:
        _log_unanswered(inbound, error)


async def _say_later(ctx: Context, inbound: Inbound, work: asyncio.Task[bytes]) -> None:
    """The answer was not ready in time: say it as a customer-service message when it is.

    WeChat has its `success` and brings the message no more, so a failure has to be said too.
    """
    try:
        reply = await work
    except Exception as error:
        _log_unanswered(inbound, error)
        reply = SUCCESS if inbound.kind == "event" else _apologise(ctx, inbound)
    if reply == SUCCESS:
        return
    try:
        await ctx.wechat.send_text(inbound.openid, _text_of(reply))
    except WeChatError as error:
        log.warning("a late answer could not be said: %s", error.trouble)


def _text_of(reply: bytes) -> str:
    """The words of a text reply of our own making."""
    content = reply.decode().partition("<Content>")[2].rpartition("</Content>")[0]
    return content.replace("]]]]><![CDATA[>", "]]>").removeprefix("<![CDATA[").removesuffix("]]>")


def _apologise(ctx: Context, inbound: Inbound) -> bytes:
    """A person is told to come back; an event is left for WeChat to bring again."""
    if inbound.kind == "event":
        raise UnavailableError
    return text_reply(inbound, phrases.BUSY, at=int(ctx.now().timestamp()))


def _in_background(work: Coroutine[Any, Any, Any]) -> None:
    task = asyncio.create_task(work)
    _background.add(task)
    task.add_done_callback(_finished)


async def finish_background() -> None:
    """Wait for what is left to do behind answers that are out already."""
    await asyncio.gather(*_background, return_exceptions=True)


def _finished(task: asyncio.Task[Any]) -> None:
    _background.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("left undone: %r", type(task.exception()).__name__)
