"""A school's list in a real browser: uploaded with its dirt, watched, ticked, applied, the report opened."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from domain.roles import Role
from services.rosters import Wish, import_roster
from tests import school_lists as lists
from tests.browser.test_calendar import NewPage, Screenshot, desk_page, nothing_runs_off
from tests.flows.conftest import town as town
from tests.handlers.test_console_calendar import SCHOOL
from tests.town import Town

Upload = Callable[[Page, Path], Awaitable[None]]


async def hand_in(page: Page, path: Path) -> None:
    """Choose a file, and wait until a worker has tried it."""
    await page.get_by_role("link", name="名册导入").first.click()
    await page.locator("input[type=file]").set_input_files(path)
    await expect(page.locator(".at-work progress")).to_be_visible()
    await expect(page.get_by_text("等您确认")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("width", [1280, 820])
async def test_the_office_takes_in_a_list_with_dirt(
    town: Town, new_page: NewPage, screenshot: Screenshot, tmp_path: Path, width: int
) -> None:
    page = await desk_page(town, new_page, Role.OFFICE, width)
    before = lists.write_xlsx(tmp_path / "上学期.xlsx", lists.rows(130))
    await import_roster(town.ctx, Wish(file=before, school_id=SCHOOL.id, apply=True))
    rows = list(lists.rows(150, list(lists.DIRT)))
    del rows[20:24]  # four have left
    for row in rows[30:33]:
        row[lists.CLASS] = "六年级二班"
    rows[41][lists.PHONE] = "13600001234"
    after = lists.write_xlsx(tmp_path / "2026年秋季 全校名册.xlsx", rows)

    await page.goto(town.base + "/console/")
    await page.get_by_role("link", name="名册导入").first.click()
    await expect(page.get_by_text("还没有导入过名册")).to_be_visible()
    await screenshot(page, "empty")
    await hand_in(page, after)
    await nothing_runs_off(page)
    await screenshot(page, "ready", full_page=True)

    await page.get_by_role("link", name="不能导入的行").click()
    await expect(page.get_by_text("看不出是哪个年级哪个班").first).to_be_visible()
    await screenshot(page, "refused", full_page=True)
    await page.get_by_role("link", name="转班或更正").click()
    moved = page.locator("table.lines tbody tr")
    left_out = await moved.first.locator("b").inner_text()
    await moved.first.get_by_role("checkbox").uncheck()
    await expect(page.locator("[data-without]")).to_contain_text("1 名学生没有勾选")
    await page.get_by_role("checkbox", name="电话有变").uncheck()
    await screenshot(page, "ticked", full_page=True)
    await page.get_by_role("button", name="导入勾选的变化").click()
    await expect(page.get_by_text("已写入")).to_be_visible(timeout=60_000)
    await nothing_runs_off(page)
    await screenshot(page, "done", full_page=True)

    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载逐行报告").click()
    report = tmp_path / "report.xlsx"
    await (await download.value).save_as(report)
    sheet = load_workbook(report).worksheets[0]
    results = [row[lists.MOTHER + 1] for row in sheet.iter_rows(values_only=True)]
    assert {"结果", "新生", "未导入"} <= set(results)
    pupils = town.ctx.stores.database["students"]
    classes = {c["_id"]: c["name"] async for c in town.ctx.stores.database["classes"].find({})}
    stored = {s["name"]: s async for s in pupils.find({"school_id": SCHOOL.id})}
    assert classes[stored[left_out]["class_id"]] != "六年级二班"
    assert sum(s["left_at"] is not None for s in stored.values()) == 4
    assert sum(classes[s["class_id"]] == "六年级二班" for s in stored.values()) == 2
    await page.get_by_role("link", name="名册导入").first.click()
    await screenshot(page, "history")


@pytest.mark.parametrize("width", [1280, 820])
async def test_the_office_settles_a_phone_of_two_families(
    town: Town, new_page: NewPage, screenshot: Screenshot, tmp_path: Path, width: int
) -> None:
    page = await desk_page(town, new_page, Role.OFFICE, width)
    rows = list(lists.rows(40, ["another family's phone"]))
    for row in rows[4:8]:
        row[lists.PHONE] = "13655557777"
    listed = lists.write_xlsx(tmp_path / "a.xlsx", rows)
    await import_roster(town.ctx, Wish(file=listed, school_id=SCHOOL.id, apply=True))
    await page.goto(town.base + "/console/quarantine")
    groups = page.locator(".group")
    await expect(groups).to_have_count(2)
    await nothing_runs_off(page)
    await screenshot(page, "groups", full_page=True)
    first = groups.filter(has_text="尾号 7777").locator("li").first
    name = await first.locator("b").inner_text()
    await first.get_by_text("只是这一家的").click()
    await screenshot(page, "sure")
    await first.get_by_role("button", name="确定", exact=True).click()
    await expect(page.get_by_text("已处理，马上生效")).to_be_visible()
    await expect(groups).to_have_count(1)
    await page.get_by_role("button", name="他们是一家人").click()
    await expect(page.get_by_text("没有要处理的号码")).to_be_visible()
    await screenshot(page, "none")
    lines = town.ctx.stores.database["contacts"]
    held = [
        d["student_name"]
        async for d in lines.find({"school_id": SCHOOL.id})
        if d["phone_last4"] == "7777"
    ]
    assert held == [name]


async def test_half_a_school_gone_is_asked_about_twice(
    town: Town, new_page: NewPage, screenshot: Screenshot, tmp_path: Path
) -> None:
    page = await desk_page(town, new_page, Role.OFFICE, 1280)
    many = lists.write_xlsx(tmp_path / "a.xlsx", lists.rows(45))
    await import_roster(town.ctx, Wish(file=many, school_id=SCHOOL.id, apply=True))
    await page.goto(town.base + "/console/")
    await hand_in(page, lists.write_xlsx(tmp_path / "三个人.xlsx", lists.rows(3)))
    await page.get_by_role("button", name="导入勾选的变化").click()
    await expect(page.get_by_role("alert")).to_contain_text("再确认一次")
    await screenshot(page, "asked", full_page=True)
    await page.get_by_text("确实都已离校").click()
    await page.get_by_role("button", name="确认并导入").click()
    await expect(page.get_by_text("已写入 42 名学生")).to_be_visible(timeout=60_000)
    assert await town.ctx.stores.database["students"].count_documents({"left_at": None}) == 3


async def test_a_file_that_is_no_list_is_refused_where_it_was_dropped(
    town: Town, new_page: NewPage, screenshot: Screenshot, tmp_path: Path
) -> None:
    page = await desk_page(town, new_page, Role.OFFICE, 820)
    await page.goto(town.base + "/console/imports")
    (tmp_path / "名册.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")
    await page.locator("input[type=file]").set_input_files(tmp_path / "名册.xlsx")
    await expect(page.get_by_role("alert")).to_contain_text("旧版 Excel")
    await screenshot(page, "refused")
    assert await town.ctx.stores.database["imports"].count_documents({}) == 0
