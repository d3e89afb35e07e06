"""Publishing homework within the budget: by one, by forty at once, changed, withdrawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.budgets import Load, load_of
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.homework import HomeworkState
from domain.notices import NoticeKind, NoticeState
from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Right, Role
from domain.stages import Stage
from services.budgets import limits_for
from services.context import Context
from services.homework import (
    edit_homework,
    homework_of_author,
    publish_homework,
    withdraw_homework,
)
from services.notices import withdraw_notice
from services.people import access_post, access_teaching
from services.place_settings import change_settings, form_of, review_settings, settings_at
from services.retention import clear_old
from tests.domain.samples import a_timing
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, a_class, draft, evening, minutes, publish, teacher
from tests.town import SCHOOL, Town, pupil, school_class

CLASS, OTHER = school_class(1), school_class(2)


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    """On a Tuesday afternoon, in a school of two classes of grade 3 with three pupils each."""
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await made.stores.schools.save_school(SCHOOL)
    await made.stores.schools.save_classes([CLASS, OTHER])
    for group in (CLASS, OTHER):
        await made.stores.schools.save_students([pupil(group, n)[0] for n in range(1, 4)])
    return made


async def count(ctx: Context, collection: str) -> int:
    return int(await ctx.stores.database[collection].count_documents({}))


async def test_what_fits_is_published_and_the_families_are_told_by_a_notice(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    outcome = await publish(ctx, maths)
    assert outcome.clashes == ()
    assert outcome.homework.state is HomeworkState.PUBLISHED
    assert outcome.homework.unfinished_since is None
    assert await minutes(ctx, CLASS) == [20]
    notice = await ctx.stores.notices.find(outcome.homework.id)
    assert notice is not None
    assert (notice.kind, notice.state) == (NoticeKind.HOMEWORK, NoticeState.PUBLISHED)
    assert notice.current.title == "数学作业 约20分钟"
    assert "练习册第 32 页" in notice.current.body
    with pytest.raises(ConflictError):  # it is withdrawn as a homework, with its minutes
        await withdraw_notice(ctx, await access_teaching(ctx, "teacher-1"), notice.id)


async def test_the_same_form_twice_is_one_homework(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    made = await draft(ctx, maths)
    first, second = await asyncio.gather(
        *(publish_homework(ctx, maths, made, idempotency_key="key-0001") for _ in range(2)),
        return_exceptions=True,
    )
    done = [o for o in (first, second) if not isinstance(o, BaseException)]
    assert done
    again = await publish_homework(ctx, maths, made, idempotency_key="key-0001")
    assert again.homework.id == done[0].homework.id
    assert await minutes(ctx, CLASS) == [20]
    assert await count(ctx, "homework") == 1
    assert await count(ctx, "notices") == 1


async def test_over_the_budget_nothing_is_published_and_it_says_what_is_there(ctx: Context) -> None:
    await publish(ctx, await teacher(ctx, 1), minutes=35)
    chinese = await teacher(ctx, 2, subject="chinese")
    outcome = await publish(ctx, chinese, minutes=30)
    (clash,) = outcome.clashes
    assert clash.excess == Load(written=5, total=5)
    assert [(i.subject, i.minutes, i.author_name) for i in clash.items] == [("maths", 35, "老师1")]
    assert clash.may_ask
    assert outcome.homework.state is HomeworkState.UNPUBLISHED
    assert await minutes(ctx, CLASS) == [35]
    assert await ctx.stores.notices.find(outcome.homework.id) is None
    shorter = await edit_homework(
        ctx, chinese, outcome.homework.id, await draft(ctx, chinese, minutes=25), seen=1
    )
    assert shorter.clashes == ()
    assert shorter.homework.state is HomeworkState.PUBLISHED
    assert await minutes(ctx, CLASS) == [25, 35]
    assert await ctx.stores.notices.find(outcome.homework.id) is not None


async def test_it_may_move_to_another_day(ctx: Context) -> None:
    await publish(ctx, await teacher(ctx, 1), minutes=60)
    chinese = await teacher(ctx, 2, subject="chinese")
    over = await publish(ctx, chinese, minutes=30)
    moved = await draft(ctx, chinese, minutes=30, day="2026-11-25")
    outcome = await edit_homework(ctx, chinese, over.homework.id, moved, seen=1)
    assert outcome.clashes == ()
    assert await minutes(ctx, CLASS, "2026-11-25") == [30]
    back = await edit_homework(
        ctx, chinese, over.homework.id, await draft(ctx, chinese, minutes=30), seen=2
    )
    assert back.clashes != ()
    assert back.homework.task.minutes == 30
    assert str(back.homework.task.evening) == "2026-11-25"
    assert await minutes(ctx, CLASS) == [60]
    assert await minutes(ctx, CLASS, "2026-11-25") == [30]


@pytest.mark.parametrize("each", [10, 7, 25])
async def test_forty_teachers_at_once_and_the_budget_holds_exactly(ctx: Context, each: int) -> None:
    teachers = [await teacher(ctx, n) for n in range(40)]
    drafts = [await draft(ctx, t, minutes=each) for t in teachers]
    outcomes = await asyncio.gather(
        *(
            publish_homework(ctx, t, d, idempotency_key="key-0001")
            for t, d in zip(teachers, drafts, strict=True)
        )
    )
    published = {o.homework.id for o in outcomes if not o.clashes}
    assert len(published) == 60 // each
    held = await evening(ctx, CLASS)
    assert held is not None
    assert {r.homework_id for r in held.reservations} == published
    assert await minutes(ctx, CLASS) == [each] * len(published)
    assert await count(ctx, "notices") == len(published)
    for outcome, who in zip(outcomes, teachers, strict=True):
        (own,) = await homework_of_author(ctx, who)
        assert own.unfinished_since is None
        assert (own.state is HomeworkState.PUBLISHED) == (not outcome.clashes)


async def test_without_a_limit_nobody_is_lost(ctx: Context) -> None:
    senior = a_class(9, grade=10)
    await ctx.stores.schools.save_classes([senior])
    teachers = [await teacher(ctx, n, classes=[senior]) for n in range(40)]
    outcomes = await asyncio.gather(*(publish(ctx, t, minutes=30) for t in teachers))
    assert all(not o.clashes for o in outcomes)
    assert await minutes(ctx, senior) == [30] * 40


async def test_all_classes_or_none(ctx: Context) -> None:
    await publish(ctx, await teacher(ctx, 1, classes=[OTHER]), minutes=50)
    both = await teacher(ctx, 2, subject="chinese", classes=[CLASS, OTHER])
    outcome = await publish(ctx, both, minutes=20)
    assert [c.school_class.id for c in outcome.clashes] == [OTHER.id]
    assert await minutes(ctx, CLASS) == []
    assert await minutes(ctx, OTHER) == [50]


async def test_withdrawing_gives_the_minutes_back_and_takes_the_notice_back(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    made = (await publish(ctx, maths, minutes=60)).homework
    await withdraw_homework(ctx, maths, made.id)
    await withdraw_homework(ctx, maths, made.id)
    assert await minutes(ctx, CLASS) == []
    notice = await ctx.stores.notices.find(made.id)
    assert notice is not None
    assert notice.state is NoticeState.WITHDRAWN
    assert (await publish(ctx, await teacher(ctx, 2), minutes=60)).clashes == ()
    with pytest.raises(ConflictError):
        await edit_homework(ctx, maths, made.id, await draft(ctx, maths), seen=1)


async def test_a_correction_is_a_version_of_the_notice(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    made = (await publish(ctx, maths, minutes=30)).homework
    changed = await draft(ctx, maths, minutes=40, text="只做第 33 页。")
    outcome = await edit_homework(ctx, maths, made.id, changed, seen=1)
    assert outcome.homework.corrected
    assert await minutes(ctx, CLASS) == [40]
    notice = await ctx.stores.notices.find(made.id)
    assert notice is not None
    assert [v.number for v in notice.versions] == [1, 2]
    assert notice.current.title == "数学作业 约40分钟"
    with pytest.raises(ConflictError):  # somebody who saw the version before
        await edit_homework(ctx, maths, made.id, changed, seen=1)


async def test_groups_count_for_their_pupils_alone(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    ids = [f"{CLASS.id}-{n:04d}" for n in range(1, 4)]
    for number, student in enumerate(ids):
        made = await publish(
            ctx, maths, key=f"key-000{number}", students=[student], minutes=40, group="甲组"
        )
        assert made.clashes == ()
    assert await minutes(ctx, CLASS) == [40, 40, 40]
    chinese = await teacher(ctx, 2, subject="chinese")
    over = await publish(ctx, chinese, minutes=25)
    assert over.clashes[0].excess == Load(written=5, total=5)
    assert (await publish(ctx, chinese, key="key-0009", minutes=20)).clashes == ()
    notice = await ctx.stores.notices.find(made.homework.id)
    assert notice is not None
    assert notice.student_ids == (ids[-1],)
    assert "甲组" not in notice.current.body


@pytest.mark.parametrize(
    ("subject", "role", "fits"),
    [
        ("maths", Role.SUBJECT_TEACHER, True),
        ("chinese", Role.SUBJECT_TEACHER, False),
        ("chinese", Role.HEAD_TEACHER, True),
        ("alchemy", Role.HEAD_TEACHER, False),
    ],
)
async def test_a_subject_teacher_sets_homework_of_their_subject(
    ctx: Context, subject: str, role: Role, fits: bool
) -> None:
    who = await teacher(ctx, 1, role=role)
    if fits:
        assert (await publish(ctx, who, subject=subject)).clashes == ()
    else:
        with pytest.raises(NotFoundError):
            await publish(ctx, who, subject=subject)
        assert await count(ctx, "homework") == 0


async def test_no_class_and_no_pupil_of_somebody_else(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    with pytest.raises(NotFoundError):
        await publish(ctx, maths, classes=[OTHER.id])
    with pytest.raises(NotFoundError):
        await publish(ctx, maths, students=[f"{OTHER.id}-0001"])
    made = (await publish(ctx, maths)).homework
    with pytest.raises(NotFoundError):
        await withdraw_homework(ctx, await teacher(ctx, 2), made.id)
    assert await minutes(ctx, CLASS) == [20]


async def test_no_written_homework_in_the_first_two_grades(ctx: Context) -> None:
    little = a_class(8, grade=2)
    await ctx.stores.schools.save_classes([little])
    who = await teacher(ctx, 1, classes=[little])
    with pytest.raises(InvalidError) as refused:
        await publish(ctx, who)
    assert refused.value.fields["written"].code == "not_in_this_grade"
    assert (await publish(ctx, who, written="")).clashes == ()


async def test_what_is_old_goes_at_night_and_what_is_asked_for_it_with_it(ctx: Context) -> None:
    maths = await teacher(ctx, 1)
    made = (await publish(ctx, maths)).homework
    await ctx.stores.timings.save(a_timing(homework_id=made.id, at=TUESDAY))
    kinds = ("homework", "evenings", "timings")
    await clear_old(replace(ctx, now=lambda: TUESDAY + timedelta(days=1000)))
    assert [await count(ctx, kind) for kind in kinds] == [1, 1, 0]
    await clear_old(replace(ctx, now=lambda: TUESDAY + timedelta(days=1200)))
    assert [await count(ctx, kind) for kind in kinds] == [0, 0, 0]


async def test_an_erased_child_leaves_its_group_and_nobody_else_gets_the_homework(
    ctx: Context,
) -> None:
    maths = await teacher(ctx, 1)
    child, friend = f"{CLASS.id}-0001", f"{CLASS.id}-0002"
    alone = (await publish(ctx, maths, students=[child])).homework
    both = (await publish(ctx, maths, key="key-0002", students=[child, friend])).homework
    assert await ctx.stores.forgetting.leave_groups(SCHOOL.id, child) == 2
    held = await ctx.stores.homework.many([alone.id, both.id])
    assert held[alone.id].student_ids == ("erased",)
    assert held[both.id].student_ids == ("erased", friend)
    notice = await ctx.stores.notices.find(alone.id)
    assert notice is not None
    assert not notice.is_for(friend)
    day = await evening(ctx, CLASS)
    assert day is not None
    assert child not in str(day)
    assert load_of(day.reservations, friend) == Load(written=20, total=20)


async def test_a_weekend_is_one_evening_until_it_is_over(ctx: Context) -> None:
    """Friday's homework is corrected on Sunday; what is set for Saturday counts with it; on Monday it is over."""
    maths = await teacher(ctx, 1)
    friday, saturday = "2026-11-27", "2026-11-28"
    made = (await publish(ctx, maths, minutes=40, day=friday)).homework
    sunday = replace(ctx, now=lambda: TUESDAY + timedelta(days=5))
    shorter = await draft(sunday, maths, minutes=30, day=friday)
    assert (await edit_homework(sunday, maths, made.id, shorter, seen=1)).clashes == ()
    over = await publish(sunday, maths, key="key-0002", minutes=40, day=saturday)
    assert over.clashes[0].excess == Load(written=10, total=10)
    monday = replace(ctx, now=lambda: TUESDAY + timedelta(days=6))
    with pytest.raises(InvalidError) as refused:
        await publish(monday, maths, key="key-0003", day=friday)
    assert refused.value.fields["day"].code == "in_the_past"
    assert await minutes(ctx, CLASS, friday) == [30]


async def test_a_school_is_stricter_than_its_district_and_never_looser(ctx: Context) -> None:
    """What their settings say is what counts at the next publishing."""
    district = Region(id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("d",))
    await ctx.stores.regions.save(district)
    await ctx.stores.schools.save_school(
        replace(SCHOOL, stages=(Stage.PRIMARY,), region_ids=("d",))
    )
    posts = {}
    for role, place in ((Role.DISTRICT_ADMIN, "region_id"), (Role.SCHOOL_ADMIN, "school_id")):
        where: dict[str, Any] = {place: "d" if place == "region_id" else SCHOOL.id}
        held = Appointment(id=role, person_id=f"a-{role}", role=role, name="甲", **where)
        await ctx.stores.appointments.save(held)
        posts[role] = await access_post(ctx, held.person_id, Right.SETTINGS)

    async def most(role: Role, minutes: str) -> int | None:
        post = posts[role]
        form = form_of(await settings_at(ctx, post)) | {"evening_middle": minutes}
        seen = (await review_settings(ctx, post, form)).seen
        await change_settings(ctx, post, form, seen=seen)
        school = await ctx.stores.schools.find_school(SCHOOL.id)
        assert school is not None
        return (await limits_for(ctx, school, [3]))[3].total

    assert await most(Role.DISTRICT_ADMIN, "50") == 50
    assert await most(Role.SCHOOL_ADMIN, "80") == 50
    assert await most(Role.SCHOOL_ADMIN, "40") == 40
    assert await most(Role.SCHOOL_ADMIN, "") == 50
    assert await most(Role.DISTRICT_ADMIN, "") == 60
    with pytest.raises(InvalidError) as refused:
        await most(Role.SCHOOL_ADMIN, "241")
    assert list(refused.value.fields) == ["evening_middle"]
