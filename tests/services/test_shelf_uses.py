"""What a shelf's keeper is told of its use: a region its schools' sum, a school its term; of few children nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.link_uses import Use
from domain.regions import Region, RegionLevel
from domain.schools import School, SchoolClass, Student
from domain.shelves import Audience, ShelfLevel, place_key
from domain.use import Views
from services.administrators import Founding, found_place
from services.context import Context
from services.shelf_uses import EntryUse, uses_of_shelf
from services.shelves import ShelfPlace
from services.terms import school_day
from services.use_counting import count_use, mark_older_weeks
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY
from tests.town import Town

MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
SCHOOLS = [School(id=f"s{n}", name=f"第{n}小学", region_ids=("d",)) for n in (1, 2, 3)]
CLASSES = {
    name: SchoolClass(id=name, school_id=school.id, name=name, grade=3)
    for school, names in zip(
        SCHOOLS, (("1-a", "1-b"), ("2-a", "2-few", "2-next"), ("3-few",)), strict=True
    )
    for name in names
}
PUPILS = {"1-a": 6, "1-b": 7, "2-a": 30, "2-few": 2, "2-next": 9, "3-few": 4}
REGION_KEY = place_key(ShelfLevel.DISTRICT, "d")
REGION_SHELF = ShelfPlace(ShelfLevel.DISTRICT, REGION_KEY, "示范区", "d", region=DISTRICT)
SCHOOL_KEY = place_key(ShelfLevel.SCHOOL, "s1")
SCHOOL_SHELF = ShelfPlace(ShelfLevel.SCHOOL, SCHOOL_KEY, "第1小学", "s1", school=SCHOOLS[0])


def pupils(school_id: str, class_id: str, numbers: range) -> list[Student]:
    return [
        Student(id=f"{class_id}:{n}", school_id=school_id, class_id=class_id, name="李", number=n)
        for n in numbers
    ]


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    stores = quiet_town.ctx.stores
    await stores.regions.save(DISTRICT)
    for school in SCHOOLS:
        await stores.schools.save_school(school)
    await stores.schools.save_classes(list(CLASSES.values()))
    for name, count in PUPILS.items():
        school_id = CLASSES[name].school_id
        await stores.schools.save_students(pupils(school_id, name, range(1, count + 1)))
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    return made


def use(
    class_id: str,
    count: int,
    *,
    place: str = REGION_KEY,
    code: str = "aaaaaa",
    day: date = MONDAY,
    role: str = Audience.FAMILIES.value,
    school_id: str = "",
) -> Use:
    school_id = school_id or (CLASSES[class_id].school_id if class_id else "")
    where = f"{day}:{code}:{place}:{school_id}:{class_id}:{role}"
    return Use(
        id=where,
        day=day.isoformat(),
        code=code,
        place=place,
        count=count,
        role=role,
        school_id=school_id,
        class_id=class_id,
        is_new=True,
    )


async def put(ctx: Context, uses: Iterable[Use]) -> None:
    await ctx.stores.link_uses.put(list(uses))
    while await ctx.stores.link_uses.uncounted(1):
        await count_use(ctx)


def all_of(entry: EntryUse) -> tuple[int, int]:
    return entry.week.every, entry.term.every


async def test_a_region_is_told_what_its_schools_opened_in_the_week_and_the_term(
    ctx: Context,
) -> None:
    assert school_day(ctx.now()) == MONDAY + timedelta(days=1)
    await put(
        ctx,
        [
            use("1-a", 3),
            use("1-b", 5, role=Audience.TEACHERS.value),
            use("", 2, school_id="s1", role=""),  # the open page of a school
            use("2-a", 10, day=MONDAY - 3 * WEEK),
            use("1-a", 20, day=MONDAY - timedelta(days=1)),  # last week's Sunday
            use("1-a", 40, code="bbbbbb"),
            use("2-few", 100),  # two children, and the next smallest class with them
            use("2-next", 200),
            use("3-few", 400),  # all of a school
            use("", 800, role=""),  # from paper: at no school
            use("1-a", 1600, place=place_key(ShelfLevel.CITY, "c")),
            use("1-a", 3200, day=MONDAY - 40 * WEEK),
        ],
    )
    shelf = await uses_of_shelf(ctx, REGION_SHELF)
    assert shelf.of("aaaaaa") == EntryUse(
        Views(families=3, teachers=5, others=2), Views(families=33, teachers=5, others=2)
    )
    assert all_of(shelf.of("bbbbbb")) == (40, 40)
    assert all_of(shelf.of("cccccc")) == (0, 0)
    # A school that belongs to another region by now takes its share along.
    other = Region(id="e", level=RegionLevel.DISTRICT, name="邻区", region_ids=("e",))
    await ctx.stores.regions.save(other)
    await found_place(ctx, Founding(SCHOOLS[1].id, below="e"))
    await count_use(ctx)
    assert all_of((await uses_of_shelf(ctx, REGION_SHELF)).of("aaaaaa")) == (10, 30)


async def test_a_school_is_told_its_term_week_by_week_and_this_week_as_it_is_now(
    ctx: Context,
) -> None:
    def own(class_id: str, count: int, day: date) -> Use:
        return use(class_id, count, place=SCHOOL_KEY, day=day)

    await put(
        ctx,
        [
            own("1-a", 1, MONDAY - 2 * WEEK),
            own("1-b", 2, MONDAY - 2 * WEEK + timedelta(days=4)),
            own("1-a", 4, MONDAY - timedelta(days=1)),
            own("1-a", 8, MONDAY),
            use("2-a", 100, place=SCHOOL_KEY),  # a pupil of another school has the link, too
        ],
    )
    await ctx.stores.link_uses.put([own("1-b", 16, MONDAY + timedelta(days=1))])  # not counted yet
    entry = (await uses_of_shelf(ctx, SCHOOL_SHELF)).of("aaaaaa")
    assert all_of(entry) == (28, 31)
    assert [(day, views.every) for day, views in entry.days] == [
        (MONDAY + timedelta(days=1), 16),
        (MONDAY, 8),
        (MONDAY - timedelta(days=1), 4),
    ]
    assert [(monday, views.every) for monday, views in entry.weeks] == [
        (MONDAY, 24),
        (MONDAY - WEEK, 4),
        (MONDAY - 2 * WEEK, 3),
    ]
    assert sum(views.every for _, views in entry.weeks) == entry.term.every


async def test_weeks_that_an_older_version_counted_are_counted_again_once(ctx: Context) -> None:
    await put(ctx, [use("1-a", 3), use("2-a", 4, day=MONDAY - WEEK)])
    before = await uses_of_shelf(ctx, REGION_SHELF)
    assert await mark_older_weeks(ctx) == 0
    # As it was kept before links were counted one by one.
    kept = ctx.stores.database["school_uses"]
    await kept.update_many({}, {"$unset": {"in_sums": ""}})
    await ctx.stores.database["shelf_uses"].delete_many({})
    assert (await uses_of_shelf(ctx, REGION_SHELF)).by_code == {}
    assert await mark_older_weeks(ctx) == await kept.count_documents({})
    await count_use(ctx)
    assert await uses_of_shelf(ctx, REGION_SHELF) == before
    assert await mark_older_weeks(ctx) == 0
    # What it would be counted from is no more: it stays as it is, and is not marked for ever.
    await kept.update_many({}, {"$unset": {"in_sums": ""}})
    later = TUESDAY + ctx.policy.keep.links
    assert await mark_older_weeks(replace(ctx, now=lambda: later)) == 0


async def test_a_class_that_became_few_is_taken_out_when_its_week_is_counted_again(
    ctx: Context,
) -> None:
    await put(ctx, [use("2-a", 10), use("2-next", 3)])
    assert all_of((await uses_of_shelf(ctx, REGION_SHELF)).of("aaaaaa")) == (10, 10)
    for name in ("2-few", "2-next"):
        await ctx.stores.schools.save_students(pupils("s2", name, range(20, 30)))
    await ctx.stores.use.mark_week("s2", MONDAY, "again")
    await count_use(ctx)
    assert all_of((await uses_of_shelf(ctx, REGION_SHELF)).of("aaaaaa")) == (13, 13)
