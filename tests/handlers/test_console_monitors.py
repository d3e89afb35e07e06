"""The monitor at a desk: figures lead to what they count, and nobody sees another's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.roles import Role
from domain.times import SCHOOL_ZONE
from services.monitor_counting import count_weeks
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.homeworking import publish, teacher
from tests.miniapp.conftest import town as town
from tests.town import OTHER_SCHOOL, SCHOOL, Town, school_class

CLASS = school_class(1)


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[Browser]:
    await town.settle_school(children=3)
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    await publish(town.ctx, await teacher(town.ctx, 1), minutes=25, day=day)
    await count_weeks(town.ctx)
    browser = Browser(town)
    office = await appoint_at(town, "office", SCHOOL, Role.OFFICE, name="教务处")
    await sign_in_at_desk(browser, office)
    yield browser
    await browser.client.close()


async def test_from_the_school_to_what_a_figure_counts(desk: Browser) -> None:
    page = (await desk.open("/console/homework")).text
    assert "作业总量" in page
    assert CLASS.name in page
    opened = (await desk.open(f"/console/homework/classes/{CLASS.id}?span=week")).text
    assert "数学 25 分钟" in opened
    term = await desk.open("/console/homework?span=term")
    assert term.status == 200
    taken = await desk.open(f"/console/homework/schools/{SCHOOL.id}/list.xlsx")
    assert taken.status == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/console/homework/schools/{OTHER_SCHOOL.id}",
        "/console/homework/classes/school-b-class-1",
        "/console/homework/regions/d",
        "/console/homework?day=soon",
        "/console/homework?day=0001-01-01",
    ],
)
async def test_what_is_not_theirs_is_not_there(desk: Browser, path: str) -> None:
    assert (await desk.open(path)).status == 404
