"""What a teacher does with a notice: publish, correct, remind, withdraw. Each lands once, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from domain.errors import ConflictError
from domain.notices import ConfirmMode, Draft, Notice, NoticeKind, NoticeState
from domain.roles import Right
from domain.urgent import REASON_LIMIT
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.shapes import Done, OwnNoticeRow, own_notice_row
from services.notices import (
    access_notice_as_author,
    draft_notice,
    edit_notice,
    next_reminder,
    publish_notice,
    remind_unread,
    withdraw_notice,
)
from services.quiet import quiet_of
from services.receipts import receipts_of

publishing = Registry("publishing")

# The service says what is too long or too many, in words; here is only where reading it stops.
_LONGEST_TEXT = 20_000
_MOST_ENTRIES = 100


class WordsIn(Schema):
    """What a notice says."""

    title: str = Field(max_length=_LONGEST_TEXT)
    body: str = Field(max_length=_LONGEST_TEXT)
    file_ids: list[str] = Field([], max_length=_MOST_ENTRIES)
    links: list[str] = Field([], max_length=_MOST_ENTRIES)


class NoticeIn(WordsIn):
    """A notice to be published; without `publish_at` now. `urgent_reason` for the school's office alone."""

    class_ids: list[str] = Field(max_length=_MOST_ENTRIES)
    confirm: ConfirmMode = ConfirmMode.NONE
    deadline_at: AwareDatetime | None = None
    publish_at: AwareDatetime | None = None
    urgent_reason: str = Field("", max_length=REASON_LIMIT)


class CorrectionIn(WordsIn):
    """What it says from now on; `version` is the one they had before their eyes."""

    version: Number


class ReminderIn(Schema):
    """Which reminder is meant, the first or the second: a double tap is one."""

    number: Number


class ReminderOut(Schema):
    """When it goes out: now, or when the quiet hours end."""

    due_at: datetime
    later: bool


class OpenChild(Schema):
    """A child of whom somebody has not answered."""

    name: str
    class_name: str


class NextReminder(Schema):
    """Whom a reminder would reach. `number` is null when there is none left, or one still waits.

    `later_at`: when the quiet hours end that it falls into.
    """

    number: int | None
    guardians: int
    children: list[OpenChild]
    later_at: datetime | None


async def _draft(
    call: Call,
    said: WordsIn,
    class_ids: Sequence[str],
    *,
    confirm: ConfirmMode = ConfirmMode.NONE,
    deadline_at: datetime | None = None,
    publish_at: datetime | None = None,
    urgent_reason: str = "",
) -> Draft:
    form = {
        "title": said.title,
        "body": said.body,
        "confirm": confirm.value,
        "deadline_at": deadline_at.isoformat() if deadline_at else "",
        "publish_at": publish_at.isoformat() if publish_at else "",
        "urgent_reason": urgent_reason,
    }
    return await draft_notice(
        call.ctx,
        call.teaching,
        form,
        class_ids=class_ids,
        file_ids=said.file_ids,
        links=said.links,
    )


@publishing("POST", "/notices", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def publish(call: Call, body: NoticeIn) -> OwnNoticeRow:
    """Publish a notice, now or later."""
    draft = await _draft(
        call,
        body,
        body.class_ids,
        confirm=body.confirm,
        deadline_at=body.deadline_at,
        publish_at=body.publish_at,
        urgent_reason=body.urgent_reason,
    )
    notice = await publish_notice(call.ctx, call.teaching, draft, idempotency_key=call.key)
    return own_notice_row(notice, call.teaching)


@publishing("PUT", "/notices/{notice_id}", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def correct(call: Call, notice_id: str, body: CorrectionIn) -> OwnNoticeRow:
    """Say it anew; audience, confirmation and times stay."""
    notice = await access_notice_as_author(call.ctx, call.teaching, notice_id)
    mine = set(call.teaching.class_ids())
    draft = await _draft(call, body, [c for c in notice.class_ids if c in mine])
    if _says(notice, draft, body.version + 1):  # the first time was cut off before its answer
        return own_notice_row(notice, call.teaching)
    try:
        notice = await edit_notice(
            call.ctx, call.teaching, notice_id, draft, seen_version=body.version
        )
    except ConflictError:
        withdrawn = notice.state is NoticeState.WITHDRAWN
        raise ConflictError("conflict" if withdrawn else "edited_meanwhile") from None
    return own_notice_row(notice, call.teaching)


def _says(notice: Notice, draft: Draft, number: int) -> bool:
    """Whether this version is there and says exactly that."""
    held = notice.current
    words = (held.title, held.body, held.links, tuple(a.file_id for a in held.attachments))
    wanted = (draft.title, draft.body, draft.links, draft.file_ids)
    return notice.state is not NoticeState.WITHDRAWN and held.number == number and words == wanted


@publishing("DELETE", "/notices/{notice_id}", access=Access.STAFF, right=Right.PUBLISH)
async def withdraw(call: Call, notice_id: str) -> Done:
    """Take a notice back; again changes nothing."""
    await withdraw_notice(call.ctx, call.teaching, notice_id)
    return Done(done=True)


@publishing("GET", "/notices/{notice_id}/reminders", access=Access.STAFF, right=Right.PUBLISH)
async def get_next_reminder(call: Call, notice_id: str) -> NextReminder:
    """Whom a reminder would reach, and when."""
    receipts = await receipts_of(call.ctx, call.teaching, notice_id)
    notice, now = receipts.notice, call.ctx.now()
    names = {group.school_class.id: group.school_class.name for group in receipts.classes}
    due_at = quiet_of(call.ctx, call.teaching.school).next_moment(now)
    asks = notice.kind is not NoticeKind.TASKLIST  # nobody is reminded of what is voluntary
    number = next_reminder(notice) if asks and not receipts.preparing else 0
    return NextReminder(
        number=number or None,
        guardians=len(receipts.still_open()),
        children=[
            OpenChild(name=child.student.name, class_name=names[child.student.class_id])
            for child in receipts.children_open()
        ],
        later_at=due_at if due_at > now else None,
    )


@publishing(
    "POST",
    "/notices/{notice_id}/reminders",
    access=Access.STAFF,
    right=Right.PUBLISH,
    creates=True,
)
async def remind(call: Call, notice_id: str, body: ReminderIn) -> ReminderOut:
    """Remind those who have not read or not confirmed."""
    due_at = await remind_unread(call.ctx, call.teaching, notice_id, number=body.number)
    return ReminderOut(due_at=due_at, later=due_at > call.ctx.now())
