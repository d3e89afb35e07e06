"""Who was called by @ and has not read so far: 有人@你 in their list.

A call is remembered with the person it is for (`thread_marks`), one of everybody with the thread, so a list looks at
nothing but what it reads anyway. The message itself says whether the call still stands: a few are asked for by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.messages import Message, MessageState
from domain.threads import Call, Thread, ThreadMark, mark_id, unread_calls
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


async def called_in(
    ctx: Context, person_id: str, lines: Sequence[tuple[Thread, ThreadMark | None]]
) -> frozenset[str]:
    """Ids of those of these threads in which somebody calls this person, behind what they have read."""
    calls = {thread.id: unread_calls(thread, mark) for thread, mark in lines}
    wanted = {call.message_id for some in calls.values() for call in some}
    found: Mapping[str, Message] = await ctx.stores.messages.many(wanted) if wanted else {}
    standing = {
        m.id
        for m in found.values()
        if m.state is MessageState.SENT and m.recalled_at is None and m.author_id != person_id
    }
    return frozenset(t for t, some in calls.items() if any(c.message_id in standing for c in some))
