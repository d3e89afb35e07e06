"""A school without head teachers in its groups (不设班主任): the office posts, is asked, and nothing nags."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from domain.registration import Ratio
from domain.roles import Role
from services.people import deciders_of, recognise
from services.registration import count_marked
from services.registration_views import school_view
from services.today import Task, today_of
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.conftest import notice_form
from tests.services.test_offers import post_of
from tests.town import SCHOOL, Phone, Town, school_class
from tests.waiting import wait_until

CLASSES = [school_class(1), school_class(2)]
SETTINGS = [
    ("name", SCHOOL.name),
    ("stages", "primary"),
    ("system", "six_three"),
    ("approval_hours", "24"),
    ("claim_days", "7"),
    ("keeper", "office"),
    ("local_subjects", ""),
]


@pytest.fixture
async def desk(quiet_town: Town) -> AsyncIterator[Browser]:
    """The administrator's: two classes, one of them led, an office."""
    await quiet_town.settle_school()
    await quiet_town.ctx.stores.schools.save_classes(CLASSES)
    await appoint_at(quiet_town, "office", SCHOOL, Role.OFFICE, name="教务处")
    chen = await appoint_at(quiet_town, "chen", SCHOOL, Role.SCHOOL_ADMIN, name="陈静")
    browser = Browser(quiet_town)
    await sign_in_at_desk(browser, chen)
    yield browser
    await browser.client.close()


async def choose_the_office(desk: Browser) -> None:
    """As the administrator does: what would change is shown, then saved."""
    shown = await desk.send("/console/settings", [*SETTINGS, ("action", "check")])
    assert "教务处（不设班主任）" in shown.text
    seen = shown.text.partition('name="seen" value="')[2].partition('"')[0]
    await desk.send("/console/settings", [*SETTINGS, ("action", "save"), ("seen", seen)])


async def deciding(town: Town, phones: Sequence[Phone]) -> list[bool]:
    """Who of these people is asked about a request of class 1."""
    asked = {a.person_id for a in await deciders_of(town.ctx, SCHOOL.id, [CLASSES[0].id])}
    return [await recognise(town.ctx, phone.user.openid) in asked for phone in phones]


async def test_the_settings_decide_who_keeps_the_classes(quiet_town: Town, desk: Browser) -> None:
    town, ctx = quiet_town, quiet_town.ctx
    chen = await post_of(town, town.phone("chen"))
    people = [town.phone("teacher"), town.phone("office")]
    assert await deciding(town, people) == [True, False]
    assert "1 个班还没有班主任" in (await desk.open("/console/roles")).text
    assert "没有班主任" in (await desk.open("/console/classes")).text
    await choose_the_office(desk)
    assert await deciding(town, people) == [False, True]
    assert "没有班主任" not in (await desk.open("/console/roles")).text
    assert "没有班主任" not in (await desk.open("/console/classes")).text
    while await ctx.stores.registrations.marks(1):
        await count_marked(ctx)
    figures = (await school_view(ctx, chen, SCHOOL.id)).figures
    assert figures.classes == Ratio(2, 2)
    assert Task.HEADLESS not in {one.task for one in (await today_of(ctx, chen)).waiting}
    assert "班级由谁负责" in (await desk.open("/console/audit")).text


async def test_the_office_posts_to_every_class(quiet_town: Town, desk: Browser) -> None:
    town = quiet_town
    await choose_the_office(desk)
    mother = await town.settle_guardian("mother", 1)
    town.start_worker()
    await town.phone("office").post(
        "/h5/teach/notices/new", notice_form(class_ids=[c.id for c in CLASSES], title="秋季运动会")
    )
    await wait_until(lambda: mother.cards, description="the office's notice")
    assert "秋季运动会" in str(mother.cards[0])
