"""The screens about people over answers at will: loading, failing, full, empty; light, dark, large print."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram import folk
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import CHILDREN, Stub


@dataclass(frozen=True)
class Screen:
    """A page; a piece that is there when it is full, with how many; what it says when it is empty."""

    name: str
    part: str
    count: int
    empty: str
    query: str = ""

    @property
    def path(self) -> str:
        """Where it is."""
        return f"pages/{self.name}/index{self.query}"


SCREENS = [
    Screen("children", "child", 3, "还没有绑定孩子"),
    Screen("requests", "request", 2, "没有要您看的申请"),
    Screen("consents", "consent", 4, "还没有绑定孩子"),
    Screen("data", "archive", 2, "删除我的资料"),
    Screen("archive", "ready", 1, "整理一份", "?child=child-1"),
    Screen("families", "pupil", 6, "这个班还没有学生"),
    Screen("approvals", "approval", 3, "没有等待的申请"),
    Screen("invite", "figures", 1, "现在没有有效的班级邀请"),
    Screen("trial", "begin", 1, "这个班还没有学生"),
]
# What is there or not there, and has no emptiness.
SINGLE = [
    Screen("unbind", "end", 1, "", "?child=child-1"),
    Screen("unbind", "end", 1, "", "?child=child-1&person=person-1"),
    Screen("guardian", "save", 1, "", "?child=child-1&person=person-1"),
    Screen("approval", "candidate", 2, "", "?id=claim-1"),
    Screen("erase", "erase", 1, ""),
]


@pytest.fixture(params=["normal", "large"])
async def phone(parent: Handset, request: pytest.FixtureRequest) -> Handset:
    """The phone with writing of either size."""
    await parent.remember(text_size=request.param)
    return parent


async def test_home_leads_to_the_leave_that_waits(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    places = [{"id": "s", "name": "青禾小学", "called": "王", "roles": ["head_teacher"]}]
    stub.said["GET /teaching/leaves"] = {"items": []}
    for children in ([], CHILDREN):
        found = folk.home(stub, children=children, classes=1)
        found["teaching"]["leaves"] = 2
        stub.said["GET /home"] = {**found, "places": places, "acting": "s"}
        await phone.open()
        await expect(phone.part("tool-leaves")).to_contain_text("班里请假")
        await expect(phone.part("tool-leaves")).to_contain_text("2")
        await phone.shoot(screenshot, f"{len(children)}-children")
    await phone.tap("tool-leaves")
    await phone.is_at("activities/leaves/index")


async def test_me_of_a_teacher_counts_the_leave_that_waits(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    stub.said["GET /teaching/leaves"] = {"items": []}
    found = folk.home(stub, children=CHILDREN, classes=1)
    stub.said["GET /home"] = found
    await phone.open("pages/me/index")
    await expect(phone.part("tool-approvals")).to_be_visible()
    await expect(phone.part("tool-leaves")).to_have_count(0)
    found["teaching"]["leaves"] = 2
    await phone.open("pages/me/index")
    await expect(phone.part("tool-leaves")).to_contain_text("2")
    await phone.shoot(screenshot, "1-me")
    await phone.tap("tool-leaves")
    await phone.is_at("activities/leaves/index")


@pytest.mark.parametrize("screen", [*SCREENS, *SINGLE], ids=lambda screen: screen.name)
async def test_full(phone: Handset, stub: Stub, screenshot: Screenshot, screen: Screen) -> None:
    folk.fill(stub)
    await phone.open(screen.path)
    await expect(phone.part(screen.part)).to_have_count(screen.count)
    await phone.shoot(screenshot, "1-full")
    await phone.page.evaluate(
        "document.querySelector('.mp-window:not([hidden]) wx-page').scrollTo(0, 1e6)"
    )
    await phone.shoot(screenshot, "2-end")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_empty(phone: Handset, stub: Stub, screenshot: Screenshot, screen: Screen) -> None:
    folk.strip(stub)
    await phone.open(screen.path)
    await expect(phone.text(screen.empty).first).to_be_visible()
    await phone.shoot(screenshot, "1-empty")


@pytest.mark.parametrize("screen", [*SCREENS, *SINGLE], ids=lambda screen: screen.name)
async def test_slow_failing_and_tried_again(
    parent: Handset, stub: Stub, screenshot: Screenshot, screen: Screen
) -> None:
    folk.fill(stub)
    stub.slow = asyncio.Event()
    await parent.open(screen.path)
    await expect(parent.part("skeleton")).to_be_visible()
    stub.failing = True
    stub.slow.set()
    await expect(parent.text("没能打开")).to_be_visible()
    await parent.shoot(screenshot, "1-failed")
    stub.failing = False
    await parent.tap("state-act")
    await expect(parent.part(screen.part)).to_have_count(screen.count)
    # What was seen is there without a network, and says that it is old; a pull asks anew.
    stub.failing = True
    await parent.page.evaluate("wx.startPullDownRefresh()")
    await expect(parent.front.get_by_role("status").filter(has_text="连不上网络")).to_be_visible()
    stub.failing = False
    await parent.page.evaluate("wx.startPullDownRefresh()")
    await expect(parent.front.get_by_role("status").filter(has_text="连不上网络")).to_have_count(0)


@pytest.mark.parametrize("screen", SINGLE[1:4], ids=lambda screen: screen.name)
async def test_what_is_gone_says_so(parent: Handset, stub: Stub, screen: Screen) -> None:
    await parent.open(screen.path)
    await expect(parent.front.locator(".state-title")).to_be_visible()
    await expect(parent.part("state-act")).to_have_count(0)
    await expect(parent.part(screen.part)).to_have_count(0)


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_home_with_children(
    phone: Handset, stub: Stub, screenshot: Screenshot, count: int
) -> None:
    children = [*CHILDREN, folk.THIRD][:count]
    stub.said["GET /home"] = folk.home(stub, children=children, classes=0)
    await phone.open()
    await expect(phone.part("notice")).to_have_count(10)
    await expect(phone.front.get_by_role("tab")).to_have_count(0 if count == 1 else count + 1)
    await phone.shoot(screenshot, "1-home")
    if count > 1:
        last = str(children[-1]["name"])
        await phone.front.get_by_role("tab", name=last).tap()
        await expect(phone.front.get_by_role("tab", selected=True)).to_contain_text(last)
        await phone.shoot(screenshot, "2-last-child")


async def test_me_of_a_teacher_who_is_a_parent(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    folk.fill(stub)
    await phone.open("pages/me/index")
    await expect(phone.part("child")).to_have_count(3)
    await expect(phone.part("tool-approvals")).to_contain_text("2")
    await phone.shoot(screenshot, "1-me")
    await phone.page.evaluate(
        "document.querySelector('.mp-window:not([hidden]) wx-page').scrollTo(0, 1e6)"
    )
    await phone.shoot(screenshot, "2-end")
    for tool, page in (
        ("tool-families", "families"),
        ("tool-approvals", "approvals"),
        ("tool-invite", "invite"),
    ):
        await phone.tap(tool)
        await phone.is_at(f"pages/{page}/index")
        await phone.back()


async def test_until_when_a_binding_holds_begins_with_today_before_eight_in_the_morning_too(
    parent: Handset, stub: Stub
) -> None:
    folk.fill(stub)
    await parent.page.clock.set_fixed_time("2026-12-02T00:30:00+08:00")
    await parent.open(SINGLE[2].path)
    await parent.tap("until")
    await expect(parent.page.locator(".mp-picker")).to_have_attribute("min", "2026-12-02")


async def test_home_leads_a_teacher_to_the_class(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    for children, tools in (([], 3), (CHILDREN, 1)):
        found = folk.home(stub, children=children, classes=1)
        places = [{"id": "s", "name": "青禾小学", "called": "王", "roles": ["head_teacher"]}]
        stub.said["GET /home"] = {**found, "places": places, "acting": "s"}
        await phone.open()
        shown = phone.front.locator("[data-test^=tool-]")
        await expect(shown).to_have_count(tools)
        await phone.shoot(screenshot, f"{tools}-tools")
    await phone.tap("tool-approvals")
    await phone.is_at("pages/approvals/index")


@pytest.mark.parametrize("screen", [*SCREENS, *SINGLE], ids=lambda screen: screen.name)
async def test_in_english(
    parent: Handset, stub: Stub, screenshot: Screenshot, screen: Screen
) -> None:
    folk.fill(stub)
    await parent.remember(language="en")
    await parent.open(screen.path)
    await expect(parent.part(screen.part)).to_have_count(screen.count)
    await parent.shoot(screenshot, "1-english")
