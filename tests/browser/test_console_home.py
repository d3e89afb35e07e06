"""The console's door and first page in a real browser: the QR, what waits, switching, and an address that is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from tests.browser.test_console_office import WIDTHS, at_desk, nothing_runs_off
from tests.desk import appoint_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import DISTRICT, SCHOOL, settle_staff
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_from_the_qr_to_the_first_page(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int, scheme: str
) -> None:
    await settle_staff(quiet_town)
    await quiet_town.ctx.stores.schools.save_school(replace(SCHOOL, year=2020))
    await appoint_at(quiet_town, "chen", DISTRICT, Role.OBSERVER, name="陈静")
    door = await new_page(width=width, height=900, scale=1.0)
    await door.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await door.goto(quiet_town.base + "/console/")
    await expect(door.locator("[data-qr-url] svg")).to_be_visible()
    await nothing_runs_off(door)
    await screenshot(door, "door")
    page = await at_desk(quiet_town, new_page, "chen", width)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await expect(page.get_by_role("heading", name="陈静，您好")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "home", full_page=True)
    await page.locator(".top summary").click()
    await nothing_runs_off(page)
    await screenshot(page, "menu")
    await page.get_by_role("button", name="芝罘区").click()
    await expect(page.get_by_text("督导员").first).to_be_visible()
    await screenshot(page, "switched", full_page=True)
    await page.goto(quiet_town.base + "/console/nothing-here")
    await nothing_runs_off(page)
    await screenshot(page, "nowhere")
    await page.get_by_role("link", name="回到首页").click()
    await expect(page.get_by_role("heading", name="陈静，您好")).to_be_visible()
