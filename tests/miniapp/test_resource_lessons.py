"""“我上课用过” through the API: one tap is one lesson, taken back it is none, and the figure opens to it at a desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.monitors import monday_of
from domain.resource_lessons import BACK_DAYS
from services.resource_reviews import allow_resource
from services.terms import school_day
from services.use_counting import count_use
from tests.desk import Browser, sign_in_at_desk
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.office import SCHOOL, a_class, settle_city, settle_staff
from tests.resourcing import FORM, filed, post_of
from tests.town import Town
from tests.waiting import wait_until

CLASS = a_class(1)


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    return town


async def signed_in(city: Town, device: Device, key: str) -> MiniClient:
    return await Village(city, device, city.phone("wang")).somebody(key)


async def in_library(city: Town) -> str:
    """A resource of 周敏's that the school has allowed; its address."""
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    await allow_resource(city.ctx, office, made.id, seen=made.revision)
    return f"/teaching/resources/{made.id}"


def today(city: Town) -> date:
    return school_day(city.ctx.now())


async def counted(city: Town, day: date, lessons: int) -> None:
    """Until the figure of the day's week says so: whoever counts, here or in the program."""

    async def is_so() -> bool:
        await count_use(city.ctx)
        weeks = await city.ctx.stores.use.school_uses([SCHOOL.id], [monday_of(day)])
        left = await city.ctx.stores.resource_lessons.uncounted(1)
        return not left and sum(week.lessons for week in weeks) == lessons

    await wait_until(is_so, description=f"{lessons} lessons are counted")


async def test_one_tap_is_one_lesson_however_often_and_can_be_taken_back(
    city: Town, device: Device
) -> None:
    at, day = await in_library(city), today(city)
    mini = await signed_in(city, device, "wang")
    offered = (await mini.call("GET", at)).data["lessons"]
    assert offered["classes"][0]["id"] == CLASS.id
    assert (offered["today"], offered["said"]) == (str(day), [])
    lesson = f"{at}/lessons/{CLASS.id}/{day}"
    for _ in range(2):
        said = (await mini.call("PUT", lesson)).data["lessons"]["said"]
        assert said == [{"class_id": CLASS.id, "class_name": CLASS.name, "day": str(day)}]
    await counted(city, day, 1)
    # A colleague's page says nothing of it: it is theirs to say.
    author = await signed_in(city, device, "zhou")
    assert (await author.call("GET", at)).data["lessons"]["said"] == []
    for _ in range(2):
        assert (await mini.call("DELETE", lesson)).data["lessons"]["said"] == []
    await counted(city, day, 0)


async def test_a_figure_opens_to_the_lesson_at_a_desk(city: Town, device: Device) -> None:
    at, day = await in_library(city), today(city)
    mini = await signed_in(city, device, "wang")
    await mini.call("PUT", f"{at}/lessons/{CLASS.id}/{day}")
    desk = Browser(city)
    await sign_in_at_desk(desk, city.phone("wang"))
    page = (await desk.open(f"/console/use/classes/{CLASS.id}?span=week&day={day}")).text
    await desk.client.close()
    assert "课上用过" in page
    assert FORM["title"] in page
    assert "您" in page


async def test_only_a_lesson_that_can_have_been_is_taken(city: Town, device: Device) -> None:
    at, day = await in_library(city), today(city)
    mini = await signed_in(city, device, "wang")
    for class_id, wrong in (
        (a_class(2).id, day),  # somebody else's class
        (CLASS.id, day + timedelta(days=1)),
        (CLASS.id, day - timedelta(days=BACK_DAYS + 1)),
    ):
        assert (await mini.call("PUT", f"{at}/lessons/{class_id}/{wrong}")).status == 422
    assert (await mini.call("PUT", f"{at}/lessons/{CLASS.id}/tomorrow")).status == 404
    office = await signed_in(city, device, "li")
    assert (await office.call("GET", at)).data["lessons"] is None
    assert (await office.call("PUT", f"{at}/lessons/{CLASS.id}/{day}")).status == 404
    author = await post_of(city, "zhou")
    waiting = await filed(city.ctx, author, "还没评审的", title="还没评审")
    own = await signed_in(city, device, "zhou")
    one = f"/teaching/resources/{waiting.id}"
    assert (await own.call("GET", one)).data["lessons"] is None
    assert (await own.call("PUT", f"{one}/lessons/{CLASS.id}/{day}")).code == "not_shelved"
    await counted(city, day, 0)
