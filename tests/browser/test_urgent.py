"""The office says something urgent in a group, at a desk and on a phone: the reason is asked, and stands with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from domain.groups import GroupKind, school_group
from domain.threads import talk_id
from tests.browser.test_console_office import at_desk, nothing_runs_off
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import SCHOOL, settle_staff
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
TALK = talk_id(school_group(GroupKind.STAFF, SCHOOL.id))


@pytest.mark.parametrize("width", [1280, 375])
async def test_the_reason_is_asked_and_stands_with_it(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    page = await at_desk(quiet_town, new_page, "li", width)
    await page.goto(f"{quiet_town.base}/console/messages/{quote(TALK, safe='')}")
    await page.get_by_label("说点什么").fill("明天停课，请通知各班。")
    await page.get_by_text("紧急，休息时间也提醒").click()
    reason = page.get_by_label("为什么紧急")
    await reason.fill("急")
    await nothing_runs_off(page)
    await screenshot(page, "form", full_page=True)
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_text("紧急的原因至少 4 个字")).to_be_visible()
    await reason.fill("台风红色预警")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".said-urgent")).to_contain_text("台风红色预警")
    await expect(reason).to_have_value("")
    await expect(reason).to_be_hidden()
    await nothing_runs_off(page)
    await screenshot(page, "said", full_page=True)
