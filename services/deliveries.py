"""From a notice's work to its recipients' deliveries, and healing what was cut off on the way.

Everything here may run twice, at the same time, or stop anywhere: deliveries have keys that say what
they are, and no delivery is given the same push twice. Sending itself is in `services.pushes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from domain.bindings import Binding
from domain.channels import Channel, Reason
from domain.deliveries import (
    CLOCK_SKEW,
    Delivery,
    Group,
    Outcome,
    Push,
    Result,
    delivery_id,
)
from domain.notices import ConfirmMode, Notice, NoticeState, Work
from domain.schools import Student
from domain.times import list_position
from services.activity_telling import FINISH_ACTIVITY, settle_receipts
from services.bindings import CATCH_UP, has_ground
from services.bridge_answers import sweep_carries
from services.claims import TELL
from services.context import Context
from services.families import TELL_END
from services.homework_telling import FINISH
from services.leaves import TELL_LEAVE
from services.notices import CARRY_OUT
from services.overruns import CARRY_OUT_OVERRUN
from services.rollovers import ROLL_OVER

PUSH = "deliveries.push"
_EXPAND_BATCH = 200
_CATCH_UP = timedelta(days=30)
T = TypeVar("T")


async def carry_out_work(ctx: Context, notice_id: str) -> None:
    """Do what a notice owes its recipients by now. Called by the job and by the sweep."""
    notice = await ctx.stores.notices.find(notice_id)
    if notice is None:
        return
    for work in notice.work:
        if work.due_at <= ctx.now() + CLOCK_SKEW:
            await _carry_out(ctx, notice, work)
            await ctx.stores.notices.finish_work(notice.id, work.purpose)


async def _carry_out(ctx: Context, notice: Notice, work: Work) -> None:
    push = Push(purpose=work.purpose, due_at=ctx.now())
    if work.purpose == "publish":
        if notice.state is NoticeState.SCHEDULED:
            await ctx.stores.notices.mark_published(notice.id)
        await _expand(ctx, notice, push)
        return
    if work.purpose == "withdraw":
        await ctx.stores.deliveries.cancel_pushes(notice.school_id, notice.id)
    if work.purpose.startswith("remind"):
        if notice.confirm is ConfirmMode.ANSWER:
            await settle_receipts(ctx, notice.id)
        field = "read_at" if notice.confirm == "none" else "confirmed_at"
        only: dict[str, object] = {field: None}
    else:
        only = {"read_at": {"$ne": None}}
    await ctx.stores.deliveries.mark_due(notice.school_id, notice.id, push, only=only)
    await push_soon(ctx, (Group(notice.school_id, notice.id, c) for c in notice.class_ids))


async def _expand(ctx: Context, notice: Notice, push: Push) -> None:
    """One delivery for each active binding of each child; a class is sent as soon as it is complete."""
    for class_id in notice.class_ids:
        in_class = await ctx.stores.schools.students_of(notice.school_id, [class_id])
        students = [s for s in in_class if notice.is_for(s.id)]
        for some in _in_batches(students, _EXPAND_BATCH):
            by_id = {s.id: s for s in some}
            bindings = await ctx.stores.bindings.active_of_students(notice.school_id, list(by_id))
            await ctx.stores.deliveries.insert_missing(
                [_new_delivery(notice, by_id[b.student_id], b, push) for b in bindings]
            )
        await push_soon(ctx, [Group(notice.school_id, notice.id, class_id)])


def _new_delivery(
    notice: Notice, student: Student, binding: Binding, push: Push | None
) -> Delivery:
    key = delivery_id(notice.id, student.id, binding.person_id)
    return Delivery(
        id=key,
        school_id=notice.school_id,
        notice_id=notice.id,
        class_id=student.class_id,
        student_id=student.id,
        person_id=binding.person_id,
        published_at=notice.publish_at,
        position=list_position(notice.publish_at, key),
        push=push,
        purposes=("publish",),
    )


async def catch_up(ctx: Context, binding_id: str) -> None:
    """A new guardian finds the class's notices of the last 30 days in their list; nothing rings for them.

    Except for what was published since they are bound: this may run before that notice is expanded,
    and whichever of the two makes the delivery, the message goes out.
    """
    binding = (await ctx.stores.bindings.active([binding_id])).get(binding_id)
    if binding is None or not await has_ground(ctx, binding):
        await ctx.stores.bindings.mark_settled(binding_id)
        return
    students = await ctx.stores.schools.students([binding.student_id])
    student = students.get(binding.student_id)
    if student is None:
        return
    since = ctx.now() - _CATCH_UP
    told = await ctx.stores.notices.published_since(binding.school_id, student.class_id, since)
    notices = [n for n in told if n.is_for(student.id)]
    in_app = Outcome(
        result=Result.UNREACHABLE, channel=Channel.IN_APP, at=ctx.now(), reason=Reason.BOUND_LATER
    )
    push = Push(purpose="publish", due_at=ctx.now())
    earlier = [n for n in notices if n.publish_at < binding.bound_at]
    since_bound = [n for n in notices if n.publish_at >= binding.bound_at]
    silent = [_new_delivery(n, student, binding, None) for n in earlier]
    ringing = [_new_delivery(n, student, binding, push) for n in since_bound]
    await ctx.stores.deliveries.insert_missing(
        [*(replace(delivery, outcome=in_app) for delivery in silent), *ringing]
    )
    await ctx.stores.bindings.mark_settled(binding.id)
    await push_soon(ctx, [delivery.group for delivery in ringing])


async def push_soon(ctx: Context, groups: Iterable[Group], *, mark: str = "") -> None:
    """Queue the sending of what is due in these groups; `mark` tells a job from one that runs already."""
    for group in sorted(set(groups)):
        await ctx.enqueue(
            PUSH,
            {"notice_id": group.notice_id, "class_id": group.class_id},
            key=f"{PUSH}:{group.notice_id}:{group.class_id}:{mark}",
        )


async def sweep(ctx: Context) -> None:
    """Find what a dead process left: work that is late, pushes that nobody holds any more.

    Uses the clock alone, so it may run anywhere, any number of times.
    """
    before = ctx.now() - ctx.policy.lease
    for claim_id in await ctx.stores.claims.untold(before):
        await ctx.enqueue(TELL, {"claim_id": claim_id}, key=f"{TELL}:{claim_id}:sweep")
    for ended in await ctx.stores.bindings.untold_endings(before):
        await ctx.enqueue(TELL_END, {"binding_id": ended}, key=f"{TELL_END}:{ended}:sweep")
    for binding in await ctx.stores.bindings.unsettled(before):
        await ctx.enqueue(CATCH_UP, {"binding_id": binding}, key=f"{CATCH_UP}:{binding}:sweep")
    for notice in await ctx.stores.notices.with_due_work(before):
        await ctx.enqueue(CARRY_OUT, {"notice_id": notice.id}, key=f"{CARRY_OUT}:{notice.id}:sweep")
    for homework_id in await ctx.stores.homework.unfinished(before):
        key = f"{FINISH}:{homework_id}:sweep"
        await ctx.enqueue(FINISH, {"homework_id": homework_id}, key=key)
    for activity_id in await ctx.stores.activities.unfinished(before):
        key = f"{FINISH_ACTIVITY}:{activity_id}:sweep"
        await ctx.enqueue(FINISH_ACTIVITY, {"activity_id": activity_id}, key=key)
    for leave_id in await ctx.stores.leaves.untold(before):
        key = f"{TELL_LEAVE}:{leave_id}:sweep"
        await ctx.enqueue(TELL_LEAVE, {"leave_id": leave_id}, key=key)
    for overrun_id in await ctx.stores.overruns.untold(before):
        key = f"{CARRY_OUT_OVERRUN}:{overrun_id}:sweep"
        await ctx.enqueue(CARRY_OUT_OVERRUN, {"overrun_id": overrun_id}, key=key)
    for late in await ctx.stores.rollovers.due(before):
        await ctx.enqueue(ROLL_OVER, {"rollover_id": late}, key=f"{ROLL_OVER}:{late}:sweep")
    await sweep_carries(ctx)
    await push_soon(ctx, await ctx.stores.deliveries.overdue(before), mark="sweep")


def _in_batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
