"""Circles at a desk: numbers beside what is looked for, down to each topic, and never its words."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from domain.groups import class_group, research_group
from domain.regions import Region, RegionLevel
from domain.roles import Role
from services.circle_comments import say_comment
from services.circle_counting import count_circles
from services.circle_order import hide_topic
from services.circles import open_topic, post_topic
from services.people import recognise
from services.terms import school_day
from tests.desk import appoint_at
from tests.handlers.conftest import Desk, Village
from tests.town import SCHOOL, school_class
from tests.waiting import wait_until

GROUP = school_class(1)
CIRCLE = class_group(GROUP.id)
PAGE = f"/console/circles/schools/{SCHOOL.id}"
SECRET = "只给圈里看的话"
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))


@pytest.fixture
async def talked(village: Village) -> None:
    """The head teacher posted twice and hid a third; every guardian read the first, the mother answered ten times."""
    ctx = village.town.ctx
    head = await recognise(ctx, village.teacher.user.openid)
    topics = [
        (await post_topic(ctx, head, CIRCLE, f"{SECRET}{n}", [], key=f"k{n}")).topic
        for n in range(3)
    ]
    await hide_topic(ctx, head, topics[2].id, "发错了")
    audience = await ctx.stores.circles.audience(topics[0].id)
    assert audience is not None
    assert audience.members
    for member in audience.members:
        await open_topic(ctx, member.person_id, topics[0].id)
    mother = await village.person(village.mother)
    for n in range(10):
        await say_comment(ctx, mother, topics[0].id, f"第{n}句", key=f"c{n}")


def cells(text: str) -> str:
    """A page's table in one line."""
    return "".join(text.split())


@pytest.mark.usefixtures("talked")
async def test_a_schools_figures_beside_what_is_looked_for_and_what_they_stand_on(
    village: Village, desk: Desk
) -> None:
    office = await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")
    browser = await desk(office)
    page = await browser.open("/console/circles")
    assert page.status == 200
    assert GROUP.name in page.text
    told = cells(page.text)
    assert "教研圈1" in told
    assert "教研圈2" in told
    assert '<tdclass="figure-cell">2/8</td>' in told  # the hidden one counts nowhere
    assert told.count('<tdclass="figure-cell">1/2</td>') >= 2  # read, and answered, enough
    circle = await browser.open(f"{PAGE}/{CIRCLE}")
    assert circle.status == 200
    assert "老师" in circle.text
    assert SECRET not in page.text + circle.text
    assert (await browser.open(f"{PAGE}/{research_group(SCHOOL.id, 1)}")).status == 200
    for nothing in (f"{PAGE}/class:no", "/console/circles/schools/no", f"{PAGE}?day=no"):
        assert (await browser.open(nothing)).status == 404


@pytest.mark.usefixtures("talked")
async def test_a_school_as_an_excel_file_and_that_it_was_taken(
    village: Village, desk: Desk
) -> None:
    office = await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")
    browser = await desk(office)
    async with browser.client.get(f"{village.town.base}{PAGE}/list.xlsx") as answer:
        assert answer.status == 200
        book = load_workbook(io.BytesIO(await answer.read()))
    rows = {row[0]: row[1:] for row in book["圈子"].iter_rows(values_only=True)}
    topics, months, all_months, read, answered = rows[GROUP.name]
    assert (topics, read, answered) == (2, 1, 1)
    assert 0 <= months <= all_months
    assert len(list(book["话题"].iter_rows())) == 3
    assert all(SECRET not in str(c.value) for sheet in book for row in sheet for c in row)
    found = village.town.ctx.stores.database["audit"].find({"act": "circles_exported"})
    (entry,) = await found.to_list(None)
    assert entry["subject_id"] == SCHOOL.id


@pytest.mark.usefixtures("talked")
async def test_a_district_sees_its_schools_by_name_and_no_word(
    village: Village, desk: Desk
) -> None:
    stores = village.town.ctx.stores
    await stores.regions.save(DISTRICT)
    boss = await appoint_at(village.town, "boss", DISTRICT, Role.DISTRICT_ADMIN, name="主任")
    browser = await desk(boss)
    assert SCHOOL.name not in (await browser.open("/console/circles")).text
    assert (await browser.open(PAGE)).status == 404
    await stores.schools.save_school(replace(SCHOOL, region_ids=("d",)))
    page = (await browser.open("/console/circles")).text
    assert SCHOOL.name in page
    school = (await browser.open(PAGE)).text
    assert GROUP.name in school
    circle = (await browser.open(f"{PAGE}/{CIRCLE}")).text
    assert SECRET not in page + school + circle
    assert (await browser.open("/console/circles/regions/d/list.xlsx")).status == 200


@pytest.mark.usefixtures("talked")
async def test_a_city_sees_its_districts_added_up(village: Village, desk: Desk) -> None:
    ctx = village.town.ctx
    await ctx.stores.regions.save(replace(DISTRICT, parent_id="c", region_ids=("c", "d")))
    city = Region(id="c", level=RegionLevel.CITY, name="东湖市", region_ids=("c",))
    browser = await desk(await appoint_at(village.town, "mayor", city, Role.CITY_ADMIN))
    await ctx.stores.schools.save_school(replace(SCHOOL, region_ids=("c", "d")))
    tomorrow = ctx.now() + timedelta(days=1)  # today a worker may have done it already

    async def counted() -> bool:
        await count_circles(replace(ctx, now=lambda: tomorrow))
        sums = await ctx.stores.circle_sums.on([SCHOOL.id], school_day(ctx.now()))
        return SCHOOL.id in sums and sums[SCHOOL.id].topics == 2

    await wait_until(counted, description="tomorrow's sum of the school's circles")
    after = cells((await browser.open("/console/circles")).text)
    assert DISTRICT.name in after
    assert '<tdclass="figure-cell">0</td><tdclass="figure-cell">3</td>' in after
    assert '<tdclass="figure-cell">2</td><tdclass="figure-cell">1</td>' in after
    assert "每天统计一次" in after
    path = f"{village.town.base}/console/circles/regions/c/list.xlsx"
    async with browser.client.get(path) as answer:
        book = load_workbook(io.BytesIO(await answer.read()))
    (row,) = list(book["下级单位"].values)[1:]
    assert row[:6] == (DISTRICT.name, 1, 0, 3, 0, 2)


async def test_who_has_no_right_to_figures_sees_none(village: Village, desk: Desk) -> None:
    browser = await desk(village.teacher)
    for path in ("/console/circles", PAGE, f"{PAGE}/{CIRCLE}", f"{PAGE}/list.xlsx"):
        assert (await browser.open(path)).status in (403, 404)
