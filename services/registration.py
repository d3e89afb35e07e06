"""Keeping the figures of who has registered: whatever the stores have marked is counted again, all of it once a day.

Nothing here decides who may see them (`services.registration_views`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.registration import (
    ClassCount,
    SchoolCount,
    count_classes,
    count_staff,
    opened_classes,
    registered_students,
    sum_school,
)
from domain.schools import Keeper, SchoolClass, Student
from domain.times import SCHOOL_ZONE
from services.context import Context

log = logging.getLogger("yanshu.services")

# What one round takes on; the rest is there for the next, a few seconds later.
_MARKS_AT_ONCE = 200
_SCHOOLS_AT_ONCE = 20
_NIGHT_ENDS = timedelta(hours=3)  # after midnight in school time: nobody is at work


async def count_marked(ctx: Context) -> None:
    """Count what has changed. A change during the counting keeps its mark, and is counted in the next round."""
    marks = await ctx.stores.registrations.marks(_MARKS_AT_ONCE)
    schools = [mark for mark in marks if mark.school_id][:_SCHOOLS_AT_ONCE]
    children = [mark for mark in marks if mark.student_id]
    for mark in schools:
        await recount_school(ctx, mark.school_id)
        await ctx.stores.registrations.unmark(mark)
    # Who has left is not found, and not missed: leaving marks the school.
    students = await ctx.stores.schools.students(mark.student_id for mark in children)
    changed: dict[str, set[str]] = {}
    for student in students.values():
        changed.setdefault(student.school_id, set()).add(student.class_id)
    for school_id, class_ids in changed.items():
        await _recount_classes(ctx, school_id, sorted(class_ids))
    for mark in children:
        await ctx.stores.registrations.unmark(mark)


async def keep_counting(ctx: Context) -> None:
    """The regular round: once a night everything is marked, for what time alone has ended; then marks are counted."""
    night = (ctx.now().astimezone(SCHOOL_ZONE) - _NIGHT_ENDS).date().isoformat()
    if await ctx.stores.registrations.begin_night(night):
        await mark_everything(ctx)
    await count_marked(ctx)


async def mark_everything(ctx: Context) -> None:
    """Have every school counted again."""
    await ctx.stores.registrations.mark.schools(await ctx.stores.registrations.school_ids())


async def recount_school(ctx: Context, school_id: str) -> tuple[SchoolCount, list[ClassCount]]:
    """Count a whole school from its pupils, bindings, roles and offers, and keep the figures."""
    at = ctx.now()
    counted = await count_school(ctx, school_id, at)
    kept_school, kept = await ctx.stores.registrations.of_school(school_id)
    if kept_school is None or kept_school.counted_at <= at:  # else somebody was faster
        before = {c.class_id: c for c in kept}
        school, classes = counted
        changed = [c for c in classes if not _same(before.pop(c.class_id, None), c)]
        await ctx.stores.registrations.keep([*changed, school])
        await ctx.stores.registrations.drop_classes(sorted(before))
    return counted


async def count_school(
    ctx: Context, school_id: str, at: datetime
) -> tuple[SchoolCount, list[ClassCount]]:
    """What the figures of a school are at `at`, from nothing that is kept of them."""
    every = await ctx.stores.schools.classes_of_school(school_id)
    classes = [c for c in every if c.ended_at is None]
    appointments = await ctx.stores.appointments.of_school(school_id)
    offers = await ctx.stores.offers.of_place(school_id=school_id)
    pupils = await ctx.stores.registrations.pupils(school_id)
    bindings = await ctx.stores.registrations.bindings_of_school(school_id)
    school = await ctx.stores.schools.find_school(school_id)
    keeper = school.rules.keeper if school else Keeper.HEAD_TEACHER
    opened = opened_classes(classes, appointments, at, keeper)
    counted = count_classes(classes, pupils, registered_students(bindings, at), opened, at)
    staff = count_staff(appointments, offers, at)
    return sum_school(school_id, counted, staff, at), counted


async def _recount_classes(ctx: Context, school_id: str, class_ids: Sequence[str]) -> None:
    """Count some classes, and the school as the sum of what is kept of all."""
    at = ctx.now()
    school, kept = await ctx.stores.registrations.of_school(school_id)
    before = {c.class_id: c for c in kept}
    if school is None or not set(class_ids) <= set(before):
        await recount_school(ctx, school_id)
        return
    classes = await ctx.stores.schools.classes(class_ids)
    students = await ctx.stores.schools.students_of(school_id, class_ids)
    after = await _count_pupils(ctx, classes, students, before, at)
    counts = before | {c.class_id: c for c in after}
    changed = [c for c in after if not _same(before[c.class_id], c)]
    await ctx.stores.registrations.keep(
        [*changed, sum_school(school_id, list(counts.values()), school.staff, at)]
    )


async def _count_pupils(
    ctx: Context,
    classes: Sequence[SchoolClass],
    students: Sequence[Student],
    before: dict[str, ClassCount],
    at: datetime,
) -> list[ClassCount]:
    """The classes' pupils as they are at `at`; whether their spaces are open stays as it was."""
    school_ids = {c.school_id for c in classes}
    bindings = [
        binding
        for school_id in school_ids
        for binding in await ctx.stores.registrations.bindings_of(
            school_id, [s.id for s in students if s.school_id == school_id]
        )
    ]
    opened = {class_id for class_id, count in before.items() if count.opened}
    pupils = [(s.id, s.class_id) for s in students]
    return count_classes(classes, pupils, registered_students(bindings, at), opened, at)


def _same(before: ClassCount | None, after: ClassCount) -> bool:
    """Whether the figures are the same, whenever they were counted."""
    if before is None:
        return False
    kept = (before.grade, before.pupils, before.registered, before.opened)
    return kept == (after.grade, after.pupils, after.registered, after.opened)
