"""A teacher's homework: what an evening still takes, publishing, changing, withdrawing."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from domain.budgets import allows_written
from domain.errors import NotFoundError
from domain.homework import Draft, HandIn, HomeworkState
from domain.roles import Right
from domain.subjects import subjects_of
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.homework_shapes import (
    BudgetOut,
    HomeworkOut,
    Subject,
    budget_out,
    homework_out,
    subject_row,
)
from miniapp.link_shapes import GivenLinkRows, given_link_rows
from miniapp.paging import PageQuery, place_of
from miniapp.shapes import Done
from services.given_links import given_with
from services.homework import (
    Outcome,
    access_homework_as_author,
    budgets_before,
    draft_homework,
    edit_homework,
    homework_of_author,
    may_set,
    publish_homework,
    pupils_to_set,
    withdraw_homework,
)

homework = Registry("homework")


class ClassToSet(Schema):
    """A class one sets homework in, and the subjects. `written`: whether the law allows written homework there."""

    id: str
    name: str
    grade: int
    written: bool
    subjects: list[Subject]


class HomeworkOptions(Schema):
    """Where one may set homework, of which subjects."""

    classes: list[ClassToSet]


class PupilToSet(Schema):
    """A pupil by name, in the class's own order; nothing more is said of them here."""

    id: str
    name: str


class PupilsToSet(Schema):
    """The pupils of a class one sets homework in."""

    pupils: list[PupilToSet]


class HomeworkIn(Schema):
    """What is to be set. `day` is the one it is meant for; `student_ids` some pupils of one class, none for all;
    `repeats` an earlier homework it is made of; times are school time or carry their offset."""

    subject: str = Field(max_length=40)
    class_ids: list[str] = Field(max_length=50)
    student_ids: list[str] = Field(default_factory=list, max_length=200)
    group: str = Field("", max_length=40)
    text: str = Field(max_length=4000)
    file_ids: list[str] = Field(default_factory=list, max_length=20)
    links: list[str] = Field(default_factory=list, max_length=10)
    minutes: Number
    written: bool
    day: str = Field(max_length=10)
    due_at: str = Field("", max_length=40)
    hand_in: HandIn = HandIn.NOTHING
    publish_at: str = Field("", max_length=40)
    repeats: str = Field("", max_length=64)


class HomeworkEdit(HomeworkIn):
    """The homework as it shall be; `attempts` as it was when it was looked at. Subject, classes, pupils and the
    time of publishing stay what they were."""

    attempts: Number


class HomeworkRow(Schema):
    """A homework as a line of its teacher's list."""

    id: str
    state: HomeworkState
    subject: Subject
    class_ids: list[str]
    group: str
    summary: str
    minutes: int
    evening: date
    publish_at: datetime


class HomeworkList(Schema):
    """A page of the list, newest first; `next_cursor` is null at the end."""

    items: list[HomeworkRow]
    next_cursor: str | None


_SUMMARY = 60  # characters: two lines of a list


@homework("GET", "/teaching/homework-options", access=Access.STAFF, right=Right.HOMEWORK)
async def homework_options(call: Call) -> HomeworkOptions:
    """The classes and subjects I may set homework in."""
    teaching = call.teaching
    school = teaching.school
    named = subjects_of(school.stages, school.rules.local_subjects)
    return HomeworkOptions(
        classes=[
            ClassToSet(
                id=c.id,
                name=c.name,
                grade=c.grade,
                written=allows_written(c.grade),
                subjects=[
                    Subject(code=code, name=name)
                    for code, name in named
                    if may_set(teaching, c.id, c.grade, code)
                ],
            )
            for c in teaching.classes
        ]
    )


@homework(
    "GET",
    "/teaching/classes/{class_id}/evenings/{day}",
    access=Access.STAFF,
    right=Right.HOMEWORK,
)
async def get_class_evening(call: Call, class_id: str, day: str) -> BudgetOut:
    """What is set in a class for the evening of a day, and what it still takes."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFoundError from None
    (budget,) = await budgets_before(call.ctx, call.teaching, [class_id], wanted)
    local = call.teaching.school.rules.local_subjects
    return budget_out(budget, call.person_id, local)


@homework("GET", "/teaching/classes/{class_id}/pupils", access=Access.STAFF, right=Right.HOMEWORK)
async def list_pupils_to_set(call: Call, class_id: str) -> PupilsToSet:
    """Whom a group for layered homework is made of (分层作业)."""
    found = await pupils_to_set(call.ctx, call.teaching, class_id)
    return PupilsToSet(pupils=[PupilToSet(id=one.id, name=one.name) for one in found])


@homework("GET", "/teaching/homework", access=Access.STAFF, right=Right.HOMEWORK)
async def list_homework(call: Call, query: PageQuery) -> HomeworkList:
    """What I set, newest first."""
    found = await homework_of_author(
        call.ctx, call.teaching, before=place_of(query.cursor), limit=query.limit + 1
    )
    shown = found[: query.limit]
    local = call.teaching.school.rules.local_subjects
    rows = [
        HomeworkRow(
            id=one.id,
            state=one.state,
            subject=subject_row(one.subject, local),
            class_ids=list(one.class_ids),
            group=one.group,
            summary=" ".join(one.task.text.split())[:_SUMMARY],
            minutes=one.task.minutes,
            evening=one.task.evening,
            publish_at=one.publish_at,
        )
        for one in shown
    ]
    more = len(found) > query.limit
    return HomeworkList(items=rows, next_cursor=pack_cursor(shown[-1].position) if more else None)


@homework("POST", "/teaching/homework", access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def set_homework(call: Call, body: HomeworkIn) -> HomeworkOut:
    """Publish, if it fits. With `clashes` it does not: it is kept unpublished, to be changed or asked for."""
    outcome = await publish_homework(
        call.ctx, call.teaching, await _drafted(call, body), idempotency_key=call.key
    )
    return await homework_out(call, outcome)


@homework("GET", "/teaching/homework/{homework_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def get_own_homework(call: Call, homework_id: str) -> HomeworkOut:
    """One that I set."""
    found = await access_homework_as_author(call.ctx, call.teaching, homework_id)
    return await homework_out(call, Outcome(found))


@homework(
    "GET", "/teaching/homework/{homework_id}/links", access=Access.STAFF, right=Right.HOMEWORK
)
async def list_given_links(call: Call, homework_id: str) -> GivenLinkRows:
    """How often the classes opened what hangs on one that I set; never who."""
    found = await access_homework_as_author(call.ctx, call.teaching, homework_id)
    given = await given_with(call.ctx, call.teaching, found)
    return given_link_rows(given, call.ctx.policy.public_url)


@homework("PUT", "/teaching/homework/{homework_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def change_homework(call: Call, homework_id: str, body: HomeworkEdit) -> HomeworkOut:
    """Say it anew, shorten it, move it. With `clashes` nothing has changed."""
    held = await access_homework_as_author(call.ctx, call.teaching, homework_id)
    outcome = await edit_homework(
        call.ctx,
        call.teaching,
        held.id,
        await _drafted(call, body),
        seen=body.attempts,
    )
    return await homework_out(call, outcome)


@homework(
    "POST",
    "/teaching/homework/{homework_id}/withdrawal",
    access=Access.STAFF,
    right=Right.HOMEWORK,
    creates=True,
)
async def take_back_homework(call: Call, homework_id: str) -> Done:
    """Withdraw: its minutes are free again, the families are told."""
    await withdraw_homework(call.ctx, call.teaching, homework_id)
    return Done(done=True)


async def _drafted(call: Call, body: HomeworkIn) -> Draft:
    form = {
        "subject": body.subject,
        "group": body.group,
        "text": body.text,
        "minutes": str(body.minutes),
        "written": "yes" if body.written else "",
        "day": body.day,
        "due_at": body.due_at,
        "hand_in": body.hand_in.value,
        "publish_at": body.publish_at,
        "repeats": body.repeats,
    }
    return await draft_homework(
        call.ctx,
        call.teaching,
        form,
        class_ids=body.class_ids,
        student_ids=body.student_ids,
        file_ids=body.file_ids,
        links=body.links,
    )
