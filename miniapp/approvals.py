"""Requests to be bound as the school decides them: the list, one with everything that helps, and the decision."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.bindings import Doubt, EndReason
from domain.errors import InvalidError, NotFoundError, Problem
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.guardians import GuardianRow, guardian_row
from miniapp.shapes import Done
from services.approvals import WaitingClaim, approve_claim, refuse_claim, waiting_claims
from services.claim_details import Candidate, claim_detail, is_alarming
from services.people import Teaching

approvals = Registry("approvals")


class AskedChild(Schema):
    """A child whom a request may mean."""

    id: str
    name: str
    number: int
    class_name: str


class ApprovalRow(Schema):
    """A request that waits. `may_decide`: now; before `school_from` the family is asked.

    `alarming`: look twice. `parted`: the school has parted this adult from one of the children before.
    `appealed`: the family said no, and they ask the school.
    """

    id: str
    child_name: str
    phone_last4: str
    doubt: Doubt
    alarming: bool
    parted: bool
    appealed: bool
    invited: bool
    asked_at: datetime
    school_from: datetime | None
    expires_at: datetime | None
    may_decide: bool
    candidates: list[AskedChild]


class Approvals(Schema):
    """What waits, newest first."""

    items: list[ApprovalRow]


class ListLine(Schema):
    """A line of the school's list, without its number: whether that ends in the digits that were typed."""

    relation: str
    fits: bool
    quarantined: bool


class Parting(Schema):
    """How the school ended this adult's binding to the child before."""

    at: datetime
    reason: EndReason


class CandidateRow(AskedChild):
    """A child whom a request may mean, with what the school knows of its family."""

    lines: list[ListLine]
    guardians: list[GuardianRow]
    parted_before: Parting | None


class OtherChild(Schema):
    """A child of one's classes to whom the adult is bound already."""

    name: str
    relation: str


class Approval(Schema):
    """A request with everything that helps to decide. `asked` are the relations of the family who are asked."""

    row: ApprovalRow
    candidates: list[CandidateRow]
    asked: list[str]
    following: bool | None
    other_children: list[OtherChild]


class ApprovalIn(Schema):
    """Whether this adult is known as a guardian, and of which child."""

    approve: bool
    child_id: str = Field("", max_length=200)


@approvals("GET", "/teaching/claims", access=Access.STAFF, right=Right.CLAIMS)
async def list_approvals(call: Call) -> Approvals:
    """Requests about children of my classes."""
    found = await waiting_claims(call.ctx, call.teaching)
    return Approvals(items=[_row(waiting, call.teaching) for waiting in found])


@approvals("GET", "/teaching/claims/{claim_id}", access=Access.STAFF, right=Right.CLAIMS)
async def get_approval(call: Call, claim_id: str) -> Approval:
    """One request, looked at closely."""
    for waiting in await waiting_claims(call.ctx, call.teaching):
        if waiting.claim.id == claim_id:
            break
    else:
        raise NotFoundError
    detail = await claim_detail(call.ctx, call.teaching, waiting)
    return Approval(
        row=_row(waiting, call.teaching),
        candidates=[_candidate(candidate) for candidate in detail.candidates],
        asked=list(detail.asked),
        following=detail.following,
        other_children=[
            OtherChild(name=student.name, relation=relation)
            for student, relation in detail.other_children
        ],
    )


@approvals(
    "POST",
    "/teaching/claims/{claim_id}/decision",
    access=Access.STAFF,
    right=Right.CLAIMS,
    creates=True,
)
async def decide_approval(call: Call, claim_id: str, body: ApprovalIn) -> Done:
    """As the school, agree for one child, or not."""
    if not body.approve:
        await refuse_claim(call.ctx, call.teaching, claim_id)
    elif body.child_id:
        await approve_claim(call.ctx, call.teaching, claim_id, body.child_id)
    else:
        raise InvalidError({"student": Problem("missing")})
    return Done(done=True)


def _row(waiting: WaitingClaim, teaching: Teaching) -> ApprovalRow:
    claim, names = waiting.claim, {c.id: c.name for c in teaching.classes}
    return ApprovalRow(
        id=claim.id,
        child_name=claim.child_name,
        phone_last4=claim.phone_last4,
        doubt=claim.doubt,
        alarming=is_alarming(waiting),
        parted=waiting.ended_as_wrong,
        appealed=claim.appealed,
        invited=bool(claim.invitation_id),
        asked_at=claim.created_at,
        school_from=claim.school_from,
        expires_at=claim.expires_at,
        may_decide=waiting.standing.may_school,
        candidates=[
            AskedChild(id=s.id, name=s.name, number=s.number, class_name=names[s.class_id])
            for s in waiting.candidates
        ],
    )


def _candidate(candidate: Candidate) -> CandidateRow:
    student, parted = candidate.student, candidate.parted
    ending = parted.ending if parted else None
    return CandidateRow(
        id=student.id,
        name=student.name,
        number=student.number,
        class_name=candidate.school_class.name,
        lines=[
            ListLine(
                relation=line.relation,
                fits=line.id in candidate.fitting,
                quarantined=line.quarantine,
            )
            for line in candidate.lines
        ],
        guardians=[guardian_row(guardian) for guardian in candidate.guardians],
        parted_before=Parting(at=ending.at, reason=ending.reason) if ending else None,
    )
