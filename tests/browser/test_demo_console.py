"""The demo's console: phones that lie on the shelf until somebody signs in at the desk with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.phones import Handset, Screenshot, open_desk
from tests.programs import Program

NewPage = Callable[..., Awaitable[Page]]


async def sign_in(phones: Page, desk: Page, yanshu: Program, key: str) -> None:
    """As the phones' page says: copy the link of the sign-in page, scan it, tap the number."""
    await desk.goto(yanshu.url + "/console/sign-in")
    number = (await desk.locator(".number").inner_text()).strip()
    await desk.get_by_text("不方便扫码").click()
    link = await desk.locator("[data-link]").inner_text()
    phone = Handset(phones, key)
    if await phone.here.get_attribute("data-view") != "home":
        await phone.tap("back")
    await phone.tap("plus")
    await phone.here.locator(".pop [data-act=scan]").click()
    await phone.here.locator("[data-act=scan-input]").fill(link)
    await phone.here.locator("[data-act=scan-input]").press("Enter")
    await phone.web.get_by_role("button", name=number, exact=True).click()
    await expect(desk.get_by_role("link", name="注册情况").first).to_be_visible()
    await desk.get_by_role("link", name="注册情况").first.click()


async def test_the_staffs_phones_come_from_the_shelf_and_open_the_console(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    phones = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    await expect(phones.locator(".place:visible")).to_have_count(3)
    await screenshot(phones, "three")
    await phones.get_by_role("button", name="陈静的手机").click()
    await expect(phones.locator(".place:visible")).to_have_count(1)
    desk = await new_page(width=1280, height=900, scale=1)
    await sign_in(phones, desk, yanshu, "chen")
    await expect(desk.get_by_role("heading", name="青禾小学 · 注册情况")).to_be_visible()
    await screenshot(desk, "school", full_page=True)
    await screenshot(phones, "shelf")
    await phones.get_by_role("button", name="赵主任的手机").click()
    office = await new_page(width=1280, height=900, scale=1)
    await sign_in(phones, office, yanshu, "zhao")
    await expect(office.get_by_role("heading", name="示范区 · 注册情况")).to_be_visible()
    await expect(office.locator("table.schools tbody tr")).to_have_count(6)
    await screenshot(office, "district", full_page=True)
    await phones.get_by_role("button", name="赵主任的手机").click()
    await expect(phones.locator(".place:visible")).to_have_count(3)
