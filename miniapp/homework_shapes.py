"""What answers about homework have in common, and how it is made of what services return. Nothing is decided here."""

from __future__ import annotations

from datetime import date, datetime

from domain.budgets import Limits, Load, Reservation
from domain.homework import HandIn, HomeworkState
from domain.subjects import LocalSubjects, subject_name
from miniapp.endpoints import Call, Schema
from miniapp.link_shapes import Link, link_rows
from miniapp.shapes import Attachment, attachment_rows
from services.attachments import stored_of
from services.budgets import Budget, Clash
from services.given_links import named
from services.homework import Outcome


class Subject(Schema):
    """A subject: its code and name."""

    code: str
    name: str


class Minutes(Schema):
    """Minutes of written homework and of all homework; as a limit null where there is none."""

    written: int | None
    total: int | None


class ReservedRow(Schema):
    """What somebody has set already. `pupils` is how many it is for, null for the whole class."""

    subject: Subject
    minutes: int
    written: bool
    author: str
    mine: bool
    pupils: int | None
    allowed: bool


class BudgetOut(Schema):
    """A class's evening: what is set, for the pupil who has most, and the limits. `day` is the evening's."""

    class_id: str
    class_name: str
    day: date
    limits: Minutes
    load: Minutes
    items: list[ReservedRow]


class ClashRow(Schema):
    """Why it does not fit into a class's evening: by how much it is over, and what is set there already.

    `may_ask`: the head teacher could allow it.
    """

    class_id: str
    class_name: str
    day: date
    limits: Minutes
    excess: Minutes
    items: list[ReservedRow]
    may_ask: bool


class HomeworkOut(Schema):
    """A homework as its teacher sees it. `attempts` goes back with a change: it tells what had been seen."""

    id: str
    state: HomeworkState
    attempts: int
    subject: Subject
    class_ids: list[str]
    student_ids: list[str]
    group: str
    text: str
    attachments: list[Attachment]
    links: list[Link]
    minutes: int
    written: bool
    day: date
    evening: date
    due_at: datetime | None
    hand_in: HandIn
    publish_at: datetime
    corrected: bool
    clashes: list[ClashRow]


def subject_row(code: str, local: LocalSubjects) -> Subject:
    """A subject by its code."""
    return Subject(code=code, name=subject_name(code, local))


def reserved_row(held: Reservation, person_id: str, local: LocalSubjects) -> ReservedRow:
    """What is set already, for a teacher of the class."""
    return ReservedRow(
        subject=subject_row(held.subject, local),
        minutes=held.minutes,
        written=held.written,
        author=held.author_name,
        mine=held.author_id == person_id,
        pupils=len(held.student_ids) or None,
        allowed=held.allowed,
    )


def limit_row(limits: Limits) -> Minutes:
    """Limits as minutes."""
    return Minutes(written=limits.written, total=limits.total)


def load_row(load: Load) -> Minutes:
    """A load as minutes."""
    return Minutes(written=load.written, total=load.total)


def budget_out(budget: Budget, person_id: str, local: LocalSubjects) -> BudgetOut:
    """A class's evening."""
    return BudgetOut(
        class_id=budget.school_class.id,
        class_name=budget.school_class.name,
        day=budget.day,
        limits=limit_row(budget.limits),
        load=load_row(budget.load),
        items=[reserved_row(held, person_id, local) for held in budget.items],
    )


def clash_row(clash: Clash, person_id: str, local: LocalSubjects) -> ClashRow:
    """Why it does not fit."""
    return ClashRow(
        class_id=clash.school_class.id,
        class_name=clash.school_class.name,
        day=clash.day,
        limits=limit_row(clash.limits),
        excess=load_row(clash.excess),
        items=[reserved_row(held, person_id, local) for held in clash.items],
        may_ask=clash.may_ask,
    )


async def homework_out(call: Call, outcome: Outcome) -> HomeworkOut:
    """A homework for its teacher; one that was never published says what was tried last."""
    homework, local = outcome.homework, call.teaching.school.rules.local_subjects
    task = homework.task
    stored = await stored_of(call.ctx, task.attachments)
    return HomeworkOut(
        id=homework.id,
        state=homework.state,
        attempts=homework.attempts,
        subject=subject_row(homework.subject, local),
        class_ids=list(homework.class_ids),
        student_ids=list(homework.student_ids),
        group=homework.group,
        text=task.text,
        attachments=attachment_rows(task.attachments, stored),
        links=link_rows(await named(call.ctx, task.links)),
        minutes=task.minutes,
        written=task.written,
        day=task.day,
        evening=task.evening,
        due_at=task.due_at,
        hand_in=task.hand_in,
        publish_at=homework.publish_at,
        corrected=homework.corrected,
        clashes=[clash_row(clash, call.person_id, local) for clash in outcome.clashes],
    )
