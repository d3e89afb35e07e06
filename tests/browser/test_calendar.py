"""The calendar in a real browser, at a desk and on a tablet: written down, looked at, nothing runs off the page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_console_calendar import DISTRICT, SCHOOL, sit_down
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.mark.parametrize("width", [1280, 820])
async def test_the_office_writes_down_a_term_and_looks_at_it(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    page = await desk_page(quiet_town, new_page, Role.OFFICE, width)
    await page.goto(quiet_town.base + "/console/calendar")
    await screenshot(page, "empty")
    await page.get_by_role("link", name="添加学期").click()
    await page.get_by_label("学年").select_option("2026")
    await page.get_by_label("学期", exact=True).select_option("1")
    await page.get_by_label("开学第一天").fill("2026-09-01")
    await page.get_by_role("button", name="填入法定节假日").click()
    await expect(page.get_by_text("请填学期最后一天")).to_be_visible()
    await page.get_by_label("学期最后一天").fill("2027-01-22")
    await page.get_by_role("button", name="填入法定节假日").click()
    await expect(page.get_by_label("第 2 个假期的名称")).to_have_value("国庆节")
    await page.get_by_label("第 4 个假期的名称").fill("秋季运动会")
    await page.get_by_label("第 4 个假期的第一天").fill("2026-12-12")
    await page.get_by_label("第 4 个假期的最后一天").fill("2026-12-11")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("不能早于第一天")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "form", full_page=True)
    await page.get_by_label("第 4 个假期的第一天").fill("2026-12-10")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("heading", name="校历")).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(5)
    await expect(page.get_by_text("秋季运动会")).to_have_count(3)
    await nothing_runs_off(page)
    await screenshot(page, "months", full_page=True)
    await page.get_by_text("删除", exact=True).click()
    await expect(page.get_by_role("button", name="确定删除")).to_be_in_viewport(ratio=1)
    await nothing_runs_off(page)
    await screenshot(page, "sure")
    await page.get_by_role("button", name="确定删除").click()
    await expect(page.get_by_text("还没有校历")).to_be_visible()


async def test_what_is_inherited_says_from_whom(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    district = await sit_down(quiet_town, DISTRICT, Role.DISTRICT_ADMIN)
    for number, begins_on, ends_on in (
        ("1", "2026-09-01", "2027-01-22"),
        ("2", "2027-03-01", "2027-07-09"),
    ):
        form = {"school_year": "2026", "number": number, "begins_on": begins_on, "ends_on": ends_on}
        await district.post("/console/calendar/term", form)
    await district.client.close()
    page = await desk_page(quiet_town, new_page, Role.OFFICE, 1280)
    await page.goto(quiet_town.base + "/console/calendar")
    await page.get_by_role("link", name="2026—2027学年第一学期").click()
    await expect(page.get_by_text("来自芝罘区")).to_be_visible()
    await screenshot(page, "inherited")
    await page.get_by_role("link", name="照这份写自己的").click()
    await expect(page.get_by_label("学期最后一天")).to_have_value("2027-01-22")


async def desk_page(town: Town, new_page: NewPage, role: Role, width: int) -> Page:
    """A browser window at a desk of the school."""
    desk = await sit_down(town, SCHOOL, role)
    (token,) = [cookie.value for cookie in desk.client.cookie_jar]
    await desk.client.close()
    page = await new_page(width=width, height=900, scale=1.0)
    await page.context.add_cookies([{"name": "yanshu_desk", "value": token, "url": town.base}])
    return page


async def nothing_runs_off(page: Page) -> None:
    """Nobody has to scroll sideways, once the page and its styles are there."""
    await page.wait_for_load_state()
    root = "document.documentElement"
    wide, room = await page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]")
    assert wide <= room
