"""A district's registration page with 10 and with 500 pupils a school behind it: its cost must not depend on pupils.

Two databases on one engine, 200 schools in each, with a web process of its own, asked in turns; medians, and the
ratio of rounds that lay beside each other. `python -m tests.bench registration` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta

from app import now, running
from domain.bindings import Binding, BindingState
from domain.regions import Region, RegionLevel
from domain.registration import school_year
from domain.roles import Appointment, Role
from domain.schools import School, SchoolClass, Student
from engines import Engines
from handlers.console.base import DESK_COOKIE
from services.context import Context
from services.registration import count_marked, count_school
from settings import Settings
from storage.documents import to_document
from tests.bench.servers import installations
from tests.bench.turns import Pages, Taken, in_turns

SCHOOLS = 200
SIZES = (10, 500)
REQUESTS = 20
AIM_MS = 200
_CLASS = 50
_ADMIN = "bench-admin"
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))


async def fill(ctx: Context, pupils: int) -> str:
    """200 schools with so many pupils each, three of five bound, all counted; returns the district's desk token."""
    stores, at = ctx.stores, now()
    await stores.ensure_indexes()
    await stores.regions.save(DISTRICT)
    await stores.appointments.save(
        Appointment(
            id="admin",
            person_id=_ADMIN,
            role=Role.DISTRICT_ADMIN,
            name="赵主任",
            region_id=DISTRICT.id,
        )
    )
    for number in range(SCHOOLS):
        await _fill_school(ctx, number, pupils)
    await stores.registrations.mark.schools(f"school-{n:03d}" for n in range(SCHOOLS))
    while await stores.registrations.marks(1):
        await count_marked(ctx)
    token = f"token-{pupils}"
    await stores.sessions.add(
        token, person_id=_ADMIN, csrf="c", at=at, until=at + timedelta(days=1), desk=True
    )
    return token


async def _fill_school(ctx: Context, number: int, pupils: int) -> None:
    at, database = now(), ctx.stores.database
    school = School(
        id=f"school-{number:03d}",
        name=f"第{number + 1:03d}小学",
        region_ids=DISTRICT.region_ids,
        year=school_year(at),
    )
    groups = range(-(-pupils // _CLASS))
    classes = [
        SchoolClass(
            id=f"{school.id}-{n}", school_id=school.id, name=f"三年级{n + 1}班", grade=n % 6 + 1
        )
        for n in groups
    ]
    students = [
        Student(
            id=f"{school.id}-s{n:04d}",
            school_id=school.id,
            class_id=classes[n // _CLASS].id,
            name=f"学生{n}",
            number=n % _CLASS + 1,
        )
        for n in range(pupils)
    ]
    bindings = [
        Binding(
            id=f"{s.id}:p",
            school_id=school.id,
            student_id=s.id,
            person_id=f"person-{s.id}",
            relation="妈妈",
            contact_id=None,
            state=BindingState.ACTIVE,
            bound_at=at,
            unsettled=False,
        )
        for s in students
        if s.number % 5 < 3
    ]
    for name, things in (
        ("schools", [school]),
        ("classes", classes),
        ("students", students),
        ("bindings", bindings),
    ):
        await database[name].insert_many([to_document(thing) for thing in things])


async def prepare(settings: Settings, pupils: int, address: str) -> Pages:
    """Fill one database, and say what counting one of its schools anew costs; its pages."""
    async with running(settings) as program:
        desk = {DESK_COOKIE: await fill(program.ctx, pupils)}
        taken = []
        for number in range(20):
            begun = time.perf_counter()
            await count_school(program.ctx, f"school-{number:03d}", now())
            taken.append((time.perf_counter() - begun) * 1000)
        print(f"  counting a school of {pupils} from nothing: {statistics.median(taken):.1f} ms")
    root = f"{address}/console/registration"
    return {
        "the district": (root, desk),
        "schools below the aim": (f"{root}/regions/{DISTRICT.id}?show=below&sort=rate", desk),
        "a school": (f"{root}/schools/school-007", desk),
    }


def show(found: Mapping[str, Taken]) -> None:
    """The table."""
    sizes = " and ".join(str(size) for size in SIZES)
    print(f"registration, {SCHOOLS} schools, ms with {sizes} pupils each")
    for name, rounds in found.items():
        small, large = (rounds[size] for size in SIZES)
        ratio = statistics.median(b / a for a, b in zip(small, large, strict=True))
        print(
            f"  {name:24} {statistics.median(small):6.1f}  {statistics.median(large):6.1f}"
            f"    × {ratio:.2f}    (aim: under {AIM_MS} ms, × 1.3 at most)"
        )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        doors = installations(stack, engines, SIZES, prepare)
        show(asyncio.run(in_turns(doors, shown="学生已有家长绑定", requests=REQUESTS)))


if __name__ == "__main__":
    main()
