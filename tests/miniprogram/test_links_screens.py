"""The screens of links over a server that answers at will: loading, failing, empty, full; every look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.domain.catalogue_samples import book
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import FamilyStub
from tests.miniprogram.homework_teacher_stub import HomeworkTeacherStub
from tests.miniprogram.stub import CHILDREN, phone_over

SHELF = "links/shelf/index?child=child-1"
BASE = "https://school.example.cn"
ENTRIES = (
    ("国家中小学智慧教育平台", "国家平台首页", "school", "national", True),
    ("课程教学", "按教材章节自主学习", "lesson", "national", True),
    ("班级相册和每周单词听写录音", "周五更新", "video", "class", False),
    ("校园数字图书馆", "", "reading", "school", False),
    ("区里的名师课堂", "名师录课，跟着单元学", "video", "district", False),
    ("课后服务", "经典阅读、影视、科普", "reading", "national", False),
)
BOOKS = (
    "四年级 语文 统编版 上册",
    "四年级 数学 人教版 上册",
    "四年级 英语 外研社版（主编：陈琳） 上册",
)


def links(child: str = "child-1", *, empty: bool = False) -> dict[str, Any]:
    """What a family finds."""
    rows = [
        {
            "code": f"abcde{n}", "title": title, "note": note, "icon": icon, "level": level, "subject": None,
            "pinned": False, "one_tap": one_tap, "url": f"{BASE}/l/abcde{n}?v=zzzzz", "address": f"{BASE}/x",
        }
        for n, (title, note, icon, level, one_tap) in enumerate(ENTRIES)
    ]  # fmt: skip
    books = [
        {
            "id": book(title).id, "title": title,
            "subject": {"code": book(title).subject, "name": title.split()[1]},
            "pages": [{"page": page, "url": f"{BASE}/l/{page}{n}"} for page in ("student", "textbook")],
        }
        for n, title in enumerate(BOOKS)
    ]  # fmt: skip
    return {
        "school_id": "school-a", "school_name": "青禾小学", "class_id": "class-1", "class_name": "三年级二班",
        "child_id": child, "children": [{"id": c["id"], "name": c["name"]} for c in CHILDREN],
        "books": [] if empty else books, "links": [] if empty else rows,
    }  # fmt: skip


class LinksStub(FamilyStub):
    """A family with a full shelf."""

    gone = False

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        if (method, path) == ("GET", "/links"):
            if self.gone:
                return 404, self._error("not_found")
            return 200, links(query.get("child", "child-1"), empty=self.empty)
        return super().answer(method, path, query, given)


@pytest.fixture
async def stub() -> AsyncIterator[LinksStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = LinksStub()
    yield stub
    assert stub.drift == []


async def test_links(phone: Handset, stub: LinksStub, screenshot: Screenshot) -> None:
    await phone.open()
    await expect(phone.part("tonight")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("links")
    await phone.is_at("links/shelf/index")
    await expect(phone.part("skeleton")).to_be_visible()
    await phone.shoot(screenshot, "1-skeleton")
    stub.slow.set()
    await expect(phone.part("link")).to_have_count(len(ENTRIES))
    await expect(phone.part("book")).to_have_count(len(BOOKS))
    await expect(phone.part("one-tap")).to_contain_text("国家中小学智慧教育平台")
    await phone.shoot(screenshot, "2-links")
    await phone.part("level-class").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-shelves")
    await phone.part("kid").last.tap()
    await expect(phone.part("kid").last).to_have_attribute("aria-selected", "true")
    await phone.part("book").first.tap()
    await expect(phone.page.get_by_role("dialog")).to_contain_text("网址已复制")
    await phone.shoot(screenshot, "4-copied")


async def test_links_that_cannot_be_loaded_or_are_none(
    phone: Handset, stub: LinksStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open(SHELF)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")
    stub.failing, stub.empty = False, True
    await phone.tap("state-act")
    await expect(phone.text("这里还没有资源")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.gone = True
    await phone.open(SHELF.replace("child-1", "child-9"))
    await expect(phone.text("还看不到学习资源")).to_be_visible()
    await phone.shoot(screenshot, "3-nobody")


def own(number: int, **changes: Any) -> dict[str, Any]:
    """Entry number N of a class's own shelf."""
    return {
        "code": f"abcd2{number}", "title": "每周单词听写录音", "address": "https://basic.smartedu.cn/words",
        "book_id": "", "page": "student", "note": "周五更新", "icon": "video", "subject": "", "valid_until": None,
        "order": 10 * number, "pinned": False, "health": "good", "url": f"{BASE}/l/abcd2{number}", "version": 1,
        **changes,
    }  # fmt: skip


def used(code: str, **changes: int) -> dict[str, Any]:
    """How often an entry was opened."""
    return {"code": code, "families": 0, "teachers": 0, "others": 0, "term": 0, **changes}


class KeeperStub(HomeworkTeacherStub):
    """A teacher who keeps the class's shelf."""

    few = False

    def __init__(self) -> None:
        super().__init__()
        self.entries = [
            own(2),
            own(3, title="口算练习", icon="exercise", health="dead", note=""),
            own(4, title="秋游照片", icon="art", valid_until="2026-09-30"),
        ]

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["teaching", "links"]:
                return 200, {**links(), "children": [], "child_id": None}
            case "GET", ["teaching", "classes", "class-1", "links"]:
                uses = [used("abcd22", families=21, teachers=2, term=96), used("abcd23", term=4)]
                uses.append(used("abcd24"))
                shown = {"entries": [], "uses": []} if self.empty else {"entries": self.entries}
                return 200, {"uses": None if self.few else uses, **shown}
            case "POST", ["teaching", "classes", _, "links"]:
                self.entries.append({**own(9), **json.loads(given)})
                return 201, self.entries[-1]
            case "PUT", ["teaching", "classes", _, "links", code]:
                (found,) = [one for one in self.entries if one["code"] == code]
                found |= json.loads(given) | {"version": found["version"] + 1}
                return 200, found
            case "DELETE", ["teaching", "classes", _, "links", code]:
                self.entries = [one for one in self.entries if one["code"] != code]
                return 200, {"done": True}
        return super().answer(method, path, query, given)


@pytest.fixture
async def keeper() -> AsyncIterator[KeeperStub]:
    """A teacher's answers at will, held to the API's declarations."""
    stub = KeeperStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def desk(
    new_handset: NewHandset, keeper: KeeperStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone with writing of either size."""
    return await phone_over(new_handset, keeper, text_size=request.param)


async def test_keeping_a_shelf(desk: Handset, keeper: KeeperStub, screenshot: Screenshot) -> None:
    await desk.open("links/shelf/index?teaching=1")
    await desk.tap("keep")
    await desk.is_at("links/keep/index")
    await expect(desk.part("own")).to_have_count(3)
    await expect(desk.front.get_by_role("alert")).to_have_text(
        ["打不开了，已从班里的页面收起，请换一个网址", "已过有效期"]
    )
    await expect(desk.part("opened")).to_have_text(
        [
            "近 7 天打开 23 次（学生和家长 21，教师 2） · 本学期 96 次",
            "近 7 天没有打开 · 本学期 4 次",
            "本学期还没有人打开",
        ]
    )
    await desk.shoot(screenshot, "1-shelf")
    await desk.part("pin").first.tap()
    await expect(desk.part("pin").first).to_have_text("取消置顶")
    assert keeper.entries[0]["pinned"] is True
    await desk.part("change").nth(1).tap()
    await desk.correct("网址", "http://nowhere")
    await desk.tap("save")
    await expect(desk.front.get_by_role("alert")).to_have_text(["网址要以 https:// 开头"])
    await desk.shoot(screenshot, "2-wrong")
    await desk.correct("网址", "https://basic.smartedu.cn/sums")
    await desk.correct("顺序（小的在前）", "5")
    await desk.tap("pinned")
    await desk.tap("save")
    await expect(desk.part("own")).to_have_count(3)
    assert keeper.entries[1]["address"] == "https://basic.smartedu.cn/sums"
    assert (keeper.entries[1]["order"], keeper.entries[1]["pinned"]) == (5, True)
    await desk.tap("add")
    await desk.type("名称", "阳光体育")
    await desk.type("网址", "https://basic.smartedu.cn/sport")
    await desk.part("icon").nth(6).tap()
    await desk.shoot(screenshot, "3-new")
    await desk.tap("save")
    await expect(desk.part("own")).to_have_count(4)
    await desk.part("off").first.tap()
    await desk.answer("拿下来")
    await expect(desk.part("own")).to_have_count(3)
    assert "每周单词听写录音" not in [one["title"] for one in keeper.entries]


async def test_of_a_small_class_no_number_is_on_its_shelf(
    desk: Handset, keeper: KeeperStub, screenshot: Screenshot
) -> None:
    keeper.few = True
    await desk.open("links/keep/index?class=class-1&name=三年级二班")
    await expect(desk.text("人数少，打开次数不显示")).to_be_visible()
    await expect(desk.part("opened")).to_have_count(0)
    await desk.shoot(screenshot, "1-few")


async def test_a_shelf_that_cannot_be_loaded_or_is_empty(
    desk: Handset, keeper: KeeperStub, screenshot: Screenshot
) -> None:
    keeper.failing = True
    await desk.open("links/keep/index?class=class-1")
    await expect(desk.text("没能打开")).to_be_visible()
    await desk.shoot(screenshot, "1-failed")
    keeper.failing, keeper.empty = False, True
    await desk.tap("state-act")
    await expect(desk.text("本班还没有自己的链接")).to_be_visible()
    await desk.shoot(screenshot, "2-none")
