"""How much homework there is: counted from the evenings, marked by every change, and seen by who watches over it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.audit import Act
from domain.errors import NotFoundError
from domain.monitors import Tally
from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Right, Role
from domain.schools import School
from services.context import Context
from services.homework import withdraw_homework
from services.monitor_counting import count_week, count_weeks
from services.monitor_export import export_region, export_school
from services.monitors import class_monitor, region_monitor, school_monitor
from services.overruns import ask_for_more, decide_overrun, overruns_of_homework
from services.people import Post, access_post, access_teaching
from services.periods import Span
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, a_class, publish, teacher
from tests.services.test_homework_deaths import heal
from tests.town import Town

DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("d",))
CLASS, OTHER = a_class(1, 3), a_class(2, 4)
MONDAY = date(2026, 11, 23)
WEEK: dict[str, Any] = {"span": Span.WEEK}


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await made.stores.regions.save(DISTRICT)
    await made.stores.schools.save_school(SCHOOL)
    await made.stores.schools.save_classes([CLASS, OTHER])
    return made


async def post(ctx: Context, role: Role, **place: Any) -> Post:
    where = place or {"school_id": SCHOOL.id}
    appointment = Appointment(id=f"{role}", person_id=f"a-{role}", role=role, name="甲", **where)
    await ctx.stores.appointments.save(appointment)
    return await access_post(ctx, f"a-{role}", Right.MONITOR)


async def one_over_one_within(ctx: Context) -> None:
    """Class 1 has 80 minutes, which its head teacher allowed; class 2 has 50."""
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    chinese = await teacher(ctx, 2, subject="chinese", classes=[CLASS])
    await publish(ctx, maths, minutes=50)
    over = (await publish(ctx, chinese, minutes=30)).homework
    await ask_for_more(ctx, chinese, over.id, "明天测验。")
    await teacher(ctx, 9, classes=[CLASS], role=Role.HEAD_TEACHER)
    (asked,) = await overruns_of_homework(ctx, over)
    decider = await access_teaching(ctx, "teacher-9", Right.ALLOW)
    await decide_overrun(ctx, decider, asked.id, allow=True, reason="只有这一次。")
    await count_weeks(ctx)


async def test_class_days_within_over_and_allowed(ctx: Context) -> None:
    await one_over_one_within(ctx)
    view = await school_monitor(ctx, await post(ctx, Role.OFFICE), **WEEK)
    assert view.tally == Tally(days=2, over=1, allowed=1, minutes=130)
    assert [(line.school_class.id, line.tally.over) for line in view.lines] == [
        (CLASS.id, 1),
        (OTHER.id, 0),
    ]
    assert [(s.subject, s.count, s.minutes) for s in view.subjects] == [
        ("maths", 2, 100),
        ("chinese", 1, 30),
    ]
    assert await ctx.stores.monitors.marks(9) == []
    next_week = await school_monitor(
        ctx, await post(ctx, Role.OFFICE), span=Span.WEEK, day=MONDAY + timedelta(days=7)
    )
    assert next_week.tally == Tally()
    term = await school_monitor(ctx, await post(ctx, Role.OFFICE), span=Span.TERM)
    assert (term.tally, len(term.period.mondays)) == (view.tally, 20)


async def test_a_figure_opens_what_it_counts(ctx: Context) -> None:
    await one_over_one_within(ctx)
    view = await class_monitor(ctx, await post(ctx, Role.OFFICE), CLASS.id, **WEEK)
    (day,) = view.days
    assert (day.figures.total, day.figures.over, day.figures.allowed) == (80, True, True)
    assert sorted(r.minutes for r in day.evening.reservations) == [30, 50]


async def test_who_watches_over_what(ctx: Context) -> None:
    await one_over_one_within(ctx)
    leader = await post(ctx, Role.GRADE_LEADER, school_id=SCHOOL.id, grade=4)
    view = await school_monitor(ctx, leader, **WEEK)
    assert (view.whole, [line.school_class.id for line in view.lines]) == (False, [OTHER.id])
    assert view.tally == Tally(days=1, over=0, allowed=0, minutes=50)
    with pytest.raises(NotFoundError):
        await class_monitor(ctx, leader, CLASS.id, **WEEK)
    district = await post(ctx, Role.DISTRICT_ADMIN, region_id=DISTRICT.id)
    of_region = await region_monitor(ctx, district, **WEEK)
    assert [(line.school.id, line.tally.days) for line in of_region.lines] == [(SCHOOL.id, 2)]
    assert (await school_monitor(ctx, district, SCHOOL.id, **WEEK)).tally.days == 2
    with pytest.raises(NotFoundError):
        await class_monitor(ctx, district, CLASS.id, **WEEK)
    elsewhere = School(id="school-b", name="云杉小学")
    await ctx.stores.schools.save_school(elsewhere)
    with pytest.raises(NotFoundError):
        await school_monitor(ctx, district, elsewhere.id, **WEEK)
    with pytest.raises(NotFoundError):
        await region_monitor(ctx, leader, DISTRICT.id, **WEEK)


async def test_what_is_withdrawn_is_not_counted_any_more(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS])
    made = (await publish(ctx, maths)).homework
    await count_weeks(ctx)
    await withdraw_homework(ctx, maths, made.id)
    await count_weeks(ctx)
    assert await ctx.stores.monitors.class_weeks(SCHOOL.id, MONDAY, MONDAY) == []
    (week,) = await ctx.stores.monitors.school_weeks([SCHOOL.id], [MONDAY])
    assert week.tally == Tally()


async def test_a_mark_is_left_whatever_write_is_the_last(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a week is in the end what its evenings say, also of a process that died."""
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    deaths = 0
    for last in range(1, 30):
        with after_each_write(monkeypatch, dying_after(last)):
            try:
                await publish(ctx, maths, key=f"key-of-{last}", minutes=1)
                died = False
            except Killed:
                died = True
        deaths += died
        await heal(ctx)
        await count_weeks(ctx)
        kept = await ctx.stores.monitors.class_weeks(SCHOOL.id, MONDAY, MONDAY)
        await count_week(ctx, SCHOOL.id, MONDAY)
        assert await ctx.stores.monitors.class_weeks(SCHOOL.id, MONDAY, MONDAY) == kept
        if not died:
            break
    assert deaths > 5


async def test_what_changes_while_it_is_counted_keeps_its_mark(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS])
    await publish(ctx, maths)
    (mark,) = await ctx.stores.monitors.marks(9)
    await publish(ctx, maths, key="key-0002")
    await ctx.stores.monitors.unmark(mark)
    assert [m.id for m in await ctx.stores.monitors.marks(9)] == [mark.id]


async def test_the_files_say_what_the_pages_say(ctx: Context) -> None:
    await one_over_one_within(ctx)
    office = await post(ctx, Role.OFFICE)
    name, content = await export_school(ctx, office, SCHOOL.id, span=Span.WEEK, day=None)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert (name, rows[0][1:], rows[-1][1:]) == ("青禾小学", [1, 0, 1, 1, 80], [2, 1, 1, 1, 65])
    district = await post(ctx, Role.DISTRICT_ADMIN, region_id=DISTRICT.id)
    name, content = await export_region(ctx, district, DISTRICT.id, span=Span.TERM, day=None)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["青禾小学", 2, 1, 1, 1, 65]
    entries = await ctx.stores.audit.page("school-a", before=None, since=None, at=TUESDAY, limit=9)
    assert Act.MONITOR_EXPORTED in [e.act for e in entries]
