"""What I am asked: for my children, and where I work; answering, and taking it back."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.activities import Kind, State
from domain.errors import NotFoundError
from domain.schools import School
from handlers.activity_phrases import answered_words
from handlers.base import Access
from miniapp.activity_shapes import (
    AnswerIn,
    QuestionOut,
    SeatOut,
    TotalOut,
    ValueOut,
    given_of,
    question_rows,
    seat_out,
    total_rows,
    value_rows,
)
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Attachment, attachment_rows
from services.activity_results import totals_of
from services.answers import (
    Asked,
    access_asked,
    access_asked_for,
    answer_activity,
    asked_of,
    withdraw_answer,
)
from services.attachments import stored_of
from services.reading import record_read

answers = Registry("answers")


class AskedRow(Schema):
    """An activity as a line of my list: for a child, or as who works there (`child_id` empty)."""

    id: str
    kind: Kind
    title: str
    author: str
    child_id: str
    child_name: str
    class_name: str
    closes_at: datetime
    open: bool
    state: State
    asks: bool
    answered: bool
    seat: SeatOut


class AskedList(Schema):
    """What I am asked, newest first."""

    items: list[AskedRow]


class SubjectOut(Schema):
    """For whom I may answer, and what was answered. `may_answer`: by this adult, now. `relation` gave the answer."""

    child_id: str
    child_name: str
    class_name: str
    may_answer: bool
    answered: bool
    relation: str
    answered_at: datetime | None
    seat: SeatOut
    values: list[ValueOut]


class AskedOut(Schema):
    """An activity that I am asked. `totals` are there where the publisher shows them."""

    id: str
    kind: Kind
    title: str
    body: str
    author: str
    school: str
    closes_at: datetime
    open: bool
    state: State
    waits: bool
    published_at: datetime
    attachments: list[Attachment]
    questions: list[QuestionOut]
    totals: list[TotalOut]
    subjects: list[SubjectOut]


class AnswersIn(Schema):
    """The whole answer, for a child; without one for myself."""

    child_id: str = Field("", max_length=200)
    answers: list[AnswerIn] = Field(max_length=40)


class ChildIn(Schema):
    """For which child; empty for myself."""

    child_id: str = Field("", max_length=200)


class Answered(Schema):
    """It is noted. `said` is for the person."""

    said: str
    subject: SubjectOut


@answers("GET", "/activities", access=Access.VISITOR)
async def list_asked(call: Call) -> AskedList:
    """What I am asked, of the last months."""
    now = call.ctx.now()
    return AskedList(items=[_row(a, now) for a in await asked_of(call.ctx, call.person_id)])


@answers("GET", "/activities/{activity_id}", access=Access.VISITOR)
async def get_asked(call: Call, activity_id: str) -> AskedOut:
    """One that I am asked; whoever opens it has read the notice of it."""
    found = await access_asked(call.ctx, call.person_id, activity_id)
    activity, seats = found[0].activity, found[0].seats
    try:
        await record_read(call.ctx, call.person_id, activity_id)
    except NotFoundError:
        pass  # it is told of to staff by a card alone, and to families a moment later
    school = await call.ctx.stores.schools.find_school(activity.school_id)
    given = [f for a in found if a.answer for f in a.answer.files().values()]
    stored = await stored_of(call.ctx, [*activity.attachments, *given])
    totals = await totals_of(call.ctx, activity, seats)
    withdrawn = activity.state is State.WITHDRAWN
    return AskedOut(
        id=activity.id,
        kind=activity.kind,
        title=activity.title,
        body="" if withdrawn else activity.body,
        author=activity.author_name,
        school=_name(school),
        closes_at=activity.closes_at,
        open=activity.is_open(call.ctx.now()),
        state=activity.state,
        waits=activity.waits,
        published_at=activity.created_at,
        attachments=[] if withdrawn else attachment_rows(activity.attachments, stored),
        questions=[] if withdrawn else question_rows(activity, seats),
        totals=total_rows(totals),
        subjects=[await _subject(call, a) for a in found],
    )


@answers("POST", "/activities/{activity_id}/answers", access=Access.VISITOR, creates=True)
async def give_answer(call: Call, activity_id: str, body: AnswersIn) -> Answered:
    """Answer, or answer anew until it is over. Where a place is wanted and none is left, that is said at once (409)."""
    asked = await access_asked_for(call.ctx, call.person_id, activity_id, body.child_id)
    done = await answer_activity(call.ctx, asked, given_of(body.answers), key=call.key)
    seat = seat_out(done.seats, done.subject_id)
    said = answered_words(seat.standing, seat.place_in_line)
    return Answered(said=said, subject=await _subject(call, done))


@answers("POST", "/activities/{activity_id}/withdrawal", access=Access.VISITOR, creates=True)
async def take_answer_back(call: Call, activity_id: str, body: ChildIn) -> SubjectOut:
    """Take my answer back while it is open; a place goes to who waits for it."""
    asked = await access_asked_for(call.ctx, call.person_id, activity_id, body.child_id)
    return await _subject(call, await withdraw_answer(call.ctx, asked))


def _name(school: School | None) -> str:
    return school.name if school else ""


def _row(asked: Asked, now: datetime) -> AskedRow:
    activity, child = asked.activity, asked.child
    return AskedRow(
        id=activity.id,
        kind=activity.kind,
        title=activity.title,
        author=activity.author_name,
        child_id=child.student.id if child else "",
        child_name=child.student.name if child else "",
        class_name=child.school_class.name if child else "",
        closes_at=activity.closes_at,
        open=activity.is_open(now),
        state=activity.state,
        asks=bool(activity.questions),
        answered=asked.answered,
        seat=seat_out(asked.seats, asked.subject_id),
    )


async def _subject(call: Call, asked: Asked) -> SubjectOut:
    answer, child = asked.answer, asked.child
    says = answer if answer and answer.withdrawn_at is None else None
    stored = await stored_of(call.ctx, list(says.files().values()) if says else [])
    return SubjectOut(
        child_id=child.student.id if child else "",
        child_name=child.student.name if child else "",
        class_name=child.school_class.name if child else "",
        may_answer=asked.may_answer
        and bool(asked.activity.questions)
        and asked.activity.is_open(call.ctx.now()),
        answered=asked.answered,
        relation=says.current.relation if says else "",
        answered_at=says.current.at if says else None,
        seat=seat_out(asked.seats, asked.subject_id),
        values=value_rows(says, stored),
    )
