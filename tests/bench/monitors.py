"""The monitor of homework with one term behind it and with a hundred: a school of 60 classes, week and term, one class,
and a round of counting.

Three databases on one engine, asked in turns whose order is drawn anew: the small one, another just like it, and the
large one. Medians and p95s as ratios to the small one; what two that are alike differ by is its own noise.
Beside the time that passed stands what this process computed for it, which a busy machine changes little.
`python -m tests.bench monitors` prints the table.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

from app import now, running
from domain.budgets import Evening, Limits, Reservation, evening_id
from domain.monitors import (
    ClassWeek,
    DayFigures,
    SchoolWeek,
    SubjectFigures,
    Tally,
    monday_of,
    week_id,
)
from domain.roles import Appointment, Right, Role
from domain.schools import School, SchoolClass
from main import settle_in
from services.context import Context
from services.monitor_counting import count_weeks
from services.monitors import class_monitor, school_monitor
from services.people import Post, access_post
from services.periods import Span
from services.terms import school_day
from settings import Settings
from storage.documents import to_document, with_text_dates
from tests.bench.servers import databases
from tests.bench.submissions import show

BEHIND = {"small": 1, "twin": 1, "large": 100}  # terms
WEEKS = 20
CLASSES = 60
SCHOOL_DAYS = 5
REQUESTS = 200
BATCH = 2000
SUBJECTS = (("chinese", 25), ("english", 15), ("maths", 20))
MINUTES = sum(minutes for _, minutes in SUBJECTS)
D = TypeVar("D")
SCHOOL = School(id="school-m", name="第一小学")


@dataclass(frozen=True)
class Door:
    """One installation, and who looks."""

    ctx: Context
    post: Post


def a_class(number: int) -> SchoolClass:
    """A class of the school."""
    grade = 1 + number % 6
    return SchoolClass(
        id=f"class-{number:02d}", school_id=SCHOOL.id, name=f"{number}班", grade=grade
    )


def mondays(terms: int) -> list[date]:
    """So many terms of weeks, up to this one."""
    last = monday_of(school_day(now()))
    return [last - timedelta(days=7 * n) for n in range(terms * WEEKS)]


def figures(day: date) -> DayFigures:
    """A full class-day."""
    subjects = tuple(SubjectFigures(subject=c, count=1, minutes=m) for c, m in SUBJECTS)
    return DayFigures(
        day=day, written=MINUTES, total=MINUTES, over=False, allowed=False, subjects=subjects
    )


def class_weeks(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """What is kept of the classes."""
    for monday in weeks:
        days = tuple(figures(monday + timedelta(days=n)) for n in range(SCHOOL_DAYS))
        for number in range(CLASSES):
            group = a_class(number)
            week = ClassWeek(
                id=week_id(group.id, monday),
                school_id=SCHOOL.id,
                class_id=group.id,
                monday=monday,
                days=days,
            )
            yield with_text_dates(to_document(week))


def school_weeks(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """What they add up to."""
    tally = Tally(days=CLASSES * SCHOOL_DAYS, minutes=CLASSES * SCHOOL_DAYS * MINUTES)
    subjects = tuple(SubjectFigures(subject=c, count=300, minutes=300 * m) for c, m in SUBJECTS)
    for monday in weeks:
        week = SchoolWeek(
            id=week_id(SCHOOL.id, monday),
            school_id=SCHOOL.id,
            monday=monday,
            tally=tally,
            subjects=subjects,
            counted_at=now(),
        )
        yield with_text_dates(to_document(week))


def evenings(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """What the figures count."""
    for monday in weeks:
        for number in range(CLASSES):
            for n in range(SCHOOL_DAYS):
                day, class_id = monday + timedelta(days=n), a_class(number).id
                yield with_text_dates(to_document(an_evening(class_id, day)))


def an_evening(class_id: str, day: date) -> Evening:
    """One class and day."""
    held = tuple(
        Reservation(
            homework_id=f"{class_id}-{day}-{subject}",
            attempt=1,
            subject=subject,
            minutes=minutes,
            written=True,
            author_id=f"teacher-{subject}",
            author_name="王老师",
            publish_at=now(),
            kept=True,
        )
        for subject, minutes in SUBJECTS
    )
    return Evening(
        id=evening_id(class_id, day),
        school_id=SCHOOL.id,
        class_id=class_id,
        day=day,
        version=1,
        limits=Limits(written=60, total=60),
        reservations=held,
    )


async def insert(ctx: Context, collection: str, documents: Iterator[dict[str, Any]]) -> None:
    """In batches."""
    while batch := list(islice(documents, BATCH)):
        await ctx.stores.database[collection].insert_many(batch, ordered=False)


async def fill(ctx: Context, terms: int) -> Door:
    """One database. Evenings are kept for a term alone: the monitor reads no others, and the rest is disk."""
    await ctx.stores.ensure_indexes()
    await ctx.stores.schools.save_school(SCHOOL)
    await ctx.stores.schools.save_classes([a_class(n) for n in range(CLASSES)])
    await insert(ctx, "class_weeks", class_weeks(mondays(terms)))
    await insert(ctx, "school_weeks", school_weeks(mondays(terms)))
    await insert(ctx, "evenings", evenings(mondays(1)))
    office = Appointment(
        id="office", person_id="a-office", role=Role.OFFICE, name="教务处", school_id=SCHOOL.id
    )
    await ctx.stores.appointments.save(office)
    return Door(ctx, await access_post(ctx, office.person_id, Right.MONITOR))


async def a_week(door: Door) -> None:
    """A school's week."""
    await school_monitor(door.ctx, door.post, span=Span.WEEK, day=None)


async def a_term(door: Door) -> None:
    """A school's term."""
    await school_monitor(door.ctx, door.post, span=Span.TERM, day=None)


async def a_class_week(door: Door) -> None:
    """A class's days."""
    await class_monitor(door.ctx, door.post, a_class(0).id, span=Span.WEEK, day=None)


async def a_round(door: Door) -> None:
    """An evening has changed, and its week is counted."""
    await door.ctx.stores.monitors.mark(SCHOOL.id, mondays(1)[0], door.ctx.new_id())
    await count_weeks(door.ctx)


ASKED: dict[str, Callable[[Door], Awaitable[None]]] = {
    "a school of 60 classes, week": a_week,
    "a school of 60 classes, term": a_term,
    "a class's days": a_class_week,
    "a round of counting": a_round,
}


async def asked(
    doors: Mapping[str, D], ask: Callable[[D], Awaitable[None]], times: int = REQUESTS
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds that passed, and seconds of this process, by database."""
    passed: dict[str, list[float]] = {name: [] for name in doors}
    computed: dict[str, list[float]] = {name: [] for name in doors}
    for _ in range(times):
        for name in random.sample(list(doors), len(doors)):
            begun, busy = time.perf_counter(), time.process_time()
            await ask(doors[name])
            computed[name].append(time.process_time() - busy)
            passed[name].append(time.perf_counter() - begun)
    return passed, computed


async def measure(environments: dict[str, dict[str, str]]) -> None:
    """All installations in turns."""
    async with AsyncExitStack() as stack:
        doors = {}
        for name, environment in environments.items():
            program = await stack.enter_async_context(
                running(Settings.from_environment(environment))
            )
            doors[name] = await fill(program.ctx, BEHIND[name])
        settle_in()
        print(f"monitors: ms with {BEHIND['small']} and {BEHIND['large']} terms behind")
        for name, ask in ASKED.items():
            for what, taken in zip(("", ", computing"), await asked(doors, ask), strict=True):
                show(name + what, taken["small"], taken["large"])
                show("  two alike", taken["small"], taken["twin"])


def main() -> None:
    """The table."""
    with databases("monitors", BEHIND) as environments:
        asyncio.run(measure(environments))


if __name__ == "__main__":
    main()
