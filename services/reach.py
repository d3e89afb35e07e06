"""Before sending: how many families WeChat can reach now, and why the others can't be (触达预测)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.channels import NOWHERE, Channel, Reason, next_step
from domain.errors import NotFoundError
from domain.schools import Student
from services.context import Context
from services.people import Teaching
from services.subscriptions import mini_ways


@dataclass(frozen=True, slots=True)
class Missed:
    """A child none of whose guardians WeChat would reach now; `reason` None: no guardian is bound at all."""

    student: Student
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """For an audience: children in all, children reached by their best channel, and the others by name."""

    children: int
    reached: Counter[Channel]
    missed: tuple[Missed, ...]

    @property
    def reached_children(self) -> int:
        """Children with at least one guardian whom a message would reach."""
        return sum(self.reached.values())


async def forecast_reach(ctx: Context, teaching: Teaching, class_ids: Sequence[str]) -> Forecast:
    """What would happen if a notice went to these classes now. Raises NotFoundError for one that isn't theirs."""
    if not set(class_ids) <= set(teaching.class_ids()):
        raise NotFoundError
    school_id, now = teaching.school.id, ctx.now()
    students = await ctx.stores.schools.students_of(school_id, list(class_ids))
    bindings = await ctx.stores.bindings.active_of_students(school_id, [s.id for s in students])
    identities = await ctx.stores.identities.of_people(
        ctx.policy.app_id, (b.person_id for b in bindings)
    )
    mini = await mini_ways(ctx, (b.person_id for b in bindings))
    paused = await ctx.stores.pauses.active(ctx.policy.app_id, now)
    steps: dict[str, list[tuple[Channel, Reason | None]]] = {s.id: [] for s in students}
    for binding in bindings:
        if binding.trial:
            continue
        way = mini.get(binding.person_id)
        step = next_step(
            identities.get(binding.person_id),
            at=now,
            template_ready=ctx.policy.notice_card is not None,
            subscriptions=way.obstacles if way else NOWHERE,
            paused=paused,
        )
        steps[binding.student_id].append((step.channel, step.reason))
    order = list(Channel)
    reached: Counter[Channel] = Counter()
    missed = []
    for student in students:
        if not steps[student.id]:
            missed.append(Missed(student, None))
            continue
        channel, reason = min(steps[student.id], key=lambda s: order.index(s[0]))
        if channel is Channel.IN_APP:
            missed.append(Missed(student, reason))
        else:
            reached[channel] += 1
    return Forecast(len(students), reached, tuple(missed))
