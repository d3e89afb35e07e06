"""Who was called by @ and has not read so far: 有人@你 in their list. And what was shown behind what somebody has read.

A call is remembered with the person it is for (`thread_marks`), one of everybody with the thread, so a list looks at
nothing but what it reads anyway. The message itself says whether the call still stands: a few are asked for by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.messages import Message, MessageState
from domain.threads import Call, Thread, ThreadMark, late_messages, mark_id, unread_calls
from services.context import Context


async def note_calls(ctx: Context, message: Message) -> None:
    """Whom a kept message calls is remembered; may come twice."""
    call = Call(message.seq, message.id)
    if message.all:
        await ctx.stores.threads.call_all(message.thread_id, call)
    if message.mentions:
        marks = [
            ThreadMark(
                id=mark_id(message.thread_id, person_id),
                school_id=message.school_id,
                thread_id=message.thread_id,
                person_id=person_id,
            )
            for person_id in message.mentions
        ]
        await ctx.stores.threads.call(marks, call)


async def note_late(ctx: Context, message: Message) -> None:
    """Whoever has read past a message that is shown only now has it among what is new; may come twice."""
    call = Call(message.seq, message.id)
    await ctx.stores.threads.note_late(message.thread_id, call, author_id=message.author_id)
    await ctx.stores.messages.mark_told(message.id)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What of a thread waits for somebody: whether it calls them, and how much was shown behind what they have read."""

    called: bool = False
    late: int = 0


async def unseen_in(
    ctx: Context, person_id: str, lines: Sequence[tuple[Thread, ThreadMark | None]]
) -> dict[str, Unseen]:
    """By thread, what this person has not read of what calls them, or was shown late."""
    calls = {thread.id: unread_calls(thread, mark) for thread, mark in lines}
    late = {thread.id: late_messages(mark) for thread, mark in lines}
    wanted = {one.message_id for some in (*calls.values(), *late.values()) for one in some}
    found: Mapping[str, Message] = await ctx.stores.messages.many(wanted) if wanted else {}
    standing = {m.id for m in found.values() if _stands(m, person_id)}
    return {
        t: Unseen(
            called=any(one.message_id in standing for one in calls[t]),
            late=len({one.message_id for one in late[t]} & standing),
        )
        for t in calls
    }


async def late_in(ctx: Context, person_id: str, mark: ThreadMark | None) -> tuple[int, ...]:
    """The numbers of what was shown behind what this person has read of a thread, in order. Mostly nothing is asked."""
    late = late_messages(mark)
    if not late:
        return ()
    found = await ctx.stores.messages.many({one.message_id for one in late})
    standing = {m.id for m in found.values() if _stands(m, person_id)}
    return tuple(sorted({one.seq for one in late if one.message_id in standing}))


def _stands(message: Message, person_id: str) -> bool:
    """Whether it is there to be read, and somebody else's."""
    return (
        message.state is MessageState.SENT
        and message.recalled_at is None
        and message.author_id != person_id
    )
