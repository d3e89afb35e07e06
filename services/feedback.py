"""Feedback to a school (意见反馈), with a number, a state and a day; and handing a private thread to a colleague.

What happens to a private thread stands in it, for all who are in it.
"""

from __future__ import annotations

from dataclasses import replace

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.messages import Message, MessageKind, clean_text, message_id
from domain.rings import rings_at
from domain.threads import (
    TITLE_LIMIT,
    FeedbackState,
    Place,
    Thread,
    ThreadKind,
    due_after,
    feedback_id,
)
from services.announcing import announce_message
from services.audiences import Audience, access_thread, audience_of
from services.context import Context
from services.messages import send_message
from services.people import children_of
from services.threads import give_thread

_TRIES = 50


async def file_feedback(
    ctx: Context, person_id: str, student_id: str, *, title: str, text: str, key: str
) -> Thread:
    """Say something to the office of a child's school; the same key is the same feedback.

    Durable with the thread; its first message follows, also when the same is sent again. Raises NotFoundError for whose
    child it is not, or who may only read; InvalidError.
    """
    children = await children_of(ctx, person_id)
    schools = {c.student.id: c.student.school_id for c in children if c.binding.may_confirm}
    if student_id not in schools:
        raise NotFoundError
    school_id = schools[student_id]
    problems: dict[str, Problem] = {}
    line = clean_text(title, problems)
    if not line or len(line) > TITLE_LIMIT or "\n" in line:
        problems["title"] = Problem("too_long" if line else "missing", TITLE_LIMIT)
    if not clean_text(text, problems) and "text" not in problems:
        problems["text"] = Problem("missing")
    if problems:
        raise InvalidError(problems)
    thread = await _numbered(ctx, person_id, school_id, line, key)
    await send_message(ctx, person_id, thread.id, {"kind": "text", "text": text}, key=key)
    return thread


async def _numbered(ctx: Context, person_id: str, school_id: str, title: str, key: str) -> Thread:
    """The next number of the school; who is overtaken takes the one after."""
    wanted = feedback_id(school_id, person_id, key)
    for _ in range(_TRIES):
        held = await ctx.stores.threads.find(wanted)
        if held is not None:
            return held
        thread = Thread(
            id=wanted,
            school_id=school_id,
            kind=ThreadKind.FEEDBACK,
            person_id=person_id,
            title=title,
            number=await ctx.stores.threads.last_number(school_id) + 1,
            state=FeedbackState.OPEN,
            due_at=due_after(ctx.now()),
            created_at=ctx.now(),
            last_at=ctx.now(),
        )
        if await ctx.stores.threads.insert(thread):
            return thread
    raise ConflictError


async def mark_feedback(ctx: Context, person_id: str, thread_id: str, state: FeedbackState) -> None:
    """The office says where feedback stands; it is told in the thread. Twice is once. Raises NotFoundError."""
    _, place = await access_thread(ctx, person_id, thread_id)
    held = await ctx.stores.threads.find(thread_id)
    if held is None or held.kind is not ThreadKind.FEEDBACK or not place.as_staff:
        raise NotFoundError
    if held.state is None or held.state is state:
        return
    if not await ctx.stores.threads.mark_state(thread_id, state, expected=held.state):
        raise ConflictError
    await ctx.stores.stamps.touch(held.school_id)
    await _note(ctx, await audience_of(ctx, thread_id), place, f"state:{state}", ctx.new_id())


async def hand_over(ctx: Context, person_id: str, thread_id: str, colleague_ref: str) -> None:
    """Hand a private thread to a colleague; everybody in it reads that. Raises NotFoundError, ConflictError."""
    _, place = await access_thread(ctx, person_id, thread_id)
    audience, colleague = await give_thread(ctx, person_id, thread_id, colleague_ref)
    await _note(ctx, audience, place, f"handed:{colleague.name}", ctx.new_id())


async def _note(ctx: Context, audience: Audience, place: Place, text: str, key: str) -> None:
    thread = audience.thread
    note = Message(
        id=message_id(thread.id, place.person_id, key),
        school_id=thread.school_id,
        thread_id=thread.id,
        seq=0,
        author_id=place.person_id,
        author_name=place.name,
        as_staff=True,
        at=ctx.now(),
        kind=MessageKind.NOTE,
        text=text,
    )
    note = replace(note, rings_at=rings_at(note))
    announce_message(ctx, await ctx.stores.messages.append(note))
