"""A child's mistakes book and week, for its guardians alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import Field

import domain.mistakes
from domain.mistakes import Cause
from domain.practice import Practice
from handlers.base import Access
from handlers.reading import pack_cursor, unpack_cursor
from miniapp.endpoints import Call, Registry, Schema
from miniapp.marking import CutIn
from miniapp.shapes import Done
from services.mistakes import (
    Entry,
    access_mistake_as_guardian,
    add_own_mistake,
    describe_mistake,
    drop_mistake,
    due_mistakes,
    mistakes_of,
    review_mistake,
)
from services.practice import practice_beside
from services.terms import school_day
from services.weeks import week_of_child

mistakes = Registry("mistakes")


class MistakeQuery(Schema):
    """Which subject's; without one, what may be tried again today, of all subjects."""

    subject: str = Field("", max_length=40)
    limit: int = Field(20, ge=1, le=50)
    cursor: str = Field("", max_length=400)


class MistakeIn(Schema):
    """A mistake: words, or a picture. `file_id` is an upload for this child or, with `homework_id`, a picture that was
    handed in; of it `cut` is taken. With `homework_id` the subject is the homework's."""

    subject: str = Field("", max_length=40)
    note: str = Field("", max_length=1000)
    knowledge: str = Field("", max_length=80)
    cause: Cause = Cause.UNKNOWN
    file_id: str = Field("", max_length=64)
    homework_id: str = Field("", max_length=64)
    cut: CutIn | None = None


class MistakeEdit(Schema):
    """What is said of it."""

    note: str = Field("", max_length=1000)
    knowledge: str = Field("", max_length=80)
    cause: Cause = Cause.UNKNOWN


class TryIn(Schema):
    """Tried again: whether it was right."""

    right: bool


class TryOut(Schema):
    """When it was tried again, and whether it was right."""

    day: date
    right: bool


class PracticeLink(Schema):
    """Practice of the same knowledge point, that a teacher of the class chose."""

    title: str
    address: str


class MistakeOut(Schema):
    """An entry. Its picture is asked for with `mistake`. `due` is when to try it again, null once it is learned."""

    id: str
    subject: str
    note: str
    knowledge: str
    cause: Cause
    file_id: str | None
    teacher: str
    entered: date
    due: date | None
    reviews: list[TryOut]
    practice: list[PracticeLink]


class MistakeList(Schema):
    """A page of the book, newest first; `next_cursor` is null at the end."""

    items: list[MistakeOut]
    next_cursor: str | None


class WeekQuery(Schema):
    """A day of the week; without one it is this week."""

    day: date | None = None


class WeekOut(Schema):
    """A child's week from a Monday on: only this child's, beside nobody else's. `right` of what was tried again;
    `due` may be tried again by now."""

    monday: date
    homework: int
    minutes: int
    to_hand_in: int
    handed_in: int
    late: int
    to_correct: int
    marked: int
    mistakes: int
    tried: int
    right: int
    learned: int
    due: int


_BOOK = "/children/{student_id}/mistakes"


@mistakes("GET", _BOOK, access=Access.VISITOR)
async def list_mistakes(call: Call, student_id: str, query: MistakeQuery) -> MistakeList:
    """A page of my child's book, or what is to be tried again today."""
    if not query.subject:
        due = await due_mistakes(call.ctx, call.person_id, student_id)
        return MistakeList(items=await _rows(call, student_id, due), next_cursor=None)
    found = await mistakes_of(
        call.ctx,
        call.person_id,
        student_id,
        query.subject,
        before=unpack_cursor(query.cursor),
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    more = len(found) > query.limit
    return MistakeList(
        items=await _rows(call, student_id, shown),
        next_cursor=pack_cursor(shown[-1].position) if more else None,
    )


@mistakes("GET", _BOOK + "/{mistake_id}", access=Access.VISITOR)
async def get_mistake(call: Call, student_id: str, mistake_id: str) -> MistakeOut:
    """One entry of my child's book."""
    found = await access_mistake_as_guardian(call.ctx, call.person_id, student_id, mistake_id)
    return await _row(call, student_id, found)


@mistakes("POST", _BOOK, access=Access.VISITOR, creates=True)
async def add_mistake(call: Call, student_id: str, body: MistakeIn) -> MistakeOut:
    """Enter a mistake; it may be tried again the next day."""
    entry = Entry(
        subject=body.subject,
        note=body.note.strip(),
        knowledge=body.knowledge.strip(),
        cause=body.cause,
        file_id=body.file_id,
        homework_id=body.homework_id,
        cut=body.cut.cut() if body.cut else None,
    )
    added = await add_own_mistake(call.ctx, call.person_id, student_id, entry, key=call.key)
    return await _row(call, student_id, added)


@mistakes("PUT", _BOOK + "/{mistake_id}", access=Access.VISITOR)
async def change_mistake(
    call: Call, student_id: str, mistake_id: str, body: MistakeEdit
) -> MistakeOut:
    """Say what it is about, and why it went wrong."""
    changed = await describe_mistake(
        call.ctx,
        call.person_id,
        student_id,
        mistake_id,
        note=body.note.strip(),
        knowledge=body.knowledge.strip(),
        cause=body.cause,
    )
    return await _row(call, student_id, changed)


@mistakes("DELETE", _BOOK + "/{mistake_id}", access=Access.VISITOR)
async def remove_mistake(call: Call, student_id: str, mistake_id: str) -> Done:
    """Take it out of the book."""
    await drop_mistake(call.ctx, call.person_id, student_id, mistake_id)
    return Done(done=True)


@mistakes("POST", _BOOK + "/{mistake_id}/tries", access=Access.VISITOR, creates=True)
async def try_again(call: Call, student_id: str, mistake_id: str, body: TryIn) -> MistakeOut:
    """Tried again, right or wrong; says when to try it next."""
    tried = await review_mistake(
        call.ctx, call.person_id, student_id, mistake_id, right=body.right, key=call.key
    )
    return await _row(call, student_id, tried)


@mistakes("GET", "/children/{student_id}/week", access=Access.VISITOR)
async def get_week(call: Call, student_id: str, query: WeekQuery) -> WeekOut:
    """My child's week."""
    day = query.day or school_day(call.ctx.now())
    week = await week_of_child(call.ctx, call.person_id, student_id, day)
    return WeekOut(**{name: getattr(week, name) for name in WeekOut.model_fields})


async def _rows(
    call: Call, student_id: str, found: Sequence[domain.mistakes.Mistake]
) -> list[MistakeOut]:
    beside = await practice_beside(call.ctx, call.person_id, student_id, found)
    return [_mistake_out(one, beside[one.id]) for one in found]


async def _row(call: Call, student_id: str, one: domain.mistakes.Mistake) -> MistakeOut:
    return (await _rows(call, student_id, [one]))[0]


def _mistake_out(mistake: domain.mistakes.Mistake, beside: Sequence[Practice]) -> MistakeOut:
    """An entry as the family sees it."""
    return MistakeOut(
        id=mistake.id,
        subject=mistake.subject,
        note=mistake.note,
        knowledge=mistake.knowledge,
        cause=mistake.cause,
        file_id=mistake.file_id,
        teacher=mistake.teacher,
        entered=school_day(mistake.created_at),
        due=mistake.due,
        reviews=[TryOut(day=r.day, right=r.right) for r in mistake.reviews],
        practice=[PracticeLink(title=p.title, address=p.address) for p in beside],
    )
