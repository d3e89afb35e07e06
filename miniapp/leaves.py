"""Leave: a guardian asks for a child and sees what became of it; the head teacher decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field

from domain.channels import Reason
from domain.files import StoredFile
from domain.leaves import Half, Leave, LeaveKind, LeaveState
from domain.receipts import Receipt
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Attachment, attachment_rows
from services.attachments import stored_of
from services.leave_receipts import LeaveReceipt
from services.leaves import (
    ChildLeave,
    access_leave_as_guardian,
    ask_leave,
    decide_leave,
    leaves_of_classes,
    leaves_of_guardian,
    withdraw_leave,
)
from services.terms import school_day

leaves = Registry("leaves")


class LeaveIn(Schema):
    """From one half of a day to another, both included; `file_ids` are uploads for this child."""

    kind: LeaveKind
    first: str = Field(max_length=10)
    first_half: Half = Half.AM
    last: str = Field(max_length=10)
    last_half: Half = Half.PM
    reason: str = Field(max_length=1000)
    file_ids: list[str] = Field(default_factory=list, max_length=9)


class LeaveReceiptOut(Schema):
    """Whether the family has heard of a decision. `state` is null before anything is sent, which rests until `due_at`.

    `reason`: why WeChat did not bring it; `waiting`: it is tried, or tried again.
    """

    state: Receipt | None
    reason: Reason | None
    waiting: bool
    due_at: datetime | None


class LeaveOut(Schema):
    """A request. `may_withdraw`: the child's guardians, while it is not over; `may_decide`: the head teacher.

    `receipt` is the school's to see, of a request that is decided.
    """

    id: str
    child_id: str
    child_name: str
    class_name: str
    relation: str
    kind: LeaveKind
    first: date
    first_half: Half
    last: date
    last_half: Half
    reason: str
    files: list[Attachment]
    state: LeaveState
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    reply: str
    may_withdraw: bool
    may_decide: bool
    receipt: LeaveReceiptOut | None


class LeaveList(Schema):
    """Requests for leave."""

    items: list[LeaveOut]


class LeaveDecision(Schema):
    """Whether it is approved, with a word for the family if there is one."""

    approve: bool
    reply: str = Field("", max_length=1000)


@leaves("GET", "/leaves", access=Access.VISITOR)
async def list_own_leaves(call: Call) -> LeaveList:
    """Leave of my children, newest first, whichever of us asked."""
    found = await leaves_of_guardian(call.ctx, call.person_id)
    stored = await stored_of(call.ctx, [f for _, leave in found for f in leave.files])
    today = school_day(call.ctx.now())
    return LeaveList(
        items=[
            _out(
                leave,
                child.student.name,
                child.school_class.name,
                stored,
                may_withdraw=child.binding.may_confirm and leave.stands and leave.last >= today,
            )
            for child, leave in found
        ]
    )


@leaves("POST", "/children/{student_id}/leaves", access=Access.VISITOR, creates=True)
async def ask_for_leave(call: Call, student_id: str, body: LeaveIn) -> LeaveOut:
    """Ask for leave; the head teacher is told."""
    form = body.model_dump(mode="json", exclude={"file_ids"})
    leave = await ask_leave(
        call.ctx, call.person_id, student_id, form, file_ids=body.file_ids, key=call.key
    )
    return await _own(call, leave)


@leaves("POST", "/leaves/{leave_id}/withdrawal", access=Access.VISITOR, creates=True)
async def take_leave_back(call: Call, leave_id: str) -> LeaveOut:
    """The child comes after all."""
    return await _own(call, await withdraw_leave(call.ctx, call.person_id, leave_id))


@leaves("GET", "/teaching/leaves", access=Access.STAFF, right=Right.LEAVES)
async def list_leaves(call: Call) -> LeaveList:
    """Leave in my classes: what waits for me, then by day."""
    found = await leaves_of_classes(call.ctx, call.teaching)
    stored = await stored_of(call.ctx, [f for one in found for f in one.leave.files])
    return LeaveList(items=[_of_class(call, one, stored) for one in found])


@leaves(
    "POST",
    "/teaching/leaves/{leave_id}/decision",
    access=Access.STAFF,
    right=Right.LEAVES,
    creates=True,
)
async def decide_about_leave(call: Call, leave_id: str, body: LeaveDecision) -> LeaveOut:
    """Approve it or not; the family is told."""
    found = await decide_leave(
        call.ctx, call.teaching, leave_id, approve=body.approve, reply=body.reply
    )
    return _of_class(call, found, await stored_of(call.ctx, found.leave.files))


async def _own(call: Call, leave: Leave) -> LeaveOut:
    child, held = await access_leave_as_guardian(call.ctx, call.person_id, leave.id)
    stored = await stored_of(call.ctx, held.files)
    may = child.binding.may_confirm and held.stands and held.last >= school_day(call.ctx.now())
    return _out(held, child.student.name, child.school_class.name, stored, may_withdraw=may)


def _of_class(call: Call, one: ChildLeave, stored: Mapping[str, StoredFile]) -> LeaveOut:
    leave = one.leave
    return _out(
        leave,
        one.student.name,
        one.school_class.name,
        stored,
        may_decide=one.may_decide,
        receipt=_receipt(one.receipt),
    )


def _receipt(receipt: LeaveReceipt | None) -> LeaveReceiptOut | None:
    if receipt is None:
        return None
    return LeaveReceiptOut(
        state=receipt.state,
        reason=receipt.reason,
        waiting=receipt.waiting,
        due_at=receipt.due_at,
    )


def _out(
    leave: Leave,
    child: str,
    school_class: str,
    stored: Mapping[str, StoredFile],
    *,
    may_withdraw: bool = False,
    may_decide: bool = False,
    receipt: LeaveReceiptOut | None = None,
) -> LeaveOut:
    span = leave.span
    return LeaveOut(
        id=leave.id,
        child_id=leave.student_id,
        child_name=child,
        class_name=school_class,
        relation=leave.relation,
        kind=leave.kind,
        first=span.first,
        first_half=span.first_half,
        last=span.last,
        last_half=span.last_half,
        reason=leave.reason,
        files=attachment_rows(leave.files, stored),
        state=leave.state,
        asked_at=leave.asked_at,
        decided_by=leave.decided_name,
        decided_at=leave.decided_at,
        reply=leave.reply,
        may_withdraw=may_withdraw,
        may_decide=may_decide,
        receipt=receipt,
    )
