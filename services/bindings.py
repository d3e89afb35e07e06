"""Binding an adult to a child: asked for by the adult, decided by the list, the family or the school.

The list alone binds the first adult of a child. Of whoever comes second the family is asked, then the school.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.bindings import (
    FAMILY_DOUBTS,
    Binding,
    BindingState,
    Certain,
    Claim,
    ClaimState,
    Doubt,
    Doubtful,
    Ending,
    EndReason,
    Side,
    binding_id,
    judge_claim,
)
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem, TooManyError
from domain.schools import Contact, Student
from services.claims import Standing, standing_of, tell, times_of_claim
from services.context import Context
from services.invited import Invited, open_invitation, parse_asked, pupils_meant

log = logging.getLogger("yanshu.services")

# Wrong numbers for one child's name, from whatever accounts; beyond it the head teacher decides.
_GUESSES_PER_HOUR = 20
CATCH_UP = "bindings.catch_up"


class Answer(StrEnum):
    """What became of a request."""

    BOUND = "bound"
    ALREADY = "already"
    WAITING = "waiting"
    REFUSED = (
        "refused"  # by the family, lately: asking again brings nothing, the school may be asked
    )
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer; the child it is about once that is certain; where the request stands while it waits."""

    answer: Answer
    student: Student | None = None
    standing: Standing | None = None


def asked_text(name: str, digits: str, invited: Invited | None) -> str:
    """Two fields of a form in one line, as `bind_guardian` takes them; a child's invitation says the name."""
    if invited is not None and invited.student is not None:
        return digits.strip()
    return f"{name.strip()} {digits.strip()}"


async def bind_guardian(
    ctx: Context, person_id: str, text: str, *, invitation_id: str | None = None
) -> Asked:
    """`text` is the child's name and the last four digits of the phone on the school's list, in one line.

    Through a child's invitation the digits alone will do. Raises InvalidError (field `child`) when it is
    not of that form, TooManyError after ten tries in an hour, and what `open_invitation` raises.
    """
    invited = await open_invitation(ctx, person_id, invitation_id) if invitation_id else None
    parsed = parse_asked(text, invited)
    if parsed is None:
        raise InvalidError({"child": Problem("form")})
    name, digits = parsed
    wait = await ctx.stores.limits.hit("claim", person_id, per_hour=ctx.policy.claims_per_hour)
    if wait:
        raise TooManyError(wait)
    matches = await ctx.stores.schools.contacts_named(name, digits)
    namesakes: list[Student] = []
    if invited is not None:
        matches = [m for m in matches if invited.fits(m)]
        namesakes = await pupils_meant(ctx, invited, name)
    through = invited.invitation.id if invited else ""
    taken = await _taken(ctx, matches, person_id)
    barred = await _barred(ctx, (m.student_id for m in matches), person_id)
    guarded = await _guarded(ctx, matches, person_id)
    judged = judge_claim(matches, taken, namesakes, barred, guarded)
    guesses = hashlib.sha256(name.encode()).hexdigest()[:16]
    if judged is None or (isinstance(judged, Doubtful) and judged.doubt is Doubt.PHONE):
        await ctx.stores.limits.hit("guess", guesses, per_hour=_GUESSES_PER_HOUR)
    if judged is None:
        return Asked(Answer.UNKNOWN)
    fits = isinstance(judged, Certain) or judged.doubt in (Doubt.SECOND, Doubt.TAKEN)
    if fits and await ctx.stores.limits.used_up("guess", guesses, per_hour=_GUESSES_PER_HOUR):
        judged = Doubtful(Doubt.GUESSED, (matches[0],))
    if isinstance(judged, Certain):
        contact = judged.contact
        try:
            return await _bind(ctx, person_id, contact, through)
        except ConflictError:  # somebody else was faster by a moment
            wrong = await _barred(ctx, [contact.student_id], person_id)
            taken = await _taken(ctx, [contact], person_id)
            doubt = Doubt.ENDED if wrong else Doubt.TAKEN if taken else Doubt.SECOND
            judged = Doubtful(doubt, (contact,))
    return await _ask(ctx, person_id, name, digits, judged, through)


async def _taken(ctx: Context, matches: list[Contact], person_id: str) -> frozenset[str]:
    taken: frozenset[str] = frozenset()
    for school_id in {m.school_id for m in matches}:
        lines = [m.id for m in matches if m.school_id == school_id]
        taken |= await ctx.stores.bindings.taken_contacts(school_id, lines, besides=person_id)
    return taken


async def _barred(ctx: Context, student_ids: Iterable[str], person_id: str) -> frozenset[str]:
    """Children from whom the school has parted this adult."""
    keys = {binding_id(s, person_id): s for s in student_ids}
    barred = await ctx.stores.bindings.barred(keys) if keys else frozenset()
    return frozenset(keys[key] for key in barred)


async def _guarded(ctx: Context, matches: list[Contact], person_id: str) -> frozenset[str]:
    """Children that fit and to whom somebody else is bound."""
    guarded: set[str] = set()
    for school_id in {m.school_id for m in matches}:
        ids = sorted({m.student_id for m in matches if m.school_id == school_id})
        bindings = await ctx.stores.bindings.active_of_students(school_id, ids)
        guarded |= {b.student_id for b in bindings if b.person_id != person_id and not b.trial}
    return frozenset(guarded)


async def _bind(ctx: Context, person_id: str, contact: Contact, invitation_id: str) -> Asked:
    binding = Binding(
        id=binding_id(contact.student_id, person_id),
        school_id=contact.school_id,
        student_id=contact.student_id,
        person_id=person_id,
        relation=contact.relation,
        contact_id=contact.id,
        state=BindingState.ACTIVE,
        bound_at=ctx.now(),
        order=1,
        invitation_id=invitation_id,
    )
    is_new = await _activate(ctx, binding)
    if is_new and not await has_ground(ctx, binding, fresh=True):
        return Asked(Answer.UNKNOWN)
    students = await ctx.stores.schools.students([contact.student_id])
    answer = Answer.BOUND if is_new else Answer.ALREADY
    return Asked(answer, students.get(contact.student_id))


async def has_ground(ctx: Context, binding: Binding, *, fresh: bool = False) -> bool:
    """Whether what a new binding stands on is still there; ends it when not.

    Looked at again once it is made: the school's list may have changed in between, and whoever took in
    the list has not seen this binding then. A line that was closed (quarantine) binds nobody from then on:
    that is looked at only while the binding is `fresh`.
    """
    student = (await ctx.stores.schools.students([binding.student_id])).get(binding.student_id)
    line = await ctx.stores.schools.find_contact(binding.contact_id) if binding.contact_id else None
    if student is None:
        reason = EndReason.LEFT
    elif binding.contact_id and (line is None or (fresh and line.quarantine)):
        reason = EndReason.PHONE
    else:
        return True
    await ctx.stores.bindings.end(binding.id, Ending(at=ctx.now(), by="", reason=reason))
    log.info("binding %s ended as soon as it was made: %s", binding.id, reason)
    return False


async def _activate(ctx: Context, binding: Binding, *, decided_at: datetime | None = None) -> bool:
    held = await ctx.stores.bindings.find(binding.id)
    if held is not None and held.trial and held.state is BindingState.ACTIVE:
        # From trying it to being a guardian; it ends before that was decided.
        at = (decided_at or ctx.now()) - timedelta(milliseconds=1)
        own = Ending(at=at, by=binding.person_id, reason=EndReason.OWN)
        await ctx.stores.bindings.end(held.id, own)
    if decided_at is None:
        is_new = await ctx.stores.bindings.save_first(binding)
    else:
        is_new = await ctx.stores.bindings.save(binding, decided_at=decided_at)
    if is_new:
        log.info("binding %s made, %s", binding.id, "approved" if decided_at else "by the list")
        # What the class was told lately waits for them in their list; without ringing.
        await ctx.enqueue(CATCH_UP, {"binding_id": binding.id}, key=f"{CATCH_UP}:{binding.id}")
    return is_new


async def _ask(
    ctx: Context, person_id: str, name: str, digits: str, judged: Doubtful, invitation_id: str
) -> Asked:
    """A request for each school it may mean. Of a child with guardians they are asked first."""
    students = {
        (s.student_id if isinstance(s, Contact) else s.id): (s.school_id, s.class_id)
        for s in judged.students
    }
    mine = await ctx.stores.bindings.active(binding_id(s, person_id) for s in students)
    if any(not b.trial for b in mine.values()):
        return Asked(Answer.ALREADY)
    line = judged.students[0] if len(students) == 1 else None
    asked = Asked(Answer.WAITING)
    for school_id in sorted({school for school, _ in students.values()}):
        here = sorted(s for s, (school, _) in students.items() if school == school_id)
        asks = await _side_for(ctx, judged.doubt, school_id, here, person_id)
        school_from, expires_at = await times_of_claim(ctx, school_id, asks=asks)
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
            contact_id=line.id if isinstance(line, Contact) else None,
            invitation_id=invitation_id,
            asks=asks,
            school_from=school_from,
            expires_at=expires_at,
            next_at=school_from if asks is Side.FAMILY else expires_at,
        )
        asked = await _add(ctx, claim)
    return asked


async def _add(ctx: Context, claim: Claim) -> Asked:
    held = await ctx.stores.claims.find(claim.id)
    if held is None or held.may_be_asked_again(ctx.now()):
        if await ctx.stores.claims.add(claim):
            log.info("request %s waits: %s, %s first", claim.id, claim.doubt, claim.asks)
            await tell(ctx, claim, ClaimState.WAITING)
        held = await ctx.stores.claims.find(claim.id) or claim
    answer = Answer.REFUSED if held.state is ClaimState.REFUSED else Answer.WAITING
    return Asked(answer, standing=await standing_of(ctx, held))


async def _side_for(
    ctx: Context, doubt: Doubt, school_id: str, student_ids: list[str], person_id: str
) -> Side:
    """Whom to ask first: the family, where there is one that can judge it."""
    if doubt not in FAMILY_DOUBTS or len(student_ids) != 1:
        return Side.SCHOOL
    if await _barred(ctx, student_ids, person_id):
        return Side.SCHOOL
    bindings = await ctx.stores.bindings.active_of_students(school_id, student_ids)
    deciders = [b for b in bindings if b.may_decide(ctx.now()) and b.person_id != person_id]
    return Side.FAMILY if deciders else Side.SCHOOL


async def complete_approval(ctx: Context, claim: Claim) -> None:
    """Make the binding that an approved request asks for.

    The approval is the write that counts; whoever is to tell of it completes it first, so a process that
    died in between leaves nothing half done. Doing it twice changes nothing, and what was ended since the
    approval stays ended. A child who has left the school since then is nobody's.
    """
    if claim.state is not ClaimState.APPROVED or claim.student_id is None:
        return
    if not await ctx.stores.schools.students([claim.student_id]):
        return
    line = await ctx.stores.schools.find_contact(claim.contact_id) if claim.contact_id else None
    if line is not None and (line.student_id != claim.student_id or line.quarantine):
        line = None
    others = await ctx.stores.bindings.active_of_students(claim.school_id, [claim.student_id])
    orders = [b.order for b in others if not b.trial and b.person_id != claim.person_id]
    binding = Binding(
        id=binding_id(claim.student_id, claim.person_id),
        school_id=claim.school_id,
        student_id=claim.student_id,
        person_id=claim.person_id,
        # Of two through one line, the line says who the first is.
        relation=line.relation if line and claim.doubt is not Doubt.TAKEN else "",
        contact_id=line.id if line else None,
        state=BindingState.ACTIVE,
        bound_at=ctx.now(),
        approved_by=claim.decided_by,
        by_family=claim.decided_side is Side.FAMILY,
        order=max([len(orders), *orders]) + 1,
        invitation_id=claim.invitation_id,
    )
    decided_at = claim.decided_at or claim.created_at
    if await _activate(ctx, binding, decided_at=decided_at):
        await has_ground(ctx, binding)


async def withdraw_claim(ctx: Context, person_id: str, claim_id: str) -> None:
    """Whoever asked takes the request back; a second time changes nothing.

    Raises NotFoundError for a request that isn't theirs, ConflictError when it is decided already.
    """
    claim = await ctx.stores.claims.find(claim_id)
    if claim is None or claim.person_id != person_id:
        raise NotFoundError
    if await ctx.stores.claims.withdraw(claim_id, ctx.now()):
        log.info("request %s taken back", claim_id)
        return
    held = await ctx.stores.claims.find(claim_id)
    if held is None or held.state is not ClaimState.WITHDRAWN:
        raise ConflictError
