"""What a region's shelf adds up to in each region: always what its schools' lines say, and read week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.audit import OPERATOR
from domain.link_uses import Use
from domain.regions import Region, RegionLevel
from domain.schools import School, SchoolClass, Student
from domain.shelf_uses import at_school, path_within, paths_of
from domain.shelves import ShelfLevel, place_key
from services.administrators import Founding, found_place
from services.context import Context
from services.places import change_place
from services.shelf_uses import uses_of_shelf
from services.shelves import ShelfPlace
from services.use_counting import count_use
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY
from tests.town import Town

MONDAY = date(2026, 11, 23)
LEVELS = {"p": RegionLevel.PROVINCE, "c": RegionLevel.CITY, "d": RegionLevel.DISTRICT}
CHAINS = [("p",), ("p", "c1"), ("p", "c2"), ("p", "c1", "d1"), ("p", "c1", "d2"), ("p", "c2", "d3")]
SCHOOLS = {"s1": ("p", "c1", "d1"), "s2": ("p", "c1", "d1"), "s3": ("p", "c2", "d3"), "s4": ()}
SHELVES = {region_id: place_key(ShelfLevel.DISTRICT, region_id) for region_id in ("p", "c1", "d1")}


def region(chain: tuple[str, ...]) -> Region:
    level, above = LEVELS[chain[-1][0]], chain[-2] if len(chain) > 1 else ""
    return Region(id=chain[-1], level=level, name=chain[-1], parent_id=above, region_ids=chain)


async def found(ctx: Context, school_id: str, chain: tuple[str, ...]) -> None:
    """A school with a class that is large enough to be counted."""
    own = SchoolClass(id=f"{school_id}-a", school_id=school_id, name="一班", grade=3)
    await ctx.stores.schools.save_school(School(id=school_id, name=school_id, region_ids=chain))
    await ctx.stores.schools.save_classes([own])
    await ctx.stores.schools.save_students(
        [
            Student(id=f"{own.id}:{n}", school_id=school_id, class_id=own.id, name="李", number=n)
            for n in range(6)
        ]
    )


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    for chain in CHAINS:
        await quiet_town.ctx.stores.regions.save(region(chain))
    for school_id, chain in SCHOOLS.items():
        await found(quiet_town.ctx, school_id, chain)
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    return made


async def open_links(ctx: Context, school_id: str, times: int, day: date = MONDAY) -> None:
    """Of each shelf a link, also of one that no region above the school keeps."""
    lines = [
        Use(
            id=f"{school_id}:{of}:{day}",
            day=day.isoformat(),
            code=f"{of}-link",
            place=place,
            count=times,
            role="families",
            school_id=school_id,
            class_id=f"{school_id}-a",
            is_new=True,
        )
        for of, place in SHELVES.items()
    ]
    await ctx.stores.link_uses.put(lines)


async def said(ctx: Context) -> dict[tuple[str, str, str], int]:
    """How often a shelf's link was opened in a region in a week, by what is kept added up."""
    held = ctx.stores.database["shelf_uses"].find({"region_id": {"$gt": ""}})
    return {
        (d["place"], d["region_id"], d["monday"]): sum(p["views"]["families"] for p in d["links"])
        async for d in held
    }


async def true(ctx: Context) -> dict[tuple[str, str, str], int]:
    """The same from the lines themselves and where the schools are now."""
    counts: Counter[tuple[str, str, str]] = Counter()
    chains = {s["_id"]: s["region_ids"] async for s in ctx.stores.database["schools"].find({})}
    async for line in ctx.stores.database["link_days"].find({}):
        day = date.fromisoformat(line["day"])
        monday = (day - timedelta(days=day.weekday())).isoformat()
        chain, place = chains[line["school_id"]], line["place"]
        for region_id in path_within(place, chain).split("/"):
            if region_id:
                counts[place, region_id, monday] += line["count"]
    return dict(counts)


async def move(ctx: Context, school_id: str, chain: tuple[str, ...]) -> None:
    """As a region's administrator does it."""
    school = await ctx.stores.schools.find_school(school_id)
    assert school is not None
    await change_place(ctx, replace(OPERATOR, place_id="p"), school, {"region_ids": chain})


async def found_anew(ctx: Context, school_id: str, below: str) -> None:
    """As the operator does it."""
    await found_place(ctx, Founding(school_id, below=below))


async def test_each_region_has_the_sum_of_its_schools_wherever_they_are_moved(ctx: Context) -> None:
    for n, school_id in enumerate(SCHOOLS):
        await open_links(ctx, school_id, 10**n)
        await open_links(ctx, school_id, 2 * 10**n, MONDAY - timedelta(days=7))
    await count_use(ctx)
    sums = await said(ctx)
    assert sums == await true(ctx)
    assert sums["region:p", "p", str(MONDAY)] == 111
    assert sums["region:p", "c1", str(MONDAY)] == sums["region:d1", "d1", str(MONDAY)] == 11
    assert ("region:c1", "c2", str(MONDAY)) not in sums
    acts: list[Callable[[], Awaitable[None]]] = [
        lambda: move(ctx, "s1", ("p", "c2", "d3")),
        lambda: move(ctx, "s2", ("p",)),
        lambda: found_anew(ctx, "s4", "d1"),  # which stood nowhere
        lambda: found_anew(ctx, "s4", "c2"),  # twice before anything is counted
        lambda: move(ctx, "s1", ("p", "c1", "d2")),
    ]
    for act in acts[:2]:
        await act()
        await count_use(ctx)
        assert await said(ctx) == await true(ctx)
    for act in acts[2:]:
        await act()
    await count_use(ctx)
    assert await said(ctx) == await true(ctx)
    # A city that goes to another province takes its schools along.
    other = Region(id="q", level=RegionLevel.PROVINCE, name="q", region_ids=("q",))
    await ctx.stores.regions.save(other)
    await found_place(ctx, Founding("c1", level=RegionLevel.CITY, below="q"))
    await count_use(ctx)
    assert await said(ctx) == await true(ctx)
    assert await ctx.stores.schools.moved(9) == []


async def test_whoever_dies_the_sums_are_right_in_the_end(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any write of a move, of an opening, or of the adding up itself."""
    homes = [("p", "c2", "d3"), ("p", "c1", "d1")]
    for last in range(1, 60):
        with after_each_write(monkeypatch, dying_after(last)):
            try:
                await open_links(ctx, "s2", last, MONDAY + timedelta(days=last))
                await move(ctx, "s1", homes[last % 2])
                await count_use(ctx)
                died = False
            except Killed:
                died = True
        await count_use(ctx)
        assert await said(ctx) == await true(ctx), last
        if not died:
            break
    assert last > 10


async def test_of_a_school_with_few_children_nothing_is_left_in_a_sum(ctx: Context) -> None:
    await open_links(ctx, "s1", 5)
    await open_links(ctx, "s2", 7)
    await count_use(ctx)
    assert (await said(ctx))["region:p", "p", str(MONDAY)] == 12
    gone = {"class_id": "s1-a", "number": {"$gte": 3}}
    await ctx.stores.database["students"].delete_many(gone)
    await ctx.stores.use.mark_week("s1", MONDAY, "again")
    await count_use(ctx)
    assert set((await said(ctx)).values()) == {7}


async def test_a_regions_page_reads_its_weeks_however_many_schools_there_are(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()

    def counting(store: Any, name: str) -> None:
        ask = getattr(store, name)

        async def asked(*arguments: Any) -> Any:
            answer = await ask(*arguments)
            read[name] += len(answer)
            return answer

        monkeypatch.setattr(store, name, asked)

    counting(ctx.stores.use, "shelf_uses_by_key")
    counting(ctx.stores.use, "shelf_uses")
    counting(ctx.stores.schools, "schools_below")
    province = ShelfPlace(ShelfLevel.PROVINCE, SHELVES["p"], "p", "p", region=region(("p",)))
    for few, many in ((0, 3), (3, 12)):
        for n in range(few, many):
            await found(ctx, f"more{n}", ("p", "c1", "d1"))
            await open_links(ctx, f"more{n}", 1)
            await open_links(ctx, f"more{n}", 1, MONDAY - timedelta(days=7))
        await count_use(ctx)
        read.clear()
        shelf = await uses_of_shelf(ctx, province)
        assert (shelf.of("p-link").week.every, shelf.of("p-link").term.every) == (many, 2 * many)
        assert read == {"shelf_uses_by_key": 2}


def test_a_school_is_in_a_sum_for_each_region_of_each_shelf_above_it() -> None:
    assert paths_of(("p", "c", "d")) == {"p", "c", "d", "p/c", "c/d", "p/c/d"}
    assert paths_of(()) == set()
    assert path_within("region:c", ("p", "c", "d")) == "c/d"
    assert path_within("region:x", ("p", "c", "d")) == ""
    assert at_school("region:c", "s", MONDAY) == "region:c:s:2026-11-23"
