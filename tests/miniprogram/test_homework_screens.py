"""A family's screens of homework over a server that answers at will: loading, failing, empty, full; every look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot, come_to_rest
from tests.handlers.conftest import photograph
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import FamilyStub, attachment, mark, submission, version
from tests.waiting import wait_until

EVENING, TASK = "homework/evening/index", "homework/task/index?id=homework-0&child=child-1"


@pytest.fixture
async def stub() -> AsyncIterator[FamilyStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = FamilyStub()
    yield stub
    assert stub.drift == []


async def test_evening(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open()
    await expect(phone.part("tonight")).to_have_text("李小明约 55 分钟 · 李小雨约 10 分钟")
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
    await expect(phone.part("practice")).to_contain_text("单位换算练一练")
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


async def frame(phone: Handset) -> None:
    """Draw a frame around a question with a finger."""
    await expect(phone.part("sheet").locator("img").first).to_be_visible()
    await come_to_rest(phone.page)
    box = await phone.part("sheet").bounding_box()
    assert box is not None
    (x, y), (wide, high) = (box["x"], box["y"]), (box["width"], box["height"])
    await phone.drag([(x + wide * n / 10, y + high * n / 10) for n in range(2, 9)])
    await expect(phone.part("frame")).to_be_visible()


async def test_a_mistake_is_cut_out_and_said_anew(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    pictures = [attachment(f"file-{n}", "picture", f"{n}.jpg") for n in (1, 2)]
    stub.works["homework-0"] = submission([version("", pictures)], mark(), state="marked")
    await phone.open(TASK)
    await phone.tap("into-book")
    await phone.is_at("homework/mistake/index")
    await frame(phone)
    await phone.type("知识点", "进位加法")
    await phone.tap("cause-careless")
    await phone.shoot(screenshot, "1-framed")
    await phone.tap("save")
    await phone.is_at("homework/task/index")
    (entered,) = stub.entered
    assert (entered["file_id"], entered["homework_id"]) == ("file-1", "homework-0")
    assert (entered["knowledge"], entered["cause"]) == ("进位加法", "careless")
    drawn = [entered["cut"][side] for side in ("x", "y", "width", "height")]
    assert drawn == pytest.approx([2000, 2000, 5500, 5500], abs=700)

    await phone.open("homework/mistakes/index?child=child-1")
    await phone.tap("add")
    await phone.is_at("homework/mistake/index")
    await phone.tap("save")
    await expect(phone.part("wrong")).to_have_text("请选学科")
    await phone.part("subject").first.tap()
    await phone.tap("save")
    await expect(phone.part("wrong")).to_have_text("请拍一张照片，或写几句话")
    await phone.shoot(screenshot, "2-nothing-yet")
    picture = tmp_path / "1.jpg"
    picture.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("picture")
    await (await chooser.value).set_files([picture])
    await frame(phone)
    await phone.tap("save")
    await phone.is_at("homework/mistakes/index")
    assert stub.entered[1]["file_id"].startswith("file-")
    assert stub.entered[1]["subject"] == "maths"

    await phone.part("edit").last.tap()
    await phone.is_at("homework/mistake/index")
    await phone.correct("想记下的话", "先换成厘米再算。")
    await phone.tap("cause-method")
    await phone.shoot(screenshot, "3-said-anew")
    await phone.tap("save")
    await phone.is_at("homework/mistakes/index")
    await phone.shoot(screenshot, "4-book")
    await phone.part("edit").last.tap()
    await phone.is_at("homework/mistake/index")
    await phone.tap("drop")
    await phone.answer("拿掉")
    await phone.is_at("homework/mistakes/index")
    said = {"note": "先换成厘米再算。", "knowledge": "单位换算", "cause": "method"}
    assert stub.changed == [("mistake-1", said), ("mistake-1", None)]


async def test_what_was_handed_in_is_there_when_the_homework_was_taken_back(
    parent: Handset, stub: FamilyStub
) -> None:
    pictures = [attachment(f"file-{n}", "picture", f"{n}.jpg") for n in (1, 2)]
    stub.works["homework-0"] = submission([version("", pictures)], mark(), state="marked")
    stub.taken_back.add("homework-0")
    await parent.open(TASK)
    await expect(parent.part("work").locator("img")).to_have_count(2)
    await expect(parent.part("hand-in")).to_have_count(0)
    await expect(parent.part("praised")).to_have_count(0)
    await expect(parent.part("article")).to_have_count(0)


async def test_what_was_handed_in_is_seen_without_a_network(
    parent: Handset, stub: FamilyStub
) -> None:
    pictures = [attachment(f"file-{n}", "picture", f"{n}.jpg") for n in (1, 2)]
    stub.works["homework-0"] = submission([version("", pictures)], mark(), state="marked")
    book = "homework/mistakes/index?child=child-1"
    for page, count in ((TASK, 2), (book, 1)):
        await parent.open(page)
        await expect(parent.part("picture").locator("img")).to_have_count(count)
    stub.failing = True
    for page, count in ((TASK, 2), (book, 1)):
        await parent.open(page)
        await expect(parent.part("picture").locator("img")).to_have_count(count)
        await expect(parent.front.get_by_role("status").first).to_contain_text("连不上网络")


async def test_good_work_of_the_class(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    await phone.open(TASK)
    await phone.tap("praised")
    await phone.is_at("homework/praised/index")
    await expect(phone.part("praised")).to_have_count(2)
    await expect(phone.part("picture").locator("img")).to_have_count(4)
    await phone.shoot(screenshot, "1-two")
    kept = "Object.keys(localStorage).filter((key) => /praised/.test(key + localStorage[key]))"
    assert await phone.page.evaluate(kept) == []
    stub.empty = True
    await phone.open("homework/praised/index?id=homework-0&child=child-1")
    await expect(phone.text("还没有好作业")).to_be_visible()
    await phone.shoot(screenshot, "2-none")


async def test_week(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open(EVENING)
    await phone.tap("week")
    await phone.is_at("homework/week/index")
    await expect(phone.part("work")).to_contain_text("老师估计一共 215 分钟")
    await expect(phone.part("work")).to_contain_text("5 / 6")
    await expect(phone.part("after")).not_to_be_visible()
    await phone.shoot(screenshot, "1-week")
    await phone.tap("before")
    await expect(phone.part("work")).to_contain_text("这一周没有作业")
    await phone.shoot(screenshot, "2-nothing")
    await phone.tap("after")
    await phone.tap("mistakes")
    await phone.is_at("homework/mistakes/index")
    stub.failing = True
    await phone.open("homework/week/index?child=child-2&day=2026-01-01")
    await expect(phone.text("没能打开")).to_be_visible()


async def test_report(phone: Handset, stub: FamilyStub, screenshot: Screenshot) -> None:
    await phone.open("homework/week/index?child=child-1")
    await expect(phone.part("work")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("report")
    await phone.is_at("homework/report/index")
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("total")).to_contain_text("作业 78 项")
    await expect(phone.part("total")).to_contain_text("66 / 78")
    await expect(phone.part("subjects")).to_contain_text("30 项，平均约 20 分钟")
    await phone.shoot(screenshot, "1-term")
    stub.empty = True
    await phone.open("homework/report/index?child=child-1")
    await expect(phone.part("total")).to_contain_text("还没有作业")
    await phone.shoot(screenshot, "2-nothing-yet")
    stub.failing = True
    await phone.open("homework/report/index?child=child-2")
    await expect(phone.text("没能打开")).to_be_visible()


async def test_the_notice_of_a_week_leads_to_it(parent: Handset, stub: FamilyStub) -> None:
    stub.rows[0] |= {"kind": "week"}
    await parent.open("pages/notice/index?id=notice-0")
    await parent.tap("way")
    await parent.is_at("homework/week/index")
    await expect(parent.part("work")).to_contain_text("作业 8 项")
    assert "GET /children/child-1/week" in stub.asked


async def test_the_word_that_work_came_back_leads_to_it(
    parent: Handset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    stub.rows[0] |= {"kind": "return", "about": "homework-0"}
    await parent.open("pages/notice/index?id=notice-0")
    await expect(parent.part("way")).to_have_text("看批注，去订正")
    await parent.shoot(screenshot, "1-word")
    await parent.tap("way")
    await parent.is_at("homework/task/index")
    assert "GET /homework/homework-0" in stub.asked


async def test_an_evening_that_was_seen_is_there_without_a_network(
    parent: Handset, stub: FamilyStub
) -> None:
    await parent.open(EVENING)
    await expect(parent.part("homework")).to_have_count(4)
    stub.failing = True
    await parent.open(EVENING)
    await expect(parent.part("homework")).to_have_count(4)
    await expect(parent.front.get_by_role("status").first).to_contain_text("连不上网络")
