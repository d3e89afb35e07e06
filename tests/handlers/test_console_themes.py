"""Theme activities of a term at a desk: district by district, school by school, down to what was counted."""

from __future__ import annotations

from dataclasses import replace

from domain.roles import Role
from services.activities import withdraw_activity
from services.people import access_teaching
from tests.desk import appoint_at
from tests.handlers.conftest import Desk, Village
from tests.handlers.test_console_activities import CHILD, acts, leader, office, publish, taken
from tests.office import CITY, DISTRICT, NEIGHBOUR, OTHER_DISTRICT
from tests.town import OTHER_SCHOOL, SCHOOL

ROOT = "/console/activities/themes"


async def settle(village: Village) -> str:
    """A city of two districts; 青禾小学 has one theme activity that stands and one withdrawn. Its id."""
    ctx = village.town.ctx
    await ctx.stores.schools.save_school(replace(SCHOOL, region_ids=DISTRICT.region_ids))
    await ctx.stores.schools.save_school(replace(NEIGHBOUR, name="阿一小学"))
    await ctx.stores.schools.save_school(
        replace(OTHER_SCHOOL, region_ids=OTHER_DISTRICT.region_ids)
    )
    theme = await publish(village, "key-0001", kind="theme", title="亲子共读周")
    gone = await publish(village, "key-0002", kind="theme", title="取消了的")
    teaching = await access_teaching(ctx, await village.person(village.teacher))
    await withdraw_activity(ctx, teaching, gone)
    await publish(village, "key-0003", shows_totals="yes", title="不是主题活动")
    for region in (CITY, DISTRICT, OTHER_DISTRICT):
        await ctx.stores.regions.save(region)
    return theme


def row(page: str, name: str) -> list[str]:
    """The cells of a line, after its name."""
    cells = page.partition(f">{name}</a></th>")[2].partition("</tr>")[0]
    return [cell.partition(">")[2].partition("<")[0] for cell in cells.split("<td")[1:]]


async def test_a_district_sees_each_school_and_what_was_counted(
    village: Village, desk: Desk
) -> None:
    theme = await settle(village)
    district = await appoint_at(village.town, "d", DISTRICT, Role.DISTRICT_ADMIN, name="郑磊")
    browser = await desk(district)
    page = (await browser.open("/console/activities")).text
    assert "<b>1<small> / 2</small></b>" in page
    assert (row(page, SCHOOL.name), row(page, "阿一小学")) == (["1"], ["0"])
    names = sorted((SCHOOL.name, "阿一小学"))  # by name, whatever the counts are
    assert page.index(names[0]) < page.index(names[1])
    assert OTHER_SCHOOL.name not in page
    seen = (await browser.open(f"{ROOT}/schools/{SCHOOL.id}")).text
    assert "亲子共读周" in seen
    assert "1 个班的家长" in seen
    assert "取消了的" not in seen
    assert "不是主题活动" not in seen
    sheets = await taken(browser, f"{ROOT}/schools/{SCHOOL.id}/list.xlsx")
    assert [line[1:] for line in sheets["主题活动"]] == [
        ["主题活动", "请谁参加", "已填"],
        ["亲子共读周", "1 个班的家长", None],
    ]
    whole = await taken(browser, f"{ROOT}/regions/{DISTRICT.id}/list.xlsx")
    assert sorted(line[1:] for line in whole["主题活动"][1:]) == sorted(
        [[SCHOOL.name, 1, "已做到"], ["阿一小学", 0, "还没有"]]
    )
    assert len(await acts(village, "themes_exported")) == 2
    for path in (
        f"/console/activities/{theme}/list.xlsx",
        f"/console/own-activities/{theme}",
        "/console/leaves",
        f"{ROOT}/schools/{OTHER_SCHOOL.id}",
        f"{ROOT}/schools/{OTHER_SCHOOL.id}/list.xlsx",
        f"{ROOT}/regions/{OTHER_DISTRICT.id}",
        f"{ROOT}/regions/{CITY.id}/list.xlsx",
        f"{ROOT}/regions/{SCHOOL.id}",
        f"{ROOT}/schools/{DISTRICT.id}",
    ):
        assert (await browser.open(path)).status == 404
    assert len(await acts(village, "themes_exported")) == 2


async def test_a_city_sees_district_by_district(village: Village, desk: Desk) -> None:
    await settle(village)
    city = await appoint_at(village.town, "c", CITY, Role.CITY_ADMIN, name="于洋")
    browser = await desk(city)
    page = (await browser.open("/console/activities")).text
    assert "<b>1<small> / 3</small></b>" in page
    assert row(page, DISTRICT.name) == ["1", "2", "1"]
    assert row(page, OTHER_DISTRICT.name) == ["0", "1", "0"]
    assert SCHOOL.name not in page
    below = (await browser.open(f"{ROOT}/regions/{DISTRICT.id}")).text
    assert row(below, SCHOOL.name) == ["1"]
    assert f"{ROOT}/schools/{SCHOOL.id}" in below
    whole = await taken(browser, f"{ROOT}/regions/{CITY.id}/list.xlsx")
    assert [DISTRICT.name, SCHOOL.name, 1, "已做到"] in whole["主题活动"]
    assert len(whole["主题活动"]) == 4


async def test_a_school_opens_its_own_figure_and_nobody_elses(village: Village, desk: Desk) -> None:
    await settle(village)
    browser = await desk(await office(village))
    page = (await browser.open("/console/activities")).text
    path = f"{ROOT}/schools/{SCHOOL.id}"
    assert path in page
    assert "亲子共读周" in (await browser.open(path)).text
    assert (await browser.open(f"{ROOT}/schools/{NEIGHBOUR.id}")).status == 404
    third = await desk(await leader(village, 3))
    assert path not in (await third.open("/console/activities")).text
    assert (await third.open(path)).status == 404


async def test_who_took_part_is_counted_and_not_named(village: Village, desk: Desk) -> None:
    ctx = village.town.ctx
    booked = await publish(village, "key-0001", title="亲子运动会")
    await ctx.stores.database["activities"].update_one({"_id": booked}, {"$set": {"kind": "theme"}})
    await village.mother.post(f"/h5/activities/{booked}", {"child": CHILD, "q0": "o0"})
    browser = await desk(await office(village))
    page = (await browser.open(f"{ROOT}/schools/{SCHOOL.id}")).text
    assert "亲子运动会" in page
    assert '<td class="figure-cell">1</td>' in page
    assert "学生三" not in page
