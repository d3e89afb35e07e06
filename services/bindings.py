"""Binding an adult to a child: asked for by the adult, decided by the list or by the head teacher."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.audit import Act
from domain.bindings import (
    Binding,
    BindingState,
    Certain,
    Claim,
    ClaimState,
    Doubt,
    Doubtful,
    binding_id,
    judge_claim,
)
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem, TooManyError
from domain.names import folded_name, parse_name_and_digits
from domain.schools import Contact, Student
from services.audit import note_act
from services.context import Context
from services.invitations import find_invitation
from services.people import Teaching

log = logging.getLogger("yanshu.services")

# Wrong numbers for one child's name, from whatever accounts; beyond it the head teacher decides.
_GUESSES_PER_HOUR = 20
CATCH_UP = "bindings.catch_up"
TELL = "bindings.tell"


class Answer(StrEnum):
    """What became of a request."""

    BOUND = "bound"
    ALREADY = "already"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer, and the child it is about once that is certain."""

    answer: Answer
    student: Student | None = None


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A request as the head teacher sees it, with the children it may mean.

    `ended_as_wrong`: this adult was bound to one of them before, and it was a mistake.
    """

    claim: Claim
    candidates: tuple[Student, ...]
    ended_as_wrong: bool


async def bind_guardian(
    ctx: Context, person_id: str, text: str, *, invitation_id: str | None = None
) -> Asked:
    """`text` is the child's name and the last four digits of the phone on the school's list, in one line.

    Raises InvalidError (field `child`) when it is not of that form, TooManyError after ten tries in an hour.
    """
    parsed = parse_name_and_digits(text)
    if parsed is None:
        raise InvalidError({"child": Problem("form")})
    name, digits = parsed
    wait = await ctx.stores.limits.hit("claim", person_id, per_hour=ctx.policy.claims_per_hour)
    if wait:
        raise TooManyError(wait)
    invitation = await find_invitation(ctx, invitation_id) if invitation_id else None
    matches = await ctx.stores.schools.contacts_named(name, digits)
    namesakes: list[Student] = []
    if invitation is not None:
        matches = [m for m in matches if m.class_id == invitation.class_id]
        pupils = await ctx.stores.schools.students_of(invitation.school_id, [invitation.class_id])
        namesakes = [s for s in pupils if folded_name(s.name) == name]
    taken = await _taken(ctx, matches, person_id)
    barred = await _barred(ctx, (m.student_id for m in matches), person_id)
    judged = judge_claim(matches, taken, namesakes, barred)
    guesses = hashlib.sha256(name.encode()).hexdigest()[:16]
    if judged is None:
        await ctx.stores.limits.hit("guess", guesses, per_hour=_GUESSES_PER_HOUR)
        return Asked(Answer.UNKNOWN)
    if isinstance(judged, Certain) and await ctx.stores.limits.used_up(
        "guess", guesses, per_hour=_GUESSES_PER_HOUR
    ):
        judged = Doubtful(Doubt.GUESSED, (judged.contact,))
    if isinstance(judged, Certain):
        try:
            return await _bind(ctx, person_id, judged.contact)
        except ConflictError:  # somebody else was faster by a moment
            wrong = await _barred(ctx, [judged.contact.student_id], person_id)
            judged = Doubtful(Doubt.ENDED if wrong else Doubt.TAKEN, (judged.contact,))
    return await _ask_head_teacher(ctx, person_id, name, digits, judged)


async def _taken(ctx: Context, matches: list[Contact], person_id: str) -> frozenset[str]:
    taken: frozenset[str] = frozenset()
    for school_id in {m.school_id for m in matches}:
        lines = [m.id for m in matches if m.school_id == school_id]
        taken |= await ctx.stores.bindings.taken_contacts(school_id, lines, besides=person_id)
    return taken


async def _barred(ctx: Context, student_ids: Iterable[str], person_id: str) -> frozenset[str]:
    """Children to whom this adult was bound by mistake, as a head teacher found."""
    keys = {binding_id(s, person_id): s for s in student_ids}
    barred = await ctx.stores.bindings.barred(keys) if keys else frozenset()
    return frozenset(keys[key] for key in barred)


async def _bind(ctx: Context, person_id: str, contact: Contact) -> Asked:
    students = await ctx.stores.schools.students([contact.student_id])
    binding = Binding(
        id=binding_id(contact.student_id, person_id),
        school_id=contact.school_id,
        student_id=contact.student_id,
        person_id=person_id,
        relation=contact.relation,
        contact_id=contact.id,
        state=BindingState.ACTIVE,
        bound_at=ctx.now(),
    )
    is_new = await _activate(ctx, binding)
    answer = Answer.BOUND if is_new else Answer.ALREADY
    return Asked(answer, students.get(contact.student_id))


async def _activate(ctx: Context, binding: Binding, *, decided_at: datetime | None = None) -> bool:
    is_new = await ctx.stores.bindings.save(binding, decided_at=decided_at)
    if is_new:
        log.info("binding %s made, %s", binding.id, "approved" if decided_at else "by the list")
        # What the class was told lately waits for them in their list; without ringing.
        await ctx.enqueue(CATCH_UP, {"binding_id": binding.id}, key=f"{CATCH_UP}:{binding.id}")
    return is_new


async def _ask_head_teacher(
    ctx: Context, person_id: str, name: str, digits: str, judged: Doubtful
) -> Asked:
    students = {
        (s.student_id if isinstance(s, Contact) else s.id): (s.school_id, s.class_id)
        for s in judged.students
    }
    mine = await ctx.stores.bindings.active(binding_id(s, person_id) for s in students)
    if mine:
        return Asked(Answer.ALREADY)
    for school_id in sorted({school for school, _ in students.values()}):
        here = sorted(s for s, (school, _) in students.items() if school == school_id)
        claim = Claim(
            id=f"{school_id}:{person_id}:{'+'.join(here)}",
            school_id=school_id,
            class_ids=tuple(sorted({students[s][1] for s in here})),
            person_id=person_id,
            child_name=name,
            phone_last4=digits,
            doubt=judged.doubt,
            candidates=tuple(here),
            state=ClaimState.WAITING,
            created_at=ctx.now(),
        )
        if await ctx.stores.bindings.add_claim(claim):
            log.info("request %s waits: %s", claim.id, claim.doubt)
            await _tell(ctx, claim, ClaimState.WAITING)
    return Asked(Answer.WAITING)


async def waiting_claims(ctx: Context, teaching: Teaching) -> list[WaitingClaim]:
    """Requests that wait for this head teacher, newest first; only children of their own classes are shown."""
    claims = await ctx.stores.bindings.waiting_claims(teaching.school.id, teaching.class_ids())
    students = await ctx.stores.schools.students(s for c in claims for s in c.candidates)
    mine = set(teaching.class_ids())
    shown = {
        c.id: tuple(
            students[s] for s in c.candidates if s in students and students[s].class_id in mine
        )
        for c in claims
    }
    barred = await ctx.stores.bindings.barred(
        binding_id(s.id, c.person_id) for c in claims for s in shown[c.id]
    )
    return [
        WaitingClaim(
            claim,
            shown[claim.id],
            any(binding_id(s.id, claim.person_id) in barred for s in shown[claim.id]),
        )
        for claim in claims
    ]


async def access_claim_as_head_teacher(ctx: Context, teaching: Teaching, claim_id: str) -> Claim:
    """A request about one of their classes. Raises NotFoundError."""
    claim = await ctx.stores.bindings.find_claim(claim_id)
    if claim is None or claim.school_id != teaching.school.id:
        raise NotFoundError
    if not set(claim.class_ids) & set(teaching.class_ids()):
        raise NotFoundError
    return claim


async def approve_claim(ctx: Context, teaching: Teaching, claim_id: str, student_id: str) -> None:
    """The head teacher knows this adult as the guardian of this child.

    Raises NotFoundError when the child is none of those asked for or none of theirs, ConflictError
    when it is decided already.
    """
    claim = await access_claim_as_head_teacher(ctx, teaching, claim_id)
    students = await ctx.stores.schools.students([student_id])
    student = students.get(student_id)
    if (
        student is None
        or student_id not in claim.candidates
        or student.class_id not in teaching.class_ids()
    ):
        raise NotFoundError
    decided_at = await _decide(ctx, teaching, claim, ClaimState.APPROVED, student_id)
    await complete_approval(
        ctx,
        replace(
            claim,
            state=ClaimState.APPROVED,
            student_id=student_id,
            decided_by=teaching.person_id,
            decided_at=decided_at,
        ),
    )
    await _tell(ctx, claim, ClaimState.APPROVED)


async def complete_approval(ctx: Context, claim: Claim) -> None:
    """Make the binding that an approved request asks for.

    The approval is the write that counts; whoever is to tell of it completes it first, so a process that
    died in between leaves nothing half done. Doing it twice changes nothing, and what was ended since the
    approval stays ended.
    """
    if claim.state is not ClaimState.APPROVED or claim.student_id is None:
        return
    await _activate(
        ctx,
        Binding(
            id=binding_id(claim.student_id, claim.person_id),
            school_id=claim.school_id,
            student_id=claim.student_id,
            person_id=claim.person_id,
            relation="",
            contact_id=None,
            state=BindingState.ACTIVE,
            bound_at=ctx.now(),
            approved_by=claim.decided_by,
        ),
        decided_at=claim.decided_at or claim.created_at,
    )


async def refuse_claim(ctx: Context, teaching: Teaching, claim_id: str) -> None:
    """The head teacher does not know this adult. Raises NotFoundError, ConflictError."""
    claim = await access_claim_as_head_teacher(ctx, teaching, claim_id)
    await _decide(ctx, teaching, claim, ClaimState.REFUSED, None)
    await _tell(ctx, claim, ClaimState.REFUSED)


async def withdraw_claim(ctx: Context, person_id: str, claim_id: str) -> None:
    """Whoever asked takes the request back; a second time changes nothing.

    Raises NotFoundError for a request that isn't theirs, ConflictError when it is decided already.
    """
    claim = await ctx.stores.bindings.find_claim(claim_id)
    if claim is None or claim.person_id != person_id:
        raise NotFoundError
    if await ctx.stores.bindings.withdraw_claim(claim_id, ctx.now()):
        log.info("request %s taken back", claim_id)
        return
    held = await ctx.stores.bindings.find_claim(claim_id)
    if held is None or held.state is not ClaimState.WITHDRAWN:
        raise ConflictError


async def _decide(
    ctx: Context, teaching: Teaching, claim: Claim, state: ClaimState, student_id: str | None
) -> datetime:
    """When it was decided like this, now or by an earlier tap of the same button."""
    at = ctx.now()
    if claim.state is ClaimState.WAITING:
        act = Act.CLAIM_APPROVED if state is ClaimState.APPROVED else Act.CLAIM_REFUSED
        await note_act(
            ctx,
            teaching.actor,
            act,
            subject=("claim", claim.id),
            before={"state": claim.state, "doubt": claim.doubt},
            after={"state": state, "student_id": student_id, "person_id": claim.person_id},
        )
    decided = await ctx.stores.bindings.mark_claim(
        claim.id, state, by=teaching.person_id, at=at, student_id=student_id
    )
    if decided:
        log.info("request %s %s", claim.id, state)
        return at
    held = await ctx.stores.bindings.find_claim(claim.id)
    if held is None or (held.state, held.student_id) != (state, student_id):
        raise ConflictError
    return held.decided_at or at


async def _tell(ctx: Context, claim: Claim, state: ClaimState) -> None:
    key = f"{TELL}:{claim.id}:{claim.created_at.timestamp()}:{state}"
    await ctx.enqueue(TELL, {"claim_id": claim.id}, key=key)
