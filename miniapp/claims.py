"""Requests to be bound: one's own, and those of others that one's family decides."""

from __future__ import annotations

from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import ClaimRow, Done, claim_rows, closed_rows
from services.approvals import approve_as_guardian, refuse_as_guardian, turn_to_school
from services.bindings import withdraw_claim
from services.families import own_bindings

claims = Registry("claims")


class Claims(Schema):
    """What waits, and one's own that were not granted of late."""

    items: list[ClaimRow]
    closed: list[ClaimRow]


class DecisionIn(Schema):
    """Whether this adult is one of the family."""

    approve: bool


@claims("GET", "/claims", access=Access.VISITOR)
async def list_claims(call: Call) -> Claims:
    """My requests, and those about my children."""
    own, now = await own_bindings(call.ctx, call.person_id), call.ctx.now()
    return Claims(items=claim_rows(own, call.person_id, now), closed=closed_rows(own, now))


@claims("POST", "/claims/{claim_id}/decision", access=Access.VISITOR, creates=True)
async def decide_claim(call: Call, claim_id: str, body: DecisionIn) -> Done:
    """As a guardian of the child, agree to another adult or not."""
    decide = approve_as_guardian if body.approve else refuse_as_guardian
    await decide(call.ctx, call.person_id, claim_id)
    return Done(done=True)


@claims("POST", "/claims/{claim_id}/appeal", access=Access.VISITOR, creates=True)
async def appeal_claim(call: Call, claim_id: str) -> Done:
    """After the family's no, ask the school, once."""
    await turn_to_school(call.ctx, call.person_id, claim_id)
    return Done(done=True)


@claims("DELETE", "/claims/{claim_id}", access=Access.VISITOR)
async def take_back_claim(call: Call, claim_id: str) -> Done:
    """Take one's own request back; again changes nothing."""
    await withdraw_claim(call.ctx, call.person_id, claim_id)
    return Done(done=True)
