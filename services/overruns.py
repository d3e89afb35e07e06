"""Asking the head teacher for more minutes, and what becomes of it.

A request is durable with its own insert, a decision with the write that decides; publishing what was allowed, and
telling whoever has to hear, are done by `carry_out_overrun`, soon or by the sweep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.evenings import days_of
from domain.homework import Homework, HomeworkState
from domain.overruns import Overrun, OverrunState, over_at, overrun_id, parse_reason
from domain.roles import Appointment, Right, Role, may
from domain.schools import SchoolClass
from services.alerts import tell_adult
from services.audit import note_act
from services.budgets import Budget, budgets_of, reserve
from services.cards import overrun_card
from services.context import Context
from services.homework import Outcome, access_homework_as_author, attempt_homework
from services.people import Teaching
from services.terms import calendar_of

CARRY_OUT_OVERRUN = "overruns.carry_out"
_GIVE_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WaitingOverrun:
    """A request as whoever decides sees it: what is asked, the homework, and how the evening stands."""

    overrun: Overrun
    homework: Homework
    school_class: SchoolClass
    budget: Budget


async def ask_for_more(ctx: Context, teaching: Teaching, homework_id: str, why: str) -> Outcome:
    """Ask the head teachers of the classes in which it does not fit. Where it fits by now, it is published.

    Twice is once. Raises NotFoundError, InvalidError (`why`); ConflictError when there is nothing to be asked
    for, `not_to_be_asked` where the law allows none.
    """
    homework = await access_homework_as_author(ctx, teaching, homework_id)
    task, why = homework.proposed, parse_reason(why, "why")
    if task is None or homework.trying or homework.state is HomeworkState.WITHDRAWN:
        raise ConflictError
    clashes = await reserve(ctx, teaching.school, homework, task, dry=True)
    if not clashes:
        return await attempt_homework(ctx, teaching.school, homework, task)
    if not all(clash.may_ask for clash in clashes):
        raise ConflictError("not_to_be_asked")
    now = ctx.now()
    last = days_of(await calendar_of(ctx, teaching.school), task.evening)[-1]
    expires_at = over_at(max(last, task.day))
    if now >= expires_at:
        raise ConflictError
    for clash in clashes:
        key = overrun_id(homework.id, task.asked_number, clash.school_class.id)
        overrun = Overrun(
            id=key,
            school_id=homework.school_id,
            class_id=clash.school_class.id,
            homework_id=homework.id,
            attempt=task.asked_number,
            subject=homework.subject,
            minutes=task.minutes,
            evening=task.evening,
            excess=clash.excess,
            why=why,
            asked_by=teaching.person_id,
            asked_name=teaching.name,
            asked_at=now,
            expires_at=expires_at,
            untold_since=now,
        )
        if await ctx.stores.overruns.add(overrun):
            await _soon(ctx, overrun)
    return Outcome(homework, clashes)


async def _soon(ctx: Context, overrun: Overrun) -> None:
    key = f"{CARRY_OUT_OVERRUN}:{overrun.id}:{overrun.state}"
    await ctx.enqueue(CARRY_OUT_OVERRUN, {"overrun_id": overrun.id}, key=key)


async def overruns_of_homework(ctx: Context, homework: Homework) -> list[Overrun]:
    """What was asked for the attempt that was made last."""
    held = await ctx.stores.overruns.of_homework(homework.school_id, homework.id)
    number = (homework.proposed or homework.task).asked_number
    return [o for o in held if o.attempt == number]


async def waiting_overruns(ctx: Context, teaching: Teaching) -> list[WaitingOverrun]:
    """What waits for this person's decision, oldest first; their own requests are for somebody else to decide."""
    classes = {c.id: c for c in teaching.classes}
    held = await ctx.stores.overruns.waiting_in_school(teaching.school.id)
    mine = [
        o
        for o in held
        if o.class_id in classes and o.waits(ctx.now()) and o.asked_by != teaching.person_id
    ]
    homework = await ctx.stores.homework.many(o.homework_id for o in mine)
    found = []
    for overrun in mine:
        asked_for = homework.get(overrun.homework_id)
        if asked_for is None or not _is_current(asked_for, overrun):
            continue
        group = classes[overrun.class_id]
        (budget,) = await budgets_of(ctx, teaching.school, [group], overrun.evening)
        found.append(WaitingOverrun(overrun, asked_for, group, budget))
    return found


def _is_current(homework: Homework, overrun: Overrun) -> bool:
    """Whether the homework still waits for it: it was not changed or withdrawn since."""
    return (
        homework.proposed is not None
        and homework.proposed.asked_number == overrun.attempt
        and homework.state is not HomeworkState.WITHDRAWN
    )


async def decide_overrun(
    ctx: Context, teaching: Teaching, key: str, *, allow: bool, reason: str
) -> None:
    """Let it go over the budget, or not; the reason is kept. What is allowed in all its classes is published.

    Raises NotFoundError, InvalidError (`reason`); ConflictError when it was decided otherwise, is over, or
    (`own_request`) was asked by themselves.
    """
    overrun = await ctx.stores.overruns.find(key)
    if overrun is None or overrun.school_id != teaching.school.id:
        raise NotFoundError
    if overrun.class_id not in teaching.class_ids():
        raise NotFoundError
    if overrun.asked_by == teaching.person_id:
        raise ConflictError("own_request")
    reason = parse_reason(reason, "reason")
    state = OverrunState.ALLOWED if allow else OverrunState.REFUSED
    if overrun.waits(ctx.now()):
        await note_act(
            ctx,
            teaching.actor,
            Act.OVERRUN_ALLOWED if allow else Act.OVERRUN_REFUSED,
            subject=("overrun", overrun.id),
            before={"state": overrun.state},
            after={"state": state, "class_id": overrun.class_id, "reason": reason},
        )
    decided = await ctx.stores.overruns.decide(
        key, state, by=teaching.person_id, name=teaching.name, reason=reason, at=ctx.now()
    )
    held = await ctx.stores.overruns.find(key)
    if held is None or held.state is not state:
        raise ConflictError
    if decided:
        await _soon(ctx, held)
        await _publish_allowed(ctx, held)


async def carry_out_overrun(ctx: Context, key: str) -> None:
    """Publish what is allowed, and tell whoever has to hear of where it stands. May be repeated."""
    overrun = await ctx.stores.overruns.find(key)
    if overrun is None or overrun.untold_since is None:
        return
    await _publish_allowed(ctx, overrun)
    if await _tell(ctx, overrun) or ctx.now() - overrun.untold_since > _GIVE_UP_AFTER:
        await ctx.stores.overruns.mark_told(overrun)


async def _publish_allowed(ctx: Context, overrun: Overrun) -> None:
    """Once nothing more is to be decided: the attempt that follows, with leave of those who gave it."""
    homework = await ctx.stores.homework.find(overrun.homework_id)
    school = await ctx.stores.schools.find_school(overrun.school_id)
    if homework is None or school is None or homework.trying:
        return
    task = homework.proposed
    if task is None or not _is_current(homework, overrun):
        return
    asked = await overruns_of_homework(ctx, homework)
    if not all(o.allows(ctx.now()) for o in asked):
        return
    allowed = tuple(sorted({*task.allowed, *(o.class_id for o in asked)}))
    try:
        with_leave = replace(task, allowed=allowed, asked_as=overrun.attempt)
        await attempt_homework(ctx, school, homework, with_leave)
    except ConflictError:
        return  # somebody else is at it this moment, or a class is gone


async def _tell(ctx: Context, overrun: Overrun) -> bool:
    """Whether everybody has heard who has to: the deciders while it waits, then whoever asked."""
    if overrun.state is OverrunState.WAITING:
        if not overrun.waits(ctx.now()):
            return True
        people = {a.person_id for a in await _deciders(ctx, overrun)}
    else:
        people = {overrun.asked_by}
    classes = await ctx.stores.schools.classes([overrun.class_id])
    school = await ctx.stores.schools.find_school(overrun.school_id)
    if not classes or school is None:
        return True
    card = overrun_card(ctx.policy, overrun, school=school, school_class=classes[0].name)
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, people)
    told = True
    for identity in identities.values():
        told &= await tell_adult(ctx, identity, card, f"{overrun.id}:{overrun.state}")
    return told


async def _deciders(ctx: Context, overrun: Overrun) -> list[Appointment]:
    """The head teachers of the class; where there is none but whoever asks, the school's office."""
    held = await ctx.stores.appointments.of_classes(
        overrun.school_id, [overrun.class_id, ""], ctx.now()
    )
    others = [a for a in held if a.person_id != overrun.asked_by and may(a.role, Right.ALLOW)]
    heads = [a for a in others if a.class_id]
    office = [a for a in others if not a.class_id and a.role is Role.OFFICE]
    return heads or office or [a for a in others if not a.grade]
