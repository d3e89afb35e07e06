"""Figures of use in a real browser, at a desk and on a tablet: from a district down to a link; and a pupil's phone."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from domain.link_uses import Use
from domain.monitors import monday_of
from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import School, Student
from domain.shelves import Audience, ShelfLevel, place_key
from services.context import Context
from services.notices import draft_notice, publish_notice
from services.shelves import ShelfPlace
from services.terms import school_day
from services.use_counting import count_use
from tests.browser.test_calendar import nothing_runs_off
from tests.browser.test_reports import a_calendar
from tests.desk import appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import teacher
from tests.shelving import ADDRESS, CLASS_SHELF, SCHOOL_SHELF, hang
from tests.town import Town, school_class

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="芝罘区", region_ids=("d",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("d",))
OTHER = School(id="school-z", name="白杨小学", region_ids=("d",))
CLASSES = [school_class(n, SCHOOL) for n in (1, 2, 3)]
CHILDREN = {1: 42, 2: 38, 3: 3}
WEEKS = 6
LINKS = (
    ("国家平台同步课堂", "chinese"), ("阳光体育", "sport"), ("口算练习", "maths"), ("全区整本书阅读", "chinese"),
)  # fmt: skip
REGION_SHELF = ShelfPlace(
    ShelfLevel.DISTRICT,
    place_key(ShelfLevel.DISTRICT, DISTRICT.id),
    DISTRICT.name,
    DISTRICT.id,
    region=DISTRICT,
)


async def settle(town: Town) -> list[str]:
    """Six weeks of a school, one of whose classes has three children, and another that has not begun."""
    ctx, stores, chance = town.ctx, town.ctx.stores, random.Random(1)
    await stores.regions.save(DISTRICT)
    for school in (SCHOOL, OTHER):
        await stores.schools.save_school(school)
    await stores.schools.save_classes(CLASSES)
    monday = monday_of(school_day(ctx.now())) - timedelta(days=7 * (WEEKS - 1))
    await stores.terms.mark_changed(a_calendar(monday))
    shelves = [CLASS_SHELF, SCHOOL_SHELF, SCHOOL_SHELF, REGION_SHELF]
    codes = []
    place_of = {}
    for number, ((title, subject), shelf) in enumerate(zip(LINKS, shelves, strict=True)):
        made = await hang(ctx, shelf, key=f"key-{number:04d}", title=title, subject=subject)
        codes.append(made.id)
        place_of[made.id] = made.place
    uses = []
    for number, group in enumerate(CLASSES, start=1):
        pupils = [
            Student(
                id=f"{group.id}-{n:02d}",
                school_id=SCHOOL.id,
                class_id=group.id,
                name="王一诺",
                number=n,
            )
            for n in range(1, CHILDREN[number] + 1)
        ]
        await stores.schools.save_students(pupils)
        for day in range(7 * WEEKS - 6):
            for code, (_, subject) in zip(codes, LINKS, strict=True):
                for role in (Audience.FAMILIES, Audience.TEACHERS, ""):
                    when = (monday + timedelta(days=day)).isoformat()
                    uses.append(
                        Use(
                            id=f"{when}:{code}:{group.id}:{role}",
                            day=when,
                            code=code,
                            place=place_of[code],
                            count=chance.randint(1, 40 if role == Audience.FAMILIES else 4),
                            role=role,
                            school_id=SCHOOL.id,
                            class_id=group.id,
                            subject=subject,
                            is_new=True,
                        )
                    )
    await stores.link_uses.put(uses)
    await give_out(ctx)
    while await stores.use.marks(1) or await stores.link_uses.uncounted(1):
        await count_use(ctx)
    return codes


async def give_out(ctx: Context) -> None:
    """Two teachers send links to their classes, week by week."""
    for number in (1, 2):
        who = await teacher(ctx, number, classes=CLASSES[:number])
        for week in range(WEEKS):
            at = ctx.now() - timedelta(days=7 * week)
            then = replace(ctx, now=lambda at=at: at)  # type: ignore[misc]
            form = {"title": "一起看", "body": "晚上一起看。", "confirm": "none"}
            draft = await draft_notice(
                then, who, form, class_ids=who.class_ids(), file_ids=[], links=[ADDRESS]
            )
            await publish_notice(then, who, draft, idempotency_key=f"key-{number}-{week:04d}")


async def test_a_district_looks_down_to_a_links_days(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    town = quiet_town
    codes = await settle(town)
    posts = ((DISTRICT, Role.DISTRICT_ADMIN, "district"), (SCHOOL, Role.OFFICE, "office"))
    for place, role, name in posts:
        phone = await appoint_at(town, name, place, role)
        for width in (1280, 820):
            page = await new_page(width=width)
            await sign_in_at_desk(page, phone)
            for span in ("week", "term"):
                await page.goto(f"{town.base}/console/use?span={span}")
                await expect(page.get_by_text("每百名学生").first).to_be_visible()
                await nothing_runs_off(page)
                await screenshot(page, f"1-{name}-{span}-{width}", full_page=True)
            if name == "office":
                await page.get_by_role("link", name=CLASSES[0].name, exact=True).click()
                await nothing_runs_off(page)
                await screenshot(page, f"2-class-{width}", full_page=True)
                await page.get_by_role("link", name="口算练习").click()
                await expect(page.get_by_role("rowheader", name="合计")).to_be_visible()
                await nothing_runs_off(page)
                await screenshot(page, f"3-link-{width}", full_page=True)
                await page.goto(f"{town.base}/console/use/classes/{CLASSES[2].id}")
                await expect(page.get_by_text("不显示").first).to_be_visible()
                assert not await page.get_by_role("link", name="口算练习").count()
    assert len(codes) == len(LINKS)


async def test_a_shelf_shows_how_often_each_of_its_links_was_opened(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    town = quiet_town
    await settle(town)
    office = await appoint_at(town, "office", SCHOOL, Role.OFFICE)
    shelves = (("school", "", "一周"), ("class", f"?class={CLASSES[0].id}", "本学期逐日明细"))
    for width in (1280, 375):
        page = await new_page(width=width)
        await sign_in_at_desk(page, office)
        for name, query, evidence in shelves:
            await page.goto(f"{town.base}/console/links{query}")
            await page.get_by_text("近 7 天打开").first.click()
            await expect(page.get_by_role("table").first).to_be_visible()
            await nothing_runs_off(page)
            await screenshot(page, f"1-{name}-{width}", full_page=True)
            await expect(page.get_by_text("，本学期 ").first).to_be_visible()
            await page.get_by_role("link", name=evidence).first.click()
            await expect(page.get_by_role("rowheader", name="合计")).to_be_visible()
        await page.goto(f"{town.base}/console/links?class={CLASSES[2].id}")
        assert not await page.get_by_text("近 7 天打开").count()


async def test_a_regions_shelf_opens_to_its_schools_weeks_and_days(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    town = quiet_town
    await settle(town)
    district = await appoint_at(town, "district", DISTRICT, Role.DISTRICT_ADMIN)
    for width in (1280, 375):
        page = await new_page(width=width)
        await sign_in_at_desk(page, district)
        await page.goto(f"{town.base}/console/links")
        await page.get_by_text("本周打开").click()
        await nothing_runs_off(page)
        await screenshot(page, f"1-shelf-{width}", full_page=True)
        await page.get_by_role("link", name="本学期各校明细").click()
        await expect(page.get_by_role("heading", name="全区整本书阅读")).to_be_visible()
        await nothing_runs_off(page)
        await screenshot(page, f"2-schools-{width}", full_page=True)
        await page.get_by_role("link", name=SCHOOL.name).click()
        await expect(page.get_by_text(SCHOOL.name).first).to_be_visible()
        await page.get_by_role("link", name="起").last.click()
        await expect(page.get_by_role("heading", name="每天")).to_be_visible()
        await nothing_runs_off(page)
        await screenshot(page, f"3-days-{width}", full_page=True)
