"""What fits no command: whoever has a child is asked whether it shall go to the head teacher, and a number sends it.

What was written waits in Redis as long as a dialog does, each message under WeChat's own key: two pictures that two
processes are brought at one moment are both there, and a number that comes again sends nothing twice.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bot import phrases
from bot.commands import help_text
from bot.done import done
from bot.turn import Answered, Turn
from domain.errors import InvalidError, NotFoundError, TooManyError, YanshuError
from domain.messages import MessageKind
from services.bridge import PIECES, Offer, Piece, check_words, offers_of, pass_on
from wechat.messages import Inbound

DIALOG = "bridge"
_KINDS = {
    "text": MessageKind.TEXT,
    "image": MessageKind.PICTURE,
    "voice": MessageKind.VOICE,
}
_YES = ("好", "好的", "是", "确定", "确认", "转", "转给老师")
# What means the same thing once more. 好的 alone may answer what the teacher has written back meanwhile.
_AGAIN = ("确定", "确认", "转", "转给老师")


async def offer(turn: Turn) -> Answered:
    """Keep what was written, and say to whom it can go; who has nobody to write to is helped."""
    inbound = turn.inbound
    if _number(turn.said):  # an answer to what is over
        return await help_text(turn)
    offers = await offers_of(turn.ctx, await turn.person_id())
    if not offers:
        return await help_text(turn)
    piece = _piece_of(inbound)
    if piece is None:
        return Answered(
            phrases.BRIDGE_OTHER_KIND.format(link=turn.url("/h5/messages")), turn.dialog
        )
    try:
        if piece["text"]:
            check_words(turn.ctx, piece["text"])
    except InvalidError:
        return Answered(phrases.BRIDGE_UNREADABLE, turn.dialog)
    store = turn.ctx.stores.callbacks
    if not await store.keep_said(inbound.openid, inbound.key, piece, most=PIECES):
        return Answered(phrases.BRIDGE_FULL.format(most=PIECES), turn.dialog)
    return _asked(offers, _in_order(await store.said(inbound.openid)))


def _asked(offers: list[Offer], waiting: list[tuple[str, dict[str, Any]]]) -> Answered:
    choices = [(o.student.name, o.school_class.name, o.teacher) for o in offers]
    text = phrases.bridge_offer(choices, [(piece["kind"], piece["text"]) for _, piece in waiting])
    shown = [[o.student.id, o.teacher_ref] for o in offers]
    return Answered(text, {"name": DIALOG, "shown": shown})


async def take_answer(turn: Turn) -> Answered:
    """A number, or more to be passed on."""
    dialog, said = turn.dialog or {}, turn.said
    shown = dialog.get("shown", [])
    number = _number(said) or (1 if said in _YES and len(shown) == 1 else 0)
    if not shown or not number:
        return await offer(turn)
    if number > len(shown):
        return Answered(phrases.BRIDGE_AGAIN.format(count=len(shown)), dialog)
    return await _pass_on(turn, *shown[number - 1])


async def _pass_on(turn: Turn, student_id: str, teacher_ref: str) -> Answered:
    store, openid = turn.ctx.stores.callbacks, turn.inbound.openid
    waiting = _in_order(await store.said(openid))
    pieces = [
        Piece(key, MessageKind(piece["kind"]), piece["text"], piece["media_id"])
        for key, piece in waiting
    ]
    if not pieces:
        return Answered(phrases.BRIDGE_NOTHING)
    try:
        passed = await pass_on(turn.ctx, await turn.person_id(), student_id, teacher_ref, pieces)
    except NotFoundError:
        return Answered(phrases.BRIDGE_GONE)
    except TooManyError:
        return Answered(phrases.BRIDGE_OFTEN, turn.dialog)
    except YanshuError:
        return Answered(phrases.BRIDGE_REFUSED.format(link=turn.url("/h5/messages")))
    await store.drop_said(openid, [piece.key for piece in pieces])
    link = turn.url(f"/h5/messages/{quote(passed.thread_id, safe='')}")
    told, already = (
        phrases.bridge_passed(passed.teacher, link, lost=passed.lost, of=len(pieces), again=again)
        for again in (False, True)
    )
    return done(turn, told, already, again=(turn.said, *_AGAIN))


async def drop(turn: Turn) -> Answered:
    """`取消`: nothing goes anywhere."""
    store, openid = turn.ctx.stores.callbacks, turn.inbound.openid
    await store.drop_said(openid, await store.said(openid))
    return Answered(phrases.BRIDGE_CANCELLED)


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 3 else 0


def _piece_of(inbound: Inbound) -> dict[str, Any] | None:
    """What is kept of a message; None of a kind that cannot be passed on."""
    kind = _KINDS.get(inbound.kind)
    if kind is None or not (inbound.media_id if kind != MessageKind.TEXT else inbound.text.strip()):
        return None
    return {
        "at": inbound.created,
        "kind": kind,
        "text": inbound.text,
        "media_id": inbound.media_id,
    }


def _in_order(said: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """As they were written: WeChat's ids grow."""
    return sorted(said.items(), key=lambda one: (one[1]["at"], len(one[0]), one[0]))
