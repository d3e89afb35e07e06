"""The new school year in a real browser: looked at, chosen, begun, undone; at a desk and on a tablet."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from domain.rollover_plans import years_to_choose
from domain.schools import SchoolClass
from domain.stages import Stage
from services.terms import school_day
from tests.desk import appoint_at, sign_in_at_desk
from tests.flows.conftest import town as town
from tests.new_year import Eve, an_eve, settle
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
PAGE = "/console/rollover"


async def desk_page(town: Town, eve: Eve, new_page: NewPage, width: int) -> Page:
    """A browser window in which the school's office is signed in."""
    phone = await appoint_at(town, "chen", eve.school, Role.OFFICE, name="陈老师")
    page = await new_page(width=width, height=900, scale=1.0)
    await sign_in_at_desk(page, phone)
    await page.goto(town.base + PAGE)
    return page


async def nothing_runs_off(page: Page) -> None:
    """Nobody has to scroll the page sideways."""
    root = "document.documentElement"
    wide, room = await page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]")
    assert wide <= room


@pytest.mark.parametrize("width", [1280, 820])
async def test_the_office_takes_its_school_into_the_new_year_and_back(
    town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    eve = an_eve(per_grade=4, pupils=9)
    await settle(town.ctx, eve)
    page = await desk_page(town, eve, new_page, width)
    await expect(page.get_by_role("img", name="20 个班升一个年级")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "1-preview", full_page=True)
    await page.get_by_role("spinbutton", name="一年级").fill("99")
    await page.get_by_role("button", name="按这些重新画").click()
    await expect(page.get_by_role("spinbutton", name="一年级")).to_have_value("99")
    await page.get_by_role("spinbutton", name="一年级").fill("5")
    await page.get_by_label("孙老师").check()
    await page.get_by_role("button", name="按这些重新画").click()
    await expect(page.get_by_text("留在三年级")).to_be_visible()
    await page.get_by_role("button", name="下一步：核对").click()
    await expect(page.get_by_role("heading", name="确认升入")).to_be_visible()
    await page.get_by_role("textbox").fill("35")
    await page.get_by_role("button", name="开始升级").click()
    await expect(page.get_by_text("人数不对")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "2-confirm", full_page=True)
    await page.get_by_role("textbox").fill("36")
    await page.get_by_role("button", name="开始升级").click()
    await expect(page.get_by_text("还可以撤销")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "3-done", full_page=True)
    await page.get_by_role("link", name="撤销升级").click()
    await expect(page.get_by_text("家长不会收到消息")).to_be_visible()
    await screenshot(page, "4-undo")
    await page.get_by_role("button", name="撤销升级").click()
    await expect(page.get_by_role("button", name="下一步：核对")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 820])
async def test_a_school_with_every_stage_is_drawn_so_that_it_can_be_read(
    town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    eve = an_eve(
        stages=(Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR), name="青禾学校", per_grade=2, pupils=3
    )
    await settle(town.ctx, eve)
    page = await desk_page(town, eve, new_page, width)
    await expect(page.get_by_text("九年级读完以后")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "drawing", full_page=True)
    border = page.locator("section", has_text="九年级读完以后")
    await border.get_by_label("整班升入本校高一年级").check()
    await page.get_by_role("button", name="按这些重新画").click()
    await expect(page.locator(".column.out")).to_have_count(1)
    await screenshot(page, "straight-on", full_page=True)


async def test_what_is_missing_is_asked_first(
    town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    eve = an_eve(pupils=1)
    eve.school = replace(eve.school, stages=(), year=0)
    eve.classes = [replace(c, entered=0, label="") for c in eve.classes]
    odd = SchoolClass(id="odd", school_id=eve.school.id, name="三十一班", grade=3)
    eve.classes.append(odd)
    await settle(town.ctx, eve)
    page = await desk_page(town, eve, new_page, 1280)
    await expect(page.get_by_label("小学")).to_be_checked()
    await page.get_by_role("button", name="保存，看升级预览").click()
    await expect(page.get_by_text("请选学年")).to_be_visible()
    await screenshot(page, "setup", full_page=True)
    last_year, this_year = years_to_choose(school_day(town.ctx.now()))
    await page.get_by_label(f"{last_year}—{this_year} 学年").check()
    await page.get_by_role("button", name="保存，看升级预览").click()
    await expect(page.get_by_text("三十一班")).to_be_visible()
    await screenshot(page, "in-the-way", full_page=True)


async def test_while_it_runs_the_page_says_how_far_it_is(
    town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    await town.stop_worker()
    eve = an_eve(pupils=1)
    await settle(town.ctx, eve)
    page = await desk_page(town, eve, new_page, 820)
    await page.get_by_role("button", name="下一步：核对").click()
    await page.get_by_role("textbox").fill("1")
    await page.get_by_role("button", name="开始升级").click()
    await expect(page.get_by_text("已完成 0 步")).to_be_visible()
    await screenshot(page, "running")
    town.start_worker()
    await expect(page.get_by_text("还可以撤销")).to_be_visible()
