"""Reports of homework in a real browser, at a desk and on a tablet: from a district down to a homework and a child."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from domain.homework import HandIn
from domain.monitors import monday_of
from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Role
from domain.schools import School, SchoolClass, Student
from domain.submissions import SubmissionState, submission_id
from domain.terms import Calendar, DayOff, Term, school_calendar, term_id
from domain.times import SCHOOL_ZONE
from services.report_counting import count_reports
from services.terms import school_day
from storage.documents import to_document, with_text_dates
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import appoint_at, sign_in_at_desk
from tests.domain.test_reports import a_homework, a_task
from tests.domain.work_samples import a_mark, a_submission, a_version
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import Town, school_class

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="芝罘区", region_ids=("d",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("d",))
OTHER = School(id="school-z", name="白杨小学", region_ids=("d",))
CLASSES = [replace(school_class(n, SCHOOL), tablets=n == 2) for n in (1, 2)]
CHILDREN = 12
WEEKS = 8
HOLIDAY = 4  # a week without school
SUBJECTS = (("chinese", HandIn.PICTURES), ("maths", HandIn.PICTURES), ("sport", HandIn.NOTHING))
WIDTHS = (1280, 820)


async def settle(town: Town) -> None:
    """A school whose two classes have had homework for eight weeks, and one that has not begun."""
    stores = town.ctx.stores
    await stores.regions.save(DISTRICT)
    for school in (SCHOOL, OTHER):
        await stores.schools.save_school(school)
    await stores.schools.save_classes(CLASSES)
    monday = monday_of(school_day(town.ctx.now())) - timedelta(days=7 * (WEEKS - 1))
    await stores.terms.mark_changed(a_calendar(monday))
    for group in CLASSES:
        pupils = [
            Student(
                id=f"{group.id}-{n:02d}",
                school_id=SCHOOL.id,
                class_id=group.id,
                name=f"{'王李张刘陈杨'[n % 6]}{'子涵一诺宇轩欣怡浩然梓萱'[2 * (n % 6) : 2 * (n % 6) + 2]}",
                number=n,
            )
            for n in range(1, CHILDREN + 1)
        ]
        await stores.schools.save_students(pupils)
        for week in range(WEEKS):
            if week != HOLIDAY:
                await homework_of(town, group, pupils, monday + timedelta(days=7 * week), week)
        for subject, _ in SUBJECTS:
            await stores.appointments.save(
                Appointment(
                    id=f"{group.id}:{subject}",
                    person_id=subject,
                    role=Role.SUBJECT_TEACHER,
                    name="赵敏",
                    school_id=SCHOOL.id,
                    class_id=group.id,
                    subject=subject,
                )
            )
    while await stores.reports.marks(1) or await stores.submissions.uncounted(1):
        await count_reports(town.ctx)


def a_calendar(monday: date) -> Calendar:
    place = school_calendar(SCHOOL.id)
    off = monday + timedelta(days=7 * HOLIDAY)
    term = Term(
        id=term_id(place, monday.year, 1),
        place_id=place,
        school_year=monday.year,
        number=1,
        begins_on=monday,
        ends_on=monday + timedelta(days=120),
        holidays=(DayOff("国庆节", off, off + timedelta(days=6)),),
    )
    return Calendar(id=place, terms=(term,))


async def homework_of(
    town: Town, group: SchoolClass, pupils: list[Student], monday: date, week: int
) -> None:
    """A week of a class: one of each subject, and now and then one more; some hand it in late, some not."""
    stores = town.ctx.stores
    for number, (subject, kind) in enumerate(SUBJECTS):
        for again in range(1 + (week + number) % 2):
            key = f"{group.id}-{week}-{subject}-{again}"
            task = replace(a_task(monday + timedelta(days=again)), hand_in=kind, minutes=15 + week)
            held = a_homework(
                id=key,
                class_ids=(group.id,),
                subject=subject,
                author_id=subject,
                versions=(task,),
                publish_at=datetime.combine(monday, time(), SCHOOL_ZONE),
            )
            document = with_text_dates(to_document(held))
            await stores.database["homework"].insert_one(document)
            await stores.reports.mark(key, "new")
            for pupil in pupils if kind is HandIn.PICTURES else []:
                if (pupil.number * 7 + week + number) % 5:
                    late, looked_at = not (pupil.number + week) % 6, bool((pupil.number + week) % 3)
                    await stores.submissions.insert(
                        a_submission(
                            id=submission_id(key, pupil.id),
                            homework_id=key,
                            class_id=group.id,
                            student_id=pupil.id,
                            versions=(a_version(late=late),),
                            marks=(a_mark(returned=not pupil.number % 4),) if looked_at else (),
                            state=SubmissionState.MARKED
                            if looked_at
                            else SubmissionState.HANDED_IN,
                            uncounted=True,
                        )
                    )


async def sit_down(
    town: Town, new_page: NewPage, place: School | Region, role: Role, **where: str
) -> Page:
    phone = await appoint_at(town, role.value, place, role, **where)
    page = await new_page(width=WIDTHS[0], height=900, scale=1)
    await sign_in_at_desk(page, phone)
    await page.get_by_role("link", name="作业报告").first.click()
    return page


async def look(page: Page, screenshot: Screenshot, name: str) -> None:
    """The page at a desk and on a tablet."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        await nothing_runs_off(page)
        await screenshot(page, f"{name}-{width}", full_page=True)
    await page.set_viewport_size({"width": WIDTHS[0], "height": 900})


async def test_from_a_district_down_to_the_classes(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    await settle(quiet_town)
    page = await sit_down(quiet_town, new_page, DISTRICT, Role.DISTRICT_ADMIN)
    await expect(page.get_by_role("heading", name="芝罘区 · 作业报告")).to_be_visible()
    await look(page, screenshot, "1-district-week")
    await page.get_by_role("link", name="青禾小学").click()
    await page.get_by_role("link", name="按学期").click()
    await expect(page.locator("svg.columns")).to_have_count(3)
    await expect(page.get_by_role("link", name=CLASSES[0].name)).to_have_count(0)
    await look(page, screenshot, "2-school-from-above")


async def test_from_a_school_to_a_homework_and_for_its_teacher_to_a_child(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    await settle(quiet_town)
    page = await sit_down(quiet_town, new_page, SCHOOL, Role.OFFICE)
    await look(page, screenshot, "1-school-week")
    await page.get_by_role("link", name="按学期").click()
    await page.get_by_role("link", name=CLASSES[1].name).click()
    await expect(page.get_by_text("每门学科每周至少 2 次")).to_be_visible()
    await expect(page.get_by_text("放假", exact=True)).to_have_count(1)
    await look(page, screenshot, "2-class-term")
    await page.locator("table.schools").last.locator("a.place").nth(1).click()
    await page.locator("table.schools").last.locator("a.place").first.click()
    await expect(page.get_by_text("第 32 页")).to_be_visible()
    await expect(page.get_by_text("提交情况")).to_have_count(0)
    await look(page, screenshot, "3-homework")
    where = {"class_id": CLASSES[0].id, "subject": "maths"}
    page = await sit_down(quiet_town, new_page, SCHOOL, Role.SUBJECT_TEACHER, **where)
    await page.get_by_role("link", name=CLASSES[0].name).click()
    await expect(page.locator(".names a")).to_have_count(CHILDREN)
    await look(page, screenshot, "4-class-of-a-teacher")
    await page.locator("table.schools").last.locator("a.place").first.click()
    await expect(page.get_by_text("提交情况")).to_be_visible()
    await look(page, screenshot, "5-homework-of-a-teacher")
    await page.go_back()
    await page.locator(".names a").first.click()
    await page.get_by_role("link", name="按学期").click()
    await expect(page.locator("svg.columns")).to_have_count(1)
    await look(page, screenshot, "6-child")
