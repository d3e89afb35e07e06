"""The duty rota in a real browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.duty import make_shift
from services.people import recognise
from services.terms import school_day
from tests.browser.test_console_office import at_desk, nothing_runs_off
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import SCHOOL, settle_staff
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.mark.parametrize("width", [1280, 375])
async def test_a_week_of_the_rota(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    town = quiet_town
    await settle_staff(town)
    # A week in which no day is over, whatever day it is.
    today = school_day(town.ctx.now())
    monday = today + timedelta(days=7 - today.weekday())
    li = await recognise(town.ctx, town.phone("li").user.openid)
    days = [(monday + timedelta(days=n)).isoformat() for n in (0, 0, 2)]
    starts = ("17:30", "19:00", "17:30")
    await town.ctx.stores.duty.put(
        [
            make_shift(SCHOOL.id, d, s, "21:00", li, "李芳老师")
            for d, s in zip(days, starts, strict=True)
        ]
    )
    page = await at_desk(town, new_page, "chen", width)
    await page.goto(f"{town.base}/console/duty?day={days[0]}")
    await expect(page.get_by_role("heading", name="值班表")).to_be_visible()
    await expect(page.locator(".duty-shift")).to_have_count(3)
    await nothing_runs_off(page)
    await screenshot(page, "week", full_page=True)
    await page.get_by_label("谁").select_option(label="陈静老师")
    await page.get_by_label("到", exact=True).fill("09:00")
    await page.get_by_role("button", name="排上").click()
    await expect(page.get_by_text("结束要比开始晚")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "refused", full_page=True)
    await page.get_by_label("到", exact=True).fill("20:00")
    await page.get_by_role("button", name="排上").click()
    await expect(page.locator(".duty-shift")).to_have_count(4)
    await page.get_by_role("button", name="取消陈静老师").click()
    await expect(page.locator(".duty-shift")).to_have_count(3)
    await page.get_by_role("link", name="下一周").click()
    await expect(page.locator(".duty-shift")).to_have_count(0)
    await page.get_by_role("button", name="照上一周排").click()
    await expect(page.locator(".duty-shift")).to_have_count(3)
    await screenshot(page, "repeated", full_page=True)
