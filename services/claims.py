"""Where a request to be bound stands: whom it may mean, who is asked now, and writing down what was decided.

Everything is looked up when it is asked: the children's classes, the guardians, and the time. So a request
follows a child that changes class, and nobody decides who may not any more.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.bindings import Binding, Claim, ClaimState, Side, binding_id
from domain.errors import ConflictError
from domain.schools import SchoolClass, Student
from services.context import Context

log = logging.getLogger("yanshu.services")

TELL = "bindings.tell"


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as it stands now.

    `students` are the children it may mean who are still at the school. `side` decides now; `guardians` are
    the adults of the family who may decide, also after the school may. `is_barred`: the school has parted
    this adult from one of the children before.
    """

    claim: Claim
    state: ClaimState
    students: tuple[Student, ...]
    classes: tuple[SchoolClass, ...]
    side: Side
    guardians: frozenset[str]
    is_barred: bool

    @property
    def may_school(self) -> bool:
        """Whether the school may decide now."""
        return self.state is ClaimState.WAITING and self.side is Side.SCHOOL

    @property
    def may_family(self) -> bool:
        """Whether a guardian may decide now."""
        return self.state is ClaimState.WAITING and bool(self.guardians)


async def standings_of(ctx: Context, claims: Sequence[Claim]) -> list[Standing]:
    """Where these requests stand now, in their order."""
    if not claims:
        return []
    now = ctx.now()
    found = await ctx.stores.schools.students({s for c in claims for s in c.candidates})
    classes = {
        c.id: c
        for c in await ctx.stores.schools.classes({s.class_id for s in found.values()})
        if c.ended_at is None
    }
    students = {s.id: s for s in found.values() if s.class_id in classes}
    bindings = await _bindings_of(ctx, students.values())
    barred = await ctx.stores.bindings.barred(
        binding_id(s, c.person_id) for c in claims for s in c.candidates
    )
    standings = []
    for claim in claims:
        here = tuple(students[s] for s in claim.candidates if s in students)
        is_barred = any(binding_id(s, claim.person_id) in barred for s in claim.candidates)
        guardians = frozenset(
            b.person_id
            for student in here
            for b in bindings[student.id]
            if claim.for_family and not is_barred
            if b.may_decide(now) and b.person_id != claim.person_id
        )
        standings.append(
            Standing(
                claim,
                claim.state_at(now),
                here,
                tuple(classes[i] for i in dict.fromkeys(s.class_id for s in here)),
                claim.asked_at(now, family=bool(guardians)),
                guardians,
                is_barred,
            )
        )
    return standings


async def _bindings_of(ctx: Context, students: Iterable[Student]) -> dict[str, list[Binding]]:
    by_school: dict[str, list[str]] = defaultdict(list)
    for student in students:
        by_school[student.school_id].append(student.id)
    bindings: dict[str, list[Binding]] = defaultdict(list)
    for school_id, ids in by_school.items():
        for binding in await ctx.stores.bindings.active_of_students(school_id, ids):
            bindings[binding.student_id].append(binding)
    return bindings


async def standing_of(ctx: Context, claim: Claim) -> Standing:
    """Where this request stands now."""
    return (await standings_of(ctx, [claim]))[0]


async def times_of_claim(ctx: Context, school_id: str, *, asks: Side) -> tuple[datetime, datetime]:
    """From when the school may decide a request made now, and when it is over, by the school's own rules."""
    school = await ctx.stores.schools.find_school(school_id)
    hours = school.rules.approval_hours if school else 0
    days = school.rules.claim_days if school else 7
    at = ctx.now()
    school_from = at + timedelta(hours=hours) if asks is Side.FAMILY else at
    return school_from, at + timedelta(days=days)


async def decide(
    ctx: Context, claim: Claim, state: ClaimState, *, by: str, side: Side, student_id: str | None
) -> datetime:
    """When it was decided like this, now or by an earlier tap of the same button. Raises ConflictError."""
    at = ctx.now()
    decided = await ctx.stores.claims.decide(
        claim.id, state, by=by, at=at, student_id=student_id, side=side
    )
    if decided:
        log.info("request %s %s by the %s", claim.id, state, side)
        return at
    held = await ctx.stores.claims.find(claim.id)
    if held is None or (held.state, held.student_id, held.decided_side) != (
        state,
        student_id,
        side,
    ):
        raise ConflictError
    return held.decided_at or at


async def tell(ctx: Context, claim: Claim, state: ClaimState) -> None:
    """Have whoever waits for this state written to, soon."""
    mark = f"{claim.created_at.timestamp()}:{state}:{ctx.now().timestamp()}"
    await ctx.enqueue(TELL, {"claim_id": claim.id}, key=f"{TELL}:{claim.id}:{mark}")
