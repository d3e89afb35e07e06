"""Taking a roll-over back: everything is as it was, but for what a person decided since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bindings import BindingState, Ending, EndReason, binding_id
from domain.errors import ConflictError
from domain.roles import Appointment, Role, appointment_id
from domain.rollovers import RolloverState
from domain.schools import Student
from services.context import Context
from services.rollovers import (
    look_ahead,
    undo_rollover,
)
from tests.new_year import Eve, binding_of, go_back, go_up, held, later, records_of

DAY = timedelta(days=1)


async def test_taking_it_back_restores_everything_as_it_was(ctx: Context, eve: Eve) -> None:
    # A binding that had ended once, one with an end, one that had not yet heard of its last ending.
    first, second = [b for b in eve.bindings if "-c6-" in b.id]
    await ctx.stores.bindings.end(
        first.id, Ending(at=ctx.now(), by="teacher", reason=EndReason.OTHER)
    )
    await ctx.stores.bindings.save(first, decided_at=ctx.now() + timedelta(seconds=1))
    await ctx.stores.bindings.change(second.id, {"until": ctx.now() + 30 * DAY})
    before = await records_of(ctx)
    await go_up(ctx, eve)
    assert await records_of(ctx) != before
    await go_back(ctx, eve)
    assert await records_of(ctx) == before
    # And once more, all over again.
    await go_up(ctx, eve)
    await go_back(ctx, eve)
    assert await records_of(ctx) == before


async def test_what_a_person_did_since_stays(ctx: Context, eve: Eve) -> None:
    one, two = eve.pupils_of(eve.class_of(6).id)
    await go_up(ctx, eve)
    # One repeats the year: the office takes the child in again, and a guardian is bound anew, then ended.
    again = replace(one, class_id=eve.class_of(5).id)
    await ctx.stores.schools.save_students([again])
    key = binding_id(one.id, f"{one.id}-p0")
    bound = next(b for b in eve.bindings if b.id == key)
    assert await ctx.stores.bindings.save(bound, decided_at=ctx.now() + timedelta(seconds=1))
    ending = Ending(at=ctx.now(), by="teacher", reason=EndReason.CUSTODY)
    assert await ctx.stores.bindings.end(key, ending)
    # The head teacher of the other class is somebody else now.
    head = appointment_id(
        Role.HEAD_TEACHER, "school-a-head-6-1", place_id="school-a", class_id=eve.class_of(6).id
    )
    await ctx.stores.appointments.save(
        replace(next(a for a in eve.appointments if a.id == head), ended_at=ctx.now() - 100 * DAY)
    )
    await go_back(ctx, eve)
    students = await ctx.stores.schools.students([one.id, two.id])
    assert students[one.id].class_id == eve.class_of(5).id
    assert students[two.id].class_id == eve.class_of(6).id
    held_binding = await binding_of(ctx, key)
    assert held_binding.ending == ending
    other = await binding_of(ctx, binding_id(two.id, f"{two.id}-p0"))
    assert other.state is BindingState.ACTIVE
    assert other.ending is None
    former = await ctx.stores.appointments.find(head)
    assert former is not None
    assert former.ended_at is not None


async def test_a_founded_class_that_is_in_use_keeps_the_year(ctx: Context, eve: Eve) -> None:
    done = await go_up(ctx, eve)
    (founded,) = done.plan.founded
    await ctx.stores.schools.save_students(
        [Student(id="new", school_id="school-a", class_id=founded.id, name="新生", number=1)]
    )
    after, post = await records_of(ctx), await eve.post(ctx)
    with pytest.raises(ConflictError) as refused:
        await undo_rollover(ctx, post)
    assert refused.value.code == "list_imported"
    assert (await look_ahead(ctx, post)).no_undo == "list_imported"
    assert await records_of(ctx) == after
    await held(ctx, done.id, RolloverState.DONE)


async def test_whoever_was_appointed_to_a_founded_class_is_not_left_without_one(
    ctx: Context, eve: Eve
) -> None:
    done = await go_up(ctx, eve)
    (founded,) = done.plan.founded
    new_head = Appointment(
        id="new-head",
        person_id="p",
        role=Role.HEAD_TEACHER,
        name="新老师",
        school_id="school-a",
        class_id=founded.id,
    )
    await ctx.stores.appointments.save(new_head)
    await go_back(ctx, eve)
    ended = await ctx.stores.appointments.find("new-head")
    assert ended is not None
    assert ended.ended_at is not None
    assert await ctx.stores.schools.classes([founded.id]) == []


async def test_after_a_day_it_is_for_good(ctx: Context, eve: Eve) -> None:
    await go_up(ctx, eve)
    after = await records_of(ctx)
    tomorrow = later(ctx, DAY + timedelta(seconds=1))
    with pytest.raises(ConflictError) as refused:
        await undo_rollover(tomorrow, await eve.post(ctx))
    assert refused.value.code == "rollover_final"
    assert await records_of(ctx) == after
