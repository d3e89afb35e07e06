"""Reports at a desk: figures lead to what they count; no page above a child's own teachers holds a child's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import School
from domain.times import SCHOOL_ZONE
from services.people import recognise
from services.report_counting import count_reports
from services.submissions import access_work_as_guardian, hand_in
from tests.desk import Browser, desks_of
from tests.homeworking import publish, teacher
from tests.miniapp.conftest import town as town
from tests.town import OTHER_SCHOOL, SCHOOL, Town, child_name, school_class

CLASS = school_class(1)
ONE = f"{CLASS.id}-0001"
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
NAMES = [child_name(n) for n in (1, 2, 3)]
SPANS = ("?span=week", "?span=term")
HERE = School(id=SCHOOL.id, name=SCHOOL.name, region_ids=("d",))


@pytest.fixture
async def homework_id(town: Town) -> str:
    """One homework that names a child in its text, and was handed in by one."""
    await town.ctx.stores.regions.save(DISTRICT)
    await town.settle_school(children=3)
    await town.ctx.stores.schools.save_school(HERE)
    mother = await town.settle_guardian("mother", 1)
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    maths = await teacher(town.ctx, 1)
    text = f"{NAMES[0]}的做法很好，请照着做。"
    made = await publish(town.ctx, maths, minutes=25, day=day, hand_in="text", text=text)
    person = await recognise(town.ctx, mother.user.openid)
    work = await access_work_as_guardian(town.ctx, person, made.homework.id, ONE)
    await hand_in(town.ctx, work, person, text="写完了", file_ids=[], key="key-1")
    await count_reports(town.ctx)
    return made.homework.id


@pytest.fixture
async def desks(town: Town, homework_id: str) -> AsyncIterator[dict[str, Browser]]:
    """Somebody of each tier at a desk."""
    wanted: dict[str, tuple[Any, Role, dict[str, Any]]] = {
        "office": (HERE, Role.OFFICE, {}),
        "leader": (HERE, Role.GRADE_LEADER, {"grade": CLASS.grade}),
        "admin": (HERE, Role.SCHOOL_ADMIN, {}),
        "district": (DISTRICT, Role.DISTRICT_ADMIN, {}),
        "observer": (DISTRICT, Role.OBSERVER, {}),
        "maths": (HERE, Role.SUBJECT_TEACHER, {"class_id": CLASS.id, "subject": "maths"}),
        "music": (HERE, Role.SUBJECT_TEACHER, {"class_id": CLASS.id, "subject": "music"}),
    }
    async with desks_of(town, wanted) as found:
        yield found


async def test_each_tier_opens_its_own_and_no_other(
    desks: dict[str, Browser], homework_id: str
) -> None:
    home, school = "/console/reports", f"/console/reports/schools/{SCHOOL.id}"
    region = f"/console/reports/regions/{DISTRICT.id}"
    group, child = f"/console/reports/classes/{CLASS.id}", f"/console/reports/children/{ONE}"
    work = f"{group}/homework/{homework_id}"
    own = {home, group, work, f"{group}/list.xlsx"}
    opens = {
        "office": own | {school, f"{school}/list.xlsx"},
        "admin": own | {school, f"{school}/list.xlsx"},
        "leader": own | {school, f"{school}/list.xlsx"},
        "maths": own | {school, f"{school}/list.xlsx", child},
        "music": (own - {work}) | {school, f"{school}/list.xlsx", child},
        "district": {home, region, school, f"{region}/list.xlsx", f"{school}/list.xlsx"},
        "observer": {home, region, school, f"{region}/list.xlsx", f"{school}/list.xlsx"},
    }
    every = {home, school, region, group, work, child}
    every |= {f"{place}/list.xlsx" for place in (school, region, group)}
    for key, browser in desks.items():
        for path in sorted(every):
            status = (await browser.open(path)).status
            assert status == (200 if path in opens[key] else 404), (key, path)


async def test_no_page_above_a_childs_teachers_holds_its_name(
    desks: dict[str, Browser], homework_id: str
) -> None:
    group = f"/console/reports/classes/{CLASS.id}"
    paths = [
        "/console/reports",
        f"/console/reports/schools/{SCHOOL.id}",
        f"/console/reports/regions/{DISTRICT.id}",
        group,
        f"{group}/homework/{homework_id}",
    ]
    for key in ("office", "leader", "admin", "district", "observer"):
        for path in paths:
            for span in SPANS:
                page = (await desks[key].open(path + span)).text
                assert not [name for name in NAMES if name in page], (key, path)
    work = f"{group}/homework/{homework_id}"
    assert "同学的做法很好" in (await desks["office"].open(work)).text
    # And the teacher, whose work it is, sees the class in its own order.
    page = (await desks["maths"].open(work)).text
    table = page.partition("提交情况")[2]
    assert sorted(NAMES, key=table.index) == NAMES
    child = (await desks["maths"].open(f"/console/reports/children/{ONE}?span=term")).text
    assert NAMES[0] in child
    assert not [name for name in NAMES[1:] if name in child]


async def test_a_figure_leads_down_to_the_homework(
    desks: dict[str, Browser], homework_id: str
) -> None:
    page = (await desks["office"].open("/console/reports")).text
    assert f"/console/reports/classes/{CLASS.id}" in page
    opened = (await desks["office"].open(f"/console/reports/classes/{CLASS.id}")).text
    assert f"homework/{homework_id}" in opened
    assert "1 / 3" in opened
    assert "放假的周不算" in opened
    from_above = (await desks["district"].open(f"/console/reports/schools/{SCHOOL.id}")).text
    assert CLASS.name in from_above
    assert f"/console/reports/classes/{CLASS.id}" not in from_above


@pytest.mark.parametrize(
    "path",
    [
        f"/console/reports/schools/{OTHER_SCHOOL.id}",
        "/console/reports/classes/school-b-class-1",
        "/console/reports/children/nobody",
        f"/console/reports/classes/{CLASS.id}/homework/none",
        "/console/reports?day=soon",
    ],
)
async def test_what_is_not_theirs_is_not_there(desks: dict[str, Browser], path: str) -> None:
    assert (await desks["maths"].open(path)).status == 404
