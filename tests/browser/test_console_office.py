"""Roles, places, settings and the log in a real browser, at a desk and on a tablet."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from tests.desk import appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import DISTRICT, settle_city, settle_staff
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
WIDTHS = pytest.mark.parametrize("width", [1280, 820])


async def at_desk(town: Town, new_page: NewPage, key: str, width: int) -> Page:
    """Somebody at a desk, signed in by the QR."""
    page = await new_page(width=width, height=900, scale=1.0)
    await sign_in_at_desk(page, town.phone(key))
    return page


async def nothing_runs_off(page: Page) -> None:
    """Nobody has to scroll sideways."""
    root = "document.documentElement"
    wide, room = await page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]")
    assert wide <= room


@WIDTHS
async def test_the_administrator_offers_roles(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    page = await at_desk(quiet_town, new_page, "chen", width)
    await page.get_by_role("link", name="任职与权限").first.click()
    await expect(page.get_by_role("heading", name="任职与权限")).to_be_visible()
    await nothing_runs_off(page)
    await page.locator("#subject_teacher").get_by_role("link", name="邀请").click()
    await page.get_by_role("button", name="生成邀请二维码").click()
    await expect(page.get_by_text("请选择班级")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "form")
    await page.get_by_label("班级").select_option(label="三年级1班")
    await page.get_by_label("学科").select_option(label="数学")
    await page.get_by_label("称呼").fill("周敏")
    await page.get_by_role("button", name="生成邀请二维码").click()
    await expect(
        page.get_by_role("heading", name="邀请担任三年级1班任课教师（数学）")
    ).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "link", full_page=True)
    await page.get_by_role("button", name="复制链接").click()
    await expect(page.get_by_role("button", name="已复制")).to_be_visible()
    await page.get_by_role("link", name="完成").click()
    await expect(page.get_by_text("等待接受的邀请")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "roles", full_page=True)
    await page.get_by_role("link", name="打印班主任邀请卡").click()
    await screenshot(page, "heads")
    await page.get_by_role("button", name="张卡片").click()
    await expect(page.locator(".invite-card")).to_have_count(8)
    await nothing_runs_off(page)
    await screenshot(page, "cards", full_page=True)
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 794, "height": 1123})
    await screenshot(page, "sheet", full_page=True)


@WIDTHS
async def test_the_administrator_ends_a_role(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    page = await at_desk(quiet_town, new_page, "chen", width)
    await page.goto(quiet_town.base + "/console/roles")
    await page.locator("#office").get_by_role("link", name="结束").click()
    await expect(page.get_by_text("导入名册、修改学生和班级")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "sure")
    await page.get_by_role("button", name="结束任职").click()
    await expect(page.get_by_text("任职已结束")).to_be_visible()
    await page.get_by_text("曾经任职").click()
    await expect(page.locator(".past").get_by_text("李芳")).to_be_visible()
    await page.locator("#school_admin").get_by_role("link", name="结束").click()
    await expect(page.get_by_text("最后一位管理员")).to_be_visible()
    await screenshot(page, "last")


@WIDTHS
async def test_a_city_looks_after_its_places(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_city(quiet_town)
    page = await at_desk(quiet_town, new_page, "yu", width)
    await page.goto(quiet_town.base + "/console/places")
    await expect(page.locator(".places").get_by_role("link", name="芝罘区")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "city", full_page=True)
    await page.locator(".places").get_by_role("link", name="芝罘区").click()
    await expect(page.get_by_text("还没有负责人").first).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "district", full_page=True)
    await page.get_by_role("link", name="新建学校").click()
    await page.get_by_label("名称").fill("海阳路小学")
    await page.get_by_label("小学").check()
    await screenshot(page, "new")
    await page.get_by_role("button", name="新建").click()
    await expect(page.locator(".tree [aria-current]")).to_have_text("芝罘区")
    await expect(page.get_by_text("海阳路小学")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="海阳路小学")
    await row.get_by_role("link", name="修改").click()
    await page.get_by_label("所属区域").select_option(label="　福山区")
    await screenshot(page, "edit")
    await page.get_by_role("button", name="保存").click()
    row = page.get_by_role("row").filter(has_text="海阳路小学")
    await row.get_by_role("link", name="管理员").click()
    await expect(page.get_by_text("还没有具体负责人")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "below")
    await page.goto(quiet_town.base + "/console/places")
    await page.get_by_label("按名称查找").fill("小学")
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_text("海阳路小学")).to_be_visible()
    await screenshot(page, "found")


@WIDTHS
async def test_the_administrator_changes_settings(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    page = await at_desk(quiet_town, new_page, "chen", width)
    await page.goto(quiet_town.base + "/console/settings")
    await nothing_runs_off(page)
    await screenshot(page, "form", full_page=True)
    await page.get_by_label("家人确认的时间").fill("100")
    await page.get_by_role("button", name="核对变化").click()
    await expect(page.get_by_text("请填 1 到 72 之间的整数")).to_be_visible()
    await page.get_by_label("家人确认的时间").fill("48")
    await page.get_by_label("五四学制", exact=True).check()
    await page.get_by_label("一行写一门").fill("经典诵读\n陶艺")
    await page.get_by_role("button", name="核对变化").click()
    await expect(page.get_by_role("row").filter(has_text="家人确认的时间")).to_contain_text("48")
    await nothing_runs_off(page)
    await screenshot(page, "review")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("设置已保存")).to_be_visible()
    await page.get_by_text("在所有设备上退出").click()
    await page.get_by_role("button", name="确定全部退出").click()
    await expect(page.get_by_text("请用微信扫一扫登录")).to_be_visible()


@WIDTHS
async def test_the_administrator_reads_the_log(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    page = await at_desk(quiet_town, new_page, "chen", width)
    for role, name in (("office", "赵海"), ("school_admin", "钱进")):
        await page.goto(quiet_town.base + f"/console/roles/offer?role={role}")
        await page.get_by_label("称呼").fill(name)
        await page.get_by_role("button", name="生成邀请二维码").click()
    await page.goto(quiet_town.base + "/console/settings")
    await page.get_by_label("申请的有效期").fill("14")
    await page.get_by_role("button", name="核对变化").click()
    await page.get_by_role("button", name="保存").click()
    await page.get_by_role("link", name="操作记录").first.click()
    entry = page.locator(".log > li").filter(has_text="修改了设置")
    await expect(entry).to_contain_text("陈静（学校管理员）")
    await entry.get_by_text("详情").click()
    await expect(entry.get_by_role("row").filter(has_text="申请的有效期")).to_contain_text("14")
    await nothing_runs_off(page)
    await screenshot(page, "log", full_page=True)
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="导出 Excel").click()
    download = await coming.value
    assert download.suggested_filename.startswith("青禾小学操作记录")
    await page.get_by_role("button", name="检查是否完整").click()
    await expect(page.get_by_text("条记录完整，没有被改动过")).to_be_visible()
    await expect(page.get_by_text("导出了操作记录")).to_be_visible()
    await screenshot(page, "checked")
    await page.get_by_label("操作").select_option(label="登录管理台")
    await page.get_by_role("button", name="筛选").click()
    await expect(page.locator(".log > li")).to_have_count(1)


async def test_a_district_sees_no_other_places(quiet_town: Town, new_page: NewPage) -> None:
    await settle_city(quiet_town)
    page = await at_desk(quiet_town, new_page, "zhi", 1280)
    await page.goto(quiet_town.base + "/console/places")
    await expect(page.get_by_text("青禾小学")).to_be_visible()
    await expect(page.get_by_text("福山第一小学")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 375])
async def test_two_places_on_a_phone(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle_staff(quiet_town)
    phone = await appoint_at(quiet_town, "wang", DISTRICT, Role.OBSERVER, name="王强")
    page = await new_page(width=width, height=760)
    await page.goto(phone.url("/h5/"))
    await expect(page.get_by_text("王老师，您好")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "school", full_page=True)
    await page.get_by_role("button", name="芝罘区").click()
    await expect(page.get_by_text("王强，您好")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "district", full_page=True)
