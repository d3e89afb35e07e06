"""The console's first page: what waits is counted for whom it concerns, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from domain.leaves import Half, Span
from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import School
from domain.times import SCHOOL_ZONE
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.domain.asked_samples import a_leave
from tests.domain.samples import a_claim, a_contact, a_review
from tests.town import Phone, Town, open_town, school_class

DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("d",))
CLASS = school_class(1, SCHOOL)


@pytest.fixture
async def town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name
    ) as town:
        await town.settle_school(children=3, school=SCHOOL)
        await town.ctx.stores.claims.add(
            a_claim(
                id="claim",
                candidates=(f"{CLASS.id}-0001",),
                class_ids=(CLASS.id,),
                created_at=town.ctx.now(),
            )
        )
        closed = {"class_id": CLASS.id, "quarantine": True, "quarantine_group": "g"}
        await town.ctx.stores.schools.save_contacts(
            [a_contact(id=f"closed-{n}", student_id=f"{CLASS.id}-000{n}", **closed) for n in (1, 2)]
        )
        yield town


async def ask(town: Town) -> None:
    """A child of the class is ill today, and a word of somebody's waits to be looked at."""
    today = town.ctx.now().astimezone(SCHOOL_ZONE).date()
    span = Span(first=today, first_half=Half.AM, last=today, last_half=Half.PM)
    where = {"school_id": SCHOOL.id, "class_id": CLASS.id}
    child = f"{CLASS.id}-0003"
    await town.ctx.stores.leaves.add(a_leave(student_id=child, span=span, last=today, **where))
    await town.ctx.stores.reviews.add(a_review(waits_since=town.ctx.now(), **where))


async def first_page(town: Town, phone: Phone) -> dict[str, int]:
    """What waits, by the page it leads to."""
    desk = Browser(town)
    await sign_in_at_desk(desk, phone)
    text = (await desk.open("/console/")).text
    await desk.client.close()
    found = re.findall(r'<li><a href="/console/(\w+)"><b>(\d+)</b>', text)
    return {path: int(count) for path, count in found}


async def test_the_office_sees_what_waits(town: Town) -> None:
    office = await appoint_at(town, "office", SCHOOL, Role.SCHOOL_ADMIN)
    assert await first_page(town, office) == {"claims": 1, "quarantine": 1}
    await ask(town)
    # Within twelve hours what was written is the head teacher's to look at.
    assert await first_page(town, office) == {"claims": 1, "leaves": 1, "quarantine": 1}


async def test_a_head_teacher_sees_their_own_and_an_observer_nothing(town: Town) -> None:
    assert await first_page(town, town.phone("teacher")) == {"claims": 1}
    await ask(town)
    assert await first_page(town, town.phone("teacher")) == {"claims": 1, "leaves": 1, "reviews": 1}
    other = await appoint_at(town, "other", SCHOOL, Role.HEAD_TEACHER, class_id="no-class-of-ours")
    observer = await appoint_at(town, "observer", SCHOOL, Role.OBSERVER)
    assert await first_page(town, observer) == {}
    assert await first_page(town, other) == {}  # its class has left: they get in all the same


async def test_a_district_sees_schools_below_the_aim_and_no_more(town: Town) -> None:
    district = await appoint_at(town, "district", DISTRICT, Role.DISTRICT_ADMIN)
    desk = Browser(town)
    await sign_in_at_desk(desk, await appoint_at(town, "office", SCHOOL, Role.OFFICE))
    await desk.open("/console/")  # counted for the first time
    await desk.client.close()
    assert await first_page(town, district) == {"registration": 1}
