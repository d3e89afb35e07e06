"""A family's screens of homework over a server that answers at will: loading, failing, empty, full; every look."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import FamilyStub, attachment, mark, submission, version
from tests.miniprogram.stub import ORIGIN
from tests.waiting import wait_until

EVENING, TASK = "homework/evening/index", "homework/task/index?id=homework-0&child=child-1"


@pytest.fixture
async def stub() -> AsyncIterator[FamilyStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = FamilyStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(parent: Handset, request: pytest.FixtureRequest) -> Handset:
    """The parent's phone with writing of either size."""
    await parent.remember(text_size=request.param)
    return parent


async def test_evening(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open()
    await expect(phone.part("homework")).to_be_visible()
    await phone.shoot(screenshot, "0-home")
    stub.slow = asyncio.Event()
    await phone.tap("homework")
    await phone.is_at(EVENING)
    await expect(phone.part("skeleton")).to_be_visible()
    await phone.shoot(screenshot, "1-skeleton")
    stub.slow.set()
    await expect(phone.part("homework")).to_have_count(4)
    await expect(phone.part("evening").first).to_contain_text("55")
    await expect(phone.part("evening").first).to_contain_text("按规定不超过 60 分钟")
    await expect(phone.part("evening").last).to_contain_text("一二年级没有书面作业")
    await phone.shoot(screenshot, "2-tonight")
    await phone.part("day").last.tap()
    await expect(phone.part("free")).to_have_count(2)
    await phone.shoot(screenshot, "3-free")


async def test_evening_that_cannot_be_loaded_or_is_empty(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open(EVENING)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")
    stub.failing, stub.empty = False, True
    await phone.tap("state-act")
    await expect(phone.text("还看不到作业")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.empty = False
    await phone.pull()
    await expect(phone.part("homework")).to_have_count(4)


async def test_homework(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open(TASK)
    await expect(phone.part("article")).to_contain_text("练习册第 42 到 43 页")
    await expect(phone.part("file")).to_have_count(1)
    await phone.shoot(screenshot, "1-homework")
    await phone.tap("took-40")
    await phone.tap("took-50")
    await phone.tap("took-50")
    await wait_until(lambda: stub.took[-1:] == [None], description="the answer is taken back")
    await phone.open(TASK.replace("homework-0", "elsewhere"))
    await expect(phone.text("这项作业看不到了")).to_be_visible()
    await phone.shoot(screenshot, "2-gone")


async def test_handing_in(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await phone.open(TASK)
    await phone.tap("hand-in")
    await phone.is_at("homework/hand-in/index")
    await phone.tap("send")
    await expect(phone.part("wrong")).to_have_text("请至少放一张照片")
    await phone.shoot(screenshot, "1-empty")
    pictures = [tmp_path / f"{n}.jpg" for n in range(3)]
    for path in pictures:
        path.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files(pictures)
    await expect(phone.part("picture")).to_have_count(3)
    await expect(phone.text("正在上传")).to_have_count(0)
    await phone.type("想说的话", "第三题不太会。")
    await phone.shoot(screenshot, "2-ready")
    await phone.tap("send")
    await phone.is_at("homework/task/index")
    await expect(phone.part("work")).to_contain_text("已交")
    (sent,) = stub.handed_in
    assert (sent["text"], len(sent["file_ids"])) == ("第三题不太会。", 3)
    await phone.part("work").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-handed-in")


async def test_a_recording_and_what_is_ticked_off(
    new_handset: NewHandset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    async def code() -> str:
        return "code"

    recording = "data:audio/mpeg;base64," + base64.b64encode(b"ID3" + bytes(400)).decode()
    phone = await new_handset(ORIGIN, login=code, recording=recording)
    await stub.attach(phone.context)
    await phone.remember(consented=True)
    await phone.open(TASK.replace("homework-0", "homework-3"))
    await phone.tap("hand-in")
    await phone.tap("record")
    await expect(phone.text("说完了")).to_be_visible()
    await phone.tap("record")
    await expect(phone.part("attached")).to_contain_text("录音 3 秒")
    await phone.shoot(screenshot, "1-recorded")
    await phone.tap("send")
    await phone.is_at("homework/task/index")
    assert len(stub.handed_in[0]["file_ids"]) == 1
    await phone.open(TASK.replace("homework-0", "homework-2"))
    await phone.tap("hand-in")
    await expect(phone.part("work")).to_contain_text("已交")
    assert stub.handed_in[1] == {"text": "", "file_ids": []}


async def test_what_the_teacher_said(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    strokes = [
        {
            "colour": "#e0352b",
            "width": 120,
            "points": [2000, 2000, 5000, 2600, 4000, 6000, 1800, 5200],
        }
    ]
    drawn = mark(returned=True, stamp=None, drawings=[{"file_id": "file-1", "strokes": strokes}])
    first = version(
        "第三题不太会。",
        [attachment("file-1", "picture", "1.jpg"), attachment("file-2", "picture", "2.jpg")],
    )
    stub.works["homework-0"] = submission([first], drawn, state="returned")
    await phone.open(TASK)
    await expect(phone.part("work")).to_contain_text("请订正")
    await expect(phone.part("drawn")).to_have_count(1)
    await phone.part("work").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "1-returned")
    await phone.part("picture").first.tap()
    await expect(phone.part("full")).to_be_visible()
    await phone.shoot(screenshot, "2-drawing")
    await phone.tap("full")
    second = version("订正好了。", [attachment("file-3", "picture", "1.jpg")], 2)
    last = mark(
        2, level="excellent", points=96, points_of=100, stamp="good", comment="全对了，真棒！"
    )
    stub.works["homework-0"] = submission([first, second], drawn, last, state="marked")
    await phone.open(TASK)
    await expect(phone.part("mark")).to_have_count(2)
    await expect(phone.part("work")).to_contain_text("96 分（满分 100）")
    await expect(phone.part("hand-in")).to_have_count(0)
    await phone.part("work").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-marked")


async def test_mistakes_book(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open("homework/mistakes/index?child=child-1")
    await expect(phone.part("mistake")).to_have_count(2)
    await phone.shoot(screenshot, "1-today")
    await phone.tap("right")
    await expect(phone.part("mistake")).to_have_count(1)
    await phone.tap("wrong")
    await expect(phone.text("今天没有要再做的")).to_be_visible()
    assert stub.tried == [("mistake-0", True), ("mistake-1", False)]
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open("homework/mistakes/index?child=child-2")
    await expect(phone.text("没能打开")).to_be_visible()


async def test_made_ready_in_a_tunnel_it_is_handed_in_once(
    parent: Handset, stub: FamilyStub, tmp_path: Path
) -> None:
    await parent.open(TASK)
    await parent.tap("hand-in")
    await parent.is_at("homework/hand-in/index")
    await expect(parent.part("add-picture")).to_be_visible()
    stub.failing = True
    picture = tmp_path / "1.jpg"
    picture.write_bytes(photograph())
    async with parent.page.expect_file_chooser() as chooser:
        await parent.tap("add-picture")
    await (await chooser.value).set_files([picture])
    await expect(parent.text("有网再传")).to_be_visible()
    # The app is killed and opened again: the picture is there.
    stub.failing = False
    await parent.open(TASK.replace("task", "hand-in"))
    await expect(parent.part("picture").locator("img")).to_have_count(1)
    stub.failing = True
    await parent.tap("send")
    await wait_until(
        lambda: parent.page.evaluate("(localStorage['mini:queue'] || '').includes('work:')"),
        description="it is with the queue",
    )
    await parent.open(TASK)
    await expect(parent.part("work")).to_contain_text("待送出")
    assert stub.handed_in == []
    stub.failing = False
    await expect(parent.part("work")).to_contain_text("已交")
    assert len(stub.handed_in) == 1
    assert len(stub.handed_in[0]["file_ids"]) == 1


async def test_an_evening_that_was_seen_is_there_without_a_network(
    parent: Handset, stub: FamilyStub
) -> None:
    await parent.open(EVENING)
    await expect(parent.part("homework")).to_have_count(4)
    stub.failing = True
    await parent.open(EVENING)
    await expect(parent.part("homework")).to_have_count(4)
    await expect(parent.front.get_by_role("status").first).to_contain_text("连不上网络")
