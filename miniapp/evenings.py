"""A guardian's side of homework: my children's evenings, one homework, and how long it took."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.homework import HandIn, Homework, HomeworkState
from domain.schools import School
from domain.timings import timing_id
from handlers.base import Access
from miniapp.endpoints import Call, Day, Number, Registry, Schema
from miniapp.homework_shapes import Minutes, Subject, limit_row, subject_row
from miniapp.link_shapes import Link, link_rows
from miniapp.shapes import Attachment, Done, attachment_rows
from services.attachments import stored_of
from services.evenings import MOST_DAYS, evenings_of_guardian, open_homework
from services.given_links import for_family
from services.timings import answer_timing

evenings = Registry("evenings")
_SUMMARY = 60  # characters: two lines of a list


class EveningsQuery(Schema):
    """From which day on (today, when none is given), and how many days."""

    day: Day | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 1


class EveningItem(Schema):
    """A homework as a line of an evening."""

    id: str
    subject: Subject
    summary: str
    minutes: int
    written: bool
    hand_in: HandIn
    due_at: datetime | None
    author: str
    corrected: bool


class EveningRow(Schema):
    """One child's evening: what is set, the minutes in all, and the most that it may have."""

    child_id: str
    child_name: str
    class_name: str
    day: date
    minutes: int
    limits: Minutes
    items: list[EveningItem]


class Evenings(Schema):
    """The evenings of one's children."""

    evenings: list[EveningRow]


class ChildOfHomework(Schema):
    """One of the reader's children whom the homework is for; `took` is what one's family said, null for nothing."""

    id: str
    name: str
    took: int | None


class HomeworkForFamily(Schema):
    """A homework as it says now; of a withdrawn one no words."""

    id: str
    state: HomeworkState
    subject: Subject
    text: str
    attachments: list[Attachment]
    links: list[Link]
    minutes: int
    written: bool
    day: date
    due_at: datetime | None
    hand_in: HandIn
    author: str
    published_at: datetime
    corrected: bool
    children: list[ChildOfHomework]


class TookIn(Schema):
    """How many minutes it took; null takes the answer back."""

    minutes: Number | None


@evenings("GET", "/homework", access=Access.VISITOR)
async def list_evenings(call: Call, query: EveningsQuery) -> Evenings:
    """My children's evenings: what is set for each, and how many minutes that is."""
    found = await evenings_of_guardian(
        call.ctx, call.person_id, first_on=query.day, days=query.days
    )
    return Evenings(
        evenings=[
            EveningRow(
                child_id=one.child.student.id,
                child_name=one.child.student.name,
                class_name=one.child.school_class.name,
                day=one.day,
                minutes=one.minutes,
                limits=limit_row(one.limits),
                items=[_item(homework, one.school) for homework in one.items],
            )
            for one in found
        ]
    )


def _item(homework: Homework, school: School) -> EveningItem:
    task = homework.task
    return EveningItem(
        id=homework.id,
        subject=subject_row(homework.subject, school.rules.local_subjects),
        summary=" ".join(task.text.split())[:_SUMMARY],
        minutes=task.minutes,
        written=task.written,
        hand_in=task.hand_in,
        due_at=task.due_at,
        author=homework.author_name,
        corrected=homework.corrected,
    )


@evenings("GET", "/homework/{homework_id}", access=Access.VISITOR)
async def get_homework(call: Call, homework_id: str) -> HomeworkForFamily:
    """One homework; opening it is reading it."""
    opened = await open_homework(call.ctx, call.person_id, homework_id)
    homework, task = opened.homework, opened.homework.task
    stands = homework.state is HomeworkState.PUBLISHED
    attached = task.attachments if stands else ()
    links = task.links if stands else ()
    took = await call.ctx.stores.timings.many(
        timing_id(homework.id, c.student.id) for c in opened.children
    )
    return HomeworkForFamily(
        id=homework.id,
        state=homework.state,
        subject=subject_row(homework.subject, opened.school.rules.local_subjects),
        text=task.text if stands else "",
        attachments=attachment_rows(attached, await stored_of(call.ctx, attached)),
        links=link_rows(await for_family(call.ctx, opened.children[0].school_class, links)),
        minutes=task.minutes,
        written=task.written,
        day=task.day,
        due_at=task.due_at,
        hand_in=task.hand_in,
        author=homework.author_name,
        published_at=homework.publish_at,
        corrected=homework.corrected,
        children=[
            ChildOfHomework(
                id=child.student.id,
                name=child.student.name,
                took=held.minutes
                if (held := took.get(timing_id(homework.id, child.student.id)))
                else None,
            )
            for child in opened.children
        ],
    )


@evenings("PUT", "/homework/{homework_id}/children/{student_id}/took", access=Access.VISITOR)
async def say_it_took(call: Call, homework_id: str, student_id: str, body: TookIn) -> Done:
    """Say how long it took a child of mine, if I like. Nobody else is told; the teacher sees a median of many."""
    await answer_timing(call.ctx, call.person_id, homework_id, student_id, body.minutes)
    return Done(done=True)
