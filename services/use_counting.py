"""Keeping the figures of use: weeks in which something was opened or given out are counted again, from there alone.

What is to be counted is said by the very write that changes it: `uncounted` of a line of `link_days`, of a notice, and
of what a teacher says of a lesson.
So whoever dies, the next round finds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from domain.link_uses import Use
from domain.monitors import monday_of
from domain.notices import Notice
from domain.resource_lessons import lessons_said
from domain.roles import Role
from domain.schools import School
from domain.shelf_uses import paths_of, shelf_uses
from domain.times import SCHOOL_ZONE
from domain.use import FEW, Lesson, class_uses, lessons_of, school_use, too_few
from services.context import Context
from services.shelf_sums import RegionWeek, follow, sum_up
from services.terms import school_day

_MARKS_AT_ONCE = 50
_LINES_AT_ONCE = 1_000
_NOTICES_AT_ONCE = 200
_MOVED_AT_ONCE = 20
_LOCK, _LOCK_SECONDS = "use", 60.0
_LONGEST_TERM = timedelta(weeks=30)
TEACHERS = frozenset({Role.HEAD_TEACHER, Role.SUBJECT_TEACHER, Role.GRADE_LEADER})


async def count_use(ctx: Context) -> None:
    """Count what has changed, by one worker at a time; what changes meanwhile is counted in the next round."""
    run = ctx.new_id()
    if not await ctx.stores.locks.take([_LOCK], owner=run, seconds=_LOCK_SECONDS):
        return

    async def run_on() -> bool:
        return await ctx.stores.locks.renew(_LOCK, owner=run, seconds=_LOCK_SECONDS)

    try:
        await _begin_week(ctx)
        marks = await ctx.stores.use.marks(_MARKS_AT_ONCE)
        lines = await ctx.stores.link_uses.uncounted(_LINES_AT_ONCE)
        notices = await ctx.stores.notices.uncounted(_NOTICES_AT_ONCE)
        said = await ctx.stores.resource_lessons.uncounted(_LINES_AT_ONCE)
        moved = await ctx.stores.schools.moved(_MOVED_AT_ONCE)
        changed = {one for school in moved for one in await follow(ctx, school)}
        weeks = {mark.week for mark in marks}
        weeks |= {(use.school_id, monday_of(date.fromisoformat(use.day))) for use in lines}
        weeks |= {(one.use.school_id, monday_of(one.use.day)) for one in said}
        weeks |= _given_in(n for n, _ in notices)
        for school_id, monday in sorted(weeks):
            if not await run_on():
                return  # somebody else is at it, and finds the same
            changed |= await _count_school(ctx, school_id, monday)
        if not await sum_up(ctx, changed, run_on):
            return
        for school in moved:
            await ctx.stores.schools.forget_left(school)
        for mark in marks:
            await ctx.stores.use.unmark(mark)
        await ctx.stores.link_uses.mark_counted(lines)
        await ctx.stores.notices.mark_counted([(n.id, seen) for n, seen in notices])
        await ctx.stores.resource_lessons.mark_counted(said)
    finally:
        await ctx.stores.locks.drop([_LOCK], owner=run)


def _given_in(notices: Iterable[Notice]) -> set[tuple[str, date]]:
    return {
        (n.school_id, monday_of(n.publish_at.astimezone(SCHOOL_ZONE).date()))
        for n in notices
        if any(version.links for version in n.versions)
    }


def days_kept_from(ctx: Context) -> date:
    """The first day whose lines of `link_days` are kept."""
    return school_day(ctx.now() - ctx.policy.keep.links)


async def _begin_week(ctx: Context) -> None:
    """Every school has its week from Monday on, be anything opened or not: its children are counted, too."""
    monday = monday_of(school_day(ctx.now()))
    walk, begun = f"use:{monday.isoformat()}", datetime.combine(monday, time(), SCHOOL_ZONE)
    if await ctx.stores.ageing.bookmark(walk) >= begun:
        return
    for school_id in await ctx.stores.registrations.school_ids():
        await ctx.stores.use.mark_week(school_id, monday, ctx.new_id())
    await ctx.stores.ageing.set_bookmark(walk, ctx.now())


async def lessons_between(ctx: Context, school_id: str, first: date, last: date) -> set[Lesson]:
    """The lessons of a school that used a resource, from one day to another, both included."""
    begin = datetime.combine(first, time(), SCHOOL_ZONE)
    end = datetime.combine(last + timedelta(days=1), time(), SCHOOL_ZONE)
    said = await ctx.stores.resource_lessons.of_school(school_id, first, last)
    return lessons_of(await ctx.stores.notices.of_school(school_id, begin, end)) | lessons_said(
        said
    )


async def _count_school(ctx: Context, school_id: str, monday: date) -> set[RegionWeek]:
    """Returns the sums that it is in."""
    school = await ctx.stores.schools.find_school(school_id)
    if school is None or monday <= days_kept_from(ctx):
        return set()  # of so long ago what it was counted from is no more: it stays as it is
    sunday = monday + timedelta(days=6)
    uses = await ctx.stores.link_uses.of_school(school_id, monday.isoformat(), sunday.isoformat())
    lessons = await lessons_between(ctx, school_id, monday, sunday)
    classes = [c for c in await ctx.stores.schools.classes_of_school(school_id) if not c.ended_at]
    pupils = await ctx.stores.schools.students_of(school_id, [c.id for c in classes])
    held = await ctx.stores.appointments.of_school(school_id)
    fresh = class_uses(school_id, monday, uses, lessons)
    before = await ctx.stores.use.class_uses(school_id, monday, monday)
    gone = {one.id for one in before} - {one.id for one in fresh}
    await ctx.stores.use.keep_classes(fresh, sorted(gone))
    counts = Counter(s.class_id for s in pupils)
    await _keep_shelves(ctx, school, monday, uses, {c.id: counts[c.id] for c in classes})
    await ctx.stores.use.keep_school(
        school_use(
            school_id,
            monday,
            uses,
            lessons,
            pupils=len(pupils),
            teachers={a.person_id for a in held if a.role in TEACHERS and a.stands(ctx.now())},
            at=ctx.now(),
        )
    )
    return {(path, monday) for path in paths_of(school.region_ids)}


async def _keep_shelves(
    ctx: Context, school: School, monday: date, uses: Sequence[Use], pupils: Mapping[str, int]
) -> None:
    """Link by link, without classes of few children; of a school with few nothing."""
    few = sum(pupils.values()) < FEW
    hidden, above = too_few(pupils), school.region_ids
    fresh = [] if few else shelf_uses(school.id, above, monday, uses, hidden)
    before = await ctx.stores.use.shelf_uses_at(school.id, monday)
    gone = {one.id for one in before} - {one.id for one in fresh}
    await ctx.stores.use.keep_shelves(fresh, sorted(gone))


async def mark_older_weeks(ctx: Context) -> int:
    """What an older version counted, and no sum of a region knows, is counted again, as far back as a term can reach.

    Returns how many weeks of schools.
    """
    since = monday_of(max(school_day(ctx.now()) - _LONGEST_TERM, days_kept_from(ctx))) + timedelta(
        7
    )
    weeks = await ctx.stores.use.schools_in_no_sum(since)
    for school_id, monday in weeks:
        await ctx.stores.use.mark_week(school_id, monday, ctx.new_id())
    return len(weeks)
