"""Links said in the official account's chat while WeChat is slow, busy or out of messages: they open all the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from bot import conversation
from services.shelves import plant_starter
from tests.browser.phones import Screenshot
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import NewPage
from tests.miniapp.conftest import town as town
from tests.shelving import take_catalogue
from tests.town import Phone, Town

LINK = re.compile(r'<a href="([^"]+)">([^<]+)</a>')
WELL: dict[str, Any] = {"busy": False, "html": []}


def links_in(said: str) -> dict[str, str]:
    """Address by what is tapped."""
    return {title: address.replace("&amp;", "&") for address, title in LINK.findall(said)}


@pytest.fixture
def patient(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, the account's answer is not a late one, which WeChat would have to be asked for."""
    for name in ("DEADLINE_SECONDS", "_ANSWER_BY_SECONDS"):
        monkeypatch.setattr(conversation, name, 60.0)
    town.simulator.courier.time_limit_seconds = 60.0


@pytest.fixture
async def mother(town: Town, patient: None) -> Phone:
    await town.settle_school(children=3)
    await plant_starter(town.ctx)
    await take_catalogue(town.ctx)
    return await town.settle_guardian("mother", 1)


@pytest.mark.parametrize(
    ("mood", "knows_her"),
    [
        ({"latency_ms": 1500}, True),
        ({"quota": 0}, True),
        ({"busy": True}, False),
        ({"html": "*"}, False),
    ],
    ids=["slow", "quota", "busy", "nonsense"],
)
async def test_links_said_in_the_chat_open_whatever_wechat_is_like(
    town: Town,
    mother: Phone,
    new_page: NewPage,
    screenshot: Screenshot,
    mood: dict[str, Any],
    knows_her: bool,
) -> None:
    """The answer comes without WeChat being asked, and so does a short link. Where somebody has to be known and
    WeChat does not say who it is, the page says so, and leads on to the same place once it does."""
    page = await new_page(width=375)
    town.faults(**mood)
    links = links_in(await mother.say("资源")) | links_in(await mother.say("资源 三年级语文"))
    for name in ("课程教学", "语文"):
        leads = await page.request.get(links[name], max_redirects=0)
        assert leads.status == 302
        assert leads.headers["location"].startswith("https://basic.smartedu.cn/")
    for name in ("全部资源", "更多结果"):
        town.faults(**mood)
        await page.context.clear_cookies()
        await page.goto(mother.url(links[name].removeprefix(town.base)))
        if not knows_her:
            await expect(page.get_by_role("heading")).to_contain_text("微信暂时没有回应")
            await nothing_runs_off(page)
            await screenshot(page, f"1-{name}")
            town.faults(**WELL)
            await page.get_by_role("link", name="再试一次").click()
        await expect(page.get_by_role("link", name="语文").first).to_be_visible()
        await nothing_runs_off(page)
        await screenshot(page, f"2-{name}")
