"""Handing in and marking in WeChat's browser: pictures on a line that breaks, a draft that stays, what came back."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from domain.submissions import Drawing, Stroke
from domain.times import SCHOOL_ZONE
from services.marking import Said, mark_submission
from tests.browser.phones import Screenshot
from tests.browser.samples import picture_file
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import NewPage
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import publish, teacher
from tests.town import Town, child_name, school_class

CLASS = school_class(1)
CHILD = f"{CLASS.id}-0001"
PICTURES = [
    FilePayload(name=f"第{n}页.jpg", mimeType="image/jpeg", buffer=picture_file())
    for n in (1, 2, 3)
]


async def large_print(page: Page) -> None:
    """As WeChat at its largest says it."""
    await page.context.add_cookies([{"name": "yanshu_font", "value": "4", "url": page.url}])
    await page.reload()


async def bring(page: Page, screenshot: Screenshot, width: int) -> None:
    """Three pictures and a word, over a line that breaks off after the first; closed in between."""
    left = 1  # pictures that get through before the line breaks off

    async def upload(route: Route) -> None:
        nonlocal left
        left -= 1
        await (route.continue_() if left >= 0 else route.abort("connectionfailed"))

    await page.goto(page.url)
    await page.route("**/files", upload)
    await page.locator("[data-files]").set_input_files(PICTURES)
    again = page.get_by_role("button", name="再传一次")
    await expect(again).to_have_count(2)
    await page.get_by_label("想说的话").fill("第三题不太会。")
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-2-line-broke-off", full_page=True)
    left = 9
    await again.first.click()
    await expect(again).to_have_count(1)
    await expect(page.locator("input[name=file_ids]")).to_have_count(2)

    # Closed and opened again: what has gone up and what was typed is there.
    await page.goto(page.url)
    await expect(page.locator("input[name=file_ids]")).to_have_count(2)
    await expect(page.get_by_label("想说的话")).to_have_value("第三题不太会。")
    await page.locator("[data-files]").set_input_files(PICTURES[2:])
    await expect(page.locator("input[name=file_ids]")).to_have_count(3)
    await screenshot(page, f"{width}-3-ready", full_page=True)


async def correct(page: Page, evening: str, screenshot: Screenshot, width: int) -> None:
    """What came back is looked at and handed in again."""
    await page.goto(evening)
    await page.get_by_role("link", name="看批注，去订正").click()
    await expect(page.locator(".drawn polyline")).to_have_count(1)
    await expect(page.get_by_text("已恢复")).to_be_hidden()
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-5-returned", full_page=True)
    await page.get_by_role("button", name="删除 第3页.jpg").click()
    await page.locator("[data-files]").set_input_files(PICTURES[:1])
    await expect(page.locator("input[name=file_ids]")).to_have_count(3)
    await page.get_by_role("button", name="订正好了，再交").click()
    await expect(page.get_by_text("订正已经交给老师了")).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
async def test_three_pictures_returned_and_corrected(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    town = quiet_town
    await town.settle_school(children=3)
    mother, maths = await town.settle_guardian("mother", 1), await teacher(town.ctx, 1)
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    made = await publish(town.ctx, maths, day=day, hand_in="pictures")
    homework = made.homework.id
    page = await new_page(width=width, height=812)
    await page.goto(mother.url("/h5/homework"))
    await page.get_by_role("link", name="交作业").click()
    await page.get_by_role("button", name="交给老师").click()
    await expect(page.get_by_text("请至少放一张照片")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-1-empty", full_page=True)

    await bring(page, screenshot, width)
    await page.get_by_role("button", name="交给老师").dblclick()
    await expect(page.get_by_role("status").filter(has_text="交好了")).to_be_visible()
    await expect(page.locator(".work img")).to_have_count(3)
    await expect(page.get_by_text("已恢复")).to_be_hidden()
    await expect(page.locator("form[data-compose]")).to_be_hidden()
    await screenshot(page, f"{width}-4-handed-in", full_page=True)
    (held,) = [d async for d in town.ctx.stores.database["submissions"].find()]
    assert [len(v["files"]) for v in held["versions"]] == [3]

    desk = await new_page(width=width, height=812)
    await desk.goto(town.phone("teacher").url(f"/h5/teach/homework/{homework}/work"))
    await expect(desk.get_by_text("1 份待批 · 2 人没交 · 共 3 人")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, f"{width}-7-pile", full_page=True)
    await desk.get_by_role("link", name=child_name(1)).click()
    await expect(desk.locator(".work img")).to_have_count(3)
    await desk.get_by_label("细心").check()
    await desk.get_by_label("评语").fill("写得很整齐。")
    await nothing_runs_off(desk)
    await screenshot(desk, f"{width}-8-work", full_page=True)

    first = held["versions"][0]["files"][0]["file_id"]
    line = (1500, 6000, 3000, 7400, 8000, 5200)
    stroke = Stroke(colour="#e0322b", width=90, points=line)
    said = Said(
        version=1,
        comment="第三题的单位再看一看。",
        returned=True,
        drawings=(Drawing(file_id=first, strokes=(stroke,)),),
    )
    await mark_submission(town.ctx, maths, homework, CHILD, said, key="key-1")
    # The head teacher was not the first: what was written stays, beside what is there now.
    await desk.get_by_role("button", name="批好了").click()
    await expect(desk.get_by_role("alert")).to_contain_text("下面是现在的样子，看过再批")
    await expect(desk.get_by_label("评语")).to_have_value("写得很整齐。")
    await expect(desk.get_by_text("第三题的单位再看一看。")).to_be_visible()
    await correct(page, mother.url("/h5/homework"), screenshot, width)
    await desk.goto(town.phone("teacher").url(f"/h5/teach/homework/{homework}/work/{CHILD}"))
    await desk.get_by_label("细心").check()
    await desk.get_by_label("评语").fill("这次都对了。")
    await desk.get_by_role("button", name="批好了").dblclick()
    await expect(desk.get_by_role("status").filter(has_text="批好了")).to_be_visible()
    await expect(desk.locator(".tag", has_text="细心")).to_be_visible()
    await page.goto(page.url)
    await expect(page.get_by_text("这次都对了。")).to_be_visible()
    await expect(page.locator("form[data-compose]")).to_have_count(0)
    if width == 375:
        await large_print(page)
    await nothing_runs_off(page)
    await screenshot(page, f"{width}-6-marked", full_page=True)
