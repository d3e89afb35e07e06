"""Links as pupils open them, at a shared tablet and in WeChat: nothing tells of who was there before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from playwright.async_api import Page, Request, expect

from domain.shelves import ShelfLevel, place_key
from services.shelves import plant_starter
from tests.browser.phones import Screenshot
from tests.browser.test_calendar import nothing_runs_off
from tests.browser.test_links import platform
from tests.conftest import NewPage
from tests.desk import sign_in_at_desk
from tests.domain.search_samples import published_tree
from tests.miniapp.conftest import town as town
from tests.office import SCHOOL, a_class, settle_city, settle_staff
from tests.shelving import SCHOOL_SHELF, hang, take_catalogue
from tests.town import Town

SHELF = replace(
    SCHOOL_SHELF, key=place_key(ShelfLevel.SCHOOL, SCHOOL.id), place_id=SCHOOL.id, school=SCHOOL
)
CLASS_PAGE = f"/links/{SCHOOL.id}/classes/{a_class(1).id}"
_TAGS = "/".join(f"e7bbce2c-0590-11ed-9c79-92fc3b3249d{n}" for n in range(3))
LONG = f"https://basic.smartedu.cn/syncClassroom?defaultTag={_TAGS}"
WIDTHS = (375, 768, 1280)
IN_WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
# What a page could have left behind in the browser for the next one to read.
LEFT_BEHIND = """async () => ({
  cookie: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: await indexedDB.databases(),
  caches: 'caches' in window ? await caches.keys() : [],
  workers: 'serviceWorker' in navigator ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  state: history.state,
})"""
NOTHING: dict[str, Any] = {
    "cookie": "",
    "local": [],
    "session": [],
    "databases": [],
    "caches": [],
    "workers": 0,
    "state": None,
}


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await plant_starter(town.ctx)
    await take_catalogue(town.ctx, published_tree())
    return town


async def looks_for(page: Page, words: str) -> None:
    await page.get_by_role("searchbox", name="找资源").fill(words)
    await page.get_by_role("button", name="搜索").click()
    await expect(page.get_by_role("status")).to_be_visible()


async def test_the_next_child_at_a_tablet_sees_nothing_of_the_one_before(
    city: Town, new_page: NewPage
) -> None:
    first = await new_page(width=768)
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    first.context.on("request", note)
    await first.context.route("https://basic.smartedu.cn/**", platform)
    await first.goto(city.base + CLASS_PAGE)
    await looks_for(first, "余文三年级")
    assert first.url == f"{city.base}/links/{SCHOOL.id}/search"
    await first.locator(".book .main").first.click()
    await first.wait_for_url("https://basic.smartedu.cn/**")
    # The platform is not told where the child came from; what was found is there again by one step back.
    outside = [request for request in asked if "smartedu" in request.url]
    assert outside
    assert all("referer" not in request.headers for request in outside)
    await first.go_back()
    await expect(first.locator(".book").first).to_be_visible()
    await first.get_by_role("link", name="返回资源页").click()
    await expect(first.get_by_role("heading", name="三年级1班学习资源")).to_be_visible()
    # No address that the browser can offer to the next child holds a word of it.
    assert not [
        request.url for request in asked if "q=" in request.url or "%E4%BD%99" in request.url
    ]
    assert await first.evaluate(LEFT_BEHIND) == NOTHING
    assert await first.context.cookies() == []
    # The next child has the very page that somebody has who was never here, link by link, also in its colours.
    untouched = await new_page(width=768)
    await untouched.goto(city.base + CLASS_PAGE)
    following = await first.context.new_page()
    await following.goto(city.base + CLASS_PAGE)
    assert await following.content() == await untouched.content()
    assert await following.screenshot(full_page=True) == await untouched.screenshot(full_page=True)
    assert await following.get_by_role("searchbox").input_value() == ""


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_open_pages_at_every_width(
    city: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await hang(
        city.ctx,
        SHELF,
        title="青禾小学图书馆：在线借阅、续借和新书推荐都在这里",
        note="借书证号是学号，密码问班主任",
        icon="reading",
        one_tap="yes",
    )
    page = await new_page(width=width)
    for path, name in (
        (f"/links/{SCHOOL.id}", "1-school"),
        (f"/links/{SCHOOL.id}/grades/3", "2-grade"),
        (CLASS_PAGE, "3-class"),
    ):
        await page.goto(city.base + path)
        await nothing_runs_off(page)
        await screenshot(page, f"{name}-{width}", full_page=True)
    await looks_for(page, "shuxue")
    await nothing_runs_off(page)
    await screenshot(page, f"4-found-{width}", full_page=True)
    before = await page.locator(".hits li, .tile, .book").all_inner_texts()
    await page.get_by_role("button", name="更多结果").click()
    await expect(page.locator(".book").first).to_be_visible()
    assert await page.locator(".tile, .book").all_inner_texts() != before
    assert "q=" not in page.url
    await looks_for(page, "啊啊啊啊")
    await nothing_runs_off(page)
    await screenshot(page, f"5-nothing-{width}")


@pytest.mark.parametrize("width", WIDTHS)
async def test_where_wechat_cannot_open_it_the_address_is_copied(
    city: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    entry = await hang(
        city.ctx, SHELF, title="国家中小学智慧教育平台：三年级数学上册课程学习", address=LONG
    )
    policy = replace(city.ctx.policy, closed_hosts=("smartedu.cn",))
    with patch.object(type(city.ctx), "policy", policy, create=True):
        city.ctx.links.forget(entry.id)
        page = await new_page(width=width)
        await page.set_extra_http_headers({"User-Agent": IN_WECHAT})
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(f"{city.base}/l/{entry.id}")
        await expect(page.get_by_text("在浏览器打开")).to_be_visible()
        await nothing_runs_off(page)
        shown = page.get_by_text(LONG)
        await expect(shown).to_be_visible()
        assert await shown.evaluate("one => one.scrollWidth <= one.clientWidth")
        await screenshot(page, f"1-closed-{width}")
        await page.get_by_role("button", name="复制网址").click()
        await expect(page.get_by_role("button", name="已复制")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == entry.address
        assert await page.context.cookies() == []


async def test_the_sheet_of_codes(city: Town, new_page: NewPage, screenshot: Screenshot) -> None:
    for number in range(3):
        title = f"阳光体育 {number}"
        await hang(city.ctx, SHELF, key=f"key-000{number}", title=title, note="每天一小时")
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("chen"))
    for width in WIDTHS:
        await desk.set_viewport_size({"width": width, "height": 900})
        for query, name, cards in (("", "school", 3), (f"?class={a_class(1).id}", "class", 2)):
            await desk.goto(f"{city.base}/console/links/sheet{query}")
            await expect(desk.locator(".link-card svg")).to_have_count(cards)
            await nothing_runs_off(desk)
            await screenshot(desk, f"1-{name}-{width}", full_page=True)
