"""The search in a browser: a phone with the largest writing, a desk; nothing runs off the page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from services.shelves import plant_starter
from tests.browser.phones import Screenshot
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import NewPage
from tests.desk import sign_in_at_desk
from tests.domain.search_samples import published_tree
from tests.miniapp.conftest import town as town
from tests.office import SCHOOL, a_class, settle_city, settle_staff
from tests.shelving import take_catalogue
from tests.town import Town


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await plant_starter(town.ctx)
    await take_catalogue(town.ctx, published_tree())
    return town


@pytest.mark.parametrize("size", ["2", "4"])
async def test_the_box_stands_in_the_column_of_a_phone(
    city: Town, new_page: NewPage, screenshot: Screenshot, size: str
) -> None:
    for width in (375, 1280):
        page = await new_page(width=width)
        await page.context.add_cookies([{"name": "yanshu_font", "value": size, "url": city.base}])
        await page.goto(f"{city.base}/links/{SCHOOL.id}/classes/{a_class(1).id}")
        field = page.get_by_role("searchbox", name="找资源")
        box, column = (
            await page.get_by_role("search").bounding_box(),
            await page.locator("main").bounding_box(),
        )
        assert box is not None
        assert column is not None
        assert (box["x"], box["width"]) == (column["x"], column["width"])
        # What it says of itself fits into it.
        assert await field.evaluate("one => one.scrollWidth <= one.clientWidth")
        await nothing_runs_off(page)
        await screenshot(page, f"1-shelf-{width}-{size}")
        await field.fill("snjyw")
        await page.get_by_role("button", name="搜索").click()
        await expect(page.locator(".book").first).to_contain_text("三年级 语文 统编版")
        await nothing_runs_off(page)
        await screenshot(page, f"2-found-{width}-{size}")
        await page.get_by_role("searchbox").fill("啊啊啊啊")
        await page.get_by_role("button", name="搜索").click()
        await expect(page.get_by_role("status")).to_contain_text("没有找到“啊啊啊啊”")


async def test_a_teacher_finds_a_book_at_a_desk_and_copies_its_link(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    desk = await new_page(width=1280)
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await sign_in_at_desk(desk, city.phone("wang"))
    await desk.goto(city.base + "/console/links")
    await desk.get_by_role("searchbox", name="找资源").fill("数学五下")
    await screenshot(desk, "1-shelf")
    await desk.get_by_role("button", name="搜索").click()
    hit = desk.locator(".hits li").first
    await expect(hit).to_contain_text("五年级 数学")
    await expect(hit.get_by_role("link", name="备课")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "2-found")
    await hit.get_by_role("button", name="复制链接").click()
    await expect(hit.get_by_role("button")).to_have_text("已复制")
    copied = await desk.evaluate("navigator.clipboard.readText()")
    opened = await hit.get_by_role("link").first.get_attribute("href")
    assert opened is not None
    assert copied.endswith(opened)
    await desk.set_viewport_size({"width": 375, "height": 812})
    await nothing_runs_off(desk)
    await screenshot(desk, "3-narrow")


async def test_the_office_looks_for_one_of_its_classes(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("chen"))
    await desk.goto(f"{city.base}/console/links/search?q=%E8%AF%AD%E6%96%87&class={a_class(3).id}")
    await expect(desk.get_by_label("为哪个班找")).to_have_value(a_class(3).id)
    await expect(desk.get_by_role("link", name="更多结果")).to_be_visible()
    await screenshot(desk, "1-office", full_page=True)
    await desk.get_by_role("link", name="更多结果").click()
    await expect(desk.locator(".hits li").first).to_be_visible()
    await desk.goto(f"{city.base}/console/links/search?q=a&class=nowhere")
    await expect(desk.get_by_text("语文")).to_have_count(0)
