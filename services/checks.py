"""What WeChat thinks of words and pictures: asked while it can be asked, never waited for longer than a moment.

A text is asked about before it is kept. Pictures are kept first, seen by their author alone; a job asks, WeChat fetches
each through a door of its own that nobody else knows, and pushes its verdict. Whatever it does not say in time, a
person says.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.bearers import ACCESS_LIFE
from domain.errors import ConflictError, NotFoundError
from domain.files import FileKind, StoredFile
from domain.reviews import CHECK_LIMIT, Check, Look, Review, ReviewState, looked, waiting
from domain.safety import SCENES, Kind, Outcome, Reason, Verdict
from domain.times import next_school_midnight
from services.context import Context
from services.safety_jobs import settle_soon
from wechat.errors import Trouble, WeChatError
from wechat.mini import MiniGateway, Opinion, Suggest

WORDS, PICTURES = "msg_sec_check", "media_check_async"
_PIECE = 2500  # characters; WeChat takes no more at once
_LARGEST = 10 * 1024 * 1024
_DAILY_QUOTA = 45009
_MINUTE = timedelta(minutes=1)
# After an answer that never came, nobody else waits for one for so long.
_BREATH = timedelta(seconds=30)
_LATE = timedelta(minutes=1)
_TRIES = 5

log = logging.getLogger("yanshu.services")


async def ask_about_text(ctx: Context, person_id: str, kind: Kind, text: str) -> Verdict | None:
    """WeChat's verdict; None where it cannot be asked: then the list that comes with the program has its say."""
    mini = ctx.mini
    if mini is None or not ctx.policy.check_text or not text.strip():
        return None
    openid = await _visitor(ctx, mini, person_id, WORDS)
    if not openid:
        return None
    pieces = [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
    try:
        async with asyncio.timeout(ctx.policy.check_patience.total_seconds()):
            said = [await mini.check_text(openid, p, scene=SCENES[kind]) for p in pieces]
    except TimeoutError:
        await ctx.stores.pauses.add_check(mini.app_id, WORDS, ctx.now() + _BREATH)
        return None
    except WeChatError as error:
        await _learn(ctx, mini, WORDS, error)
        return None
    return _verdict(max(said, key=lambda opinion: list(Suggest).index(opinion.suggest)))


def _verdict(opinion: Opinion) -> Verdict:
    if opinion.suggest is Suggest.PASS:
        return Verdict(Outcome.PASS)
    outcome = Outcome.REFUSE if opinion.suggest is Suggest.RISKY else Outcome.HOLD
    return Verdict(outcome, Reason.WECHAT, opinion.label)


async def can_check_pictures(ctx: Context, person_id: str) -> bool:
    """Whether WeChat can be asked about pictures of this person now."""
    mini = ctx.mini
    if mini is None or not ctx.policy.check_pictures:
        return False
    return bool(await _visitor(ctx, mini, person_id, PICTURES))


async def _visitor(ctx: Context, mini: MiniGateway, person_id: str, name: str) -> str:
    """The openid under which somebody used the mini-program within two hours: their access token is no older.

    Empty where they did not, and while WeChat is not to be asked.
    """
    if await ctx.stores.pauses.is_check_paused(mini.app_id, name, ctx.now()):
        return ""
    devices = await ctx.stores.bearers.of_person(person_id)
    newest = max(devices, key=lambda b: b.access_until, default=None)
    if newest is None or newest.access_until - ACCESS_LIFE <= ctx.now() - ACCESS_LIFE:
        return ""
    return newest.openid


async def _learn(ctx: Context, mini: MiniGateway, name: str, error: WeChatError) -> None:
    """Who meets a closed door does not send everybody after them against it."""
    until: datetime | None = None
    if error.trouble is Trouble.QUOTA:
        midnight = next_school_midnight(ctx.now())
        until = midnight if error.code == _DAILY_QUOTA else ctx.now() + _MINUTE
    elif error.trouble in (Trouble.CONFIG, Trouble.BANNED, Trouble.TOKEN):
        until = ctx.now() + 10 * _MINUTE
    elif error.trouble in (Trouble.DOWN, Trouble.UNCERTAIN, Trouble.BUSY):
        until = ctx.now() + _BREATH
    if until is not None:
        await ctx.stores.pauses.add_check(mini.app_id, name, until)
    log.info("WeChat did not check anything: %s", error.trouble)


# ------------------------------------------------------------------------------------ pictures


def checked(review: Review) -> Review:
    """A new review whose pictures WeChat will look at."""
    return replace(
        review,
        checks=tuple(Check(file_id=i) for i in review.file_ids),
        checked_until=review.created_at + CHECK_LIMIT,
    )


async def check_pictures(ctx: Context, review_id: str) -> None:
    """Ask about each picture that WeChat was not asked about yet. May be repeated.

    The door is written down before WeChat is told of it. Where WeChat refuses, the whole waits for a person.
    """
    review = await ctx.stores.reviews.find(review_id)
    if review is None or review.state is not ReviewState.CHECKING:
        return
    for check in review.checks:
        if not check.trace_id and not await _ask_about(ctx, review_id, check.file_id):
            return


async def _ask_about(ctx: Context, review_id: str, file_id: str) -> bool:
    """Whether WeChat looks at it now."""
    mini, key = ctx.mini, secrets.token_urlsafe(32)
    review = await _change(ctx, review_id, lambda r: _with(r, file_id, door=_hashed(key)))
    if review is None or mini is None:
        return False
    openid = await _visitor(ctx, mini, review.author_id, PICTURES)
    try:
        if not openid:
            raise WeChatError(Trouble.NOT_VISITED)
        address = f"{ctx.policy.public_url}/checks/{key}"
        trace_id = await mini.check_picture(openid, address, scene=SCENES[review.kind])
    except WeChatError as error:
        await _learn(ctx, mini, PICTURES, error)
        await _leave_to_a_person(ctx, review_id)
        return False
    await _change(ctx, review_id, lambda r: _with(r, file_id, trace_id=trace_id))
    # Its verdict may have been quicker than our own note of which picture it is about.
    look = await ctx.stores.reviews.find_look(trace_id)
    if look is not None:
        await _apply(ctx, review_id, trace_id, *look)
    return True


async def record_look(ctx: Context, trace_id: str, opinion: Opinion | None) -> None:
    """WeChat has pushed its verdict; None: it could not look. Durable before it is acted upon, and told as often
    as WeChat likes.
    """
    good = opinion is not None and opinion.suggest is Suggest.PASS
    label = opinion.label if opinion else 0
    await ctx.stores.reviews.keep_look(trace_id, good=good, label=label, at=ctx.now())
    review = await ctx.stores.reviews.find_by_trace(trace_id)
    if review is not None:
        await _apply(ctx, review.id, trace_id, good, label)


async def _apply(ctx: Context, review_id: str, trace_id: str, good: bool, label: int) -> None:
    at = ctx.now()
    fresh = await _change(
        ctx, review_id, lambda r: looked(r, trace_id, good=good, label=label, at=at)
    )
    if fresh is not None and fresh.unsettled_since is not None:
        await settle_soon(ctx, review_id, fresh.version)


async def picture_behind(ctx: Context, key: str) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """The picture that WeChat fetches through a door, the small one where there is one.

    Raises NotFoundError once WeChat has said what it thinks, or had its time.
    """
    door = _hashed(key)
    review = await ctx.stores.reviews.find_by_door(door)
    if review is None or review.checked_until is None or ctx.now() >= review.checked_until:
        raise NotFoundError
    (check,) = (c for c in review.checks if c.door == door)
    file = await ctx.stores.files.find(check.file_id)
    if check.look is not Look.PENDING or file is None or file.kind is not FileKind.PICTURE:
        raise NotFoundError
    small = await ctx.stores.files.find_thumbnail(file.id)
    if small is not None:
        return replace(file, content_type="image/jpeg", size_bytes=len(small)), _whole(small)
    if file.size_bytes > _LARGEST:
        raise NotFoundError
    return file, ctx.stores.files.read(file.id)


async def tend_checks(ctx: Context) -> None:
    """What WeChat said nothing of in time waits for a person; it is asked about what nobody asked about."""
    now = ctx.now()
    for review in await ctx.stores.reviews.under_check(now + CHECK_LIMIT - _LATE):
        if review.checked_until is not None and review.checked_until <= now:
            await _leave_to_a_person(ctx, review.id)
        elif not all(c.trace_id for c in review.checks):
            await check_pictures(ctx, review.id)


async def _leave_to_a_person(ctx: Context, review_id: str) -> None:
    at = ctx.now()

    def leave(review: Review) -> Review | None:
        if review.state is not ReviewState.CHECKING:
            return None
        return waiting(review, Reason.UNCHECKED, at)

    left = await _change(ctx, review_id, leave)
    if left is not None:
        await settle_soon(ctx, review_id, left.version)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def _change(
    ctx: Context, review_id: str, change: Callable[[Review], Review | None]
) -> Review | None:
    """The review as it was changed; None where there is nothing to change. Others change it meanwhile: once more."""
    for _ in range(_TRIES):
        review = await ctx.stores.reviews.find(review_id)
        fresh = change(review) if review is not None else None
        if fresh is None:
            return None
        if await ctx.stores.reviews.mark_changed(fresh):
            return fresh
    raise ConflictError


def _with(review: Review, file_id: str, **changes: Any) -> Review | None:
    if review.state is not ReviewState.CHECKING:
        return None
    checks = tuple(replace(c, **changes) if c.file_id == file_id else c for c in review.checks)
    return replace(review, checks=checks)
