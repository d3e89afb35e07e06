"""A teacher's screens over a server that answers at will: loading, failing, empty, full; light, dark, large print."""

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
from tests.miniprogram.teacher_stub import TeacherStub, own_row


@pytest.fixture
async def stub() -> AsyncIterator[TeacherStub]:
    """A teacher's answers at will, held to the API's declarations as a parent's are."""
    stub = TeacherStub()
    yield stub
    assert stub.drift == []


@pytest.fixture
async def teacher(new_handset: NewHandset, stub: TeacherStub) -> Handset:
    """A teacher's phone over the stub, who has agreed already."""
    return await phone_over(new_handset, stub)


@pytest.fixture(params=["normal", "large"])
async def phone(teacher: Handset, request: pytest.FixtureRequest) -> Handset:
    """The teacher's phone with writing of either size."""
    await teacher.remember(text_size=request.param)
    return teacher


async def test_home_of_who_only_teaches(phone: Handset, screenshot: Screenshot) -> None:
    await phone.open()
    await expect(phone.part("own")).to_have_count(3)
    await expect(phone.part("reach")).to_have_count(3)
    await expect(phone.text("还没有绑定孩子")).to_have_count(0)
    await phone.shoot(screenshot, "1-home")


async def test_home_of_who_teaches_and_has_children(
    phone: Handset, stub: TeacherStub, screenshot: Screenshot
) -> None:
    stub.become_a_parent()
    stub.places.append(
        {"id": "school-b", "name": "云杉小学", "called": "王老师", "roles": ["subject_teacher"]}
    )
    await phone.open()
    await expect(phone.part("todo-row")).to_have_count(2)
    await expect(phone.part("own")).to_have_count(1)
    await phone.shoot(screenshot, "1-home")
    await phone.part("place").filter(has_text="云杉小学").tap()
    await expect(phone.front.get_by_role("tab", name="云杉小学")).to_have_attribute(
        "aria-selected", "true"
    )
    assert stub.acting == "school-b"


async def test_own_notices(phone: Handset, stub: TeacherStub, screenshot: Screenshot) -> None:
    stub.slow = asyncio.Event()
    await phone.open("pages/teach/index")
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    stub.own.insert(0, own_row(5, id="later", state="scheduled", title="周末作业"))
    stub.own.insert(2, own_row(6, id="gone", state="withdrawn"))
    await phone.open("pages/teach/index")
    await expect(phone.part("own")).to_have_count(6)
    await expect(phone.part("reach")).to_have_count(4)
    await phone.shoot(screenshot, "1-mine")
    stub.own = []
    await phone.open("pages/teach/index")
    await expect(phone.text("还没有发过通知")).to_be_visible()
    await phone.shoot(screenshot, "2-empty")


async def test_own_notices_that_cannot_be_loaded(teacher: Handset, stub: TeacherStub) -> None:
    stub.failing = True
    await teacher.open("pages/teach/index")
    await expect(teacher.text("没能打开")).to_be_visible()
    stub.failing = False
    await teacher.tap("state-act")
    await expect(teacher.part("own")).to_have_count(4)


async def test_the_office_writes_an_urgent_notice(
    phone: Handset, stub: TeacherStub, screenshot: Screenshot
) -> None:
    stub.quiet = True
    await phone.open("pages/publish/index")
    await phone.part("class").first.tap()
    await expect(phone.part("forecast")).to_contain_text("50 个孩子")
    await expect(phone.text("为什么紧急")).to_have_count(0)
    stub.office = True
    await phone.open("pages/publish/index")
    await phone.part("class").first.tap()
    await phone.type("标题", "明天停课")
    await phone.type("正文", "台风登陆，请不要到校。")
    await phone.type("为什么紧急", "急")
    await phone.tap("next")
    await expect(phone.front.get_by_role("alert").last).to_contain_text("至少 4 个字")
    await phone.shoot(screenshot, "1-short")
    await phone.correct("为什么紧急", "台风红色预警")
    await phone.shoot(screenshot, "3-why")
    await phone.tap("next")
    await expect(phone.part("sheet")).to_contain_text("紧急：台风红色预警")
    await expect(phone.part("quiet")).to_have_count(0)
    await phone.shoot(screenshot, "2-before")
    # Too many within an hour: it comes back at once and nothing of it is lost.
    stub.refusal = {"code": "too_many", "message": "请过一会儿再试", "fields": {}}
    stub.refused_with = 429
    await phone.tap("send")
    await expect(phone.part("back")).to_contain_text("请过一会儿再试")
    stub.refusal = None
    await phone.tap("next")
    await phone.tap("send")
    await phone.is_at("pages/receipts/index")
    (sent,) = stub.published
    assert sent["urgent_reason"] == "台风红色预警"


async def test_writing_a_notice(
    phone: Handset, stub: TeacherStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    stub.quiet = True
    await phone.open("pages/publish/index")
    await phone.shoot(screenshot, "1-empty")
    await phone.tap("next")
    await expect(phone.front.get_by_role("alert")).to_have_count(4)
    await phone.shoot(screenshot, "2-missing")
    await phone.part("class").first.tap()
    await expect(phone.part("forecast")).to_contain_text("50 个孩子，微信能送到 44 家")
    await phone.type("标题", "秋季运动会安排")
    await phone.type(
        "正文",
        "本周五上午 8:30 在学校操场举行秋季运动会。\n请让孩子穿运动鞋、带水杯，家长可以来看。",
    )
    picture = tmp_path / "合影.jpg"
    picture.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files([picture, picture])
    await expect(phone.part("picture")).to_have_count(2)
    await expect(phone.part("going")).to_have_count(0)
    await phone.tap("add-link")
    await phone.part("shelf-box").nth(1).tap()
    await phone.type("链接", "https://example.edu.cn/sport")
    await phone.tap("take-link")
    await expect(phone.part("link")).to_have_text(["https://example.edu.cn/sport"])
    await phone.tap("mode-tap")
    await phone.shoot(screenshot, "3-written")
    await phone.tap("forecast")
    await expect(phone.part("missed")).to_have_count(3)
    await expect(phone.front.get_by_role("button", name="关闭")).to_be_in_viewport(ratio=1)
    await phone.shoot(screenshot, "4-why")
    await phone.front.get_by_role("button", name="关闭").tap()
    await phone.tap("next")
    await expect(phone.part("quiet")).to_contain_text("现在是休息时间")
    await expect(phone.part("send")).to_have_text("发给 50 个孩子的家长")
    await expect(phone.part("not-yet")).to_be_in_viewport(ratio=1)
    await phone.shoot(screenshot, "5-before-it-goes-out")
    await phone.tap("send")
    await phone.is_at("pages/receipts/index")
    (sent,) = stub.published
    assert (sent["title"], sent["class_ids"], sent["confirm"]) == (
        "秋季运动会安排",
        ["class-2"],
        "tap",
    )
    assert len(sent["file_ids"]) == 2
    assert sent["links"] == [
        "https://school.example.cn/l/abcde3",
        "https://example.edu.cn/sport",
    ]


async def test_receipts(phone: Handset, stub: TeacherStub, screenshot: Screenshot) -> None:
    url = "https://school.example.cn/l/abcde7"
    stub.given = [{"url": url, "title": "阳光体育", "families": 31, "teachers": 2}]
    await phone.open("pages/receipts/index?id=own-0")
    await expect(phone.part("given")).to_have_text(
        ["《阳光体育》发出以来：学生和家长打开 31 次，教师 2 次"]
    )
    await expect(phone.part("child")).to_have_count(50)
    await expect(phone.part("reached")).to_have_text(re.compile(r"^\d+$"))
    await phone.shoot(screenshot, "1-receipts")
    await phone.tap("state-never_bound")
    await expect(phone.part("child")).to_have_count(2)
    await phone.shoot(screenshot, "2-never-bound")
    await phone.tap("state-never_bound")
    await expect(phone.part("child")).to_have_count(50)
    stub.quiet = True
    await phone.tap("remind")
    await expect(phone.part("reminder")).to_contain_text("现在是休息时间")
    await expect(phone.part("remind-no")).to_be_in_viewport(ratio=1)
    await phone.shoot(screenshot, "3-remind")
    await phone.tap("remind-no")
    await expect(phone.part("reminder")).to_be_hidden()
    await phone.part("guardian").first.tap()
    await phone.is_at("pages/ledger/index")
    await expect(phone.part("attempt")).to_have_count(2)
    await phone.shoot(screenshot, "4-ledger")
    await phone.open("pages/receipts/index?id=nowhere")
    await expect(phone.text("看不到这条通知的回执")).to_be_visible()


async def test_receipts_under_way(
    phone: Handset, stub: TeacherStub, screenshot: Screenshot
) -> None:
    stub.waiting = 20
    await phone.open("pages/receipts/index?id=own-0")
    await expect(phone.part("summary")).to_contain_text("正在送出")
    await phone.shoot(screenshot, "1-under-way")
    stub.waiting = 0
    await expect(phone.part("summary")).not_to_contain_text("正在送出")
