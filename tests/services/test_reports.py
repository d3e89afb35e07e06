"""Reports in four tiers: each sees what is theirs, every figure leads down to the homework, and no child goes up."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.aims import Aims
from domain.audit import Act
from domain.errors import InvalidError, NotFoundError
from domain.regions import Region, RegionLevel
from domain.reports import Figures, total
from domain.roles import Appointment, Right, Role
from domain.schools import Rules, School
from domain.stages import Stage
from domain.terms import Calendar, Term, school_calendar, term_id
from services.aims import aims_for
from services.classes import relabel_class
from services.context import Context
from services.marking import mark_all_seen
from services.people import Post, access_post, recognise
from services.periods import Span
from services.place_settings import (
    change_settings,
    form_of,
    review_settings,
    settings_at,
)
from services.report_counting import count_reports
from services.report_details import (
    child_view_for_family,
    child_view_for_teacher,
    children_to_open,
    homework_view,
)
from services.report_export import export_class, export_region, export_school
from services.reports import Reach, class_view, region_view, school_view
from services.submissions import access_work_as_guardian, hand_in
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, publish, teacher
from tests.town import Town, child_name, school_class

MONDAY = date(2026, 11, 23)
WEEK: dict[str, Any] = {"span": Span.WEEK}
DISTRICT = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("d",))
CLASS, OTHER = school_class(1), school_class(2)
ONE = f"{CLASS.id}-0001"


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """Class 1 has three children, whose head teacher is `teacher`; class 2 nobody. A parent of the first child."""
    stores = quiet_town.ctx.stores
    await stores.regions.save(DISTRICT)
    await quiet_town.settle_school(children=3)
    await stores.schools.save_school(SCHOOL)
    await stores.schools.save_classes([OTHER])
    await quiet_town.settle_guardian("parent", 1, following=False)
    return quiet_town


@pytest.fixture
def ctx(town: Town) -> Context:
    made: Context = replace(town.ctx, now=lambda: TUESDAY)
    return made


async def post(ctx: Context, role: Role, **place: Any) -> Post:
    where = place or {"school_id": SCHOOL.id}
    appointment = Appointment(id=f"r-{role}", person_id=f"r-{role}", role=role, name="甲", **where)
    await ctx.stores.appointments.save(appointment)
    return await access_post(ctx, f"r-{role}", Right.REPORTS)


async def parent(town: Town) -> str:
    return await recognise(town.ctx, town.phone("parent").user.openid)


async def an_evening(town: Town, ctx: Context) -> str:
    """Maths in both classes, Chinese in the first; child 1 hands in the maths, and it is looked at. Returns its id."""
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    chinese = await teacher(ctx, 2, subject="chinese", classes=[CLASS])
    held = (await publish(ctx, maths, hand_in="text", minutes=20)).homework
    await publish(ctx, chinese, minutes=15)
    person = await parent(town)
    work = await access_work_as_guardian(ctx, person, held.id, ONE)
    await hand_in(ctx, work, person, text="写完了", file_ids=[], key="key-1")
    await mark_all_seen(ctx, maths, held.id, CLASS.id)
    await count_reports(ctx)
    return held.id


MATHS = Figures(homework=1, minutes=20, wanted=3, handed_in=1, on_time=1, marked=1)
CHINESE = Figures(homework=1, minutes=15)


async def test_a_school_sees_its_classes_and_a_figure_leads_to_the_homework(
    town: Town, ctx: Context
) -> None:
    homework_id = await an_evening(town, ctx)
    office = await post(ctx, Role.OFFICE)
    view = await school_view(ctx, office, **WEEK)
    assert view.figures == MATHS + CHINESE + Figures(homework=1, minutes=20)
    assert [line.figures for line in view.lines] == [
        MATHS + CHINESE,
        Figures(homework=1, minutes=20),
    ]
    assert view.weeks[0].reach == Reach(3, 3)
    assert (view.weeks[0].teachers, view.weeks[0].used) == (2, 2)
    of_class = await class_view(ctx, office, CLASS.id, **WEEK)
    assert of_class.figures == total(line.figures for line in of_class.lines) == MATHS + CHINESE
    (line,) = [x for x in of_class.lines if x.subject == "maths"]
    assert line.homework_id == homework_id
    opened = await homework_view(ctx, office, CLASS.id, homework_id)
    assert opened.figures == line.figures == MATHS
    assert (
        opened.children == ()
    )  # the office sees figures, and who handed in is the teachers' to see


async def test_a_teacher_of_a_subject_sees_that_subject_in_their_classes(
    town: Town, ctx: Context
) -> None:
    homework_id = await an_evening(town, ctx)
    chinese = await access_post(ctx, "teacher-2", Right.REPORTS)
    view = await school_view(ctx, chinese, **WEEK)
    assert (view.whole, view.figures) == (False, CHINESE)
    assert [line.school_class.id for line in view.lines] == [CLASS.id]
    assert view.weeks[0].teachers == 0  # how others work is not theirs to see
    of_class = await class_view(ctx, chinese, CLASS.id, **WEEK)
    assert [one.subject for one in of_class.subjects] == ["chinese"]
    with pytest.raises(NotFoundError):
        await homework_view(ctx, chinese, CLASS.id, homework_id)
    with pytest.raises(NotFoundError):
        await class_view(ctx, chinese, OTHER.id, **WEEK)
    own = await child_view_for_teacher(ctx, chinese, ONE, **WEEK)
    assert own.figures == CHINESE
    maths = await access_post(ctx, "teacher-1", Right.REPORTS)
    children = (await homework_view(ctx, maths, CLASS.id, homework_id)).children
    assert [(s.id, o is not None) for s, o in children] == [
        (f"{CLASS.id}-{n:04d}", n == 1) for n in (1, 2, 3)
    ]


async def test_a_child_is_for_its_family_and_its_teachers(town: Town, ctx: Context) -> None:
    await an_evening(town, ctx)
    head = await access_post(
        ctx, await recognise(ctx, town.phone("teacher").user.openid), Right.REPORTS
    )
    expected = replace(MATHS, wanted=1) + CHINESE
    for view in (
        await child_view_for_family(ctx, await parent(town), ONE, **WEEK),
        await child_view_for_teacher(ctx, head, ONE, **WEEK),
    ):
        assert view.figures == expected
        assert [(s.subject, s.figures.handed_in) for s in view.subjects] == [
            ("chinese", 0),
            ("maths", 1),
        ]
        assert total(w.figures for w in view.weeks) == expected
    assert next(s.id for s in await children_to_open(ctx, head, CLASS.id)) == ONE
    other = await child_view_for_teacher(ctx, head, f"{CLASS.id}-0002", **WEEK)
    assert other.figures.handed_in == 0
    with pytest.raises(NotFoundError):
        await child_view_for_family(ctx, await parent(town), f"{CLASS.id}-0002", **WEEK)
    with pytest.raises(NotFoundError):
        await child_view_for_family(ctx, "somebody", ONE, **WEEK)
    leader = await post(ctx, Role.GRADE_LEADER, school_id=SCHOOL.id, grade=3)
    for who in (leader, await post(ctx, Role.OFFICE), await post(ctx, Role.SCHOOL_ADMIN)):
        assert await children_to_open(ctx, who, CLASS.id) == []
        with pytest.raises(NotFoundError):
            await child_view_for_teacher(ctx, who, ONE, **WEEK)


async def test_of_a_groups_homework_only_the_group_has_it(town: Town, ctx: Context) -> None:
    head = await teacher(ctx, 1, classes=[CLASS])
    await publish(ctx, head, students=[ONE], hand_in="text")
    later = await publish(ctx, head, key="key-0002", publish_at="2026-11-24T20:00", hand_in="text")
    assert later.homework.versions
    await count_reports(ctx)
    who = await access_post(ctx, "teacher-1", Right.REPORTS)
    figures = [
        (await child_view_for_teacher(ctx, who, f"{CLASS.id}-{n:04d}", **WEEK)).figures.homework
        for n in (1, 2)
    ]
    assert figures == [1, 0]  # and what is not out yet is nobody's


async def test_a_region_sees_schools_by_name_and_no_class_below(town: Town, ctx: Context) -> None:
    homework_id = await an_evening(town, ctx)
    first = School(id="school-z", name="白杨小学", region_ids=("d",))
    await ctx.stores.schools.save_school(first)
    district = await post(ctx, Role.DISTRICT_ADMIN, region_id=DISTRICT.id)
    view = await region_view(ctx, district, **WEEK)
    assert [line.school.name for line in view.lines] == ["白杨小学", "青禾小学"]
    assert view.figures == view.lines[1].figures
    assert view.lines[0].figures == Figures()
    assert view.weeks[0].reach == view.lines[1].reach == Reach(3, 3)
    below = await school_view(ctx, district, SCHOOL.id, **WEEK)
    assert below.figures == view.figures
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: class_view(ctx, district, CLASS.id, **WEEK),
        lambda: homework_view(ctx, district, CLASS.id, homework_id),
        lambda: child_view_for_teacher(ctx, district, ONE, **WEEK),
        lambda: export_class(ctx, district, CLASS.id, day=None, **WEEK),
        lambda: region_view(ctx, district, SCHOOL.id, **WEEK),
    ]
    elsewhere = School(id="school-b", name="云杉小学")
    await ctx.stores.schools.save_school(elsewhere)
    acts.append(lambda: school_view(ctx, district, elsewhere.id, **WEEK))
    for act in acts:
        with pytest.raises(NotFoundError):
            await act()


async def test_what_is_wanted_knows_the_term_and_the_tablets(town: Town, ctx: Context) -> None:
    term = Term(
        id=term_id(school_calendar(SCHOOL.id), 2026, 1),
        place_id=school_calendar(SCHOOL.id),
        school_year=2026,
        number=1,
        begins_on=MONDAY,
        ends_on=MONDAY + timedelta(days=60),
    )
    calendar = Calendar(id=school_calendar(SCHOOL.id), terms=(term,))
    assert await ctx.stores.terms.mark_changed(calendar)
    await ctx.stores.schools.save_classes([replace(CLASS, tablets=True)])
    await an_evening(town, ctx)
    office = await post(ctx, Role.OFFICE)
    of_class = await class_view(ctx, office, CLASS.id, span=Span.TERM)
    assert (of_class.aim.week, of_class.aim.term) == (2, 30)
    assert [(one.reach.reached, one.reach.due) for one in of_class.subjects] == [(0, 1), (0, 1)]
    view = await school_view(ctx, office, **WEEK)
    assert view.weeks[0].reach == Reach(3, 1)  # the other class learns on paper
    wants_one = replace(SCHOOL, rules=Rules(aims=Aims(term=1)))
    await ctx.stores.schools.save_school(wants_one)
    of_term = await school_view(ctx, await post(ctx, Role.OFFICE), span=Span.TERM)
    assert [line.term for line in of_term.lines] == [Reach(2, 0), Reach(1, 1)]
    before = await school_view(ctx, office, span=Span.WEEK, day=MONDAY - timedelta(days=7))
    assert before.weeks[0].reach == Reach(0, 0)  # there was no school
    wants_more = replace(SCHOOL, rules=Rules(aims=Aims(week=2)))
    await ctx.stores.schools.save_school(wants_more)
    other = await class_view(ctx, await post(ctx, Role.OFFICE), OTHER.id, **WEEK)
    assert other.subjects[0].reach == Reach(1, 0)


def cells(content: bytes) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(content))
    return [[c.value for c in row] for sheet in book.worksheets for row in sheet.iter_rows()]


async def test_the_files_say_what_the_pages_say_and_name_no_child(town: Town, ctx: Context) -> None:
    await an_evening(town, ctx)
    office = await post(ctx, Role.OFFICE)
    district = await post(ctx, Role.DISTRICT_ADMIN, region_id=DISTRICT.id)
    name, school = await export_school(ctx, office, SCHOOL.id, day=None, **WEEK)
    assert name == SCHOOL.name
    assert [CLASS.name, 2, 35, 3, 1, 1, 0, 1, 2, 2, 2, 0] in cells(school)
    _, of_class = await export_class(ctx, office, CLASS.id, day=None, **WEEK)
    assert ["2026-11-24", "数学", 20, 3, 1, 1, 0, 1] in cells(of_class)
    assert ["数学", 1, 20, 3, 1, 1, 0, 1, 1, 1, 1, 15] in cells(of_class)
    _, region = await export_region(ctx, district, DISTRICT.id, day=None, **WEEK)
    assert [SCHOOL.name, 3, 55, 3, 1, 1, 0, 1, 3, 3, 2, 2] in cells(region)
    words = {str(v) for file in (school, of_class, region) for row in cells(file) for v in row}
    assert not any(child_name(n) in word for word in words for n in (1, 2, 3))
    assert not any("老师" in word for word in words)
    entries = await ctx.stores.audit.page(SCHOOL.id, before=None, since=None, at=TUESDAY, limit=9)
    assert [e.act for e in entries].count(Act.REPORT_EXPORTED) == 2


async def test_what_is_wanted_is_a_setting_of_district_and_school(ctx: Context) -> None:
    """Also of a class: whether it learns on tablets."""
    stages = replace(SCHOOL, stages=(Stage.PRIMARY,))
    await ctx.stores.schools.save_school(stages)
    district = await post(ctx, Role.DISTRICT_ADMIN, region_id=DISTRICT.id)
    admin = await post(ctx, Role.SCHOOL_ADMIN)
    await relabel_class(ctx, admin, OTHER.id, {"label": "2", "tablets": "yes"})

    async def wanted(who: Post, **typed: str) -> list[tuple[int, int]]:
        form = form_of(await settings_at(ctx, who)) | typed
        seen = (await review_settings(ctx, who, form)).seen
        await change_settings(ctx, who, form, seen=seen)
        school = await ctx.stores.schools.find_school(SCHOOL.id)
        assert school is not None
        classes = await ctx.stores.schools.classes([CLASS.id, OTHER.id])
        aims = await aims_for(ctx, school, classes)
        return [(aims[c].week, aims[c].term) for c in (CLASS.id, OTHER.id)]

    assert await wanted(admin) == [(1, 15), (2, 30)]
    assert await wanted(district, homework_week="3", homework_tablet_term="20") == [
        (3, 15),
        (2, 20),
    ]
    assert await wanted(admin, homework_week="1", homework_term="40") == [(3, 40), (2, 20)]
    assert await wanted(district, homework_week="", homework_tablet_term="") == [(1, 40), (2, 30)]
    with pytest.raises(InvalidError) as refused:
        await wanted(admin, homework_tablet_week="101")
    assert list(refused.value.fields) == ["homework_tablet_week"]
