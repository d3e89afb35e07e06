"""My conversations: the list, beginning one, handing one over, feedback to the school, and news for who polls."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.threads import TITLE_LIMIT, FeedbackState
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.shapes import Done
from miniapp.talk_shapes import MessageOut, ThreadOut, message_out, thread_out
from services.audiences import access_thread
from services.feedback import file_feedback, hand_over, mark_feedback
from services.messages import changes_since, messages_after
from services.threads import (
    audiences_of,
    colleagues_for,
    line_of,
    open_child_thread,
    open_question,
    people_to_call,
    teachers_for,
    threads_of,
)

threads = Registry("threads")
NEWS_LIMIT = 30  # threads at a time


class ThreadList(Schema):
    """My threads, the newest first. `at` is the server's time: what changed since then is asked for with it."""

    items: list[ThreadOut]
    at: datetime


class TeacherOut(Schema):
    """Somebody to write to; `ref` names them here alone."""

    ref: str
    name: str
    leads: bool


class TeacherList(Schema):
    """Whom a guardian can write to about a child, or to whom a thread can be handed."""

    items: list[TeacherOut]


class SomebodyOut(Schema):
    """Somebody in a thread; `who` names them in it alone, as a message's `author` and its `mentions` do."""

    who: str
    name: str
    as_staff: bool
    leads: bool


class PeopleList(Schema):
    """Whom I can call by name; `may_call_all`: everybody at once."""

    items: list[SomebodyOut]
    may_call_all: bool


class ChildThreadIn(Schema):
    """With which of the child's teachers; a teacher names nobody."""

    teacher: str = Field("", max_length=64)


class FeedbackIn(Schema):
    """What it is about, in a line, and what is to be said."""

    title: str = Field(min_length=1, max_length=TITLE_LIMIT)
    text: str = Field(min_length=1, max_length=2000)


class HandOverIn(Schema):
    """To whom."""

    colleague: str = Field(max_length=64)


class StateIn(Schema):
    """Where feedback stands now."""

    state: FeedbackState


class HeldIn(Schema):
    """How far I have a thread."""

    thread: str = Field(max_length=200)
    after: Number


class NewsIn(Schema):
    """How far I have my threads, and when I asked last."""

    seen: list[HeldIn] = Field(max_length=NEWS_LIMIT)
    since: datetime | None = None


class News(Schema):
    """What came in these threads since, in order; `changed` are older messages as they are now. Not all came if
    `more`: ask again from there. `gone` are no longer mine. `late`, by thread: as in a page of it."""

    items: list[MessageOut]
    changed: list[MessageOut]
    gone: list[str]
    more: bool
    late: dict[str, list[int]]
    at: datetime


@threads("GET", "/threads", access=Access.VISITOR)
async def list_threads(call: Call) -> ThreadList:
    """All conversations that are mine now."""
    at = call.ctx.now()
    found = await threads_of(call.ctx, call.person_id)
    call.ctx.live.polled(call.ctx, call.person_id)
    return ThreadList(items=[thread_out(line) for line in found], at=at)


@threads("POST", "/threads/news", access=Access.VISITOR)
async def get_news(call: Call, body: NewsIn) -> News:
    """What came since, for who has no socket: the same numbers, the same order."""
    ctx, me, at = call.ctx, call.person_id, call.ctx.now()
    items: list[MessageOut] = []
    changed: list[MessageOut] = []
    gone: list[str] = []
    late: dict[str, list[int]] = {}
    more = False
    ctx.live.polled(ctx, me)
    mine = {audience.thread.id for audience in await audiences_of(ctx, me)}
    for seen in body.seen:
        if seen.thread not in mine:
            gone.append(seen.thread)
            continue
        page = await messages_after(ctx, me, seen.thread, seen.after)
        items += [message_out(m, me, hidden=m.seq in page.hidden) for m in page.messages]
        if page.late:
            late[seen.thread] = list(page.late)
        more = more or (bool(page.messages) and page.messages[-1].seq < page.tail)
        if body.since is not None:
            found = await changes_since(ctx, me, seen.thread, body.since)
            changed += [message_out(m, me) for m in found if m.seq <= seen.after]
    return News(items=items, changed=changed, gone=gone, more=more, late=late, at=at)


@threads("POST", "/groups/{group_id}/question", access=Access.VISITOR)
async def ask_in_group(call: Call, group_id: str) -> ThreadOut:
    """My own thread with those who teach, in a group where the others don't see what I ask."""
    thread = await open_question(call.ctx, call.person_id, group_id)
    return thread_out(await line_of(call.ctx, call.person_id, thread.id))


@threads("GET", "/children/{student_id}/teachers", access=Access.VISITOR)
async def list_teachers(call: Call, student_id: str) -> TeacherList:
    """Whom I can write to about my child."""
    found = await teachers_for(call.ctx, call.person_id, student_id)
    return TeacherList(
        items=[TeacherOut(ref=ref, name=seat.name, leads=seat.leads) for ref, seat in found]
    )


@threads("POST", "/children/{student_id}/threads", access=Access.VISITOR)
async def open_about_child(call: Call, student_id: str, body: ChildThreadIn) -> ThreadOut:
    """The thread about a child: of all its guardians and one of its teachers."""
    thread = await open_child_thread(call.ctx, call.person_id, student_id, body.teacher)
    return thread_out(await line_of(call.ctx, call.person_id, thread.id))


@threads("POST", "/children/{student_id}/feedback", access=Access.VISITOR, creates=True)
async def give_feedback(call: Call, student_id: str, body: FeedbackIn) -> ThreadOut:
    """Say something to the child's school; it has a number, and a day until which it is answered."""
    thread = await file_feedback(
        call.ctx, call.person_id, student_id, title=body.title, text=body.text, key=call.key
    )
    return thread_out(await line_of(call.ctx, call.person_id, thread.id))


@threads("GET", "/threads/{thread_id}", access=Access.VISITOR)
async def get_thread(call: Call, thread_id: str) -> ThreadOut:
    """One of my threads."""
    return thread_out(await line_of(call.ctx, call.person_id, thread_id))


@threads("GET", "/threads/{thread_id}/people", access=Access.VISITOR)
async def list_people(call: Call, thread_id: str) -> PeopleList:
    """Whom I can call by name in a thread."""
    audience, place = await access_thread(call.ctx, call.person_id, thread_id)
    return PeopleList(
        items=[
            SomebodyOut(who=ref, name=p.name, as_staff=p.as_staff, leads=p.leads)
            for ref, p in people_to_call(audience, place)
        ],
        may_call_all=place.leads,
    )


@threads("GET", "/threads/{thread_id}/colleagues", access=Access.VISITOR)
async def list_colleagues(call: Call, thread_id: str) -> TeacherList:
    """To whom I can hand a private thread."""
    audience, place = await access_thread(call.ctx, call.person_id, thread_id)
    found = await colleagues_for(call.ctx, audience) if place.as_staff else []
    return TeacherList(items=[TeacherOut(ref=r, name=p.name, leads=False) for r, p in found])


@threads("POST", "/threads/{thread_id}/handover", access=Access.VISITOR)
async def hand_thread_over(call: Call, thread_id: str, body: HandOverIn) -> Done:
    """Hand a private thread to a colleague; I am out of it then, and everybody in it is told."""
    await hand_over(call.ctx, call.person_id, thread_id, body.colleague)
    return Done(done=True)


@threads("PUT", "/threads/{thread_id}/state", access=Access.VISITOR)
async def set_feedback_state(call: Call, thread_id: str, body: StateIn) -> ThreadOut:
    """Where feedback stands: the office says so."""
    await mark_feedback(call.ctx, call.person_id, thread_id, body.state)
    return thread_out(await line_of(call.ctx, call.person_id, thread_id))
