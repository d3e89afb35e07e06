"""Pupils, requests and classes in a real browser, at a desk and on a tablet: found, decided, moved, ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from domain.roles import Role
from tests.desk import sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.people import PeopleTown, appoint, settle_people
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


async def settle(town: Town) -> PeopleTown:
    """A school of 14 classes; in the first nearly everybody is bound, and a few requests wait."""
    people = await settle_people(
        town, grades=[1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6], children=18
    )
    for place in range(16):
        child = people.child(0, place + 1)
        await people.bind(f"mother-{place}", child, f"1{place:03}", following=place % 5 != 3)
        if place % 4 == 1:
            await people.bind(f"father-{place}", child, f"2{place:03}")
    # The family has had its day for one of them; another waits for the school anyway.
    claims = people.ctx.stores.database["claims"]
    first = await claims.find_one({"candidates": people.child(0, 2).id})
    past = people.ctx.now() - timedelta(hours=1)
    await claims.update_one({"_id": first["_id"]}, {"$set": {"school_from": past}})
    for number, subject in ((0, "chinese"), (0, "math"), (1, "math")):
        await appoint(
            people,
            f"teacher-{number}-{subject}",
            Role.SUBJECT_TEACHER,
            class_id=people.classes[number].id,
            subject=subject,
        )
    return people


async def desk_page(people: PeopleTown, new_page: NewPage, key: str, width: int) -> Page:
    """A browser window in which somebody is signed in."""
    page = await new_page(width=width, height=900, scale=1.0)
    await sign_in_at_desk(page, people.town.phone(key))
    return page


async def nothing_runs_off(page: Page) -> None:
    """Nobody has to scroll sideways."""
    root = "document.documentElement"
    wide, room = await page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]")
    assert wide <= room


@pytest.mark.parametrize("width", [1280, 820])
async def test_the_office_finds_moves_and_parts(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    people = await settle(quiet_town)
    page, base = await desk_page(people, new_page, "admin", width), quiet_town.base
    await page.goto(base + "/console/people")
    await expect(page.get_by_role("row")).to_have_count(19)
    await nothing_runs_off(page)
    await screenshot(page, "list")
    await page.get_by_role("navigation", name="显示").get_by_role("link", name="未绑定").click()
    await expect(page.get_by_role("row")).to_have_count(3)
    await page.get_by_role("link", name="全部班级").click()
    await screenshot(page, "every-class")
    await page.get_by_role("searchbox").fill(people.child(0, 2).name[0])
    await page.get_by_role("button", name="查找").click()
    await screenshot(page, "found")
    await page.get_by_role("link", name=people.child(0, 2).name).first.click()
    await expect(page.get_by_role("heading", name=people.child(0, 2).name)).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "child", full_page=True)
    await page.get_by_role("link", name="修改").first.click()
    await page.get_by_label("第几位家长").select_option("2")
    await page.get_by_label("只能查看").check()
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("请选一个原因")).to_be_visible()
    await screenshot(page, "binding", full_page=True)
    await page.get_by_label("法院判决").check()
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存，马上生效")).to_be_visible()
    await screenshot(page, "limited")
    await page.get_by_role("link", name="这位家长").first.click()
    await screenshot(page, "adult")
    await page.go_back()
    await page.get_by_role("link", name="解除", exact=True).first.click()
    await page.get_by_label("监护变更").check()
    await screenshot(page, "end")
    await page.get_by_role("button", name="确定解除").click()
    await expect(page.get_by_role("heading", name="解除记录")).to_be_visible()
    await page.get_by_role("link", name="转班").click()
    await page.get_by_label("从一年级一班转到").select_option(label="一年级二班")
    await screenshot(page, "move")
    await page.get_by_role("button", name="转班").click()
    await expect(page.get_by_text("已转班")).to_be_visible()
    await page.get_by_role("link", name="添加", exact=True).click()
    await page.get_by_label("手机号或后四位").fill("138")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("请填 11 位手机号")).to_be_visible()
    await screenshot(page, "line")
    await page.get_by_role("link", name="取消").click()
    await page.get_by_role("link", name="标记离校").click()
    await screenshot(page, "leave")
    await page.get_by_role("button", name="确定标记离校").click()
    await expect(page.get_by_text("已离校")).to_be_visible()
    await screenshot(page, "left", full_page=True)
    await page.get_by_role("link", name="删除资料").click()
    await screenshot(page, "erase")
    await page.goto(base + "/console/people")
    await page.get_by_role("link", name="添加学生").click()
    await screenshot(page, "new")


@pytest.mark.parametrize("width", [1280, 820])
async def test_requests_are_decided_by_keyboard(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    people = await settle(quiet_town)
    page = await desk_page(people, new_page, "office", width)
    await page.goto(quiet_town.base + "/console/claims")
    queue = page.get_by_role("list", name="申请").get_by_role("listitem")
    await expect(queue).to_have_count(4)
    await nothing_runs_off(page)
    await screenshot(page, "family-first", full_page=True)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.get_by_role("link", name="等学校处理", exact=True).click()
    await expect(queue).to_have_count(1)
    await screenshot(page, "school", full_page=True)
    await page.keyboard.press("t")
    await expect(page.get_by_role("button", name="通过")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("没有要处理的申请")).to_be_visible()
    await screenshot(page, "none")
    await page.goto(f"{quiet_town.base}/console/people/{people.child(0, 2).id}")
    await expect(page.locator(".kin")).to_have_count(2)
    await screenshot(page, "family")


@pytest.mark.parametrize("width", [1280, 820])
async def test_classes_are_founded_renamed_and_ended(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    people = await settle(quiet_town)
    page = await desk_page(people, new_page, "office", width)
    await page.goto(quiet_town.base + "/console/classes")
    await nothing_runs_off(page)
    await screenshot(page, "classes", full_page=True)
    await page.get_by_text("添加班级").click()
    await page.get_by_label("年级").select_option("3")
    await page.get_by_label("班号或班名").fill("2")
    await page.get_by_role("button", name="添加", exact=True).click()
    await expect(page.get_by_text("这个年级已经有这个班")).to_be_visible()
    await screenshot(page, "taken")
    await page.get_by_label("班号或班名").fill("向日葵")
    await page.get_by_role("button", name="添加", exact=True).click()
    await expect(page.get_by_role("heading", name="三年级向日葵班")).to_be_visible()
    await page.get_by_label("班号或班名").fill("9")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("heading", name="三年级九班")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "class")
    await page.get_by_role("link", name="结束这个班").click()
    await screenshot(page, "end")
    await page.get_by_role("button", name="确定结束").click()
    await expect(page.get_by_text("班级已结束")).to_be_visible()
