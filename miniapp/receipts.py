"""Receipts (回执) of a teacher's notice: six states, one guardian's ledger, signatures, the Excel file."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.channels import Channel, Reason
from domain.deliveries import MAX_REMINDERS
from domain.errors import NotFoundError
from domain.files import FileKind
from domain.receipts import ChildReceipt, GuardianReceipt, Receipt
from domain.roles import Right
from handlers.base import Access
from handlers.receipts import WORDS
from miniapp.endpoints import Call, Registry, Schema, Stream, stream_made
from miniapp.shapes import OwnNoticeRow, own_notice_row
from miniapp.teaching import by_state
from services.exports import export_name, export_receipts, open_signature
from services.receipts import ClassReceipts, Receipts, ledger_of, receipts_of
from services.spreadsheets import XLSX

receipts = Registry("receipts")


class ClassQuery(Schema):
    """Which class's children are wanted; the first unless one is named."""

    class_id: str = Field("", alias="class", max_length=200)


class GuardianReceiptRow(Schema):
    """One guardian of one child. `at`: when they read it, or confirmed. `asked`: a confirmation is waited for."""

    person_id: str
    relation: str
    state: Receipt
    reason: Reason | None
    channel: Channel | None
    at: datetime | None
    waiting: bool
    asked: bool
    reminders: int
    signed: bool


class ChildRow(Schema):
    """One child: it stands where the guardian stands who got furthest. `reason`: why it was never sent to."""

    id: str
    number: int
    name: str
    state: Receipt
    reason: Reason | None
    guardians: list[GuardianReceiptRow]


class ClassRow(Schema):
    """One class in short."""

    id: str
    name: str
    children: int
    reached: int


class Nameless(Schema):
    """Adults of whom the figures alone are left."""

    guardians: int
    read: int
    confirmed: int


class ReceiptsOut(Schema):
    """How far a notice got, and the children of one of its classes.

    `states` are children; `guardians`, `read`, `confirmed` and `asked` adults; `waiting` messages still on
    their way; `open` adults whom a reminder would reach, `reminders` of `most_reminders` were sent.
    """

    notice: OwnNoticeRow
    children: int
    reached: int
    states: dict[Receipt, int]
    guardians: int
    read: int
    confirmed: int
    asked: int
    waiting: int
    preparing: bool
    open: int
    reminders: int
    most_reminders: int
    reminder_due_at: datetime | None
    withdrawn_at: datetime | None
    nameless: Nameless
    classes: list[ClassRow]
    class_id: str
    rows: list[ChildRow]


class AttemptRow(Schema):
    """One attempt to reach somebody. `purpose` is publish, remind-1, edit-2 …; `code` WeChat's own, 0 is taken."""

    at: datetime
    purpose: str
    channel: Channel
    code: int
    reason: Reason | None


class LedgerOut(Schema):
    """Everything about one guardian of one child."""

    child_name: str
    guardian: GuardianReceiptRow
    read_at: datetime | None
    confirmed_at: datetime | None
    attempts: list[AttemptRow]


@receipts("GET", "/notices/{notice_id}/receipts", access=Access.STAFF, right=Right.PUBLISH)
async def get_receipts(call: Call, notice_id: str, query: ClassQuery) -> ReceiptsOut:
    """How far one of my notices got."""
    found = await receipts_of(call.ctx, call.teaching, notice_id)
    group = _group(found, query.class_id)
    children = found.children()
    guardians = [g for child in children for g in child.guardians]
    read, bound = found.guardians_read()
    notice, nameless = found.notice, found.nameless
    return ReceiptsOut(
        notice=own_notice_row(notice, call.teaching),
        children=len(children),
        reached=sum(child.reached for child in children),
        states=by_state(found.counts()),
        guardians=bound,
        read=read,
        confirmed=sum(g.state is Receipt.CONFIRMED for g in guardians),
        asked=sum(g.asked for g in guardians),
        waiting=found.waiting,
        preparing=found.preparing,
        open=len(found.still_open()),
        reminders=notice.reminders,
        most_reminders=MAX_REMINDERS,
        reminder_due_at=notice.reminder_due_at,
        withdrawn_at=notice.withdrawn_at,
        nameless=Nameless(
            guardians=nameless.guardians, read=nameless.read, confirmed=nameless.confirmed
        ),
        classes=[
            ClassRow(
                id=one.school_class.id,
                name=one.school_class.name,
                children=len(one.children),
                reached=sum(child.reached for child in one.children),
            )
            for one in found.classes
        ],
        class_id=group.school_class.id,
        rows=[_child_row(child) for child in group.children],
    )


def _group(found: Receipts, class_id: str) -> ClassReceipts:
    for group in found.classes:
        if class_id in ("", group.school_class.id):
            return group
    raise NotFoundError


def _child_row(child: ChildReceipt) -> ChildRow:
    return ChildRow(
        id=child.student.id,
        number=child.student.number,
        name=child.student.name,
        state=child.state,
        reason=child.reason,
        guardians=[_guardian_row(guardian) for guardian in child.guardians],
    )


def _guardian_row(guardian: GuardianReceipt) -> GuardianReceiptRow:
    delivery = guardian.delivery
    return GuardianReceiptRow(
        person_id=delivery.person_id,
        relation=guardian.relation,
        state=guardian.state,
        reason=guardian.reason,
        channel=delivery.outcome.channel if delivery.outcome else None,
        at=delivery.confirmed_at or delivery.read_at,
        waiting=guardian.waiting,
        asked=guardian.asked,
        reminders=delivery.reminders,
        signed=delivery.signature_id is not None,
    )


@receipts(
    "GET",
    "/notices/{notice_id}/receipts/{student_id}/{person_id}",
    access=Access.STAFF,
    right=Right.PUBLISH,
)
async def get_ledger(call: Call, notice_id: str, student_id: str, person_id: str) -> LedgerOut:
    """Every attempt to reach one guardian, oldest first."""
    found = await receipts_of(call.ctx, call.teaching, notice_id)
    child, guardian = found.find_guardian(student_id, person_id)
    delivery = guardian.delivery
    attempts = await ledger_of(call.ctx, call.teaching, notice_id, delivery.id)
    return LedgerOut(
        child_name=child.student.name,
        guardian=_guardian_row(guardian),
        read_at=delivery.read_at,
        confirmed_at=delivery.confirmed_at,
        attempts=[
            AttemptRow(at=a.at, purpose=a.purpose, channel=a.channel, code=a.code, reason=a.reason)
            for a in attempts
        ],
    )


@receipts(
    "GET",
    "/notices/{notice_id}/receipts/{student_id}/{person_id}/signature",
    access=Access.STAFF,
    right=Right.PUBLISH,
)
async def get_signature(call: Call, notice_id: str, student_id: str, person_id: str) -> Stream:
    """A guardian's signature; that it was looked at is noted."""
    found = await receipts_of(call.ctx, call.teaching, notice_id)
    _, guardian = found.find_guardian(student_id, person_id)
    return Stream(*await open_signature(call.ctx, call.teaching.actor, guardian.delivery))


@receipts("GET", "/notices/{notice_id}/export", access=Access.STAFF, right=Right.PUBLISH)
async def export(call: Call, notice_id: str) -> Stream:
    """The receipts as an Excel file; that it was taken is noted."""
    found = await receipts_of(call.ctx, call.teaching, notice_id)
    content = await export_receipts(call.ctx, call.teaching.actor, found, WORDS)
    return stream_made(
        call,
        content,
        school_id=found.notice.school_id,
        kind=FileKind.DOCUMENT,
        name=export_name(found.notice),
        content_type=XLSX,
    )
