"""A request to be bound with everything that helps to decide it, for whoever may (`services.approvals`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.bindings import Binding, Doubt, binding_id
from domain.errors import NotFoundError
from domain.schools import Contact, SchoolClass, Student
from services.approvals import WaitingClaim
from services.context import Context
from services.families import Guardian
from services.people import Teaching
from services.pupils import guardians_by_child

# Doubts that want a second look: somebody guessed, was parted from the child, or is not on the list.
_ALARMING = frozenset({Doubt.GUESSED, Doubt.ENDED, Doubt.PHONE})


class Queue(StrEnum):
    """Which requests are shown."""

    ALL = "all"
    SCHOOL = "school"  # the school may decide now
    FAMILY = "family"  # the family is still asked first
    CAREFUL = "careful"  # look twice


def fits(waiting: WaitingClaim, queue: Queue) -> bool:
    """Whether a request belongs into this part of the queue."""
    if queue is Queue.SCHOOL:
        return waiting.standing.may_school
    if queue is Queue.FAMILY:
        return not waiting.standing.may_school
    return queue is Queue.ALL or is_alarming(waiting)


def is_alarming(waiting: WaitingClaim) -> bool:
    """Whether it wants a second look."""
    claim = waiting.claim
    return claim.doubt in _ALARMING or waiting.ended_as_wrong or claim.appealed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child the request may mean. `fitting` are the lines of the list with the digits that were typed; `parted` is
    how the school ended this adult's binding to the child before, if it did."""

    student: Student
    school_class: SchoolClass
    lines: tuple[Contact, ...]
    fitting: frozenset[str]
    guardians: tuple[Guardian, ...]
    parted: Binding | None


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """`asked` are the relations of those of the family who may decide; `other_children` are children within reach
    that this adult is a guardian of already."""

    waiting: WaitingClaim
    candidates: tuple[Candidate, ...]
    asked: tuple[str, ...]
    following: bool | None
    other_children: tuple[tuple[Student, str], ...]


async def claim_detail(ctx: Context, teaching: Teaching, waiting: WaitingClaim) -> ClaimDetail:
    """One request of `waiting_claims`, looked at closely. Raises NotFoundError when a child has just gone."""
    claim, standing = waiting.claim, waiting.standing
    ids = [s.id for s in waiting.candidates]
    if not ids:
        raise NotFoundError
    lines = await ctx.stores.pupils.lines_of(claim.school_id, ids)
    bindings = await ctx.stores.bindings.active_of_students(claim.school_id, ids)
    guardians = await guardians_by_child(ctx, [b for b in bindings if not b.trial])
    candidates = []
    classes = {c.id: c for c in teaching.classes}
    for student in waiting.candidates:
        own = tuple(line for line in lines if line.student_id == student.id)
        before = await ctx.stores.bindings.find(binding_id(student.id, claim.person_id))
        candidates.append(
            Candidate(
                student,
                classes[student.class_id],
                own,
                frozenset(line.id for line in own if line.phone_last4 == claim.phone_last4),
                tuple(guardians.get(student.id, ())),
                before if before is not None and before.barred else None,
            )
        )
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, [claim.person_id])
    identity = identities.get(claim.person_id)
    return ClaimDetail(
        waiting,
        tuple(candidates),
        tuple(b.relation for b in bindings if b.person_id in standing.guardians),
        identity.following if identity else None,
        await _other_children(ctx, teaching, claim.person_id),
    )


async def _other_children(
    ctx: Context, teaching: Teaching, person_id: str
) -> tuple[tuple[Student, str], ...]:
    bindings = await ctx.stores.bindings.active_of_person(person_id)
    here = [b for b in bindings if b.school_id == teaching.school.id and not b.trial]
    students = await ctx.stores.schools.students(b.student_id for b in here)
    mine = set(teaching.class_ids())
    return tuple(
        (students[b.student_id], b.relation)
        for b in here
        if b.student_id in students and students[b.student_id].class_id in mine
    )
