"""A guardian's notices: the list, one of them, confirming and signing it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.notices import NoticeState
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.link_shapes import Link, link_rows
from miniapp.paging import PageQuery, place_of
from miniapp.shapes import Attachment, NoticeRow, attachment_rows, notice_row
from services.attachments import stored_of
from services.families import access_own_child
from services.given_links import for_family
from services.reading import (
    Reading,
    Shown,
    access_notice_as_guardian,
    confirm_notice,
    notices_of_guardian,
    record_read,
    wanted_entries,
)

notices = Registry("notices")


class NoticeQuery(PageQuery):
    """Which notices: of one child, in one state, with these words; a page may end before it is full."""

    child: str = Field("", max_length=200)
    filter: Shown = Shown.ALL
    q: str = Field("", max_length=60)


class NoticeList(Schema):
    """A page of the list, newest first; `next_cursor` is null at the end."""

    items: list[NoticeRow]
    next_cursor: str | None


class ChildOfNotice(Schema):
    """One of the reader's children whom the notice is for."""

    id: str
    name: str
    confirmed_at: datetime | None
    may_confirm: bool


class NoticeOut(NoticeRow):
    """A notice as it says now; of a withdrawn one the title alone. `confirmed_at` once nothing is left to confirm;
    `about` is the homework for which work came back."""

    body: str
    about: str
    version: int
    corrected: bool
    withdrawn_at: datetime | None
    attachments: list[Attachment]
    links: list[Link]
    children: list[ChildOfNotice]


class VersionIn(Schema):
    """The version they had before their eyes."""

    version: Number


class Confirmed(Schema):
    """When it was confirmed, the first time."""

    confirmed_at: datetime | None


@notices("GET", "/notices", access=Access.VISITOR)
async def list_notices(call: Call, query: NoticeQuery) -> NoticeList:
    """My notices, newest first."""
    before = place_of(query.cursor)
    if query.child:
        await access_own_child(call.ctx, call.person_id, query.child)
    page = await notices_of_guardian(
        call.ctx,
        call.person_id,
        before=before,
        limit=query.limit,
        wanted=wanted_entries(query.filter, student_id=query.child, text=query.q),
    )
    return NoticeList(
        items=[notice_row(entry) for entry in page.entries],
        next_cursor=pack_cursor(page.next_position) if page.next_position else None,
    )


@notices("GET", "/notices/{notice_id}", access=Access.VISITOR)
async def get_notice(call: Call, notice_id: str) -> NoticeOut:
    """One notice; opening it is reading it."""
    reading = await record_read(call.ctx, call.person_id, notice_id)
    notice, version = reading.notice, reading.notice.current
    told = notice.state is not NoticeState.WITHDRAWN
    attached = version.attachments if told else ()
    links = await for_family(
        call.ctx, reading.entries[0].child.school_class, version.links if told else ()
    )
    row = notice_row(reading.entries[0]).model_dump()
    row |= {"unread": False, "confirmed_at": _confirmed_at(reading)}
    row["wants_confirmation"] = any(e.wants_confirmation for e in reading.entries)
    return NoticeOut(
        **row,
        body=version.body if told else "",
        about=notice.about,
        version=version.number,
        corrected=version.number > 1,
        withdrawn_at=notice.withdrawn_at,
        attachments=attachment_rows(attached, await stored_of(call.ctx, attached)),
        links=link_rows(links),
        children=[
            ChildOfNotice(
                id=entry.child.student.id,
                name=entry.child.student.name,
                confirmed_at=entry.delivery.confirmed_at,
                may_confirm=entry.child.binding.may_confirm,
            )
            for entry in reading.entries
        ],
    )


def _confirmed_at(reading: Reading) -> datetime | None:
    times = [e.delivery.confirmed_at for e in reading.entries if e.delivery.confirmed_at]
    return max(times) if times and reading.confirmed else None


@notices("POST", "/notices/{notice_id}/confirmation", access=Access.VISITOR, creates=True)
async def confirm(call: Call, notice_id: str, body: VersionIn) -> Confirmed:
    """Confirm with a tap, for all of one's children at once; again changes nothing."""
    await confirm_notice(call.ctx, call.person_id, notice_id, version=body.version)
    return await _confirmed(call, notice_id)


@notices(
    "POST",
    "/notices/{notice_id}/signature",
    access=Access.VISITOR,
    creates=True,
    raw=("image/png",),
)
async def sign(call: Call, notice_id: str, query: VersionIn) -> Confirmed:
    """Confirm with a signature: a PNG of what was drawn."""
    await confirm_notice(
        call.ctx, call.person_id, notice_id, version=query.version, signature=call.body_bytes
    )
    return await _confirmed(call, notice_id)


async def _confirmed(call: Call, notice_id: str) -> Confirmed:
    reading = await access_notice_as_guardian(call.ctx, call.person_id, notice_id)
    return Confirmed(confirmed_at=_confirmed_at(reading))
