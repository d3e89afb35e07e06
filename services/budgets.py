"""Reserving minutes of an evening: for all classes or for none, whoever else is at it.

What is decided about one class and evening stands in `domain.budgets`. Here it is written over the very version
that was looked at, and looked at again when somebody was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.budgets import (
    Evening,
    Limits,
    Load,
    Reservation,
    allows_written,
    attempt_key,
    evening_id,
    excess_of,
    heaviest,
    limits_of,
    settled,
    with_reservation,
)
from domain.errors import ConflictError
from domain.homework import Homework, Task
from domain.schools import School, SchoolClass
from services.context import Context

# Each time somebody else was faster, so something has been published: more than this at one moment is no school.
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a homework does not fit into one class's evening: what is reserved there already, and by how much
    it would be over. `may_ask`: whether the head teacher could allow it."""

    school_class: SchoolClass
    day: date
    limits: Limits
    excess: Load
    items: tuple[Reservation, ...]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """A class's evening as it stands: what is reserved, for the pupil who has most, under which limits."""

    school_class: SchoolClass
    day: date
    limits: Limits
    load: Load
    items: tuple[Reservation, ...]


async def limits_for(ctx: Context, school: School, grades: Iterable[int]) -> Mapping[int, Limits]:
    """What counts in these grades of a school now: the law, and what the school and its regions have set."""
    regions = await ctx.stores.regions.regions(school.region_ids) if school.region_ids else {}
    caps = [school.rules.evening, *(region.evening for region in regions.values())]
    return {grade: limits_of(grade, caps) for grade in set(grades)}


async def budgets_of(
    ctx: Context, school: School, classes: Sequence[SchoolClass], day: date
) -> list[Budget]:
    """How one evening stands in these classes of a school."""
    limits = await limits_for(ctx, school, (c.grade for c in classes))
    found = await ctx.stores.evenings.many(evening_id(c.id, day) for c in classes)
    budgets = []
    for school_class in classes:
        held = found.get(evening_id(school_class.id, day))
        items = held.reservations if held else ()
        load = heaviest(items)
        budgets.append(Budget(school_class, day, limits[school_class.grade], load, items))
    return budgets


async def reserve(
    ctx: Context, school: School, homework: Homework, task: Task, *, dry: bool = False
) -> tuple[Clash, ...]:
    """Reserve an attempt's minutes in all of its classes. Returns what it clashes with, nothing when it has them all.
    `dry`: only look.

    With a clash some classes may hold them: the caller gives the attempt up. Raises ConflictError when the
    attempt was given up by somebody else, or a class is gone.
    """
    classes = {c.id: c for c in await ctx.stores.schools.classes(homework.class_ids)}
    limits = await limits_for(ctx, school, (c.grade for c in classes.values()))
    clashes: list[Clash] = []
    for class_id in sorted(homework.class_ids):
        school_class = classes.get(class_id)
        if school_class is None or school_class.ended_at is not None:
            raise ConflictError("class_gone")
        wanted = reservation_of(homework, task, class_id)
        clash = await _reserve_one(
            ctx,
            school_class,
            wanted,
            task.evening,
            limits[school_class.grade],
            dry=dry or bool(clashes),
        )
        if clash is not None:
            clashes.append(clash)
    return tuple(clashes)


def reservation_of(homework: Homework, task: Task, class_id: str) -> Reservation:
    """What an attempt holds in one class."""
    return Reservation(
        homework_id=homework.id,
        attempt=task.number,
        subject=homework.subject,
        minutes=task.minutes,
        written=task.written,
        author_id=homework.author_id,
        author_name=homework.author_name,
        publish_at=homework.publish_at,
        student_ids=homework.student_ids,
        allowed=class_id in task.allowed,
    )


async def _reserve_one(
    ctx: Context,
    school_class: SchoolClass,
    wanted: Reservation,
    day: date,
    limits: Limits,
    *,
    dry: bool,
) -> Clash | None:
    """`dry`: only look, since the homework does not fit elsewhere."""
    for _ in range(_ROUNDS):
        evening = await _evening(ctx, school_class.school_id, school_class.id, day)
        if attempt_key(wanted.homework_id, wanted.attempt) in evening.barred:
            raise ConflictError("given_up")
        excess = excess_of(evening, wanted, limits)
        if excess and not wanted.allowed:
            items = tuple(
                held
                for held in evening.reservations
                if held.homework_id != wanted.homework_id and _meet(held, wanted)
            )
            may_ask = allows_written(school_class.grade) or not wanted.written
            return Clash(school_class, day, limits, excess, items, may_ask)
        if dry or await ctx.stores.evenings.mark_changed(with_reservation(evening, wanted, limits)):
            return None
    raise ConflictError("busy")


def _meet(one: Reservation, other: Reservation) -> bool:
    """Whether some pupil has both."""
    return one.is_for_all or other.is_for_all or bool({*one.student_ids} & {*other.student_ids})


async def settle(ctx: Context, homework: Homework, *, bar: int = 0) -> None:
    """Give back whatever the attempts that were seen hold, but for the one that counts. May be repeated.

    `bar` is an attempt that somebody may still be at: it is refused from now on.
    """
    stands = homework.versions[-1] if homework.versions else None
    if homework.withdrawn_at is not None:
        stands = None
    tasks = [*homework.versions, *([homework.proposed] if homework.proposed else [])]
    for class_id in sorted(homework.class_ids):
        for day in sorted({task.evening for task in tasks}):
            keep = stands.number if stands and stands.evening == day else 0

            def change(held: Evening, keep: int = keep) -> Evening:
                return settled(held, homework.id, keep=keep, until=homework.attempts, bar=bar)

            await _change(ctx, homework.school_id, class_id, day, change)


async def _change(
    ctx: Context,
    school_id: str,
    class_id: str,
    day: date,
    change: Callable[[Evening], Evening],
) -> None:
    for _ in range(_ROUNDS):
        evening = await _evening(ctx, school_id, class_id, day)
        changed = change(evening)
        if changed == evening or await ctx.stores.evenings.mark_changed(changed):
            return
    raise ConflictError("busy")


async def _evening(ctx: Context, school_id: str, class_id: str, day: date) -> Evening:
    key = evening_id(class_id, day)
    found = await ctx.stores.evenings.many([key])
    return found.get(key) or Evening(id=key, school_id=school_id, class_id=class_id, day=day)
