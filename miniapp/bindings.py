"""Asking to be bound to a child, leaving one, and the phone number that WeChat vouches for."""

from __future__ import annotations

from pydantic import Field

from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Child, ClaimRow, Done, child_row, claim_rows
from services.bindings import Answer, asked_text, bind_guardian
from services.families import end_own_binding, own_bindings, school_names
from services.invited import open_invitation
from services.phones import learn_digits

bindings = Registry("bindings")


class BindIn(Schema):
    """The child's name and the phone's last four digits; through a child's invitation the digits will do."""

    name: str = Field("", max_length=64)
    digits: str = Field(max_length=64)
    invitation: str = Field("", max_length=64)


class Bound(Schema):
    """What became of it: the child when it is one's own now, the request when somebody has to agree."""

    answer: Answer
    child: Child | None
    claim: ClaimRow | None


class PhoneIn(Schema):
    """What the button `getPhoneNumber` gave."""

    code: str = Field(min_length=1, max_length=200)


class PhoneOut(Schema):
    """The last four digits, by which a line of the school's list is found."""

    digits: str


@bindings("POST", "/bindings", access=Access.VISITOR, creates=True)
async def bind(call: Call, body: BindIn) -> Bound:
    """Ask to be bound to a child."""
    ctx, person_id = call.ctx, call.person_id
    invited = await open_invitation(ctx, person_id, body.invitation) if body.invitation else None
    asked = await bind_guardian(
        ctx,
        person_id,
        asked_text(body.name, body.digits, invited),
        invitation_id=invited.invitation.id if invited else None,
    )
    own = await own_bindings(ctx, person_id)
    schools = await school_names(ctx, (one.child for one in own.children))
    student_id = asked.student.id if asked.student else ""
    claim_id = asked.standing.claim.id if asked.standing else ""
    rows = claim_rows(own, person_id, ctx.now())
    mine = (one for one in own.children if one.child.student.id == student_id)
    return Bound(
        answer=asked.answer,
        child=next((child_row(one, schools) for one in mine), None),
        claim=next((row for row in rows if row.id == claim_id), None),
    )


@bindings("DELETE", "/bindings/{student_id}", access=Access.VISITOR)
async def leave_child(call: Call, student_id: str) -> Done:
    """End one's own binding, at once; again changes nothing."""
    await end_own_binding(call.ctx, call.person_id, student_id)
    return Done(done=True)


@bindings("POST", "/phone", access=Access.VISITOR, creates=True)
async def get_phone(call: Call, body: PhoneIn) -> PhoneOut:
    """The digits of one's own number, by WeChat's phone code; the number itself is not kept."""
    return PhoneOut(digits=await learn_digits(call.ctx, call.openid, body.code))
