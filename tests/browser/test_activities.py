"""Activities and leave in a real browser at a desk, wide and as narrow as a phone: nothing runs off the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from domain.roles import Role
from tests.browser.phones import sign_with_mouse
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import appoint_at, sign_in_at_desk
from tests.handlers.conftest import Village, photograph
from tests.handlers.conftest import village as village
from tests.handlers.test_activities import asked_for_files
from tests.handlers.test_console_activities import CHILD, CHILD_NAME, ask_leave, decided
from tests.handlers.test_console_themes import settle
from tests.miniapp.conftest import town as town
from tests.office import CITY, DISTRICT
from tests.town import SCHOOL
from tests.waiting import wait_until

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.mark.parametrize("width", [1280, 375])
async def test_a_head_teacher_decides_about_leave(
    village: Village, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await ask_leave(village)
    village.town.faults(quota=0)
    page = await new_page(width=width)
    await sign_in_at_desk(page, village.teacher)
    await page.goto(village.town.base + "/console/leaves")
    await nothing_runs_off(page)
    await screenshot(page, f"1-waiting-{width}", full_page=True)
    form = page.get_by_role("form", name=f"{CHILD_NAME}请假")
    await form.get_by_label("给家长的话").fill("好好休息")
    await form.get_by_role("button", name="批准").click()
    await expect(page.get_by_text("已决定，家长打开后能看到")).to_be_visible()
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("row", name=CHILD_NAME)).to_contain_text("批准了")
    await nothing_runs_off(page)
    await screenshot(page, f"2-decided-{width}", full_page=True)
    row = page.get_by_role("row", name=CHILD_NAME)

    async def is_told() -> bool:
        await page.reload()
        return "微信未送达" in await row.inner_text()

    await wait_until(is_told, description="the row says what became of it")
    await expect(row).to_contain_text("今天的模板消息额度用完了")
    await nothing_runs_off(page)
    await screenshot(page, f"3-not-brought-{width}", full_page=True)
    assert await decided(village) == [("approved", "好好休息")]


@pytest.mark.parametrize("font", ["2", "4"])
async def test_a_head_teachers_first_page_in_wechat_leads_to_the_leave_that_waits(
    village: Village, new_page: NewPage, screenshot: Screenshot, font: str
) -> None:
    await ask_leave(village)
    page, base = await new_page(width=375), village.town.base
    await page.context.add_cookies([{"name": "yanshu_font", "value": font, "url": base}])
    await page.goto(village.teacher.url("/h5/"))
    await expect(page.locator("html")).to_have_attribute("data-font", font)
    link = page.get_by_role("link", name="班里请假")
    await expect(link).to_contain_text("1")
    await nothing_runs_off(page)
    await screenshot(page, f"1-home-{font}", full_page=True)
    await link.click()
    await expect(page.get_by_text(CHILD_NAME)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 375])
async def test_a_parents_evening_is_published_answered_and_changed(
    village: Village, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    page = await new_page(width=width)
    await sign_in_at_desk(page, village.teacher)
    await page.goto(village.town.base + "/console/own-activities")
    await nothing_runs_off(page)
    await page.get_by_role("link", name="预约").click()
    await expect(page.get_by_role("heading", name="发布预约")).to_be_visible()
    await page.get_by_label("标题").fill("家长会预约")
    await page.get_by_label("说明").fill("每家十分钟，请选一个时段。")
    closes = village.town.ctx.now() + timedelta(days=2)
    await page.get_by_label("截止时间").fill(closes.strftime("%Y-%m-%dT%H:%M"))
    await page.get_by_label("选项，一行一个").fill("18:00\n18:10 | 2\n18:00")
    await page.get_by_role("button", name="加一道题").click()
    await page.get_by_label("第 2 题怎么答").select_option(label="文字")
    await expect(page.get_by_label("选项，一行一个")).to_have_count(2)
    await expect(page.get_by_label("选项，一行一个").last).to_be_hidden()
    await page.get_by_label("题目", exact=True).last.fill("想先聊什么？")
    await page.get_by_role("button", name="发布", exact=True).last.click()
    await expect(page.get_by_text("有两个选项一样")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"1-refused-{width}", full_page=True)
    await page.get_by_label("选项，一行一个").first.fill("18:00\n18:10 | 2\n18:20")
    await page.get_by_role("button", name="发布", exact=True).last.click()
    await expect(page.get_by_text("已发布")).to_be_visible()
    path = page.url.partition("?")[0]
    answer = {"child": CHILD, "q0": "o1", "q1": "数学"}
    await village.mother.post("/h5/activities/" + path.rpartition("/")[2], answer)
    await page.goto(path)
    await expect(page.get_by_role("row", name=CHILD_NAME)).to_contain_text("18:10")
    await nothing_runs_off(page)
    await screenshot(page, f"2-results-{width}", full_page=True)
    await page.get_by_role("link", name="修改").click()
    await page.get_by_label("18:00的名额").fill("3")
    await page.get_by_label("加选项").first.fill("18:30 | 2")
    await nothing_runs_off(page)
    await screenshot(page, f"3-change-{width}", full_page=True)
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("改过 1 次")).to_be_visible()
    await expect(page.get_by_role("row", name="18:30")).to_contain_text("2")
    await page.goto(village.town.base + "/console/own-activities")
    await nothing_runs_off(page)
    await screenshot(page, f"4-list-{width}", full_page=True)


@pytest.mark.parametrize("width", [1280, 375])
async def test_a_city_opens_its_figure_down_to_what_was_counted(
    village: Village, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle(village)
    city = await appoint_at(village.town, "c", CITY, Role.CITY_ADMIN, name="于洋")
    page = await new_page(width=width)
    await sign_in_at_desk(page, city)
    await page.goto(village.town.base + "/console/activities")
    await nothing_runs_off(page)
    await screenshot(page, f"1-city-{width}", full_page=True)
    await page.get_by_role("link", name=DISTRICT.name).click()
    await expect(page.get_by_role("link", name=SCHOOL.name)).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"2-district-{width}", full_page=True)
    await page.get_by_role("link", name=SCHOOL.name).click()
    await expect(page.get_by_text("亲子共读周")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"3-school-{width}", full_page=True)


async def test_a_mother_hands_in_a_picture_and_signs_in_wechats_browser(
    village: Village, new_page: NewPage, screenshot: Screenshot
) -> None:
    activity = await asked_for_files(village)
    page = await new_page(width=375)
    await page.goto(village.mother.url(f"/h5/activities/{activity}"))
    await nothing_runs_off(page)
    await page.get_by_label("孩子的作品").set_input_files(
        FilePayload(name="作品.jpg", mimeType="image/jpeg", buffer=photograph())
    )
    await expect(page.get_by_text("作品.jpg")).to_be_visible()
    await page.get_by_label("有什么想说的？").fill("没有")
    pad = page.locator("canvas[data-ink]")
    await pad.scroll_into_view_if_needed()
    await expect(page.get_by_role("button", name="用这个签名")).to_be_disabled()
    await sign_with_mouse(page, pad)
    await screenshot(page, "1-drawn", full_page=True)
    await page.get_by_role("button", name="用这个签名").click()
    await expect(page.get_by_text("已签名")).to_be_visible()
    await expect(pad).to_be_hidden()
    await page.get_by_role("button", name="重签").click()
    await expect(pad).to_be_visible()
    await sign_with_mouse(page, pad)
    await page.get_by_role("button", name="用这个签名").click()
    await expect(page.get_by_text("已签名")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "2-ready", full_page=True)
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("填好了")).to_be_visible()
    (answer,) = await village.town.ctx.stores.answers.of_activity("school-a", activity)
    assert [f.name for f in answer.files().values()] == ["作品.jpg", "手写签名.png"]
