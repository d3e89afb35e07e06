"""How much goes on in circles, in a real browser, wide and as narrow as a phone: nothing runs off the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import appoint_at, sign_in_at_desk
from tests.handlers.conftest import Village
from tests.handlers.conftest import village as village
from tests.handlers.test_console_circles import PAGE, SECRET
from tests.handlers.test_console_circles import talked as talked
from tests.miniapp.conftest import town as town
from tests.town import SCHOOL, school_class

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.mark.usefixtures("talked")
@pytest.mark.parametrize("width", [1280, 375])
async def test_from_the_school_to_what_a_figure_stands_on(
    village: Village, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    admin = await appoint_at(village.town, "chen", SCHOOL, Role.SCHOOL_ADMIN)
    page = await new_page(width=width)
    await sign_in_at_desk(page, admin)
    await page.goto(village.town.base + PAGE)
    await nothing_runs_off(page)
    await screenshot(page, f"1-school-{width}", full_page=True)
    await page.get_by_role("link", name=school_class(1).name).first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(school_class(1).name)
    await nothing_runs_off(page)
    await screenshot(page, f"2-circle-{width}", full_page=True)
    assert SECRET not in await page.locator("main").inner_text()
