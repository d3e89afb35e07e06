"""The screens of circles over a server that answers at will: a mother's, then the head teacher's; every look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.circle_stub import TEXT, CircleStub, CircleTeacherStub
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import phone_over
from tests.waiting import wait_until

FEED, TOPIC = "circle/feed/index", "circle/topic/index?id=topic-1"
POST, SEEN = "circle/post/index?id=class%3Aclass-2", "circle/seen/index?id=topic-1"


@pytest.fixture
async def stub() -> AsyncIterator[CircleStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = CircleStub()
    yield stub
    assert stub.drift == []


@pytest.fixture
async def school() -> AsyncIterator[CircleTeacherStub]:
    """A head teacher's answers at will, held to the API's declarations."""
    stub = CircleTeacherStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def desk(
    new_handset: NewHandset, school: CircleTeacherStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone over the stub, with writing of either size."""
    return await phone_over(new_handset, school, text_size=request.param)


async def add_a_picture(phone: Handset, tmp_path: Path) -> None:
    picture = tmp_path / "1.jpg"
    picture.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files([picture])


async def test_a_circle_is_read_and_liked(
    phone: Handset, stub: CircleStub, screenshot: Screenshot
) -> None:
    await phone.open()
    await expect(phone.part("circle")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("circle")
    await phone.is_at(FEED)
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("topic")).to_have_count(2)
    await expect(phone.part("topic").first.locator("image, wx-image")).to_have_count(3)
    await phone.shoot(screenshot, "1-feed")
    await phone.part("like").first.tap()
    await expect(phone.part("like").first).to_contain_text("13")
    await phone.tap("more")
    await expect(phone.part("topic")).to_have_count(3)
    await expect(phone.part("topic").last).to_contain_text("没有同意或收回了同意")
    stub.empty = True
    await phone.open(FEED)
    await expect(phone.text("还没有您的圈子")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open(TOPIC)
    await expect(phone.text("没能打开")).to_be_visible()


async def test_a_topic_is_opened_answered_and_reported(
    phone: Handset, stub: CircleStub, screenshot: Screenshot
) -> None:
    await phone.open(FEED)
    await phone.part("topic").first.tap()
    await phone.is_at("circle/topic/index")
    await expect(phone.part("comment")).to_have_count(2)
    await phone.shoot(screenshot, "1-topic")
    await phone.type("说点什么", "拔河的照片太好了！")
    await phone.tap("say")
    await expect(phone.part("comment")).to_have_count(3)
    await expect(phone.part("comment").last).to_contain_text("拔河的照片太好了！")
    assert len([a for a in stub.landed.values() if a["path"].endswith("/comments")]) == 1
    await phone.part("remove-comment").last.tap()
    await phone.answer("删除")
    await expect(phone.part("comment")).to_have_count(2)
    await phone.part("report-comment").first.tap()
    await phone.type("写一句原因", "请看一看")
    await phone.shoot(screenshot, "2-report")
    await phone.tap("send-why")
    await wait_until(lambda: stub.acted[-1][0] == "report", description="the report has arrived")
    said = {"kind": "topic_comment", "id": "comment-1", "why": "请看一看"}
    assert stub.acted[-1][1] == said
    await phone.open("circle/topic/index?id=gone")
    await expect(phone.text("这个话题看不到了")).to_be_visible()


async def test_a_mother_posts_a_picture_of_her_child(
    phone: Handset, stub: CircleStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await phone.open(FEED)
    await phone.tap("post")
    await phone.is_at("circle/post/index")
    await phone.tap("send")
    await expect(phone.part("wrong")).to_contain_text("写点什么")
    await phone.type("内容", "周末一起做的风筝。")
    await add_a_picture(phone, tmp_path)
    await phone.tap("child")
    await expect(phone.part("picture")).to_contain_text("1 人")
    await phone.shoot(screenshot, "1-post")
    await phone.tap("send")
    await phone.is_at(FEED)
    await expect(phone.part("topic").first).to_contain_text("正在检查")
    (made,) = stub.posted
    assert made["text"] == "周末一起做的风筝。"
    assert [p["child_ids"] for p in made["pictures"]] == [["child-1"]]


async def test_a_head_teacher_names_children_keeps_order_and_sees_who_has_read(
    desk: Handset, school: CircleTeacherStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await desk.open()
    await desk.tap("circle-staff")
    await expect(desk.part("circle")).to_have_count(2)
    await expect(desk.part("topic").first).to_contain_text("已读 28 / 43")
    await desk.part("circle").last.tap()
    await expect(desk.text("这里还没有话题")).to_be_visible()
    await desk.open(POST)
    await add_a_picture(desk, tmp_path)
    await desk.part("child").nth(3).tap()  # whose family does not agree
    await expect(desk.part("picture")).not_to_contain_text("1 人")
    await desk.part("child").nth(0).tap()
    await desk.part("child").nth(1).tap()
    await expect(desk.part("picture")).to_contain_text("2 人")
    await desk.shoot(screenshot, "1-names")
    await desk.open(TOPIC)
    await expect(desk.text(TEXT)).to_be_visible()
    await desk.tap("hide")
    await desk.type("写一句原因", "照片里有别班的孩子")
    await desk.tap("send-why")
    await expect(desk.part("state")).to_contain_text("已隐藏：照片里有别班的孩子")
    await desk.shoot(screenshot, "2-hidden")
    await desk.tap("show-again")
    await expect(desk.part("state")).to_have_count(0)
    await desk.tap("seen")
    await desk.is_at("circle/seen/index")
    await expect(desk.part("figure").first).to_contain_text("28 / 43")
    await expect(desk.part("missed").first).to_be_visible()
    await desk.shoot(screenshot, "3-seen")
    await desk.open(SEEN)
    await expect(desk.part("reader").first).to_be_visible()
