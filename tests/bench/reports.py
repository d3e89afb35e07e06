"""Reports of homework with one term behind them and with a hundred: a school of 60 classes, a district of 20 schools,
one class, and a round of counting after a class handed something in.

Two databases on one engine, asked in turns; medians and p95s, and the larger as a ratio to the smaller.
`python -m tests.bench.reports` prints the table.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import date, timedelta
from itertools import islice
from typing import Any

from app import now, running
from domain.homework import HandIn, Homework, HomeworkState, Task
from domain.monitors import monday_of, week_id
from domain.regions import Region, RegionLevel
from domain.reports import (
    Figures,
    Line,
    SchoolReport,
    SubjectFigures,
    class_report,
    line_id,
)
from domain.roles import Appointment, Right, Role
from domain.schools import School, SchoolClass, Student
from domain.submissions import Submission, SubmissionState, Version, submission_id
from domain.times import list_position
from services.context import Context
from services.people import Post, access_post
from services.periods import Span
from services.report_counting import count_reports
from services.reports import class_view, region_view, school_view
from services.terms import school_day
from settings import Settings
from storage.documents import to_document, with_text_dates
from tests.bench.servers import databases
from tests.bench.submissions import show

BEHIND = (1, 100)  # terms
WEEKS = 20
CLASSES = 60
SCHOOLS = 20
A_DAY = 5  # homeworks of a class
REQUESTS = 25
CHILDREN = 50
BATCH = 2000
FIGURES = Figures(homework=2, minutes=40, wanted=100, handed_in=92, on_time=80, marked=70)
SUBJECTS = ("chinese", "english", "maths", "science", "sport")
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))


def a_school(number: int) -> School:
    """A school of the district."""
    return School(id=f"school-{number:02d}", name=f"第{number}小学", region_ids=("d",))


def a_class(number: int) -> SchoolClass:
    """A class of the first school."""
    school = a_school(0)
    return SchoolClass(
        id=f"class-{number:02d}", school_id=school.id, name=f"{number}班", grade=1 + number % 6
    )


def mondays(terms: int) -> list[date]:
    """So many terms of weeks, up to this one."""
    last = monday_of(school_day(now()))
    return [last - timedelta(days=7 * n) for n in range(terms * WEEKS)]


def class_weeks(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """What is kept of the first school's classes."""
    for monday in weeks:
        for number in range(CLASSES):
            lines = [
                a_line(a_class(number).id, f"w{monday}-{number}", monday, code) for code in SUBJECTS
            ]
            report = class_report(a_school(0).id, a_class(number).id, monday, lines)
            yield with_text_dates(to_document(report))


def school_weeks(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """What is kept of every school."""
    subjects = tuple(SubjectFigures(subject=code, figures=FIGURES) for code in SUBJECTS)
    for monday in weeks:
        for number in range(SCHOOLS):
            school_id = a_school(number).id
            report = SchoolReport(
                id=week_id(school_id, monday),
                school_id=school_id,
                monday=monday,
                subjects=subjects,
                due=300,
                reached=250,
                teachers=90,
                used=80,
                counted_at=now(),
            )
            yield with_text_dates(to_document(report))


def lines(weeks: list[date]) -> Iterator[dict[str, Any]]:
    """Every homework of the first class."""
    for monday in weeks:
        for n in range(5 * A_DAY):
            line = a_line(a_class(0).id, f"h{monday}-{n}", monday, SUBJECTS[n % len(SUBJECTS)])
            yield with_text_dates(to_document(line))


def a_line(class_id: str, homework_id: str, monday: date, subject: str) -> Line:
    """A homework in a class."""
    return Line(
        id=line_id(homework_id, class_id),
        school_id=a_school(0).id,
        class_id=class_id,
        homework_id=homework_id,
        monday=monday,
        day=monday,
        subject=subject,
        author_id=f"teacher-{subject}",
        asked=True,
        for_all=True,
        publish_at=now(),
        figures=FIGURES,
    )


async def insert(ctx: Context, collection: str, documents: Iterator[dict[str, Any]]) -> None:
    """In batches."""
    while batch := list(islice(documents, BATCH)):
        await ctx.stores.database[collection].insert_many(batch, ordered=False)


async def fill(ctx: Context, terms: int) -> dict[str, Post]:
    """One database; who looks."""
    await ctx.stores.ensure_indexes()
    await ctx.stores.regions.save(DISTRICT)
    for number in range(SCHOOLS):
        await ctx.stores.schools.save_school(a_school(number))
    classes = [a_class(n) for n in range(CLASSES)]
    await ctx.stores.schools.save_classes(classes)
    await ctx.stores.schools.save_students([a_pupil(n) for n in range(CHILDREN)])
    await insert(ctx, "class_reports", class_weeks(mondays(terms)))
    await insert(ctx, "school_reports", school_weeks(mondays(terms)))
    await insert(ctx, "report_lines", lines(mondays(terms)))
    posts = {}
    for role, where in ((Role.OFFICE, "school_id"), (Role.DISTRICT_ADMIN, "region_id")):
        place: dict[str, Any] = {where: "d" if where == "region_id" else a_school(0).id}
        held = Appointment(id=role, person_id=f"a-{role}", role=role, name="甲", **place)
        await ctx.stores.appointments.save(held)
        posts[where] = await access_post(ctx, held.person_id, Right.REPORTS)
    await count_reports(ctx)
    return posts


def a_pupil(number: int) -> Student:
    """A child of the first class."""
    group = a_class(0)
    return Student(
        id=f"child-{number:02d}",
        school_id=group.school_id,
        class_id=group.id,
        name=f"学生{number}",
        number=number,
    )


async def a_round(ctx: Context, number: int) -> float:
    """Everybody in the class has handed in; how long a round of counting takes that finds it."""
    key, at = f"round-{number:04d}", now()
    task = Task(
        number=1,
        text="练习册第 32 页。",
        attachments=(),
        links=(),
        minutes=20,
        written=True,
        day=school_day(at),
        evening=school_day(at),
        due_at=None,
        hand_in=HandIn.PICTURES,
        written_at=at,
    )
    homework = Homework(
        id=key,
        school_id=a_school(0).id,
        class_ids=(a_class(0).id,),
        subject="maths",
        author_id="teacher-maths",
        author_name="王老师",
        publish_at=at,
        position=list_position(at, key),
        created_at=at,
        state=HomeworkState.PUBLISHED,
        versions=(task,),
        attempts=1,
    )
    await ctx.stores.homework.insert(homework)
    version = Version(id="v", text="", files=(), relation="妈妈", handed_in_at=at, late=False)
    for child in range(CHILDREN):
        await ctx.stores.submissions.insert(
            Submission(
                id=submission_id(key, a_pupil(child).id),
                school_id=homework.school_id,
                homework_id=key,
                class_id=a_class(0).id,
                student_id=a_pupil(child).id,
                first_at=at,
                state=SubmissionState.HANDED_IN,
                versions=(version,),
                uncounted=True,
            )
        )
    begun = time.perf_counter()
    await count_reports(ctx)
    took = time.perf_counter() - begun
    if await ctx.stores.submissions.uncounted(1):
        raise RuntimeError("the round has left something uncounted")
    return took


async def timed(act: Awaitable[object]) -> float:
    """How many seconds that took."""
    begun = time.perf_counter()
    await act
    return time.perf_counter() - begun


Ask = Callable[[Context, dict[str, Post], int], Awaitable[float]]


async def a_school_term(ctx: Context, posts: dict[str, Post], _: int) -> float:
    """The office's page of a term."""
    return await timed(school_view(ctx, posts["school_id"], span=Span.TERM))


async def a_region_term(ctx: Context, posts: dict[str, Post], _: int) -> float:
    """The district's page of a term."""
    return await timed(region_view(ctx, posts["region_id"], span=Span.TERM))


async def a_class_week(ctx: Context, posts: dict[str, Post], _: int) -> float:
    """A class's page of a week."""
    return await timed(class_view(ctx, posts["school_id"], a_class(0).id, span=Span.WEEK))


async def counting(ctx: Context, _: dict[str, Post], number: int) -> float:
    """A round."""
    return await a_round(ctx, number)


ASKS: dict[str, Ask] = {
    "a school's term (60 classes)": a_school_term,
    "a district's (20 schools)": a_region_term,
    "a class's week": a_class_week,
    "a round of counting": counting,
}


async def measure(settings: Sequence[Settings]) -> dict[str, list[list[float]]]:
    """Seconds by what was asked and by database, asked in turns."""
    found: dict[str, list[list[float]]] = {name: [[] for _ in settings] for name in ASKS}
    async with AsyncExitStack() as stack:
        doors = []
        for one, terms in zip(settings, BEHIND, strict=True):
            program = await stack.enter_async_context(running(one))
            doors.append((program.ctx, await fill(program.ctx, terms)))
        for n in range(REQUESTS):
            for name, ask in ASKS.items():
                for number, (ctx, posts) in enumerate(doors):
                    found[name][number].append(await ask(ctx, posts, n))
    return found


def main() -> None:
    with databases("reports", map(str, BEHIND)) as environments:
        found = asyncio.run(
            measure([Settings.from_environment(one) for one in environments.values()])
        )
    print(f"reports: ms with {BEHIND[0]} and {BEHIND[1]} terms behind")
    for name, (small, large) in found.items():
        show(name, small, large)


if __name__ == "__main__":
    main()
