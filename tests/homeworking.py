"""A school whose teachers set homework, as the tests of homework need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.budgets import Evening, evening_id
from domain.homework import Draft
from domain.roles import Appointment, Right, Role
from domain.schools import School, SchoolClass
from services.context import Context
from services.homework import Outcome, draft_homework, publish_homework
from services.people import Teaching, access_teaching
from tests.town import SCHOOL, school_class

# A Tuesday, in the afternoon, in a term that nobody has written down.
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = "2026-11-24"


def a_class(number: int, grade: int = 3, school: School = SCHOOL) -> SchoolClass:
    """A class of any grade."""
    return SchoolClass(
        id=f"{school.id}-class-{number}", school_id=school.id, name=f"{number}班", grade=grade
    )


async def teacher(
    ctx: Context,
    number: int,
    *,
    subject: str = "maths",
    classes: Sequence[SchoolClass] = (school_class(1),),
    role: Role = Role.SUBJECT_TEACHER,
) -> Teaching:
    """A teacher of some classes, by number."""
    person_id = f"teacher-{number}"
    for group in classes:
        await ctx.stores.appointments.save(
            Appointment(
                id=f"{group.id}:{role}-{subject}:{person_id}",
                person_id=person_id,
                role=role,
                name=f"老师{number}",
                school_id=group.school_id,
                class_id=group.id,
                subject=subject if role is Role.SUBJECT_TEACHER else "",
            )
        )
    return await access_teaching(ctx, person_id, Right.HOMEWORK)


async def draft(
    ctx: Context, teaching: Teaching, *, students: Sequence[str] = (), **form: Any
) -> Draft:
    """A draft for all of their classes, or those named."""
    classes = form.pop("classes", teaching.class_ids())
    typed = {
        "subject": teaching.appointments[0].subject or "maths",
        "text": "练习册第 32 页，写在本子上。",
        "minutes": "20",
        "written": "yes",
        "day": DAY,
        "hand_in": "nothing",
        **{name: str(value) for name, value in form.items()},
    }
    return await draft_homework(
        ctx,
        teaching,
        typed,
        class_ids=classes,
        student_ids=students,
        file_ids=[],
        links=[],
    )


async def publish(
    ctx: Context, teaching: Teaching, *, key: str = "key-0001", **form: Any
) -> Outcome:
    """Publish one, as `draft` makes it."""
    made = await draft(ctx, teaching, **form)
    return await publish_homework(ctx, teaching, made, idempotency_key=key)


async def evening(ctx: Context, group: SchoolClass, day: str = DAY) -> Evening | None:
    """What is reserved."""
    key = evening_id(group.id, datetime.fromisoformat(day).date())
    return (await ctx.stores.evenings.many([key])).get(key)


async def minutes(ctx: Context, group: SchoolClass, day: str = DAY) -> list[int]:
    """The minutes that are reserved, smallest first."""
    held = await evening(ctx, group, day)
    return sorted(r.minutes for r in held.reservations) if held else []
