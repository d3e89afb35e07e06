"""Deciding a request to be bound: the child's family first, after its time the school too, and each of them once.

Who may decide is looked up at that moment (`services.claims`); the decision is the write that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.audit import Act
from domain.bindings import Claim, ClaimState, Side
from domain.errors import ConflictError, NotFoundError
from domain.schools import Student
from services.audit import note_act
from services.bindings import complete_approval
from services.claims import (
    Standing,
    decide,
    standing_of,
    standings_of,
    tell,
    times_of_claim,
)
from services.context import Context
from services.people import Teaching

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A request as the school sees it, with the children it may mean.

    `ended_as_wrong`: the school has parted this adult from one of them before. `standing` says whether the
    family is still asked first.
    """

    claim: Claim
    candidates: tuple[Student, ...]
    ended_as_wrong: bool
    standing: Standing


async def waiting_claims(ctx: Context, teaching: Teaching) -> list[WaitingClaim]:
    """Requests about children who are in these classes now, newest first; no other child is shown.

    Those for which the family is still asked first are among them (`standing.may_school` is False).
    """
    claims = await ctx.stores.claims.waiting_in_school(teaching.school.id)
    mine = set(teaching.class_ids())
    waiting = []
    for standing in await standings_of(ctx, claims):
        shown = tuple(s for s in standing.students if s.class_id in mine)
        if shown:
            waiting.append(WaitingClaim(standing.claim, shown, standing.is_barred, standing))
    return waiting[:_SHOWN]


async def access_claim_as_head_teacher(ctx: Context, teaching: Teaching, claim_id: str) -> Standing:
    """A request about a child who is in one of their classes now. Raises NotFoundError."""
    claim = await ctx.stores.claims.find(claim_id)
    if claim is None or claim.school_id != teaching.school.id:
        raise NotFoundError
    standing = await standing_of(ctx, claim)
    if not {s.class_id for s in standing.students} & set(teaching.class_ids()):
        raise NotFoundError
    return standing


async def approve_claim(ctx: Context, teaching: Teaching, claim_id: str, student_id: str) -> None:
    """The school knows this adult as the guardian of this child.

    Raises NotFoundError when the child is none of those asked for or none of theirs, ConflictError
    when it is decided already, over, or the family is still asked first (`family_first`).
    """
    standing = await access_claim_as_head_teacher(ctx, teaching, claim_id)
    claim = standing.claim
    student = next((s for s in standing.students if s.id == student_id), None)
    if student is None or student.class_id not in teaching.class_ids():
        raise NotFoundError
    decided_at = await _decide(ctx, teaching, standing, ClaimState.APPROVED, student_id)
    await complete_approval(
        ctx,
        replace(
            claim,
            state=ClaimState.APPROVED,
            student_id=student_id,
            decided_by=teaching.person_id,
            decided_at=decided_at,
            decided_side=Side.SCHOOL,
        ),
    )
    await tell(ctx, claim, ClaimState.APPROVED)


async def refuse_claim(ctx: Context, teaching: Teaching, claim_id: str) -> None:
    """The school does not know this adult. Raises NotFoundError, ConflictError as `approve_claim` does."""
    standing = await access_claim_as_head_teacher(ctx, teaching, claim_id)
    await _decide(ctx, teaching, standing, ClaimState.REFUSED, None)
    await tell(ctx, standing.claim, ClaimState.REFUSED)


async def _decide(
    ctx: Context, teaching: Teaching, standing: Standing, state: ClaimState, student_id: str | None
) -> datetime:
    """When it was decided like this, now or by an earlier tap of the same button."""
    claim = standing.claim
    if standing.state is ClaimState.WAITING:
        if not standing.may_school:
            raise ConflictError("family_first")
        act = Act.CLAIM_APPROVED if state is ClaimState.APPROVED else Act.CLAIM_REFUSED
        await note_act(
            ctx,
            teaching.actor,
            act,
            subject=("claim", claim.id),
            before={"state": claim.state, "doubt": claim.doubt},
            after={"state": state, "student_id": student_id, "person_id": claim.person_id},
        )
    return await decide(
        ctx, claim, state, by=teaching.person_id, side=Side.SCHOOL, student_id=student_id
    )


# --------------------------------------------------------------------------------- the family


async def requests_of_family(ctx: Context, person_id: str) -> list[Standing]:
    """What waits about the children of this guardian, newest first; `guardians` says whether they may decide."""
    bindings = [b for b in await ctx.stores.bindings.active_of_person(person_id) if not b.trial]
    claims: dict[str, Claim] = {}
    for school_id in {b.school_id for b in bindings}:
        here = [b.student_id for b in bindings if b.school_id == school_id]
        for claim in await ctx.stores.claims.waiting_for_students(school_id, here):
            claims[claim.id] = claim
    mine = {b.student_id for b in bindings}
    standings = await standings_of(ctx, [c for c in claims.values() if len(c.candidates) == 1])
    return [
        s
        for s in standings
        if s.claim.person_id != person_id and any(child.id in mine for child in s.students)
    ]


async def _access_request(ctx: Context, person_id: str, claim_id: str) -> Standing:
    """A request about a child of this guardian. Raises NotFoundError for who may not decide about others."""
    claim = await ctx.stores.claims.find(claim_id)
    if claim is None or not claim.candidates:
        raise NotFoundError
    standing = await standing_of(ctx, claim)
    if person_id not in standing.guardians:
        raise NotFoundError
    return standing


async def approve_as_guardian(ctx: Context, person_id: str, claim_id: str) -> None:
    """A guardian of the child knows this adult as another one; twice is once.

    Raises NotFoundError for a request that is not theirs to decide, ConflictError when it is decided
    otherwise already, or over.
    """
    standing = await _access_request(ctx, person_id, claim_id)
    claim, student_id = standing.claim, standing.claim.candidates[0]
    if not standing.students:
        raise NotFoundError
    decided_at = await decide(
        ctx, claim, ClaimState.APPROVED, by=person_id, side=Side.FAMILY, student_id=student_id
    )
    approved = replace(
        claim,
        state=ClaimState.APPROVED,
        student_id=student_id,
        decided_by=person_id,
        decided_at=decided_at,
        decided_side=Side.FAMILY,
    )
    await complete_approval(ctx, approved)
    await tell(ctx, claim, ClaimState.APPROVED)


async def refuse_as_guardian(ctx: Context, person_id: str, claim_id: str) -> None:
    """A guardian of the child does not agree; whoever asked may turn to the school once. Raises as above."""
    standing = await _access_request(ctx, person_id, claim_id)
    await decide(
        ctx, standing.claim, ClaimState.REFUSED, by=person_id, side=Side.FAMILY, student_id=None
    )
    await tell(ctx, standing.claim, ClaimState.REFUSED)


async def turn_to_school(ctx: Context, person_id: str, claim_id: str) -> None:
    """Whoever was refused by the family asks the school, once; tapping twice does it once.

    Raises NotFoundError for a request that isn't theirs, ConflictError when that is not, or no longer, possible.
    """
    claim = await ctx.stores.claims.find(claim_id)
    if claim is None or claim.person_id != person_id:
        raise NotFoundError
    at, until = await times_of_claim(ctx, claim.school_id, asks=Side.SCHOOL)
    if await ctx.stores.claims.appeal(claim_id, at=at, until=until):
        await tell(ctx, claim, ClaimState.WAITING)
        return
    held = await ctx.stores.claims.find(claim_id)
    if held is None or not held.appealed or held.state is not ClaimState.WAITING:
        raise ConflictError
