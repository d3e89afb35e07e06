"""Links in a real browser: a pupil at a shared tablet, a phone, the office at a desk; nothing runs off the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from services.shelves import plant_starter
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import sign_in_at_desk
from tests.miniapp.conftest import town as town
from tests.office import SCHOOL, a_class, settle_city, settle_staff
from tests.shelving import take_catalogue
from tests.town import Town
from tests.waiting import wait_until

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await plant_starter(town.ctx)
    await take_catalogue(town.ctx)
    return town


async def platform(route: Route) -> None:
    """The national platform, as far as this test goes."""
    await route.fulfill(content_type="text/html", body="<h1>platform</h1>")


async def test_the_office_puts_up_a_link_and_a_pupil_follows_it(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("chen"))
    await desk.goto(city.base + "/console/links")
    await screenshot(desk, "1-empty")
    await desk.get_by_role("link", name="添加链接").click()
    await desk.get_by_label("名称").fill("阳光体育")
    await desk.get_by_label("网址").fill("https://evil.example/")
    await desk.get_by_role("button", name="保存").click()
    await expect(desk.get_by_text("而且是允许的网站")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "2-refused", full_page=True)
    await desk.get_by_label("网址").fill("https://basic.smartedu.cn/sport")
    await desk.get_by_label("说明（可以不填）").fill("每天一小时，跟着做")
    await desk.get_by_label("图标").select_option("sport")
    await desk.get_by_label("一键直达").check()
    await desk.get_by_role("button", name="保存").click()
    await expect(desk.get_by_text("每天一小时，跟着做")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "3-shelf")
    await desk.goto(city.base + "/console/links/sheet")
    await expect(desk.get_by_text("扫一扫")).to_be_visible()
    await screenshot(desk, "4-sheet", full_page=True)
    await desk.goto(city.base + "/console/editions?grade=3")
    await desk.get_by_label("数学").select_option(label="人教版")
    await desk.get_by_role("button", name="保存").click()
    await expect(desk.get_by_text("各班的教材马上更新")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "5-editions", full_page=True)
    # A shared tablet, and a phone: nobody has signed in.
    for width, name in ((375, "phone"), (820, "tablet")):
        page = await new_page(width=width)
        await page.route("https://basic.smartedu.cn/**", platform)
        await page.goto(f"{city.base}/links/{SCHOOL.id}/classes/{a_class(1).id}")
        await expect(page.get_by_role("heading", name="三年级1班学习资源")).to_be_visible()
        await nothing_runs_off(page)
        await screenshot(page, f"6-{name}", full_page=True)
        await page.get_by_role("link", name="数学 人教版").click()
        await page.wait_for_url("https://basic.smartedu.cn/syncClassroom?defaultTag=*")
    await wait_until(lambda: not city.ctx.links.waiting, description="both uses are written")
    counted = await city.ctx.stores.database["link_days"].find({}).to_list(None)
    assert [(use["count"], use["role"], use["class_id"]) for use in counted] == [
        (2, "families", a_class(1).id)
    ]
