"""A district's registration page with 10 and with 500 pupils a school behind it: its cost must not depend on pupils.

Two databases on one engine, 200 schools in each, with a web process of its own, asked in turns; medians, and the
ratio of rounds that lay beside each other. `python -m tests.bench registration` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta

import aiohttp

from app import now, running
from domain.bindings import Binding, BindingState
from domain.regions import Region, RegionLevel
from domain.registration import school_year
from domain.roles import Appointment, Role
from domain.schools import School, SchoolClass, Student
from engines import Engines
from services.context import Context
from services.registration import count_marked, count_school
from settings import Settings, dev_environment
from storage.documents import to_document
from tests.bench.servers import free_port, process

SCHOOLS = 200
SIZES = (10, 500)
ROUNDS = 7
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


async def prepare(settings: Settings, pupils: int) -> str:
    """Fill one database, and say what counting one of its schools anew costs."""
    async with running(settings) as program:
        token = await fill(program.ctx, pupils)
        taken = []
        for number in range(20):
            begun = time.perf_counter()
            await count_school(program.ctx, f"school-{number:03d}", now())
            taken.append((time.perf_counter() - begun) * 1000)
        print(f"  counting a school of {pupils} from nothing: {statistics.median(taken):.1f} ms")
        return token


async def milliseconds(session: aiohttp.ClientSession, url: str, token: str) -> float:
    """The median of some requests, one after the other."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        async with session.get(url, cookies={"yanshu_desk": token}) as answer:
            body = await answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, (url, answer.status)
        assert "学生已有家长绑定" in body.decode()
    return statistics.median(taken)


async def measure(ports: dict[int, int], tokens: dict[int, str]) -> None:
    """Ask for each page of each database in turns."""
    region = f"/console/registration/regions/{DISTRICT.id}"
    pages = {
        "the district": "/console/registration",
        "schools below the aim": f"{region}?show=below&sort=rate",
        "a school": "/console/registration/schools/school-007",
    }
    async with aiohttp.ClientSession() as session:
        sizes = " and ".join(str(size) for size in SIZES)
        print(f"registration, {SCHOOLS} schools, ms with {sizes} pupils each")
        for name, path in pages.items():
            rounds: dict[int, list[float]] = {size: [] for size in SIZES}
            for turn in range(ROUNDS + 1):
                for size in SIZES:
                    url = f"http://127.0.0.1:{ports[size]}{path}"
                    taken = await milliseconds(session, url, tokens[size])
                    if turn:
                        rounds[size].append(taken)
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
        ports, tokens = {}, {}
        for size in SIZES:
            ports[size] = free_port()
            environment = dev_environment(
                {"YANSHU_MONGODB_DATABASE": f"bench{size}", "YANSHU_LOG_LEVEL": "ERROR"},
                port=ports[size],
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
            tokens[size] = asyncio.run(prepare(Settings.from_environment(environment), size))
            command = ["main.py", "serve", "--port", str(ports[size])]
            stack.enter_context(process(command, environment))
        asyncio.run(measure(ports, tokens))


if __name__ == "__main__":
    main()
