"""The new school year's verbs: looking ahead, planning, beginning, and taking it back within a day.

Carrying it out, step by step, is in `services.rollover_steps`: here only the school's word is taken, durably.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.imports import ImportState
from domain.roles import Right
from domain.rollover_plans import (
    AS_USUAL,
    SchoolNow,
    parse_kind_of_school,
    plan_rollover,
    standing_year,
)
from domain.rollovers import (
    Choices,
    Plan,
    Rollover,
    RolloverState,
    Way,
    rollover_id,
)
from domain.schools import School
from domain.times import SCHOOL_ZONE
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.roster_files import RosterError
from services.roster_turns import Turn, school_turn

log = logging.getLogger("yanshu.services")

ROLL_OVER = "rollovers.run"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the page shows: the school, what going up would do, and how the last roll-over stands.

    `choices` are those the plan is made with. `open` is the roll-over that is under way or can still be undone;
    `no_undo` why it cannot be undone although there would be time ("" where it can).
    """

    school: School
    plan: Plan
    choices: Choices
    today: date
    year: int  # the one that the classes stand for, 0 where nobody knows
    guardians: int = 0
    open: Rollover | None = None
    no_undo: str = ""


async def look_ahead(ctx: Context, post: Post, choices: Choices | None = None) -> Outlook:
    """How the school stands and what the next year would bring. Raises NotFoundError without the right.

    `choices` None takes those of a plan that was written down and not begun, else what is usual.
    """
    school = await _access_school(ctx, post)
    held = await ctx.stores.rollovers.of_school(school.id)
    now = await _school_now(ctx, school)
    year, today = standing_year(school, now.classes), _today(ctx)
    open_one = next((r for r in held if r.busy or r.state is RolloverState.DONE), None)
    if open_one is not None:
        choices = open_one.choices
    elif choices is None:
        planned = [r for r in held if r.state is RolloverState.PLANNED and r.year == year + 1]
        choices = planned[0].choices if planned else AS_USUAL
    plan = open_one.plan if open_one else plan_rollover(now, choices, today)
    no_undo = ""
    if open_one is not None and open_one.may_undo(ctx.now()):
        no_undo = await _why_no_undo(ctx, open_one)
    guardians = 0 if open_one or plan.problems else await _guardians(ctx, plan)
    return Outlook(school, plan, choices, today, year, guardians, open_one, no_undo)


async def under_way(ctx: Context, post: Post) -> Rollover | None:
    """The roll-over that changes this school at this moment. Raises NotFoundError without the right."""
    school = await _access_school(ctx, post)
    held = await ctx.stores.rollovers.of_school(school.id)
    return next((r for r in held if r.busy), None)


async def describe_school(ctx: Context, post: Post, form: Mapping[str, Sequence[str]]) -> None:
    """Say which stages a school has, by which system, and which year its classes stand for (where nobody knows).

    Raises NotFoundError, InvalidError (fields `stages`, `system`, `year`), ConflictError while it goes up.
    """
    school = await _access_school(ctx, post)
    await refuse_while_rolling_over(ctx, school.id)
    classes = await ctx.stores.schools.classes_of_school(school.id)
    known = standing_year(school, classes)
    stages, system, year = parse_kind_of_school(form, today=_today(ctx), year=known)
    await note_act(
        ctx,
        post.actor,
        Act.PLACE_EDITED,
        subject=("place", school.id),
        before={"stages": school.stages, "system": school.system, "year": school.year},
        after={"stages": stages, "system": system, "year": year},
    )
    await ctx.stores.promotions.describe_school(school.id, stages=stages, system=system, year=year)


async def save_plan(ctx: Context, post: Post, choices: Choices) -> Rollover:
    """Write down what is to happen, for a person to look at once more.

    Raises NotFoundError; ConflictError: `rollover_blocked` while something stands in the way, `rollover_open` while
    an earlier one runs or can still be undone.
    """
    outlook = await look_ahead(ctx, post, choices)
    if outlook.open is not None:
        raise ConflictError("rollover_open")
    if outlook.plan.problems:
        raise ConflictError("rollover_blocked")
    rollover = Rollover(
        id=rollover_id(outlook.school.id, outlook.plan.year),
        school_id=outlook.school.id,
        year=outlook.plan.year,
        state=RolloverState.PLANNED,
        plan=outlook.plan,
        choices=choices,
        by=post.person_id,
        planned_at=ctx.now(),
    )
    if not await ctx.stores.rollovers.plan(rollover):
        raise ConflictError("rollover_open")
    return rollover


async def access_plan(ctx: Context, post: Post) -> Rollover:
    """The plan that waits to be begun. Raises NotFoundError."""
    school = await _access_school(ctx, post)
    for rollover in await ctx.stores.rollovers.of_school(school.id):
        if rollover.state is RolloverState.PLANNED:
            return rollover
    raise NotFoundError


async def begin_rollover(ctx: Context, post: Post, *, plan_id: str, typed: str) -> Rollover:
    """Begin what was planned. `typed` is the number of children who leave, as a person typed it; `plan_id` the plan
    they had before their eyes.

    Raises NotFoundError; InvalidError (field `number`) for another number; ConflictError: `rollover_changed` when the
    school is no longer what the plan says or another plan was written down, `roster_busy` while a list is taken in.
    """
    rollover = await access_plan(ctx, post)
    if plan_id != plan_key(rollover):
        raise ConflictError("rollover_changed")
    if not typed.strip().isdecimal() or int(typed) != rollover.plan.graduating_pupils:
        raise InvalidError({"number": Problem("wrong_number")})
    async with rollover_turn(ctx, rollover.school_id):
        await _refuse_half_a_list(ctx, rollover.school_id)
        outlook = await look_ahead(ctx, post, rollover.choices)
        if outlook.open is not None or outlook.plan != rollover.plan:
            raise ConflictError("rollover_changed")
        await _note_begin(ctx, post, rollover)
        if not await ctx.stores.rollovers.begin(rollover, by=post.person_id, at=ctx.now()):
            raise ConflictError("rollover_changed")
    log.info("roll-over %s begun", rollover.id)
    await carry_on_soon(ctx, rollover.id, "begin")
    return rollover


async def _note_begin(ctx: Context, post: Post, rollover: Rollover) -> None:
    plan = rollover.plan
    await note_act(
        ctx,
        post.actor,
        Act.ROLLOVER_APPLIED,
        subject=("rollover", rollover.id),
        before={"year": plan.year - 1},
        after={
            "year": plan.year,
            "classes_up": len(plan.going(Way.UP)),
            "classes_graduated": len(plan.going(Way.GRADUATES)),
            "pupils_graduated": plan.graduating_pupils,
            "classes_founded": len(plan.founded),
        },
    )


async def access_undoable(ctx: Context, post: Post) -> Rollover:
    """The roll-over that can be taken back now. Raises NotFoundError, and ConflictError (`rollover_final` when the day
    is over, `list_imported`, `class_used`) when it no longer can be."""
    school = await _access_school(ctx, post)
    for rollover in await ctx.stores.rollovers.of_school(school.id):
        if rollover.state is not RolloverState.DONE:
            continue
        if not rollover.may_undo(ctx.now()):
            raise ConflictError("rollover_final")
        if reason := await _why_no_undo(ctx, rollover):
            raise ConflictError(reason)
        return rollover
    raise NotFoundError


async def undo_rollover(ctx: Context, post: Post) -> Rollover:
    """Take back what the roll-over did, and nothing that a person did since. Raises like `access_undoable`, and
    ConflictError `roster_busy` while a list is taken in."""
    rollover = await access_undoable(ctx, post)
    async with rollover_turn(ctx, rollover.school_id):
        await _refuse_half_a_list(ctx, rollover.school_id)
        await access_undoable(ctx, post)  # now that no list can come in between
        await note_act(
            ctx,
            post.actor,
            Act.ROLLOVER_UNDONE,
            subject=("rollover", rollover.id),
            before={"year": rollover.year},
            after={"year": rollover.year - 1},
        )
        if not await ctx.stores.rollovers.begin_undo(rollover.id, ctx.now()):
            raise ConflictError("rollover_final")
    log.info("roll-over %s is being undone", rollover.id)
    await carry_on_soon(ctx, rollover.id, "undo")
    return rollover


async def refuse_while_rolling_over(ctx: Context, school_id: str) -> None:
    """For whatever else changes a school's classes and pupils. Raises ConflictError `rolling_over`."""
    if await ctx.stores.rollovers.is_busy(school_id):
        raise ConflictError("rolling_over")


async def carry_on_soon(ctx: Context, key: str, mark: str) -> None:
    """Queue the work of a roll-over; `mark` tells a job from one that runs already."""
    at = ctx.now().timestamp()
    await ctx.enqueue(ROLL_OVER, {"rollover_id": key}, key=f"{ROLL_OVER}:{key}:{mark}:{at}")


def plan_key(rollover: Rollover) -> str:
    """One plan among those that were written down one after the other."""
    return f"{rollover.id}:{int(rollover.planned_at.timestamp() * 1000)}"


async def _access_school(ctx: Context, post: Post) -> School:
    """The school as it is stored now. Raises NotFoundError."""
    if post.school is None or not post.has_everywhere(Right.ROLL_OVER):
        raise NotFoundError
    school = await ctx.stores.schools.find_school(post.school.id)
    if school is None:
        raise NotFoundError
    return school


async def _school_now(ctx: Context, school: School) -> SchoolNow:
    classes = await ctx.stores.schools.classes_of_school(school.id)
    living = [c.id for c in classes if c.ended_at is None]
    return SchoolNow(
        school=school,
        classes=classes,
        pupils=await ctx.stores.promotions.count_pupils(school.id, living),
        appointments=await ctx.stores.appointments.of_school(school.id),
        at=ctx.now(),
    )


async def _guardians(ctx: Context, plan: Plan) -> int:
    """How many bindings end."""
    bound = 0
    for move in plan.going(Way.GRADUATES):
        pupils = await ctx.stores.schools.students_of(plan.school_id, [move.class_id])
        ids = [pupil.id for pupil in pupils]
        bound += len(await ctx.stores.bindings.active_of_students(plan.school_id, ids))
    return bound


async def _why_no_undo(ctx: Context, rollover: Rollover) -> str:
    """A code, or "": the founded classes would be lost with whatever is in them."""
    school_id = rollover.school_id
    for founded in rollover.plan.founded:
        if await ctx.stores.promotions.everybody_in(school_id, founded.id):
            return "list_imported"
        since = rollover.at or rollover.planned_at
        if await ctx.stores.notices.published_since(school_id, founded.id, since):
            return "class_used"
    return ""


@asynccontextmanager
async def rollover_turn(ctx: Context, school_id: str) -> AsyncIterator[Turn]:
    """The turn at a school's list, the same that whoever takes in a list holds. Raises ConflictError `roster_busy`."""
    try:
        async with school_turn(ctx, school_id, "新学年升级") as turn:
            yield turn
    except RosterError as error:
        raise ConflictError("roster_busy") from error


async def _refuse_half_a_list(ctx: Context, school_id: str) -> None:
    """A list whose worker died is taken up again, and must find the school in the year it was read for."""
    for handed_in in await ctx.stores.imports.of_school(school_id):
        if handed_in.state is ImportState.APPLYING:
            raise ConflictError("roster_busy")


def _today(ctx: Context) -> date:
    return ctx.now().astimezone(SCHOOL_ZONE).date()
