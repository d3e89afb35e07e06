"""A child's evening as its guardians see it: what is set for a day, and how many minutes that is in all.

Let in is who is bound to the child *now*.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from domain.budgets import Evening, Limits, evening_id
from domain.errors import NotFoundError
from domain.evenings import evening_of
from domain.homework import Homework, HomeworkState
from domain.schools import School
from services.budgets import limits_for
from services.context import Context
from services.people import Child, children_of
from services.reading import record_read
from services.terms import calendar_of, school_day

MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class ChildEvening:
    """What one child has on one evening, and the most that it may have."""

    child: Child
    school: School
    day: date
    limits: Limits
    items: tuple[Homework, ...]

    @property
    def minutes(self) -> int:
        """In all."""
        return sum(homework.task.minutes for homework in self.items)


@dataclass(frozen=True, slots=True)
class OpenedHomework:
    """A homework, and those of a guardian's children that it is for."""

    homework: Homework
    school: School
    children: tuple[Child, ...]


async def evenings_of_guardian(
    ctx: Context, person_id: str, *, first_on: date | None = None, days: int = 1
) -> list[ChildEvening]:
    """The evenings of some days (today's, when none is given) of each child, child by child in their order."""
    children = await children_of(ctx, person_id)
    schools = {s: await ctx.stores.schools.find_school(s) for s in _schools(children)}
    terms = {s.id: await calendar_of(ctx, s) for s in schools.values() if s is not None}
    first = first_on or school_day(ctx.now())
    wanted = [first + timedelta(days=n) for n in range(min(days, MOST_DAYS))]
    days_of = {s: list(dict.fromkeys(evening_of(t, d) for d in wanted)) for s, t in terms.items()}
    here = [c for c in children if c.student.school_id in terms]
    held = await ctx.stores.evenings.many(
        evening_id(c.school_class.id, day) for c in here for day in days_of[c.student.school_id]
    )
    homework = await _homework_in(ctx, list(held.values()))
    grades = {s: [c.school_class.grade for c in here if c.student.school_id == s] for s in terms}
    limits = {s.id: await limits_for(ctx, s, grades[s.id]) for s in schools.values() if s}
    found = []
    for child in here:
        school = schools[child.student.school_id]
        for day in days_of[child.student.school_id]:
            evening = held.get(evening_id(child.school_class.id, day))
            if school is not None:
                items = _items(ctx, child, day, evening, homework)
                most = limits[school.id][child.school_class.grade]
                found.append(ChildEvening(child, school, day, most, items))
    return found


async def tonight_of(ctx: Context, children: Sequence[Child]) -> dict[str, tuple[int, int]]:
    """How many homeworks each child has tonight and how many minutes that is; a child with none is left out.

    Costs a start two questions, and a calendar a school, whatever is set.
    """
    schools = {s: await ctx.stores.schools.find_school(s) for s in _schools(children)}
    today = school_day(ctx.now())
    nights = {s.id: evening_of(await calendar_of(ctx, s), today) for s in schools.values() if s}
    keys = {
        c.student.id: evening_id(c.school_class.id, nights[c.student.school_id])
        for c in children
        if c.student.school_id in nights
    }
    held = await ctx.stores.evenings.many(dict.fromkeys(keys.values())) if keys else {}
    homework = await _homework_in(ctx, list(held.values()))
    found = {}
    for child in children:
        evening = held.get(keys.get(child.student.id, ""))
        items = _items(ctx, child, evening.day, evening, homework) if evening else ()
        if items:
            found[child.student.id] = (len(items), sum(one.task.minutes for one in items))
    return found


def _schools(children: Sequence[Child]) -> list[str]:
    return list(dict.fromkeys(c.student.school_id for c in children))


async def _homework_in(ctx: Context, evenings: Sequence[Evening]) -> dict[str, Homework]:
    ids = {r.homework_id for evening in evenings for r in evening.reservations}
    return await ctx.stores.homework.many(ids) if ids else {}


def _items(
    ctx: Context, child: Child, day: date, evening: Evening | None, homework: dict[str, Homework]
) -> tuple[Homework, ...]:
    """What is out for this child; the homework itself decides, what is reserved only leads to it."""
    ids = dict.fromkeys(r.homework_id for r in evening.reservations) if evening else {}
    found = (homework[i] for i in ids if i in homework)
    return tuple(
        h
        for h in found
        if h.is_out(ctx.now())
        and h.task.evening == day
        and h.is_for(child.school_class.id, child.student.id)
    )


async def access_homework_as_guardian(
    ctx: Context, person_id: str, homework_id: str
) -> OpenedHomework:
    """A homework that is out, or was, for some of their children. Raises NotFoundError."""
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None or homework.state is HomeworkState.UNPUBLISHED:
        raise NotFoundError
    children = [
        c
        for c in await children_of(ctx, person_id)
        if c.student.school_id == homework.school_id
        and homework.is_for(c.school_class.id, c.student.id)
    ]
    school = await ctx.stores.schools.find_school(homework.school_id)
    if not children or school is None or homework.publish_at > ctx.now():
        raise NotFoundError
    return OpenedHomework(homework, school, tuple(children))


async def open_homework(ctx: Context, person_id: str, homework_id: str) -> OpenedHomework:
    """Open a homework: its notice is read by this adult. Raises NotFoundError."""
    opened = await access_homework_as_guardian(ctx, person_id, homework_id)
    with suppress(NotFoundError):  # it is out, and its message is still on the way
        await record_read(ctx, person_id, homework_id)
    return opened
