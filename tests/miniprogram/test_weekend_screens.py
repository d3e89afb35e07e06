"""The screens of the virtual class over a server that answers at will: families', then a teacher's; every look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import phone_over
from tests.miniprogram.weekend_stub import WeekendStub, WeekendTeacherStub
from tests.waiting import wait_until

LIST = "weekend/list/index?id=list-1&child=child-1"
DESK = "weekend/desk/index?id=list-1"
BUSY = re.compile(r"\boff\b")


@pytest.fixture
async def stub() -> AsyncIterator[WeekendStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = WeekendStub()
    yield stub
    assert stub.drift == []


@pytest.fixture
async def school() -> AsyncIterator[WeekendTeacherStub]:
    """A teacher's answers at will, held to the API's declarations."""
    stub = WeekendTeacherStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def desk(
    new_handset: NewHandset, school: WeekendTeacherStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone over the stub, with writing of either size."""
    return await phone_over(new_handset, school, text_size=request.param)


async def test_lists_of_my_children(
    phone: Handset, stub: WeekendStub, screenshot: Screenshot
) -> None:
    await phone.open()
    await phone.tap("weekend")
    await phone.is_at("weekend/mine/index")
    await expect(phone.part("tasks")).to_have_count(3)
    await phone.shoot(screenshot, "1-lists")
    stub.empty = True
    await phone.open("weekend/mine/index")
    await expect(phone.text("还没有任务清单")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open(LIST)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "3-failed")
    stub.failing = False
    await phone.open(LIST.replace("list-1", "elsewhere"))
    await expect(phone.text("这份清单看不到了")).to_be_visible()


async def test_one_list_with_its_group_and_questions(
    phone: Handset, stub: WeekendStub, screenshot: Screenshot
) -> None:
    stub.slow = asyncio.Event()
    await phone.open(LIST)
    await expect(phone.part("skeleton")).to_be_visible()
    await phone.shoot(screenshot, "0-skeleton")
    stub.slow.set()
    await expect(phone.part("step")).to_have_count(4)
    await expect(phone.part("own-piece").locator("image, wx-image, img").first).to_be_visible()
    await phone.shoot(screenshot, "1-steps")
    await phone.part("tick").nth(2).tap()
    await expect(phone.part("tick").nth(2)).to_have_attribute("aria-checked", "true")
    await phone.part("tick").nth(2).tap()
    await expect(phone.part("tick").nth(2)).to_have_attribute("aria-checked", "false")
    await expect(phone.part("fellow")).to_have_count(2)
    await expect(phone.part("hidden")).to_contain_text("1")
    await phone.tap("start-saying")
    await phone.type("留言", "威尔伯好可爱")
    await phone.part("fellow").first.scroll_into_view_if_needed()
    await phone.shoot(screenshot, "2-group")
    await phone.tap("say")
    await expect(phone.part("comment").filter(has_text="威尔伯好可爱")).to_contain_text("等老师看")
    await phone.tap("start-asking")
    await phone.type("问题", "拼音版的可以吗？")
    await phone.part("answer").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-questions")
    await phone.tap("ask")
    await expect(phone.part("start-asking")).to_be_visible()
    assert stub.sent == [{"step": 0, "words": "拼音版的可以吗？"}]
    await phone.tap("leave")
    await phone.answer("退出")
    await expect(phone.part("open-group")).to_have_count(2)
    await phone.part("open-group").first.scroll_into_view_if_needed()
    await phone.shoot(screenshot, "4-no-group")


async def test_who_has_not_agreed_and_when_the_days_are_over(
    phone: Handset, stub: WeekendStub, screenshot: Screenshot
) -> None:
    stub.agrees = False
    await phone.open(LIST)
    await expect(phone.part("consents")).to_be_visible()
    await expect(phone.part("start-saying")).to_have_count(0)
    await phone.part("consents").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "1-not-agreed")
    stub.over = True
    await phone.open(LIST)
    await expect(phone.text("日子过了，还可以看")).to_be_visible()
    await expect(phone.part("start-asking")).to_have_count(0)
    await phone.shoot(screenshot, "2-over")


async def test_handing_in_for_a_step(
    phone: Handset, stub: WeekendStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await phone.open(LIST)
    await phone.part("hand").nth(2).tap()
    await phone.is_at("weekend/piece/index")
    await phone.tap("send")
    await expect(phone.part("wrong")).to_contain_text("放一张图片")
    await phone.shoot(screenshot, "1-empty")
    picture = tmp_path / "画.jpg"
    picture.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files([picture])
    await expect(phone.part("picture")).to_have_count(1)
    await expect(phone.text("正在上传")).to_have_count(0)
    await phone.type("想说的话", "他画了一个下午。")
    await phone.tap("share")
    await expect(phone.part("share")).to_have_attribute("aria-checked", "true")
    await phone.shoot(screenshot, "2-ready")
    await phone.tap("send")
    await phone.is_at("weekend/list/index")
    await expect(phone.part("own-piece")).to_have_count(2)
    (sent,) = stub.sent
    assert (sent["words"], len(sent["file_ids"]), sent["shared"]) == ("他画了一个下午。", 1, True)
    await phone.part("hand").nth(1).tap()
    await expect(phone.part("picture")).to_have_count(2)
    await phone.tap("take-back")
    await phone.answer("收回")
    await phone.is_at("weekend/list/index")
    await expect(phone.part("own-piece")).to_have_count(1)


async def test_a_teachers_lists(
    desk: Handset, school: WeekendTeacherStub, screenshot: Screenshot
) -> None:
    await desk.open()
    await desk.tap("weekend-own")
    await desk.is_at("weekend/own/index")
    await expect(desk.part("tasks")).to_have_count(3)
    await expect(desk.part("waiting")).to_contain_text("3 条")
    await desk.shoot(screenshot, "1-lists")
    school.empty = True
    await desk.open("weekend/own/index")
    await expect(desk.text("这个班还没有任务清单")).to_be_visible()
    await desk.shoot(screenshot, "2-none")


async def test_offering_a_list(
    desk: Handset, school: WeekendTeacherStub, screenshot: Screenshot
) -> None:
    await desk.open("weekend/open/index")
    await expect(desk.part("break")).to_have_count(3)
    await desk.tap("send")
    await expect(desk.text("请写一写").first).to_be_visible()
    await desk.part("subject").nth(1).tap()
    await desk.part("break").nth(2).tap()
    await desk.type("标题", "寒假阅读清单")
    await desk.type("第 1 步", "选一本书")
    await desk.tap("add-step")
    await desk.type("第 2 步", "读给家里人听")
    await desk.shoot(screenshot, "1-form")
    school.school_day = True
    await desk.tap("send")
    await desk.answer("知道了")
    await expect(desk.part("wrong-days")).to_contain_text("上学")
    await desk.part("wrong-days").scroll_into_view_if_needed()
    await desk.shoot(screenshot, "2-school-day")
    school.school_day = False
    await desk.tap("send")
    await desk.is_at("weekend/desk/index")
    (made,) = school.opened
    assert (made["title"], made["subject"]) == ("寒假阅读清单", "chinese")
    assert [s["words"] for s in made["steps"]] == ["选一本书", "读给家里人听"]
    await desk.open("weekend/open/index")
    await expect(desk.part("step")).to_have_count(1)


async def test_a_list_on_the_teachers_desk(
    desk: Handset, school: WeekendTeacherStub, screenshot: Screenshot
) -> None:
    await desk.open(DESK)
    await expect(desk.part("pupil")).to_have_count(12)
    await desk.shoot(screenshot, "1-desk")
    await desk.tap("start-answer")
    await desk.type("回答", "当然可以。")
    await desk.shoot(screenshot, "2-answering")
    await desk.tap("answer")
    await expect(desk.part("answer")).to_have_count(0)
    # One act at a time: a tap during another is none.
    await desk.tap("show")
    await wait_until(lambda: len(school.acted) == 2, description="the answer is shown to all")
    await expect(desk.part("allow").first).not_to_have_class(BUSY)
    await desk.tap("allow")
    await wait_until(lambda: len(school.acted) == 3, description="the comment is let through")
    await expect(desk.part("allow").first).not_to_have_class(BUSY)
    await desk.part("pupil").first.tap()
    await expect(desk.part("piece")).to_contain_text("夏洛的网")
    await desk.part("piece").scroll_into_view_if_needed()
    await desk.shoot(screenshot, "3-pupils")
    await desk.tap("withdraw")
    await desk.answer("收回")
    await wait_until(lambda: len(school.acted) == 4, description="the list is withdrawn")
    assert school.acted[0] == ("questions/question-1", {"words": "当然可以。"})
    assert [name for name, _ in school.acted[1:]] == [
        "questions/question-2/shown", "comments/c1", "withdrawal",
    ]  # fmt: skip


async def test_putting_groups_together(
    desk: Handset, school: WeekendTeacherStub, screenshot: Screenshot
) -> None:
    await desk.open(DESK)
    await desk.tap("arrange")
    await desk.is_at("weekend/groups/index")
    await expect(desk.part("group")).to_have_count(1)
    await desk.tap("add")
    second = desk.part("group").nth(1)
    for n in (4, 5):
        await second.locator("[data-test=pupil]").nth(n).tap()
    await second.scroll_into_view_if_needed()
    await desk.shoot(screenshot, "1-groups")
    await second.locator("[data-test=joinable]").tap()
    await desk.tap("save")
    await desk.is_at("weekend/desk/index")
    (said,) = school.arranged
    assert [(g["name"], g["joinable"], len(g["child_ids"])) for g in said["groups"]] == [
        ("星星组", False, 4),
        ("月亮组", True, 2),
    ]
