"""Going up and taking it back over the real stores: what is left after which death, whom it touches, who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audit import OPERATOR, Act
from domain.bindings import BindingState, EndReason
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.imports import Import, ImportState
from domain.roles import Appointment, Role, appointment_id
from domain.rollover_plans import years_to_choose
from domain.rollovers import Choices, RolloverState, Way
from domain.stages import Stage, System
from services.audit import Wanted, audit_page
from services.bindings import bind_guardian
from services.context import Context
from services.people import Post
from services.rollover_steps import carry_out_rollover
from services.rollovers import (
    access_plan,
    access_undoable,
    begin_rollover,
    describe_school,
    look_ahead,
    plan_key,
    refuse_while_rolling_over,
    save_plan,
)
from services.roster_files import RosterError
from services.roster_turns import roster_turn
from services.terms import school_day
from storage.stores import Stores
from tests.new_year import (
    USUAL,
    Eve,
    an_eve,
    begin,
    binding_of,
    go_back,
    go_up,
    held,
    later,
    records_of,
    settle,
)

DAY = timedelta(days=1)


# ---------------------------------------------------------------------------------- going up


async def test_a_school_goes_up(ctx: Context, eve: Eve) -> None:
    other = await records_of(ctx, "school-b")
    await go_up(ctx, eve)
    classes = {c.id: c for c in await ctx.stores.schools.classes_of_school("school-a")}
    assert classes[eve.class_of(1).id].name == "二年级一班"
    assert classes[eve.class_of(5).id].grade == 6
    gone = classes[eve.class_of(6).id]
    assert gone.ended_at is not None
    (founded,) = [c for c in classes.values() if c.id not in {c.id for c in eve.classes}]
    assert (founded.name, founded.entered, founded.label) == ("一年级一班", 2026, "1")
    school = await ctx.stores.schools.find_school("school-a")
    assert school is not None
    assert school.year == 2026
    assert await records_of(ctx, "school-b") == other


async def test_who_graduates_is_reached_by_nobody_and_told_nothing_yet(
    ctx: Context, eve: Eve
) -> None:
    await go_up(ctx, eve)
    leavers = {s.id for s in eve.pupils_of(eve.class_of(6).id)}
    for binding in eve.bindings:
        found = await binding_of(ctx, binding.id)
        if binding.student_id in leavers:
            assert found.state is BindingState.ENDED
            assert found.ending.reason is EndReason.GRADUATED
            assert not found.untold
        else:
            assert found == binding
    assert await ctx.stores.schools.students(leavers) == {}
    assert await ctx.stores.bindings.untold_endings(ctx.now() + DAY) == []


async def test_teachers_go_with_their_class_and_leaders_with_their_grade(
    ctx: Context, eve: Eve
) -> None:
    stays = appointment_id(Role.GRADE_LEADER, "school-a-lead-2", place_id="school-a", grade=2)
    await go_up(ctx, eve, Choices(staying=(stays,)))
    standing = [
        a for a in await ctx.stores.appointments.of_school("school-a") if a.stands(ctx.now())
    ]
    grades = {a.person_id: a.grade for a in standing if a.role is Role.GRADE_LEADER}
    assert grades == {f"school-a-lead-{g}": (2 if g == 2 else g + 1) for g in range(1, 6)}
    of_classes = {a.class_id for a in standing if a.class_id}
    assert of_classes == {c.id for c in eve.classes} - {eve.class_of(6).id}


async def test_a_nine_year_school_lets_grade_nine_go_and_keeps_grade_six(ctx: Context) -> None:
    nine = an_eve(stages=(Stage.PRIMARY, Stage.JUNIOR), system=System.FIVE_FOUR)
    await settle(ctx, nine)
    done = await go_up(ctx, nine)
    assert [m.before.grade for m in done.plan.going(Way.GRADUATES)] == [9]
    (six,) = await ctx.stores.schools.classes([nine.class_of(5).id])
    assert (six.name, six.ended_at) == ("六年级一班", None)


async def test_after_a_day_families_are_told_and_the_list_forgets_the_leavers(
    ctx: Context, eve: Eve
) -> None:
    done = await go_up(ctx, eve)
    await carry_out_rollover(later(ctx, DAY - timedelta(minutes=1)), done.id)
    await held(ctx, done.id, RolloverState.DONE)
    tomorrow = later(ctx, DAY + timedelta(minutes=1))
    assert await ctx.stores.rollovers.due(tomorrow.now()) == [done.id]
    await carry_out_rollover(tomorrow, done.id)
    closed = await held(ctx, done.id, RolloverState.CLOSED)
    assert not closed.plan.leaders
    assert not closed.plan.teachers
    assert await ctx.stores.rollovers.due(tomorrow.now() + DAY) == []
    leavers = {s.id for s in eve.pupils_of(eve.class_of(6).id)}
    told = {b.id for b in eve.bindings if b.student_id in leavers}
    assert set(await ctx.stores.bindings.untold_endings(tomorrow.now())) == told
    records = await records_of(ctx, "school-a")
    assert {c["student_id"] for c in records["contacts"].values()}.isdisjoint(leavers)
    assert len(records["contacts"]) == len(eve.contacts) - len(told)
    with pytest.raises(NotFoundError):
        await access_undoable(tomorrow, await eve.post(ctx))


# ------------------------------------------------------------------------------- who, and when


@pytest.mark.parametrize(
    "role", [Role.HEAD_TEACHER, Role.SUBJECT_TEACHER, Role.GRADE_LEADER, Role.OBSERVER]
)
async def test_without_the_right_nothing_happens(ctx: Context, eve: Eve, role: Role) -> None:
    before = await records_of(ctx)
    stranger = Appointment(id="x", person_id="p", role=role, name="某", school_id="school-a")
    post = Post("p", (stranger,), eve.school)
    with pytest.raises(NotFoundError):
        await look_ahead(ctx, post)
    with pytest.raises(NotFoundError):
        await save_plan(ctx, post, USUAL)
    with pytest.raises(NotFoundError):
        await describe_school(ctx, post, {"stages": ["senior"], "system": ["six_three"]})
    await save_plan(ctx, await eve.post(ctx), USUAL)
    with pytest.raises(NotFoundError):
        await begin_rollover(ctx, post, plan_id="", typed="2")
    assert await records_of(ctx) == before


async def test_another_schools_plan_is_not_there(ctx: Context, eve: Eve) -> None:
    await save_plan(ctx, await eve.post(ctx), USUAL)
    neighbour = an_eve("school-b")
    with pytest.raises(NotFoundError):
        await access_plan(ctx, await neighbour.post(ctx))


@pytest.mark.parametrize("typed", ["", "1", "3", "-2", "两", "2.0", "二"])
async def test_another_number_begins_nothing(ctx: Context, eve: Eve, typed: str) -> None:
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, USUAL)
    before = await records_of(ctx)
    with pytest.raises(InvalidError):
        await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed=typed)
    assert await records_of(ctx) == before
    await held(ctx, rollover.id, RolloverState.PLANNED)
    assert (await audit_page(ctx, "school-a", Wanted())).entries == ()


async def test_a_school_that_changed_since_is_looked_at_once_more(ctx: Context, eve: Eve) -> None:
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, USUAL)
    child = eve.pupils_of(eve.class_of(6).id)[0]
    await ctx.stores.schools.save_students([replace(child, left_at=ctx.now())])
    before = await records_of(ctx)
    with pytest.raises(ConflictError) as refused:
        await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    assert refused.value.code == "rollover_changed"
    assert await records_of(ctx) == before
    await held(ctx, rollover.id, RolloverState.PLANNED)


async def test_an_older_plan_than_the_one_written_down_last_begins_nothing(
    ctx: Context, eve: Eve
) -> None:
    post = await eve.post(ctx)
    old = await save_plan(ctx, post, USUAL)
    await save_plan(later(ctx, timedelta(minutes=1)), post, Choices(intake=((1, 3),)))
    with pytest.raises(ConflictError) as refused:
        await begin_rollover(ctx, post, plan_id=plan_key(old), typed="2")
    assert refused.value.code == "rollover_changed"
    await held(ctx, old.id, RolloverState.PLANNED)


async def test_begun_twice_is_begun_once(ctx: Context, eve: Eve) -> None:
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, USUAL)
    await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    with pytest.raises(NotFoundError):
        await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    entries = (await audit_page(ctx, "school-a", Wanted())).entries
    assert [e.act for e in entries] == [Act.ROLLOVER_APPLIED]


async def test_the_log_has_it_before_it_happens(ctx: Context, eve: Eve) -> None:
    await go_up(ctx, eve)
    await go_back(ctx, eve)
    entries = (await audit_page(ctx, "school-a", Wanted())).entries
    assert [e.act for e in entries] == [Act.ROLLOVER_UNDONE, Act.ROLLOVER_APPLIED]
    applied = entries[1]
    assert applied.actor.person_id == eve.office
    assert applied.after is not None
    assert (applied.after["classes_up"], applied.after["pupils_graduated"]) == (5, 2)
    assert (await audit_page(ctx, "school-b", Wanted())).entries == ()


async def test_while_it_runs_no_list_is_taken_in_and_nothing_else_changes_the_school(
    ctx: Context, eve: Eve
) -> None:
    await refuse_while_rolling_over(ctx, "school-a")
    await begin(ctx, eve)
    with pytest.raises(RosterError) as refused:
        async with roster_turn(ctx, "school-a", "陈老师"):
            pass
    assert refused.value.code == "rolling_over"
    with pytest.raises(ConflictError):
        await refuse_while_rolling_over(ctx, "school-a")
    with pytest.raises(ConflictError):
        await describe_school(ctx, await eve.post(ctx), {})
    async with roster_turn(ctx, "school-b", "陈老师") as turn:
        assert not turn.lost


async def test_while_a_list_is_taken_in_it_waits(ctx: Context, eve: Eve) -> None:
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, USUAL)
    before = await records_of(ctx)
    async with roster_turn(ctx, "school-a", "陈老师"):
        with pytest.raises(ConflictError) as refused:
            await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
        assert refused.value.code == "roster_busy"
    assert await records_of(ctx) == before
    await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    await carry_out_rollover(ctx, rollover.id)
    await held(ctx, rollover.id, RolloverState.DONE)


async def test_half_a_list_is_taken_in_first(ctx: Context, eve: Eve) -> None:
    """Its worker died, and nobody holds the school's turn: it is taken up again for the year it was read for."""
    half = Import(
        id="import-1",
        school_id="school-a",
        actor=OPERATOR,
        by="陈老师",
        file_id="f",
        file_name="名册.xlsx",
        file_hash="0",
        created_at=ctx.now(),
        touched_at=ctx.now(),
        state=ImportState.APPLYING,
    )
    await ctx.stores.imports.add(half)
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, USUAL)
    before = await records_of(ctx)
    with pytest.raises(ConflictError) as refused:
        await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    assert refused.value.code == "roster_busy"
    assert await records_of(ctx) == before
    await held(ctx, rollover.id, RolloverState.PLANNED)
    # One that waits while the school goes up does not hold it up.
    state = ImportState.DONE
    await ctx.stores.imports.mark("import-1", state, ctx.now(), expected=half.state, changes={})
    await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed="2")
    await ctx.stores.imports.add(replace(half, id="import-2"))
    await carry_out_rollover(ctx, rollover.id)
    await held(ctx, rollover.id, RolloverState.DONE)


async def test_who_asks_to_be_bound_to_a_child_that_left_is_not(ctx: Context, eve: Eve) -> None:
    await go_up(ctx, eve)
    leaver = eve.pupils_of(eve.class_of(6).id)[0]
    # The same line stands for a child in every class of this school: only this one is left here.
    for student in eve.students:
        if student.id != leaver.id:
            await ctx.stores.promotions.drop_contacts_of("school-a", [student.id])
    await ctx.stores.promotions.drop_contacts_of(
        "school-b", [s.id for s in an_eve("school-b").students]
    )
    await bind_guardian(ctx, "somebody", f"{leaver.name} 0001")
    assert await ctx.stores.bindings.active_of_students("school-a", [leaver.id]) == []


async def test_a_school_of_old_says_first_what_it_is(ctx: Context) -> None:
    eve = an_eve("school-c")
    eve.school = replace(eve.school, stages=(), year=0)
    eve.classes = [replace(c, entered=0, label="") for c in eve.classes]
    await settle(ctx, eve)
    post = await eve.post(ctx)
    with pytest.raises(ConflictError) as refused:
        await save_plan(ctx, post, USUAL)
    assert refused.value.code == "rollover_blocked"
    with pytest.raises(InvalidError) as wrong:
        await describe_school(ctx, post, {"stages": ["nonsense"], "system": [], "year": ["1999"]})
    assert set(wrong.value.fields) == {"stages", "system", "year"}
    last_year, _ = years_to_choose(school_day(ctx.now()))
    form = {"stages": ["primary"], "system": ["six_three"], "year": [str(last_year)]}
    await describe_school(ctx, post, form)
    before = await records_of(ctx)
    await go_up(ctx, eve)
    (second,) = await ctx.stores.schools.classes(["school-c-c1-1"])
    assert (second.name, second.entered, second.label) == ("二年级一班", last_year, "1")
    await go_back(ctx, eve)
    assert await records_of(ctx) == before


async def test_two_runs_at_once_are_one(ctx: Context, eve: Eve) -> None:
    rollover = await begin(ctx, eve)
    stores: Stores = ctx.stores
    first = await stores.rollovers.take_turn(
        rollover.id, run="one", at=ctx.now(), lease=timedelta(seconds=30)
    )
    assert first is not None
    before = await records_of(ctx)
    await carry_out_rollover(ctx, rollover.id)  # somebody is at it already
    assert await records_of(ctx) == before
    await carry_out_rollover(later(ctx, timedelta(seconds=31)), rollover.id)
    assert not await stores.rollovers.note_step(
        rollover.id, run="one", step=1, held_until=ctx.now()
    )
    await held(ctx, rollover.id, RolloverState.DONE)
