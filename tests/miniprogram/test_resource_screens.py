"""Local resources on a teacher's phone over a server that answers at will: the list, one of them, every look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import ORIGIN
from tests.miniprogram.test_links_screens import KeeperStub
from tests.resourcing import a_document

MATHS = {"code": "maths", "name": "数学"}
TITLES = (
    ("分数的初步认识", "plan", "第八单元 第 1 课"),
    ("口算练习一百题：两位数乘一位数（不进位和进位混合），带答案", "exercise", "第四单元"),
    ("用折纸认识几分之一", "video", ""),
)


def row(number: int, *, used: int = 0, rated: int = 0) -> dict[str, Any]:
    """Resource number N of the list."""
    title, kind, chapter = TITLES[number]
    average = 4.5 if rated >= 3 else None
    return {
        "id": f"r{number}", "kind": kind, "title": title, "grade": 3, "subject": MATHS, "book": "人教版 上册",
        "chapter": chapter, "school": "青禾小学", "author": "周敏",
        "rating": {"used": used, "rated": rated, "average": average},
    }  # fmt: skip


class ResourcesStub(KeeperStub):
    """A school with a library."""

    gone = False

    def __init__(self) -> None:
        super().__init__()
        self.opened = False
        self.stars = 0

    async def handle(self, route: Route) -> None:
        """One request; a file of a resource is bytes, and opening it is using it."""
        if "/teaching/resources/" in route.request.url and "/files/" in route.request.url:
            self.opened = True
            await route.fulfill(content_type="application/octet-stream", body=a_document())
        else:
            await super().handle(route)

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        match method, path.strip("/").split("/"):
            case "GET", ["search"]:
                hit: dict[str, Any] = {
                    "kind": "resource", "id": "r0", "title": TITLES[0][0], "note": TITLES[0][2], "icon": "lesson",
                    "subject": MATHS, "level": None, "url": f"{ORIGIN}/console/resources/r0", "pages": [],
                }  # fmt: skip
                return 200, {"hits": [hit], "total": 1, "next_cursor": None}
            case "GET", ["teaching", "resources"] if not self.gone:
                rows = [] if self.empty else [row(0, used=12, rated=5), row(1, used=2), row(2)]
                items = [one for one in rows if query.get("kind") in (None, "", one["kind"])]
                known = {"subjects": [MATHS], "grades": [1, 2, 3]}
                return 200, {"items": items, "next_cursor": None, **known}
            case "PUT", ["teaching", "resources", _, "stars"]:
                self.stars = json.loads(given)["stars"]
                return 200, self.one()
            case "GET", ["teaching", "resources", _] if not self.gone:
                return 200, self.one()
            case "GET", ["teaching", "resources", *_]:
                return 404, self._error("not_found")
        return super().answer(method, path, query, given)

    def one(self) -> dict[str, Any]:
        """The first, with its files."""
        files = [
            ("f1", "document", "教案.docx", 48_213, 0),
            ("f2", "video", "微课.mp4", 9_400_000, 372),
        ]
        names = ("file_id", "kind", "name", "size_bytes", "seconds")
        return {
            **row(0, used=12 + self.opened, rated=5),
            "summary": "用折纸引入，二十分钟；后面是一段微课。",
            "files": [dict(zip(names, one, strict=True)) for one in files],
            "mine": False,
            "used": self.opened,
            "stars": self.stars,
        }


@pytest.fixture
async def stub() -> AsyncIterator[ResourcesStub]:
    """A teacher's answers at will, held to the API's declarations."""
    stub = ResourcesStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(
    new_handset: NewHandset, stub: ResourcesStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone with writing of either size."""

    async def code() -> str:
        return "code"

    handset = await new_handset(ORIGIN, login=code)
    await stub.attach(handset.context)
    await handset.remember(consented=True, text_size=request.param)
    return handset


async def test_found_opened_and_rated(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/shelf/index?teaching=1")
    await expect(phone.part("resources")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("resources")
    await phone.is_at("links/resources/index")
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("resource")).to_have_count(3)
    await expect(phone.part("resource").first).to_contain_text("4.5 分 · 12 人用过")
    await expect(phone.part("resource").nth(1)).to_contain_text("2 人用过")
    await expect(phone.part("resource").last).to_contain_text("还没有老师用过")
    await phone.shoot(screenshot, "1-list")
    await phone.part("resource").first.tap()
    await phone.is_at("links/resource/index")
    await expect(phone.text("打开过文件，就可以评分")).to_be_visible()
    await expect(phone.part("star")).to_have_count(0)
    await phone.shoot(screenshot, "2-one")
    await phone.part("file").first.tap()
    await expect(phone.part("star")).to_have_count(5)
    await phone.part("star").nth(4).tap()
    await expect(phone.part("star").nth(4)).to_have_attribute("aria-checked", "true")
    assert stub.stars == 5
    await phone.shoot(screenshot, "3-rated")


async def test_a_library_that_cannot_be_loaded_or_is_empty(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open("links/resources/index")
    await expect(phone.text("没能打开")).to_be_visible()
    stub.failing, stub.empty = False, True
    await phone.tap("state-act")
    await expect(phone.text("还没有这样的资源")).to_be_visible()
    await phone.shoot(screenshot, "1-none")
    stub.gone = True
    await phone.open("links/resource/index?id=r9")
    await expect(phone.text("您看不到校本资源")).to_be_visible()


async def test_the_search_finds_it_and_leads_to_its_page(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/search/index?class=class-2")
    await phone.type("找资源", "分数")
    await phone.tap("look")
    await expect(phone.part("hit")).to_contain_text("校本资源 · 数学 · 第八单元 第 1 课")
    await phone.shoot(screenshot, "1-found")
    await phone.tap("hit")
    await phone.is_at("links/resource/index")
    await expect(phone.text("分数的初步认识")).to_be_visible()
