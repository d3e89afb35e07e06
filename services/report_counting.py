"""Keeping the reports of homework: what was handed in, marked or changed is counted again, from there alone.

What is to be counted is said by the very write that changes it (`uncounted` of a submission), or by a mark that is left
before a homework counts as finished. So whoever dies, the next round finds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from domain.evenings import week_has_school
from domain.homework import Homework
from domain.monitors import monday_of, week_id
from domain.reports import class_report, line_id, lines_of, school_report, weeks_touched
from domain.roles import Role
from domain.times import SCHOOL_ZONE
from services.aims import aims_for
from services.context import Context
from services.terms import calendar_of, school_day

_MARKS_AT_ONCE = 50
_SUBMISSIONS_AT_ONCE = 500
_LOCK, _LOCK_SECONDS = "reports", 60.0

Week = tuple[str, date]  # a school and a Monday


async def mark_report(ctx: Context, homework: Homework) -> None:
    """A homework has changed. After the change, before it is forgotten."""
    await ctx.stores.reports.mark(homework.id, ctx.new_id())


async def count_reports(ctx: Context) -> None:
    """Count what has changed, by one worker at a time; what changes meanwhile is counted in the next round."""
    run = ctx.new_id()
    if not await ctx.stores.locks.take([_LOCK], owner=run, seconds=_LOCK_SECONDS):
        return
    try:
        await _begin_week(ctx)
        marks = await ctx.stores.reports.marks(_MARKS_AT_ONCE)
        fresh = await ctx.stores.submissions.uncounted(_SUBMISSIONS_AT_ONCE)
        ids = {o.homework_id for o in fresh} | {m.homework_id for m in marks if m.homework_id}
        weeks = await _count_homework(ctx, ids) | {m.week for m in marks if m.week}
        if not await ctx.stores.locks.renew(_LOCK, owner=run, seconds=_LOCK_SECONDS):
            return  # somebody else is at it, and finds the same
        for school_id, monday in sorted(weeks):
            await _count_school(ctx, school_id, monday)
        for mark in marks:
            await ctx.stores.reports.unmark(mark)
        await ctx.stores.submissions.mark_counted(fresh)
    finally:
        await ctx.stores.locks.drop([_LOCK], owner=run)


async def _begin_week(ctx: Context) -> None:
    """Every school has its week from Monday on, be there homework or not: who set nothing is counted, too."""
    monday = monday_of(school_day(ctx.now()))
    walk, begun = f"reports:{monday.isoformat()}", datetime.combine(monday, time(), SCHOOL_ZONE)
    if await ctx.stores.ageing.bookmark(walk) >= begun:
        return
    for school_id in await ctx.stores.registrations.school_ids():
        await ctx.stores.reports.mark_week(school_id, monday, ctx.new_id())
    await ctx.stores.ageing.set_bookmark(walk, ctx.now())


async def _count_homework(ctx: Context, homework_ids: Iterable[str]) -> set[Week]:
    """The lines of these, and their classes' weeks; returns the schools' weeks that are to be added up."""
    held = await ctx.stores.homework.many(homework_ids)
    pupils = await _pupils_of(ctx, held.values())
    classes: set[tuple[str, str, date]] = set()
    for homework in held.values():
        outlines = await ctx.stores.submissions.outlines_of(homework.id)
        lines = lines_of(homework, pupils, outlines)
        every = {line_id(homework.id, class_id) for class_id in homework.class_ids}
        await ctx.stores.reports.keep_lines(lines, sorted(every - {line.id for line in lines}))
        classes |= {
            (homework.school_id, class_id, monday)
            for class_id in homework.class_ids
            for monday in weeks_touched(homework)
        }
    for school_id, class_id, monday in sorted(classes):
        own = await ctx.stores.reports.lines_of_class(school_id, class_id, monday, monday)
        report = class_report(school_id, class_id, monday, own)
        await ctx.stores.reports.keep_class(week_id(class_id, monday), report)
    return {(school_id, monday) for school_id, _, monday in classes}


async def _pupils_of(ctx: Context, homework: Iterable[Homework]) -> Mapping[str, list[str]]:
    """The pupils of the classes of these, as they are now, by class."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in homework:
        wanted[one.school_id] |= set(one.class_ids)
    pupils: dict[str, list[str]] = defaultdict(list)
    for school_id, class_ids in wanted.items():
        for student in await ctx.stores.schools.students_of(school_id, sorted(class_ids)):
            pupils[student.class_id].append(student.id)
    return pupils


async def _count_school(ctx: Context, school_id: str, monday: date) -> None:
    school = await ctx.stores.schools.find_school(school_id)
    if school is None:
        return
    every = await ctx.stores.schools.classes_of_school(school_id)
    classes = [c for c in every if c.ended_at is None]
    here = {c.id for c in classes}
    held = await ctx.stores.appointments.of_school(school_id)
    teaching = [
        a
        for a in held
        if a.role is Role.SUBJECT_TEACHER and a.class_id in here and a.stands(ctx.now())
    ]
    aims = await aims_for(ctx, school, classes)
    report = school_report(
        school_id,
        monday,
        await ctx.stores.reports.class_reports(school_id, monday, monday),
        taught={(a.class_id, a.subject) for a in teaching if a.subject},
        teachers={a.person_id for a in teaching},
        aims={class_id: aim.week for class_id, aim in aims.items()},
        with_school=week_has_school(await calendar_of(ctx, school), monday),
        at=ctx.now(),
    )
    await ctx.stores.reports.keep_school(report)
