"""Figures of use at a desk: each leads to what it was counted from; few children are shown to nobody."""

from __future__ import annotations

import html
import io
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.audit import Act
from domain.monitors import monday_of
from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import School
from domain.shelves import ShelfLevel, place_key
from domain.use import each_month, too_few, total
from services.administrators import Founding, found_place
from services.context import Context
from services.links import doors_for, find_target
from services.notices import draft_notice, publish_notice
from services.shelves import ShelfPlace
from services.terms import school_day
from services.use_counting import count_use
from tests.desk import Browser, appoint_at, desks_of, sign_in_at_desk
from tests.homeworking import teacher
from tests.miniapp.conftest import town as town
from tests.shelving import ADDRESS, SCHOOL_SHELF, hang
from tests.town import OTHER_SCHOOL, SCHOOL, Town, child_name, school_class
from tests.waiting import wait_until

CLASS, SMALL = school_class(1), school_class(2)
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
HERE = School(id=SCHOOL.id, name=SCHOOL.name, region_ids=("d",))
GROUP = f"/console/use/classes/{CLASS.id}"
BAD_TITLE = '=HYPERLINK("https://x")'


@pytest.fixture
async def code(town: Town) -> str:
    """A link with a title that a spreadsheet would run, opened by families and teachers, and given out once."""
    ctx = town.ctx
    await ctx.stores.regions.save(DISTRICT)
    await town.settle_school(children=6)
    await ctx.stores.schools.save_school(HERE)
    entry = await hang(ctx, title=BAD_TITLE, subject="maths")
    target = await find_target(ctx, entry.id)
    for role, times in (("families", 12), ("teachers", 3)):
        door = (await doors_for(ctx, SCHOOL.id, (CLASS.id,), role))[CLASS.id]
        for _ in range(times):
            ctx.links.note(ctx, target, door)
    await ctx.links.write(ctx)
    maths = await teacher(ctx, 1)
    form = {"title": f"{child_name(1)}说得好", "body": "一起看。", "confirm": "none"}
    draft = await draft_notice(ctx, maths, form, class_ids=[CLASS.id], file_ids=[], links=[ADDRESS])
    await publish_notice(ctx, maths, draft, idempotency_key="key-0001")

    async def counted() -> bool:
        await count_use(ctx)  # which does nothing while the town's own worker is at it
        weeks = await ctx.stores.use.school_uses([SCHOOL.id], [this_week(ctx)])
        opened = total(part.views for week in weeks for part in week.shelves)
        return opened.every == 15 and sum(week.lessons for week in weeks) == 1

    await wait_until(counted, description="the week is counted")
    return entry.id


def this_week(ctx: Context) -> date:
    return monday_of(school_day(ctx.now()))


@pytest.fixture
async def desks(town: Town, code: str) -> AsyncIterator[dict[str, Browser]]:
    """Somebody of each tier at a desk."""
    wanted: dict[str, tuple[Any, Role, dict[str, Any]]] = {
        "office": (HERE, Role.OFFICE, {}),
        "observer": (DISTRICT, Role.OBSERVER, {}),
        "music": (HERE, Role.SUBJECT_TEACHER, {"class_id": CLASS.id, "subject": "music"}),
    }
    async with desks_of(town, wanted) as found:
        yield found


async def test_each_tier_opens_its_own_and_no_other(desks: dict[str, Browser], code: str) -> None:
    home, school = "/console/use", f"/console/use/schools/{SCHOOL.id}"
    region, own = f"/console/use/regions/{DISTRICT.id}", f"/console/use/links/{code}"
    of_class = f"{own}?class={CLASS.id}"
    teaches = {home, school, f"{school}/list.xlsx", GROUP, f"{GROUP}/list.xlsx", of_class}
    above = {home, region, school, f"{region}/list.xlsx", f"{school}/list.xlsx"}
    opens = {"office": teaches | {own}, "music": teaches, "observer": above}
    every = opens["office"] | above | {f"/console/use/schools/{OTHER_SCHOOL.id}"}
    every |= {"/console/use/classes/none", "/console/use/links/zzzzzz", f"{own}?class=none"}
    for key, browser in desks.items():
        for path in sorted(every):
            status = (await browser.open(path)).status
            assert status == (200 if path in opens[key] else 404), (key, path)


async def test_a_figure_leads_down_to_a_links_days(desks: dict[str, Browser], code: str) -> None:
    region = (await desks["observer"].open("/console/use")).text
    assert f"/console/use/schools/{SCHOOL.id}" in region
    assert "200" in region  # 12 views of six children
    school = (await desks["office"].open("/console/use")).text
    assert GROUP in school
    assert f"/console/use/links/{code}" in school
    group = (await desks["office"].open(GROUP)).text
    assert f"/console/use/links/{code}?span=week" in group
    assert "12 次 / 6 人" in group
    days = (await desks["office"].open(f"/console/use/links/{code}?class={CLASS.id}")).text
    assert "<td>12</td><td>3</td><td>0</td>" in days
    for page in (region, school, group, days):
        assert child_name(1) not in page
    term = (await desks["office"].open(f"{GROUP}?span=term")).text
    assert "每周：每百名学生" in term


async def test_a_shelf_shows_how_often_its_links_were_opened_and_leads_to_their_days(
    town: Town, desks: dict[str, Browser], code: str
) -> None:
    schools = await hang(town.ctx, SCHOOL_SHELF, key="key-0002", title="图书馆")
    unused = await hang(town.ctx, SCHOOL_SHELF, key="key-0003", title="口算")
    target = await find_target(town.ctx, schools.id)
    door = (await doors_for(town.ctx, SCHOOL.id, (CLASS.id,), "families"))[CLASS.id]
    for mark in (door, door, ""):  # the third from a sheet of paper
        town.ctx.links.note(town.ctx, target, mark)
    await town.ctx.links.write(town.ctx)
    page = (await desks["office"].open("/console/links")).text
    assert "近 7 天打开 3 次，本学期 3 次" in page
    assert page.count("<td>2</td><td>0</td><td>1</td>") == 2  # the day, and the week of the term
    assert "本学期还没有人打开" in page
    assert f"/console/use/links/{unused.id}" not in page
    for key in ("office", "music"):
        shelf = (await desks[key].open(f"/console/links?class={CLASS.id}")).text
        assert "近 7 天打开 15 次，本学期 15 次" in shelf
        for text in (page, shelf):
            assert child_name(1) not in text
        found = re.search(r'href="(/console/use/links/[^"]+)"', shelf)
        assert found is not None
        evidence = await desks[key].open(html.unescape(found[1]))
        assert "<td>12</td><td>3</td><td>0</td>" in evidence.text
    found = re.search(r'href="(/console/use/links/[^"]+)"', page)
    assert found is not None
    assert (
        "<td>2</td><td>0</td><td>1</td>"
        in (await desks["office"].open(html.unescape(found[1]))).text
    )


async def test_a_regions_shelf_shows_its_schools_sum_and_leads_to_them_and_their_days(
    town: Town, desks: dict[str, Browser]
) -> None:
    ctx = town.ctx
    shelf = ShelfPlace(
        ShelfLevel.DISTRICT,
        place_key(ShelfLevel.DISTRICT, "d"),
        DISTRICT.name,
        "d",
        region=DISTRICT,
    )
    entry = await hang(ctx, shelf, key="key-0002", title="全区读书")
    unused = await hang(ctx, shelf, key="key-0003", title="口算")
    target = await find_target(ctx, entry.id)
    door = (await doors_for(ctx, SCHOOL.id, (CLASS.id,), "families"))[CLASS.id]
    for mark in (door, door, door, ""):  # the fourth from paper: at no school
        ctx.links.note(ctx, target, mark)
    await ctx.links.write(ctx)

    async def counted() -> bool:
        await count_use(ctx)
        return not await ctx.stores.link_uses.uncounted(1)

    await wait_until(counted, description="the week is counted")
    phone = await appoint_at(town, "head", DISTRICT, Role.DISTRICT_ADMIN, name="乙")
    head = Browser(town)
    await sign_in_at_desk(head, phone)
    page = (await head.open("/console/links")).text
    assert "本周打开 3 次，本学期 3 次" in page
    assert page.count("本学期还没有人打开") == 1
    found = [html.unescape(one) for one in re.findall(r'href="(/console/use/entries/[^"]+)"', page)]
    assert found == [f"/console/use/entries/{entry.id}?span={span}" for span in ("week", "term")]
    for path in found:
        schools = await head.open(path)
        assert "<td>3</td><td>0</td><td>0</td>" in schools.text
        (lower,) = re.findall(r'href="(/console/use/entries/[^"]+/places/[^"]+)"', schools.text)
        assert SCHOOL.name in schools.text
        of_school = (await head.open(html.unescape(lower))).text
        assert "<td>3</td><td>0</td><td>0</td>" in of_school
        assert child_name(1) not in schools.text + of_school
    own = f"/console/use/entries/{entry.id}"
    assert "还没有人打开" in (await head.open(f"{own}?span=week&day=2020-01-06")).text
    assert (await head.open(f"/console/use/entries/{unused.id}")).status == 200
    for path in (f"{own}/places/{OTHER_SCHOOL.id}", "/console/use/entries/zzzzzz"):
        assert (await head.open(path)).status == 404, path
    await head.client.close()
    assert (await desks["observer"].open(own)).status == 200
    for key in ("office", "music"):
        assert (await desks[key].open(own)).status == 404, key


async def test_a_citys_shelf_opens_to_its_districts_and_from_there_to_schools(
    town: Town, desks: dict[str, Browser]
) -> None:
    ctx = town.ctx
    city = Region(id="c", level=RegionLevel.CITY, name="示范市", region_ids=("c",))
    beside = Region(id="e", level=RegionLevel.DISTRICT, name="邻区", region_ids=("e",))
    for region in (city, beside):
        await ctx.stores.regions.save(region)
    await found_place(ctx, Founding("d", level=RegionLevel.DISTRICT, below="c"))
    shelf = ShelfPlace(
        ShelfLevel.CITY, place_key(ShelfLevel.CITY, "c"), city.name, "c", region=city
    )
    entry = await hang(ctx, shelf, key="key-0002", title="全市读书")
    target = await find_target(ctx, entry.id)
    door = (await doors_for(ctx, SCHOOL.id, (CLASS.id,), "families"))[CLASS.id]
    for _ in range(4):
        ctx.links.note(ctx, target, door)
    await ctx.links.write(ctx)

    async def counted() -> bool:
        await count_use(ctx)
        return not await ctx.stores.link_uses.uncounted(1)

    await wait_until(counted, description="the week is counted")
    phone = await appoint_at(town, "head", city, Role.CITY_ADMIN, name="乙")
    head = Browser(town)
    await sign_in_at_desk(head, phone)
    assert "本周打开 4 次，本学期 4 次" in (await head.open("/console/links")).text
    address = f"/console/use/entries/{entry.id}?span=term"
    for name, crumb in ((DISTRICT.name, ""), (SCHOOL.name, DISTRICT.name), ("", SCHOOL.name)):
        page = (await head.open(address)).text
        assert "<b>打开 4 次</b>" in page
        assert crumb in page
        lower = re.findall(r'href="(/console/use/entries/[^"]+)">([^<]+)</a></th>', page)
        if name:  # the first line is the place below, the others are weeks
            address, named = html.unescape(lower[0][0]), lower[0][1]
            assert len([n for _, n in lower if not n.endswith("起")]) == 1
            assert named == name
    for place in ("e", OTHER_SCHOOL.id, "none"):  # not theirs, or nowhere
        path = f"/console/use/entries/{entry.id}/places/{place}"
        assert (await head.open(path)).status == 404, place
    await head.client.close()
    assert (await desks["observer"].open(f"/console/use/entries/{entry.id}")).status == 404


async def test_the_file_holds_the_figures_and_no_formula(
    town: Town, desks: dict[str, Browser], code: str
) -> None:
    answer = await desks["office"].client.get(f"{town.base}{GROUP}/list.xlsx")
    book = load_workbook(io.BytesIO(await answer.read()))
    (row,) = list(book["链接"].iter_rows(min_row=2, values_only=True))
    assert row[0] == f"'{BAD_TITLE}"
    assert row[3:] == (12, 3, 0)
    held = await town.ctx.stores.database["audit"].find({"act": Act.USE_EXPORTED}).to_list(None)
    assert len(held) == 1


async def test_of_few_children_nothing_is_shown(
    town: Town, desks: dict[str, Browser], code: str
) -> None:
    """A small class takes the next smallest with it, and no page has what they opened."""
    await town.ctx.stores.schools.save_classes([SMALL])
    door = (await doors_for(town.ctx, SCHOOL.id, (SMALL.id,), "families"))[SMALL.id]
    for _ in range(77):
        town.ctx.links.note(town.ctx, await find_target(town.ctx, code), door)
    await town.ctx.links.write(town.ctx)
    await count_use(town.ctx)
    page = (await desks["office"].open("/console/use")).text
    assert page.count("不显示</span>") == 2
    assert f"/console/use/links/{code}" not in page
    assert "人数太少" in (await desks["office"].open(GROUP)).text
    for group in (CLASS, SMALL):
        shelf = (await desks["office"].open(f"/console/links?class={group.id}")).text
        assert "近 7 天" not in shelf
    assert "人数少，打开次数不显示" in (await desks["music"].open("/console/links")).text
    path = f"/console/use/links/{code}?class={SMALL.id}"
    assert (await desks["office"].open(path)).status == 404


@pytest.mark.parametrize(
    ("pupils", "hidden"),
    [
        ({"a": 30, "b": 40}, set()),
        ({"a": 4, "b": 40, "c": 30}, {"a", "c"}),
        ({"a": 3, "b": 3, "c": 30}, {"a", "b"}),
        ({"a": 1, "b": 1, "c": 30, "d": 31}, {"a", "b", "c"}),
        ({"a": 2}, {"a"}),
    ],
)
def test_which_classes_are_hidden(pupils: dict[str, int], hidden: set[str]) -> None:
    assert too_few(pupils) == hidden


async def test_what_a_district_wants_stands_beside_the_figure(
    town: Town, desks: dict[str, Browser], code: str
) -> None:
    """Without a word of anybody's ten lessons and ten resources; what a district writes down counts below it."""
    term = "/console/use?span=term"
    usual = (await desks["office"].open(term)).text
    assert "要求 10 节" in usual
    assert "要求每位教师每学期 10 份" in usual
    assert "12 次 / 6 人</span>" in usual  # nothing is wanted of openings
    phone = await appoint_at(town, "head", DISTRICT, Role.DISTRICT_ADMIN, name="乙")
    head = Browser(town)
    await sign_in_at_desk(head, phone)
    form = {"name": DISTRICT.name, "action": "check", "use_lessons": "6", "use_filed": "4"}
    wrong = await head.send("/console/settings", form | {"use_lessons": "101"})
    assert wrong.status == 422
    shown = await head.send("/console/settings", form | {"use_families": "41900"})
    seen = shown.text.split('name="seen" value="')[1].partition('"')[0]
    sent = form | {"use_families": "41900", "action": "save", "seen": seen}
    assert (await head.send("/console/settings", sent)).status == 200
    await head.client.close()
    for browser in (desks["office"], desks["observer"]):
        page = (await browser.open(term)).text
        assert "要求 6 节" in page
        assert "12 次 / 6 人，要求 41900 次" in page
    assert "每学期 4 份" in (await desks["office"].open("/console/resources/figures")).text


def test_lessons_of_each_teacher_are_those_of_thirty_days() -> None:
    assert each_month(20, 2, 1) == 42.9
    assert each_month(20, 2, 20) == 2.1
    assert each_month(0, 2, 4) == 0.0
    assert each_month(5, 0, 4) is None
