"""Who has registered, in a real browser at a desk and on a tablet: figures that lead to what they count."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.registration import school_year
from domain.roles import Role
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import DISTRICT
from tests.registering import fill_district, school_of
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
WIDTHS = pytest.mark.parametrize("width", [1280, 820])


async def sit_down(town: Town, new_page: NewPage, width: int, role: Role) -> Page:
    """Somebody with this role at the desk: of the district, or of its first school."""
    school = school_of(0, school_year(town.ctx.now()))
    place = DISTRICT if role is Role.DISTRICT_ADMIN else school
    phone = await appoint_at(town, role.value, place, role)
    page = await new_page(width=width, height=900, scale=1)
    await sign_in_at_desk(page, phone)
    await page.get_by_role("link", name="注册情况").first.click()
    return page


@WIDTHS
async def test_a_district_sees_its_schools_and_no_child(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await fill_district(quiet_town, schools=60)
    page = await sit_down(quiet_town, new_page, width, Role.DISTRICT_ADMIN)
    await expect(page.get_by_role("heading", name="芝罘区 · 注册情况")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "district")
    await screenshot(page, "district-whole", full_page=True)
    await page.get_by_role("link", name="班级未全开通").click()
    await expect(page.get_by_role("link", name="班级未全开通 15")).to_be_visible()
    await page.get_by_role("link", name="绑定未达标").click()
    rows = page.locator("table.schools tbody tr")
    await page.get_by_role("columnheader", name="未绑定").get_by_role("link").click()
    await expect(rows.first).to_contain_text("未达标")
    await screenshot(page, "below")
    await rows.first.locator("a.place").click()
    await expect(page.get_by_role("heading", name="年级与班级")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "school-from-district", full_page=True)
    await page.locator(".classes a").first.click()
    await expect(page.get_by_text("这里只有数字")).to_be_visible()
    await screenshot(page, "class-from-district")
    await page.get_by_role("navigation", name="位置").get_by_role("link", name="芝罘区").click()
    await expect(page.get_by_role("heading", name="芝罘区 · 注册情况")).to_be_visible()


@WIDTHS
async def test_an_office_goes_from_the_figure_to_the_children_who_are_missing(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await fill_district(quiet_town, schools=1)
    page = await sit_down(quiet_town, new_page, width, Role.OFFICE)
    await nothing_runs_off(page)
    await screenshot(page, "school", full_page=True)
    await page.locator(".hero-says a").click()
    await page.locator(".classes a").first.click()
    await expect(page.get_by_role("link", name="打印名单")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "class", full_page=True)
    missing = await page.locator("table.list tbody tr").count()
    await expect(page.get_by_role("link", name=f"未绑定 {missing}")).to_be_visible()
    await page.get_by_role("link", name="已绑定").click()
    await screenshot(page, "present")
    await page.go_back()
    await page.get_by_role("link", name="打印名单").click()
    await expect(page.locator(".sheet tbody tr")).to_have_count(missing)
    await page.emulate_media(media="print")
    await screenshot(page, "print", full_page=True)
    await page.emulate_media(media="screen")
    await page.go_back()
    await page.get_by_role("navigation", name="位置").get_by_role("link").click()
    await page.locator(".space", has_text="教师空间").click()
    await expect(page.get_by_text("邀请已发，还没有接受").first).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "staff", full_page=True)


async def test_a_school_without_classes_is_told_what_comes_next(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await sit_down(quiet_town, new_page, 1280, Role.OFFICE)
    await expect(page.get_by_text("还没有班级和学生")).to_be_visible()
    await screenshot(page, "empty")
