"""What is decided about a message in the queue of reviews, who may report it, and who reads what was taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from domain.audit import Act
from domain.errors import InvalidError, NotFoundError, Problem
from domain.files import StoredFile
from domain.messages import Looking, Message, MessageState
from domain.rings import rings_at
from domain.roles import Right
from domain.safety import Outcome, Writing
from services.announcing import announce_changed
from services.audiences import access_thread
from services.audit import note_act
from services.calls import note_late
from services.context import Context
from services.message_writings import spot_of, state_after, writing_of
from services.people import Post

RECALLED_PAGE = 50


@dataclass(frozen=True, slots=True)
class Recalled:
    """A message that was taken back, as an auditor reads it, and why; `kept` are the ids of its files that are left."""

    message: Message
    why: Looking
    kept: frozenset[str]


async def settle_message(ctx: Context, message_id: str, outcome: Outcome) -> None:
    """Others may read it from now on, or not. May come twice, and for a message that is not there."""
    message, state = await ctx.stores.messages.find(message_id), state_after(outcome)
    if message is None:
        return
    shown = replace(message, state=state)
    # For those who read it from now on it was said now.
    rings = rings_at(replace(shown, at=ctx.now()))
    news = await ctx.stores.messages.mark_state(message_id, state, ctx.now(), rings_at=rings)
    if state is MessageState.SENT and (news or message.is_late):
        await note_late(ctx, shown)
    if news:
        announce_changed(ctx, shown)


async def show_message(ctx: Context, person_id: str, message_id: str) -> Writing:
    """A message as somebody in its thread reads it now. Raises NotFoundError."""
    message = await ctx.stores.messages.find(message_id)
    if message is None or not message.is_seen_by(person_id):
        raise NotFoundError
    audience, _ = await access_thread(ctx, person_id, message.thread_id)
    return writing_of(message, spot_of(audience.thread, audience.group))


async def recalled_messages(
    ctx: Context, post: Post, *, before: datetime | None = None
) -> tuple[Message, ...]:
    """What was taken back at the school, the latest first, without what it said, who of a family said it, or to whom.

    Raises NotFoundError.
    """
    if not post.has_everywhere(Right.AUDIT):
        raise NotFoundError
    found = await ctx.stores.messages.taken_back(post.place_id, before, RECALLED_PAGE)
    return tuple(
        replace(m, text="", files=(), link="", author_name=m.author_name if m.as_staff else "")
        for m in found
    )


async def recalled_text(ctx: Context, post: Post, message_id: str, why: str) -> Recalled:
    """What a message said that was taken back, for who reads the school's audit log; that they did is noted, and why.

    `why` is one of `Looking`. Raises NotFoundError; InvalidError (field `why`).
    """
    message, reason = await _access_recalled(ctx, post, message_id, why)
    await note_act(
        ctx,
        post.actor,
        Act.RECALLED_SEEN,
        subject=("message", message.id),
        after={"why": reason},
    )
    kept = await ctx.stores.files.many(f.file_id for f in message.files)
    return Recalled(message, reason, frozenset(kept))


async def open_recalled_file(
    ctx: Context, post: Post, message_id: str, file_id: str, why: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file of a message that was taken back, as long as it is kept, for who reads the school's audit log; that they
    opened it is noted, and why.

    `why` is one of `Looking`. Raises NotFoundError; InvalidError (field `why`).
    """
    message, reason = await _access_recalled(ctx, post, message_id, why)
    shown = {f.file_id for f in message.files}
    file = await ctx.stores.files.find(file_id) if file_id in shown else None
    if file is None:
        raise NotFoundError
    await note_act(
        ctx,
        post.actor,
        Act.RECALLED_SEEN,
        subject=("message", message.id),
        after={"why": reason, "file_id": file.id},
    )
    return file, ctx.stores.files.read(file.id)


async def _access_recalled(
    ctx: Context, post: Post, message_id: str, why: str
) -> tuple[Message, Looking]:
    if not post.has_everywhere(Right.AUDIT):
        raise NotFoundError
    message = await ctx.stores.messages.find(message_id)
    if message is None or message.recalled_at is None or message.school_id != post.place_id:
        raise NotFoundError
    reason = next((known for known in Looking if known == why), None)
    if reason is None:
        raise InvalidError({"why": Problem("missing")})
    return message, reason
