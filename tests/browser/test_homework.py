"""Homework in a real browser: written in WeChat beside its evening, on the board, on paper, and in the monitor."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from playwright.async_api import FilePayload, Page, expect

from domain.roles import Role
from domain.times import SCHOOL_ZONE
from services.monitor_counting import count_weeks
from tests.browser.phones import Screenshot
from tests.browser.samples import picture_file
from tests.browser.test_calendar import nothing_runs_off
from tests.browser.test_console_office import at_desk
from tests.conftest import NewPage
from tests.desk import appoint_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import publish, teacher
from tests.town import SCHOOL, Town, school_class

CLASS, OTHER = school_class(1), school_class(2)
TEXT = "课本第 12 页 1-3 题，写在练习本上。"
SIZES = pytest.mark.parametrize("width", [375, 1280])


def today(town: Town) -> str:
    return str(town.ctx.now().astimezone(SCHOOL_ZONE).date())


async def others_homework(town: Town) -> None:
    """A head teacher of two classes; in the first, others have set 50 of the 60 minutes."""
    await town.settle_school(children=3, classes=2)
    for number, subject, minutes in ((1, "chinese", 30), (2, "english", 20)):
        await publish(
            town.ctx,
            await teacher(town.ctx, number, subject=subject),
            minutes=minutes,
            day=today(town),
            text="朗读课文第 8 课，读给家长听。",
        )


async def fill(page: Page, minutes: str) -> None:
    await page.get_by_label(CLASS.name).check()
    await page.get_by_label("学科").select_option("maths")
    await page.get_by_label("预计时长").fill(minutes)
    await page.get_by_label("作业内容").fill(TEXT)
    await page.get_by_label("拍照").check()


@SIZES
async def test_over_the_budget_then_shortened_then_on_the_board(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    town = quiet_town
    await others_homework(town)
    page = await new_page(width=width, height=812)
    await page.goto(town.phone("teacher").url("/h5/teach/homework"))
    await expect(page.get_by_text("还没有布置过作业")).to_be_visible()
    await screenshot(page, f"{width}-1-empty")
    await page.get_by_role("link", name="布置作业").click()
    await page.get_by_role("button", name="发布").click()
    await expect(page.get_by_text("请写作业内容")).to_be_visible()
    await screenshot(page, f"{width}-2-refused", full_page=True)
    await fill(page, "25")
    evening = page.locator("[data-forecast-block]")
    await expect(evening).to_contain_text("还剩 10 分钟")
    await expect(evening).to_contain_text("语文")
    await page.locator("[data-files]").set_input_files(
        [FilePayload(name="题目.jpg", mimeType="image/jpeg", buffer=picture_file())]
    )
    await expect(page.locator("input[name=file_ids]")).to_have_count(1)
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-3-written", full_page=True)
    await page.get_by_role("button", name="发布").click()
    clash = page.locator(".clash")
    await expect(clash).to_contain_text("会超出 15 分钟")
    await expect(clash).to_contain_text("老师1")
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-4-over", full_page=True)
    await clash.get_by_text("请班主任决定").first.click()
    await clash.get_by_role("button", name="请班主任决定").click()
    await expect(page.get_by_text("请写理由")).to_be_visible()
    await page.get_by_role("link", name="缩短，或者换一天").click()
    await page.get_by_label("预计时长").fill("10")
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-5-shorter", full_page=True)
    await page.get_by_role("button", name="再发一次").click()
    await expect(page.get_by_role("status").filter(has_text="已发布")).to_be_visible()
    await expect(page.get_by_alt_text("图片 1：题目.jpg")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-6-published", full_page=True)
    await page.get_by_role("link", name="谁看过").click()
    await page.get_by_role("link", name="修改或收回作业").click()
    own = page.url
    await page.goto(f"{town.base}/board/{SCHOOL.id}/classes/{CLASS.id}")
    await expect(page.get_by_text(TEXT)).to_be_visible()
    await expect(page.locator(".sum")).to_contain_text("60 分钟")
    await page.goto(own)
    await page.get_by_role("link", name="收回").click()
    await screenshot(page, f"{width}-7-sure")
    await page.get_by_role("button", name="确定收回").click()
    await expect(page.get_by_text("已收回", exact=True)).to_be_visible()
    await page.get_by_role("link", name="再布置").click()
    await expect(page.get_by_label("作业内容")).to_have_value(TEXT)
    await page.goto(town.phone("teacher").url("/h5/teach/homework"))
    await expect(page.locator(".tag", has_text="已收回")).to_be_visible()
    await screenshot(page, f"{width}-8-list")


@SIZES
async def test_the_board_of_a_class_a_grade_and_the_school_on_screen_and_on_paper(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    town = quiet_town
    await others_homework(town)
    page = await new_page(width=width, height=812)
    board = f"{town.base}/board/{SCHOOL.id}"
    for name, path in (("school", ""), ("grade", "/grades/3"), ("class", f"/classes/{CLASS.id}")):
        await page.goto(board + path)
        await expect(page.get_by_text("语文")).to_be_visible()
        await nothing_runs_off(page)
        await screenshot(page, f"{width}-{name}", full_page=True)
    await page.get_by_role("link", name="前一天").click()
    await expect(page.get_by_text("没有作业")).to_be_visible()
    await page.goto(board)
    await page.emulate_media(media="print")
    await expect(page.locator("nav")).to_be_hidden()
    await screenshot(page, f"{width}-paper", full_page=True)
    assert (await page.pdf(format="A4")).startswith(b"%PDF")


@SIZES
async def test_the_monitor_from_a_figure_to_what_it_counts_and_in_excel(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int, tmp_path: Any
) -> None:
    town = quiet_town
    await others_homework(town)
    await count_weeks(town.ctx)
    await appoint_at(town, "office", SCHOOL, Role.OFFICE, name="教务处")
    page = await at_desk(town, new_page, "office", width)
    await page.goto(town.base + "/console/homework")
    await expect(page.get_by_role("heading", name="作业总量")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-school", full_page=True)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Excel").click()
    path = tmp_path / "monitor.xlsx"
    await (await download.value).save_as(path)
    cells = [str(c) for row in openpyxl.load_workbook(path).worksheets[0].values for c in row]
    assert CLASS.name in cells
    await page.get_by_role("link", name=CLASS.name).first.click()
    await expect(page.get_by_text("语文 30 分钟")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-class", full_page=True)
    await page.goto(town.base + "/console/homework?span=term")
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-term", full_page=True)
