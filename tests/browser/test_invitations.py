"""Invitations as they are seen: on the phone, at a desk, on a tablet, and on paper, where every QR is read."""

from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from domain.names import folded_name
from domain.roles import Appointment, Right, Role
from domain.schools import Contact, Roster, Student
from services.invitations import invite_children, invite_class, scene_of
from services.people import Teaching, access_teaching, note_follow, recognise
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import SCREENSHOTS
from tests.desk import appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.qrcodes import read_codes
from tests.town import SCHOOL, Town, school_class

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
FAMILIES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
GIVEN = ("子涵", "欣怡", "浩然", "雨桐", "宇轩", "诗琪", "明", "梓萱", "俊杰", "可馨")
LONG = "阿依古丽·麦麦提"
CHILDREN = 50
CLASS = school_class(1)
DPI = 150


async def settle(town: Town) -> Teaching:
    """A class of fifty with names as children have them, and a neighbour."""
    teacher = town.phone("teacher", following=True)
    person = await recognise(town.ctx, teacher.user.openid)
    await note_follow(town.ctx, teacher.user.openid, following=True)
    classes = [CLASS, *(school_class(number) for number in range(2, 7))]
    students, contacts = [], []
    for group in classes:
        for number in range(1, CHILDREN + 1):
            name = LONG if number == 8 else FAMILIES[number - 1] + GIVEN[number % len(GIVEN)]
            key = f"{group.id}-{number:04d}"
            where: dict[str, Any] = {"school_id": SCHOOL.id, "class_id": group.id}
            students.append(Student(id=key, name=name, number=number, **where))
            contacts.append(
                Contact(
                    id=f"{key}-a",
                    student_id=key,
                    student_name=folded_name(name),
                    phone_last4=str(1000 + number),
                    relation="妈妈",
                    **where,
                )
            )
    heads = [
        Appointment(
            id=f"{group.id}:head_teacher:{person}",
            school_id=SCHOOL.id,
            class_id=group.id,
            person_id=person,
            role=Role.HEAD_TEACHER,
            name="王老师",
        )
        for group in classes[:2]
    ]
    roster = Roster(
        school=SCHOOL,
        classes=tuple(classes),
        students=tuple(students),
        contacts=tuple(contacts),
        appointments=tuple(heads),
    )
    await town.ctx.stores.schools.save_roster(roster)
    return await access_teaching(town.ctx, person, Right.INVITE)


async def families_come(town: Town, teaching: Teaching) -> None:
    """Some open, some of them ask, most of these are bound."""
    invitation = await invite_class(town.ctx, teaching, CLASS.id)
    cards = await invite_children(town.ctx, teaching, [CLASS.id])
    for number in range(1, 13):
        parent = town.phone(f"parent{number}")
        card = cards[f"{CLASS.id}-{number:04d}"]
        await parent.follow(scene_of(card if number < 9 else invitation))
        if number < 7:
            await parent.say(str(1000 + number) if number < 5 else "0000")


async def printed(page: Page, name: str) -> list[Image.Image]:
    """The page as Chromium prints it, every sheet as a picture; kept beside the screenshots."""
    document = pypdfium2.PdfDocument(await page.pdf(prefer_css_page_size=True))
    sheets = [sheet.render(scale=DPI / 72).to_pil() for sheet in document]
    for size in (document.get_page_size(number) for number in range(len(document))):
        assert [round(points / 72 * 25.4) for points in size] == [210, 297]
    folder = SCREENSHOTS / "invitations_on_paper"
    folder.mkdir(parents=True, exist_ok=True)
    for number, sheet in enumerate(sheets, start=1):
        sheet.save(folder / f"{name}-{number}.png")
    return sheets


async def test_the_head_teachers_phone(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    town = quiet_town
    teaching = await settle(town)
    await families_come(town, teaching)
    page = await new_page()
    await page.goto(f"{town.base}/as/teacher/h5/teach/invite")
    await expect(page.get_by_role("heading", name="三年级1班")).to_be_visible()
    await expect(page.locator(".turnout")).to_contain_text("12人打开")
    await expect(page.locator(".turnout")).to_contain_text("4人绑定")
    (said,) = read_codes(await page.locator(".qr img").screenshot())
    assert said == await page.locator(".qr img").get_attribute("data-qr-url")
    await nothing_runs_off(page)
    await screenshot(page, "1-invite", full_page=True)
    await page.get_by_text("换新或作废").click()
    await screenshot(page, "2-ending", full_page=True)
    await page.get_by_role("button", name="作废").click()
    await expect(page.get_by_text("现在没有有效的班级邀请")).to_be_visible()
    await screenshot(page, "3-revoked", full_page=True)
    await page.get_by_role("button", name="生成新的邀请").click()
    await expect(page.locator(".qr .code")).to_be_visible()
    await page.get_by_role("button", name="打印学生卡").click()
    await expect(page.locator(".paper")).to_have_count(7)
    await page.get_by_role("link", name="返回").click()
    await expect(page.get_by_role("heading", name="三年级1班")).to_be_visible()


async def test_a_parent_with_a_card_in_hand(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    town = quiet_town
    teaching = await settle(town)
    cards = await invite_children(town.ctx, teaching, [CLASS.id])
    card = cards[f"{CLASS.id}-0003"]
    town.phone("parent")
    page = await new_page()
    await page.goto(f"{town.base}/as/parent/h5/i/{card.id}")
    await expect(page.get_by_text("三年级1班 张*")).to_be_visible()
    await screenshot(page, "1-card")
    await page.get_by_label("手机尾号").fill("1003")
    await page.get_by_role("button", name="绑定").click()
    await expect(page.get_by_role("heading", name="绑定成功")).to_be_visible()
    await expect(page.get_by_role("heading", name="还差一步")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "2-bound", full_page=True)
    await page.goto(f"{town.base}/as/parent/h5/bind")
    await page.get_by_role("link", name="老师给过邀请码？").click()
    await page.get_by_label("邀请码").fill("abc")
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_text("邀请码是八个字母和数字")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "3-typed", full_page=True)
    await page.goto(f"{town.base}/as/parent/h5/i/K7M3Q2XP")
    await expect(page.get_by_text("没有这个邀请")).to_be_visible()
    await screenshot(page, "4-none")


@pytest.mark.parametrize("width", [1280, 820])
async def test_at_a_desk(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    town = quiet_town
    await families_come(town, await settle(town))
    page = await new_page(width=width, height=900, scale=1.0)
    await page.goto(town.base + "/console/sign-in")
    to_scan = await page.locator("[data-qr-url]").get_attribute("data-qr-url")
    assert read_codes(await page.locator(".qr").screenshot()) == [to_scan]
    await sign_in_at_desk(page, await appoint_at(town, "office", SCHOOL, Role.OFFICE))
    await page.get_by_role("link", name="邀请码").first.click()
    await expect(page.get_by_role("table")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "1-grade", full_page=True)
    await page.get_by_role("link", name="三年级1班").click()
    address = await page.locator("[data-qr-url]").get_attribute("data-qr-url")
    assert read_codes(await page.locator(".invite .qr").screenshot()) == [address]
    await nothing_runs_off(page)
    await screenshot(page, "2-class", full_page=True)
    await page.locator(".child-card summary").first.click()
    await page.get_by_text("换新或作废").click()
    await screenshot(page, "3-sure")
    await page.get_by_role("link", name="全部作废").click()
    await page.get_by_label("请填写要作废的张数").fill("5")
    await page.get_by_role("button", name="作废这些学生卡").click()
    await expect(page.get_by_text("数字不对")).to_be_visible()
    await nothing_runs_off(page)
    await screenshot(page, "4-all")
    await page.get_by_label("请填写要作废的张数").fill("50")
    await page.get_by_role("button", name="作废这些学生卡").click()
    await expect(page.get_by_text("还没有学生卡")).to_be_visible()
    await screenshot(page, "5-none")


async def test_on_paper(quiet_town: Town, new_page: NewPage, screenshot: Screenshot) -> None:
    town = quiet_town
    teaching = await settle(town)
    page = await new_page(width=1280, height=900, scale=1.0)
    await sign_in_at_desk(page, await appoint_at(town, "office", SCHOOL, Role.OFFICE))
    await page.goto(f"{town.base}/console/invitations/{CLASS.id}")
    await page.get_by_role("button", name="打印学生卡").click()
    await expect(page.locator(".paper")).to_have_count(7)
    await screenshot(page, "screen")
    sheets = await printed(page, "cards")
    assert len(sheets) == 7  # fifty children, eight cards on a page
    cards = await invite_children(town.ctx, teaching, [CLASS.id])
    wanted = [f"{town.base}/h5/i/{cards[f'{CLASS.id}-{n:04d}'].id}" for n in range(1, CHILDREN + 1)]
    assert [len(read_codes(sheet)) for sheet in sheets] == [8] * 6 + [2]
    assert [code for sheet in sheets for code in read_codes(sheet)] == wanted

    await page.goto(f"{town.base}/console/invitations/{CLASS.id}")
    await page.get_by_role("button", name="打印班级页").click()
    await expect(page.locator(".paper")).to_have_count(1)
    (sheet,) = await printed(page, "wall")
    invitation = await invite_class(town.ctx, teaching, CLASS.id)
    assert read_codes(sheet) == [f"{town.base}/h5/i/{invitation.id}"]

    await page.goto(f"{town.base}/console/invitations?grade=3")
    await page.get_by_role("button", name="打印全年级学生卡").click()
    await expect(page.locator(".paper")).to_have_count(42)
    document = pypdfium2.PdfDocument(io.BytesIO(await page.pdf(prefer_css_page_size=True)))
    assert len(document) == 42
    text = document[41].get_textpage().get_text_range()
    assert re.search(r"三年级6班", text)
