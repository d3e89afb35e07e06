"""Shelves at a desk: put up, changed, taken down, printed; textbooks by grade; nobody at another's shelf."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.audit import Act
from domain.roles import Role
from services.audit import Wanted, audit_page
from services.editions import books_of
from services.shelves import plant_starter
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.handlers.conftest import notice_form
from tests.miniapp.conftest import town as town
from tests.office import CITY, DISTRICT, SCHOOL, a_class, settle_city, settle_staff
from tests.shelving import ADDRESS, take_catalogue
from tests.town import Town

FORM = {"title": "阳光体育", "address": ADDRESS, "note": "每天一小时", "icon": "sport"}


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await plant_starter(town.ctx)
    await take_catalogue(town.ctx)
    return town


@pytest.fixture
async def desk(city: Town) -> AsyncIterator[Browser]:
    """The school's administrator at a desk."""
    browser = Browser(city)
    await sign_in_at_desk(browser, city.phone("chen"))
    yield browser
    await browser.client.close()


async def entries(town: Town) -> list[dict[str, Any]]:
    query = {"level": {"$ne": "national"}, "removed_at": None}
    found: list[dict[str, Any]] = await town.ctx.stores.database["links"].find(query).to_list(None)
    return found


async def test_the_life_of_a_link(city: Town, desk: Browser) -> None:
    text = (await desk.open("/console/links/new")).text
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key is not None
    form = [*FORM.items(), ("key", key[1]), ("grades", "3"), ("audiences", "families")]
    for _ in range(2):  # sent twice is once
        assert (await desk.send("/console/links/new", form)).status == 200
    (held,) = await entries(city)
    assert (held["title"], held["grades"], held["place"]) == (
        "阳光体育",
        [3],
        f"school:{SCHOOL.id}",
    )
    page = (await desk.open("/console/links")).text
    assert "阳光体育" in page
    assert "三年级" in page
    sheet = (await desk.open("/console/links/sheet")).text
    assert f"/l/{held['_id']}" in sheet
    assert "<path d=" in sheet
    changed = FORM | {"title": "大课间", "seen": "1"}
    assert (await desk.send(f"/console/links/{held['_id']}", changed)).status == 200
    late = await desk.send(f"/console/links/{held['_id']}", FORM | {"seen": "1"})
    assert late.status == 409
    assert "阳光体育" in late.text
    assert [e["title"] for e in await entries(city)] == ["大课间"]
    await desk.send(f"/console/links/{held['_id']}", {"action": "remove"})
    assert await entries(city) == []
    noted = await audit_page(city.ctx, SCHOOL.id, Wanted(act=Act.SHELF_CHANGED))
    assert len(noted.entries) == 3


async def test_a_wrong_form_comes_back_with_what_was_typed(city: Town, desk: Browser) -> None:
    wrong = FORM | {"address": "https://evil.example/", "valid_until": "2026-02-31"}
    reply = await desk.send("/console/links/new", wrong)
    assert reply.status == 422
    assert "允许的网站" in reply.text
    assert "https://evil.example/" in reply.text
    assert await entries(city) == []


async def test_each_level_keeps_its_own_shelf(city: Town) -> None:
    ways = {
        "yu": (CITY, f"region:{CITY.id}", ""),
        "zhi": (DISTRICT, f"region:{DISTRICT.id}", ""),
        "wang": (SCHOOL, f"class:{a_class(1).id}", f"?class={a_class(1).id}"),
        "sun": (SCHOOL, f"class:{a_class(2).id}", f"?class={a_class(2).id}"),
    }
    for key, (_, place, query) in ways.items():
        browser = Browser(city)
        await sign_in_at_desk(browser, city.phone(key))
        assert (await browser.open("/console/links")).status == 200
        reply = await browser.send(f"/console/links/new{query}", FORM | {"key": key})
        assert reply.status == 200, key
        assert place in {e["place"] for e in await entries(city)}
        if query:
            other = await browser.send(
                "/console/links/new?class=fushan-1-3-1", FORM | {"key": "other"}
            )
            assert other.status == 404
        await browser.client.close()
    assert len(await entries(city)) == len(ways)


async def test_nobody_changes_another_shelf(city: Town, desk: Browser) -> None:
    await desk.send("/console/links/new", FORM | {"key": "mine"})
    (held,) = await entries(city)
    for key in ("yu", "wang", "feng"):
        browser = Browser(city)
        await sign_in_at_desk(browser, city.phone(key))
        for sent in ({"action": "remove"}, FORM | {"title": "别人的", "seen": "1"}):
            reply = await browser.send(f"/console/links/{held['_id']}", sent)
            assert reply.status == 404
        await browser.client.close()
    assert await entries(city) == [held]


async def test_textbooks_of_a_grade(city: Town, desk: Browser) -> None:
    page = (await desk.open("/console/editions?grade=3")).text
    assert "只有这一种" in page
    peoples = "ff8080814371757b01437c363a187b0a"
    form = {"grade": "3", "seen": "0", "of_maths": peoples}
    assert (await desk.send("/console/editions", form)).status == 200
    page = (await desk.open("/console/editions?grade=3")).text
    assert f'value="{peoples}" selected' in page
    assert (await desk.send("/console/editions", form)).status == 409
    assert (await desk.send("/console/editions", form | {"of_maths": "x"})).status == 422
    assert (await desk.open("/console/editions?grade=0")).status == 404
    noted = await audit_page(city.ctx, SCHOOL.id, Wanted(act=Act.EDITIONS_CHANGED))
    assert len(noted.entries) == 1


async def test_who_chooses_textbooks(city: Town) -> None:
    await appoint_at(city, "watcher", SCHOOL, Role.OBSERVER)
    for key, status in (("sun", 200), ("wang", 404), ("zhi", 404), ("watcher", 404)):
        browser = Browser(city)
        await sign_in_at_desk(browser, city.phone(key))
        assert (await browser.open("/console/editions?grade=3")).status == status, key
        await browser.client.close()
    browser = Browser(city)
    await sign_in_at_desk(browser, city.phone("sun"))
    assert (await browser.open("/console/editions?grade=4")).status == 404
    await browser.client.close()


async def test_a_class_that_differs_from_its_grade(city: Town) -> None:
    browser = Browser(city)
    await sign_in_at_desk(browser, city.phone("wang"))
    mine, other = a_class(1).id, a_class(2).id
    assert (await browser.open(f"/console/editions?class={other}")).status == 404
    assert (await browser.open("/console/editions")).status == 404
    north = "e7bbd21e-0590-11ed-9c79-92fc3b3249d5"
    form = {"class": mine, "seen": "0", "of_maths": north}
    assert (await browser.send("/console/editions", form)).status == 200
    assert (await browser.send("/console/editions", form | {"class": other})).status == 404
    page = (await browser.open(f"/console/editions?class={mine}")).text
    assert f'value="{north}" selected' in page
    at = city.ctx.now().replace(month=10, day=15)
    titles = [
        [b.title for b in await books_of(city.ctx, SCHOOL, a_class(n), at) if b.subject == "maths"]
        for n in (1, 2)
    ]
    assert titles == [["三年级 数学 北师大版 上册"], []]
    sheet = (await browser.open(f"/console/links/sheet?class={mine}")).text
    assert "三年级 数学 北师大版" in sheet
    await browser.client.close()


async def test_a_teacher_chooses_a_link_for_a_notice(city: Town) -> None:
    page = await city.phone("wang").get("/h5/teach/notices/new")
    boxes = r'<input type="checkbox" name="links" value="([^"]+/l/[^"]+)"> <span>([^<]+)'
    found = re.findall(boxes, page.text)
    assert "课程教学" in {title for _, title in found}
    address = found[0][0]
    form = notice_form(class_ids=[a_class(1).id], links=[address])
    assert (await city.phone("wang").post("/h5/teach/notices/new", form)).status == 200
    (notice,) = await city.ctx.stores.database["notices"].find({}).to_list(None)
    assert notice["versions"][-1]["links"] == [address]
