"""How often a province's shelf was opened, with 300 and 3,000 schools behind it, and with 2,000 over a whole year: the
shelf's page, a link at its cities and at a district's schools, a round of counting after one school opened something.

Four databases on one engine, one of them just like the small one, asked in turns whose order is drawn anew; medians and
p95s as ratios to the small one. `python -m tests.bench shelf_uses` prints the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from app import now, running
from domain.link_uses import Use
from domain.monitors import monday_of
from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Right, Role
from domain.schools import School, SchoolClass, Student
from domain.shelf_uses import ShelfUse, depth, path_of, region_sum, shelf_uses
from domain.shelves import Entry, ShelfLevel, place_key
from main import settle_in
from services.context import Context
from services.people import Post, access_post
from services.periods import Span
from services.shelf_use_details import region_entry_view
from services.shelf_uses import uses_of_shelf
from services.shelves import ShelfPlace
from services.terms import school_day
from services.use_counting import count_use
from settings import Settings
from storage.documents import to_document, with_text_dates
from tests.bench.monitors import asked, insert
from tests.bench.servers import databases
from tests.bench.submissions import show

SIZES = {"small": (300, 20), "twin": (300, 20), "large": (3_000, 20), "year": (2_000, 52)}
REQUESTS = 50
CITIES, IN_A_DISTRICT, LINKS, CHILDREN = 14, 27, 10, 10
PROVINCE = Region(id="p", level=RegionLevel.PROVINCE, name="省", region_ids=("p",))
SHELF = ShelfPlace(
    ShelfLevel.PROVINCE,
    place_key(ShelfLevel.PROVINCE, "p"),
    PROVINCE.name,
    PROVINCE.id,
    region=PROVINCE,
)
ENTRY = Entry(id="link00", level=ShelfLevel.PROVINCE, place=SHELF.key, title="一起读书")


@dataclass
class Door:
    """One installation, and who looks; `opened` is how often the first school's line was written."""

    ctx: Context
    post: Post
    opened: int = 3


def region_ids(school: int) -> tuple[str, ...]:
    """So many schools a district, its districts shared out among the cities."""
    district = school // IN_A_DISTRICT
    return ("p", f"c{district % CITIES}", f"d{district}")


def a_line(school: int, link: int, monday: date, count: int = 3) -> Use:
    """What the families of a school's one class opened."""
    return Use(
        id=f"s{school}:{link}:{monday}",
        day=monday.isoformat(),
        code=f"link{link:02d}",
        place=SHELF.key,
        count=count,
        role="families",
        school_id=f"s{school}",
        class_id=f"s{school}-a",
        is_new=True,
    )


def weeks(schools: int, count: int) -> Iterator[dict[str, Any]]:
    """What counting leaves of them: a document a school and week, and one a region and week."""
    for back in range(count):
        monday = monday_of(school_day(now())) - timedelta(days=7 * back)
        level: list[ShelfUse] = []
        for n in range(schools):
            lines = [a_line(n, link, monday) for link in range(LINKS)]
            level += shelf_uses(f"s{n}", region_ids(n), monday, lines, ())
        while level:
            yield from (with_text_dates(to_document(use)) for use in level)
            level.sort(key=lambda use: use.within)
            inside = groupby((use for use in level if use.within), key=lambda use: use.within)
            level = [region_sum(path, monday, list(uses)) for path, uses in inside]


def regions(schools: int) -> Iterator[Region]:
    """All there are."""
    yield PROVINCE
    chains = {region_ids(n)[:end] for n in range(schools) for end in (2, 3)}
    for ids in sorted(chains, key=lambda ids: (depth(path_of(ids)), ids)):
        level = RegionLevel.CITY if len(ids) == 2 else RegionLevel.DISTRICT
        yield Region(id=ids[-1], level=level, name=ids[-1], parent_id=ids[-2], region_ids=ids)


async def fill(ctx: Context, schools: int, count: int) -> Door:
    """One database. Of one school there are children and lines, too: it is counted again."""
    await ctx.stores.ensure_indexes()
    made = (School(id=f"s{n}", name=f"第{n}小学", region_ids=region_ids(n)) for n in range(schools))
    await insert(ctx, "schools", (to_document(school) for school in made))
    await insert(ctx, "regions", (to_document(region) for region in regions(schools)))
    await insert(ctx, "shelf_uses", weeks(schools, count))
    await ctx.stores.shelves.add(ENTRY)
    group = SchoolClass(id="s0-a", school_id="s0", name="一班", grade=1)
    await ctx.stores.schools.save_classes([group])
    children = [
        Student(id=f"s0-{n}", school_id="s0", class_id=group.id, name="李", number=n)
        for n in range(CHILDREN)
    ]
    await ctx.stores.schools.save_students(children)
    monday = monday_of(school_day(now()))
    await ctx.stores.link_uses.put([a_line(0, link, monday) for link in range(LINKS)])
    await ctx.stores.ageing.set_bookmark(f"use:{monday.isoformat()}", now())  # no new week begins
    while await ctx.stores.link_uses.uncounted(1):
        await count_use(ctx)
    head = Appointment(
        id="head", person_id="a-head", role=Role.PROVINCE_ADMIN, name="省教育厅", region_id="p"
    )
    await ctx.stores.appointments.save(head)
    return Door(ctx, await access_post(ctx, head.person_id, Right.REPORTS))


async def the_shelf(door: Door) -> None:
    """Every link's week and term."""
    await uses_of_shelf(door.ctx, SHELF)


async def its_cities(door: Door) -> None:
    """A link's term, city by city."""
    await region_entry_view(door.ctx, door.post, ENTRY.id, span=Span.TERM)


async def a_district(door: Door) -> None:
    """A link's term at a district's schools."""
    await region_entry_view(door.ctx, door.post, ENTRY.id, "d0", span=Span.TERM)


async def a_round(door: Door) -> None:
    """A school has opened something, and it is counted."""
    door.opened += 1
    line = a_line(0, 0, monday_of(school_day(now())), door.opened)
    await door.ctx.stores.link_uses.put([line])
    await count_use(door.ctx)


ASKED: dict[str, Callable[[Door], Awaitable[None]]] = {
    "the shelf": the_shelf,
    "a link's term at 14 cities": its_cities,
    "a link's term at a district's 27 schools": a_district,
    "a round of counting": a_round,
}


async def measure(environments: dict[str, dict[str, str]]) -> None:
    """All installations in turns."""
    async with AsyncExitStack() as stack:
        doors = {}
        for name, environment in environments.items():
            program = await stack.enter_async_context(
                running(Settings.from_environment(environment))
            )
            doors[name] = await fill(program.ctx, *SIZES[name])
        settle_in()
        print(f"shelf_uses: ms with {SIZES['small']} and {SIZES['large']} (schools, weeks) behind")
        for name, ask in ASKED.items():
            for what, taken in zip(
                ("", ", computing"), await asked(doors, ask, REQUESTS), strict=True
            ):
                show(name + what, taken["small"], taken["large"])
                show(f"  {SIZES['year']}", taken["small"], taken["year"])
                show("  two alike", taken["small"], taken["twin"])


def main() -> None:
    """The table."""
    with databases("shelf", SIZES) as environments:
        asyncio.run(measure(environments))


if __name__ == "__main__":
    main()
