"""A teacher's own notices: the list, how far each got, what one says, and whom the next one would reach."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from pydantic import Field

from domain.channels import Channel, Reason
from domain.errors import InvalidError, NotFoundError, Problem
from domain.notices import CLASS_LIMIT
from domain.receipts import Receipt
from domain.roles import Right
from handlers.base import Access
from handlers.reading import PAGE_SIZE, pack_cursor
from miniapp.endpoints import Call, Registry, Schema
from miniapp.link_shapes import GivenLinkRows, given_link_rows
from miniapp.paging import PageQuery, place_of
from miniapp.shapes import (
    Attachment,
    OwnNoticeRow,
    attachment_rows,
    own_notice_row,
)
from services.attachments import stored_of
from services.given_links import given_with_notice
from services.notices import access_notice_as_author, notices_of_author
from services.quiet import quiet_of
from services.reach import forecast_reach
from services.receipts import receipts_of
from services.urgent import urgent_actor

teaching = Registry("teaching")


class OwnNotices(Schema):
    """A page of the list, newest first; `next_cursor` is null at the end."""

    items: list[OwnNoticeRow]
    next_cursor: str | None


class OwnNotice(OwnNoticeRow):
    """One's own notice as it says now, for correcting it. `class_ids` are its classes that are still one's own."""

    class_ids: list[str]
    body: str
    attachments: list[Attachment]
    links: list[str]
    withdrawn_at: datetime | None


class IdsQuery(Schema):
    """Ids with commas between them."""

    ids: str = Field(max_length=200 * PAGE_SIZE)


class Reached(Schema):
    """How far a notice got: children by state; a child counts as reached when one guardian has read."""

    id: str
    children: int
    reached: int
    states: dict[Receipt, int]
    preparing: bool


class ReachedList(Schema):
    """In the order asked for; what is not one's own is left out."""

    items: list[Reached]


class AudienceQuery(Schema):
    """The classes that are chosen, with commas between them."""

    classes: str = Field("", max_length=200 * CLASS_LIMIT)


class ChannelRow(Schema):
    """Children whose best guardian is reached by this channel."""

    channel: Channel
    children: int


class MissedChild(Schema):
    """A child none of whose guardians WeChat reaches now; without a reason nobody is bound to it."""

    name: str
    class_name: str
    reason: Reason | None


class Forecast(Schema):
    """What would happen if a notice went out now. `quiet_until`: until then WeChat's card does not ring; `may_urge`: I
    may say that it is urgent, and it does."""

    children: int
    reached: int
    channels: list[ChannelRow]
    missed: list[MissedChild]
    quiet_until: datetime | None
    may_urge: bool


def ids_in(text: str, field: str, most: int) -> list[str]:
    """The ids of a query's field, each once. Raises InvalidError for too many."""
    found = list(dict.fromkeys(part for part in text.split(",") if part))
    if len(found) > most:
        raise InvalidError({field: Problem("too_many", most)})
    return found


@teaching("GET", "/teaching/notices", access=Access.STAFF, right=Right.PUBLISH)
async def list_own_notices(call: Call, query: PageQuery) -> OwnNotices:
    """What I wrote, newest first."""
    found = await notices_of_author(
        call.ctx, call.teaching, before=place_of(query.cursor), limit=query.limit + 1
    )
    shown = found[: query.limit]
    more = len(found) > query.limit
    return OwnNotices(
        items=[own_notice_row(notice, call.teaching) for notice in shown],
        next_cursor=pack_cursor(shown[-1].position) if more else None,
    )


@teaching("GET", "/teaching/notices/{notice_id}", access=Access.STAFF, right=Right.PUBLISH)
async def get_own_notice(call: Call, notice_id: str) -> OwnNotice:
    """What one of my notices says."""
    notice = await access_notice_as_author(call.ctx, call.teaching, notice_id)
    version = notice.current
    sizes = await stored_of(call.ctx, version.attachments)
    return OwnNotice(
        **own_notice_row(notice, call.teaching).model_dump(),
        class_ids=[c.id for c in call.teaching.classes if c.id in notice.class_ids],
        body=version.body,
        attachments=attachment_rows(version.attachments, sizes),
        links=list(version.links),
        withdrawn_at=notice.withdrawn_at,
    )


@teaching("GET", "/teaching/notices/{notice_id}/links", access=Access.STAFF, right=Right.PUBLISH)
async def list_given_with_notice(call: Call, notice_id: str) -> GivenLinkRows:
    """How often the classes opened what hangs on a notice of mine; never who."""
    notice = await access_notice_as_author(call.ctx, call.teaching, notice_id)
    given = await given_with_notice(call.ctx, call.teaching, notice)
    return given_link_rows(given, call.ctx.policy.public_url)


@teaching("GET", "/teaching/reached", access=Access.STAFF, right=Right.PUBLISH)
async def get_reached(call: Call, query: IdsQuery) -> ReachedList:
    """How far some of my notices got."""
    ids = ids_in(query.ids, "ids", PAGE_SIZE)
    found = await asyncio.gather(*(_reached(call, notice_id) for notice_id in ids))
    return ReachedList(items=[one for one in found if one is not None])


async def _reached(call: Call, notice_id: str) -> Reached | None:
    try:
        receipts = await receipts_of(call.ctx, call.teaching, notice_id)
    except NotFoundError:
        return None
    children = receipts.children()
    return Reached(
        id=notice_id,
        children=len(children),
        reached=sum(child.reached for child in children),
        states=by_state(receipts.counts()),
        preparing=receipts.preparing,
    )


def by_state(counts: Counter[Receipt]) -> dict[Receipt, int]:
    """Children by state; every state is named, in its order."""
    return {state: counts[state] for state in Receipt}


@teaching("GET", "/teaching/forecast", access=Access.STAFF, right=Right.PUBLISH)
async def get_forecast(call: Call, query: AudienceQuery) -> Forecast:
    """Whom a notice to these classes would reach now, and why the others not."""
    ctx, class_ids = call.ctx, ids_in(query.classes, "classes", CLASS_LIMIT)
    found = await forecast_reach(ctx, call.teaching, class_ids)
    names = {c.id: c.name for c in call.teaching.classes}
    quiet, now = quiet_of(ctx, call.teaching.school), ctx.now()
    return Forecast(
        children=found.children,
        reached=found.reached_children,
        channels=[
            ChannelRow(channel=channel, children=found.reached[channel])
            for channel in Channel
            if found.reached[channel]
        ],
        missed=[
            MissedChild(
                name=missed.student.name,
                class_name=names[missed.student.class_id],
                reason=missed.reason,
            )
            for missed in found.missed
        ],
        quiet_until=quiet.next_moment(now) if quiet.covers(now) else None,
        may_urge=await urgent_actor(ctx, call.person_id, call.teaching.school.id) is not None,
    )
