"""The screen of the search over a server that answers at will: suggestions, what is found, none, failing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import FamilyStub

SEARCH = "links/search/index?child=child-1"
FIELD = "找资源"
BASE = "https://school.example.cn"
PAGE = 20
LINKS = (
    ("每日口算打卡", "三、四年级，每天五分钟", "exercise", "class"),
    ("校园数字图书馆", "借书、续借、电子书", "reading", "school"),
    ("区里的名师课堂", "", "video", "district"),
)


def _row(kind: str, number: int, title: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "id": f"{kind}-{number}", "title": title, "note": "", "icon": "book",
        "subject": {"code": "chinese", "name": "语文"}, "level": None,
        "url": f"{BASE}/l/{kind}{number}?v=zzzzz", "pages": [], **more,
    }  # fmt: skip


def hits() -> list[dict[str, Any]]:
    """Two pages of them: links of some levels, and books."""
    rows = [
        _row("link", n, title, note=note, icon=icon, level=level)
        for n, (title, note, icon, level) in enumerate(LINKS)
    ]
    for number in range(PAGE):
        pages = [
            {"page": p, "url": f"{BASE}/l/{p}{number}?v=zzzzz"} for p in ("student", "textbook")
        ]
        title = "三年级 语文 统编版 上册" if number == 0 else f"三年级 数学 第{number}种版本 下册"
        rows.append(_row("book", number, title, url=pages[0]["url"], pages=pages))
    return [rows[len(LINKS)], *rows[: len(LINKS)], *rows[len(LINKS) + 1 :]]


class SearchStub(FamilyStub):
    """What a family finds; nothing for 啊."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_for: list[dict[str, str]] = []
        self.often = False
        self.reading = False  # whether resources are still being read

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """(status, data or error)."""
        if (method, path) == ("GET", "/search/suggest"):
            titles = [row["title"] for row in hits()[:4]]
            return 200, {"suggestions": [] if "啊" in query["q"] else titles}
        if (method, path) == ("GET", "/search"):
            self.looked_for.append(query)
            if self.often:
                return 429, {
                    "code": "too_many",
                    "message": "找得太勤了，过一会儿再来",
                    "fields": {},
                }
            rows = [] if "啊" in query["q"] else hits()
            start = int(query.get("cursor", "0"))
            more = start + PAGE < len(rows)
            return 200, {
                "hits": rows[start : start + PAGE],
                "total": len(rows),
                "next_cursor": str(start + PAGE) if more else None,
                "reading": self.reading,
            }
        return super().answer(method, path, query, given)


@pytest.fixture
async def stub() -> AsyncIterator[SearchStub]:
    """A family's answers at will, held to the API's declarations."""
    stub = SearchStub()
    yield stub
    assert stub.drift == []


async def test_searching(phone: Handset, stub: SearchStub, screenshot: Screenshot) -> None:
    await phone.open()
    await phone.tap("search")
    await phone.is_at("links/search/index")
    await expect(phone.part("ways")).to_be_visible()
    await phone.type(FIELD, "三年级")
    await expect(phone.part("suggestion")).to_have_count(4)
    await phone.shoot(screenshot, "1-suggested")
    stub.slow = asyncio.Event()
    await phone.part("suggestion").first.tap()
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("hit")).to_have_count(PAGE)
    await expect(phone.part("count")).to_have_text(f"找到 {PAGE + len(LINKS)} 条")
    await expect(phone.part("hit").nth(1)).to_contain_text("班级 · 语文 · 三、四年级，每天五分钟")
    assert stub.looked_for[-1]["q"] == "三年级 语文 统编版 上册"
    await phone.shoot(screenshot, "2-found")
    await phone.part("door").first.tap()
    await expect(phone.page.get_by_role("dialog")).to_contain_text("网址已复制")
    await phone.answer("知道了")
    assert await phone.page.evaluate("window.__mini.clipboard") == (f"{BASE}/l/textbook0?v=zzzzz")
    await phone.part("hit").last.scroll_into_view_if_needed()
    await expect(phone.part("hit")).to_have_count(PAGE + len(LINKS))
    assert stub.looked_for[-1]["cursor"] == str(PAGE)


async def test_what_was_looked_for_stays_on_the_phone_until_it_is_cleared(
    phone: Handset, stub: SearchStub, screenshot: Screenshot
) -> None:
    await phone.open(SEARCH)
    for words in ("三年级语文", "口算", "数学五下", "口算"):
        await phone.correct(FIELD, words)
        await phone.tap("look")
        await expect(phone.part("hit")).to_have_count(PAGE)
    await phone.tap("clear")
    await expect(phone.part("recent")).to_have_text(["口算", "数学五下", "三年级语文"])
    await phone.shoot(screenshot, "1-recent")
    await phone.open(SEARCH)
    await phone.part("recent").last.tap()
    await expect(phone.part("hit")).to_have_count(PAGE)
    assert stub.looked_for[-1] == {"child": "child-1", "q": "三年级语文"}
    await phone.tap("clear")
    await phone.tap("forget")
    await expect(phone.part("recent")).to_have_count(0)
    kept = await phone.page.evaluate("JSON.stringify(localStorage)")
    assert "三年级语文" not in kept
    assert "口算" not in kept


async def test_nothing_found_and_no_network(
    phone: Handset, stub: SearchStub, screenshot: Screenshot
) -> None:
    await phone.open(SEARCH)
    await phone.type(FIELD, "啊啊")
    await phone.page.keyboard.press("Enter")
    await expect(phone.text("没有找到“啊啊”")).to_be_visible()
    await phone.shoot(screenshot, "1-none")
    stub.failing = True
    await phone.correct(FIELD, "口算")
    await phone.tap("look")
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "2-failed")
    stub.failing = False
    await phone.tap("state-act")
    await expect(phone.part("hit")).to_have_count(PAGE)
    stub.often = True
    await phone.tap("look")
    await expect(phone.text("找得太勤了，过一会儿再来")).to_be_visible()


async def test_that_resources_are_still_being_read_is_said_until_they_are(
    phone: Handset, stub: SearchStub, screenshot: Screenshot
) -> None:
    stub.reading = True
    await phone.open(SEARCH)
    await phone.type(FIELD, "啊啊")
    await phone.tap("look")
    await expect(phone.part("reading")).to_have_text("校本资源很多，还在整理，过一会儿再搜一次")
    await expect(phone.text("没有找到“啊啊”")).to_be_visible()
    await phone.shoot(screenshot, "1-nothing-yet")
    await phone.correct(FIELD, "口算")
    await phone.tap("look")
    await expect(phone.part("hit")).to_have_count(PAGE)
    await expect(phone.part("reading")).to_be_visible()
    await phone.shoot(screenshot, "2-the-rest")
    stub.reading = False
    await phone.tap("look")
    await expect(phone.part("hit")).to_have_count(PAGE)
    await expect(phone.part("reading")).to_have_count(0)
