"""Carrying out a roll-over, or taking it back: one step after the other, each of which may be done twice.

Whoever dies in the middle is followed by the next run, which goes on at the step that was not noted yet
(`services.deliveries.sweep` finds it). The steps and their order are `domain.rollovers`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.bindings import Ending, EndReason
from domain.errors import ConflictError
from domain.roles import Appointment
from domain.rollovers import (
    UNDO_WINDOW,
    LeaderMove,
    LeaderWay,
    Rollover,
    RolloverState,
    Step,
    StepKind,
    Way,
    leader_after,
    leader_unbegun,
    lowered,
    may_stand_again,
    raised,
    steps_of,
)
from domain.schools import Student
from services.context import Context
from services.rollovers import rollover_turn

log = logging.getLogger("yanshu.services")

# What a roll-over need not remember of anybody once nothing can be taken back.
_NOBODY: Mapping[str, Any] = {"plan.leaders": [], "plan.teachers": [], "choices.staying": []}


async def carry_out_rollover(ctx: Context, rollover_id: str) -> None:
    """Go on with it from where it stands: forwards, backwards, or to its end once it cannot be undone any more."""
    run = ctx.new_id()
    rollovers = ctx.stores.rollovers
    turn = await rollovers.take_turn(rollover_id, run=run, at=ctx.now(), lease=ctx.policy.lease)
    if turn is None:
        return
    changes: dict[str, Any] = {}
    try:
        if turn.busy:
            changes = await _carry_on(ctx, turn)
        elif turn.undo_until is not None and turn.undo_until <= ctx.now():
            await _close(ctx, turn)
            changes = {"state": RolloverState.CLOSED, "due_at": None, **_NOBODY}
    except ConflictError:
        log.info("roll-over %s waits: a list is being taken in", rollover_id)
    finally:
        given_back = await rollovers.finish(rollover_id, run=run, changes=changes)
    if changes and given_back:
        log.info("roll-over %s: %s", rollover_id, changes["state"])


async def _carry_on(ctx: Context, rollover: Rollover) -> dict[str, Any]:
    """All steps that are left; returns what becomes of it, nothing where the turn was lost on the way.

    Raises ConflictError (`roster_busy`) while somebody else is at the school's list.
    """
    steps = steps_of(rollover)
    async with rollover_turn(ctx, rollover.school_id) as turn:
        for number, step in enumerate(steps[rollover.step :], rollover.step + 1):
            await _DO[step.kind](ctx, rollover, step)
            await ctx.stores.registrations.mark.schools([rollover.school_id])
            still_ours = await ctx.stores.rollovers.note_step(
                rollover.id,
                run=rollover.run,
                step=number,
                held_until=ctx.now() + ctx.policy.lease,
            )
            if turn.lost or not still_ours:
                return {}
    await ctx.stores.registrations.mark.schools([rollover.school_id])  # figures are counted anew
    now = ctx.now()
    if rollover.state is RolloverState.UNDOING:
        return {"state": RolloverState.UNDONE, "undone_at": now, "due_at": None, **_NOBODY}
    until = now + UNDO_WINDOW
    return {"state": RolloverState.DONE, "done_at": now, "undo_until": until, "due_at": until}


def _began(rollover: Rollover) -> datetime:
    return rollover.at or rollover.planned_at


# ------------------------------------------------------------------------------------ forwards


async def _end_leaders(ctx: Context, rollover: Rollover, _: Step) -> None:
    for move in rollover.plan.leaders:
        if move.way is not LeaderWay.STAYS:
            await ctx.stores.appointments.end(move.appointment.id, _began(rollover))


async def _end_class(ctx: Context, rollover: Rollover, step: Step) -> None:
    """Bindings, teachers, pupils, bindings once more, the class.

    Once more: whoever was binding at this very moment had found the child before it left.
    """
    at = _began(rollover)
    pupils = [s.id for s in await _leavers(ctx, rollover, step.class_id, here=True)]
    await _end_bindings(ctx, rollover, pupils)
    for appointment_id, class_id in rollover.plan.teachers:
        if class_id == step.class_id:
            await ctx.stores.appointments.end(appointment_id, at)
    await ctx.stores.promotions.mark_left(pupils, at)
    await _end_bindings(ctx, rollover, pupils)
    await ctx.stores.promotions.end_class(step.class_id, at)


async def _end_bindings(ctx: Context, rollover: Rollover, student_ids: Sequence[str]) -> None:
    bound = await ctx.stores.bindings.active_of_students(rollover.school_id, student_ids)
    if bound:
        ending = Ending(at=_began(rollover), by=rollover.tag, reason=EndReason.GRADUATED)
        await ctx.stores.promotions.end_bindings([b.id for b in bound], ending)


async def _leavers(
    ctx: Context, rollover: Rollover, class_id: str, *, here: bool = False
) -> list[Student]:
    """The pupils of a class whom this roll-over has let go, with those who are still `here`."""
    found = await ctx.stores.promotions.everybody_in(rollover.school_id, class_id)
    at = _began(rollover)
    return [s for s in found if s.left_at == at or (here and s.left_at is None)]


async def _raise(ctx: Context, rollover: Rollover, step: Step) -> None:
    move = rollover.plan.move_of(step.class_id)
    found = await ctx.stores.schools.classes([step.class_id])
    await ctx.stores.schools.save_classes([raised(c, move) for c in found])


async def _found(ctx: Context, rollover: Rollover, _: Step) -> None:
    await ctx.stores.promotions.found_classes(rollover.plan.founded)


async def _begin_leaders(ctx: Context, rollover: Rollover, _: Step) -> None:
    for move in rollover.plan.leaders:
        after = leader_after(move, _began(rollover), rollover.tag)
        if after is not None:
            await ctx.stores.appointments.save(after)


async def _year(ctx: Context, rollover: Rollover, _: Step) -> None:
    plan = rollover.plan
    await ctx.stores.promotions.change_year(plan.school_id, plan.year, was=plan.year_before)


# ----------------------------------------------------------------------------------- backwards


async def _year_back(ctx: Context, rollover: Rollover, _: Step) -> None:
    plan = rollover.plan
    await ctx.stores.promotions.change_year(plan.school_id, plan.year_before, was=plan.year)


async def _unbegin_leaders(ctx: Context, rollover: Rollover, _: Step) -> None:
    at = _began(rollover)
    for move in rollover.plan.leaders:
        after = leader_after(move, at, rollover.tag)
        if after is None:
            continue
        current = await ctx.stores.appointments.find(after.id)
        kept = leader_unbegun(move, current, at, rollover.tag)
        if kept is None:
            await ctx.stores.promotions.drop_appointment(after.id)
        elif kept != current:
            await ctx.stores.appointments.save(kept)


async def _unfound(ctx: Context, rollover: Rollover, _: Step) -> None:
    """Also whoever was appointed to a founded class meanwhile: there is no such class."""
    founded = [c.id for c in rollover.plan.founded]
    held = await ctx.stores.appointments.of_classes(rollover.school_id, founded, ctx.now())
    for appointment in held:
        await ctx.stores.appointments.end(appointment.id, ctx.now())
    await ctx.stores.promotions.drop_classes(founded)


async def _lower(ctx: Context, rollover: Rollover, step: Step) -> None:
    move = rollover.plan.move_of(step.class_id)
    found = await ctx.stores.schools.classes([step.class_id])
    await ctx.stores.schools.save_classes([lowered(c, move) for c in found])


async def _reopen_class(ctx: Context, rollover: Rollover, step: Step) -> None:
    """The class, its pupils, and last of all who may hear of them."""
    at, promotions = _began(rollover), ctx.stores.promotions
    pupils = [s.id for s in await _leavers(ctx, rollover, step.class_id, here=True)]
    await promotions.reopen_class(step.class_id, at)
    await promotions.mark_back(pupils, at)
    for appointment_id, class_id in rollover.plan.teachers:
        if class_id == step.class_id:
            await ctx.stores.appointments.reinstate(appointment_id, at)
    ended = await promotions.ended_under(rollover.school_id, pupils, rollover.tag)
    await promotions.hold_lines(ended, ctx.now())
    await promotions.restore_bindings([b.id for b in ended], rollover.tag)


async def _leaders_again(ctx: Context, rollover: Rollover, _: Step) -> None:
    at = _began(rollover)
    for move in rollover.plan.leaders:
        if move.way is LeaderWay.STAYS:
            continue
        if may_stand_again(move, await _in_place_of_new(ctx, rollover, move), at):
            await ctx.stores.appointments.reinstate(move.appointment.id, at)


async def _in_place_of_new(
    ctx: Context, rollover: Rollover, move: LeaderMove
) -> Appointment | None:
    after = leader_after(move, _began(rollover), rollover.tag)
    return await ctx.stores.appointments.find(after.id) if after else None


# ------------------------------------------------------------------------------------- the end


async def _close(ctx: Context, rollover: Rollover) -> None:
    """It cannot be undone any more: families are told, and the school's list forgets those who left.

    Told only now: a farewell that is taken back the same evening would worry more than it says. Nobody who came
    back to the school meanwhile is touched.
    """
    school_id, promotions = rollover.school_id, ctx.stores.promotions
    for move in rollover.plan.going(Way.GRADUATES):
        pupils = [s.id for s in await _leavers(ctx, rollover, move.class_id)]
        ended = await promotions.ended_under(school_id, pupils, rollover.tag)
        ids = [b.id for b in ended]
        await promotions.drop_lines(ids)
        await promotions.drop_contacts_of(school_id, pupils)
        await promotions.mark_untold(ids, rollover.tag)
    await ctx.stores.registrations.mark.schools([school_id])


_DO: dict[StepKind, Callable[[Context, Rollover, Step], Awaitable[None]]] = {
    StepKind.END_LEADERS: _end_leaders,
    StepKind.END_CLASS: _end_class,
    StepKind.END_AGAIN: _end_class,
    StepKind.RAISE: _raise,
    StepKind.FOUND: _found,
    StepKind.BEGIN_LEADERS: _begin_leaders,
    StepKind.YEAR: _year,
    StepKind.YEAR_BACK: _year_back,
    StepKind.UNBEGIN_LEADERS: _unbegin_leaders,
    StepKind.UNFOUND: _unfound,
    StepKind.LOWER: _lower,
    StepKind.REOPEN_CLASS: _reopen_class,
    StepKind.LEADERS_AGAIN: _leaders_again,
}
