"""Reviewing teachers' resources on the phone: what waits for one's school, and deciding about it.

The same rights, log and rules as at a desk (`handlers/console/resource_reviews.py`). Taking down is for a desk, and
so is all of a district and a city: the mini-program's staff are those of schools.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from domain.resource_steps import REASON_LIMIT
from domain.resources import Claim
from domain.roles import Right
from domain.safety import Outcome
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.resource_shapes import ResourceRow, resource_row
from miniapp.shapes import Done
from services.people import Post, access_post
from services.resource_access import Seen, own_rung
from services.resource_reviews import allow_resource, next_rung, queue_of, return_resource
from services.resource_views import names_of, twins_for

resource_reviews = Registry("resource reviews")


class WaitingResource(ResourceRow):
    """One that waits for my school. `mine`: I have filed it, and somebody else decides."""

    due_at: datetime
    mine: bool


class WaitingResources(Schema):
    """What waits for my school, longest due first."""

    items: list[WaitingResource]


class TwinRow(Schema):
    """A resource in which one of its files is, too."""

    id: str
    title: str


class ResourceReview(Schema):
    """What whoever decides now looks at beside the resource itself. `revision` is handed back with the decision.

    `asked` is what the school asked to be worked over before; `words` but for `pass` cannot be allowed yet; `place` is
    whose library it goes into, `above` the next level, empty where there is none.
    """

    revision: int
    due_at: datetime
    claim: Claim
    whence: str
    asked: str
    words: Outcome
    twins: list[TwinRow]
    place: str
    above: str


class Verdict(StrEnum):
    """Into the library, there and on to the next level, or back to its author."""

    ALLOW = "allow"
    ALLOW_UP = "allow_up"
    RETURN = "return"


class VerdictIn(Schema):
    """A decision over the revision that was `seen`; sent back with a reason, which its author reads."""

    verdict: Verdict
    reason: str = Field("", max_length=REASON_LIMIT)
    seen: Number


async def _post(call: Call) -> Post:
    return await access_post(call.ctx, call.person_id, Right.RESOURCES, acting=call.acting)


@resource_reviews("GET", "/teaching/waiting-resources", access=Access.STAFF, right=Right.CURATE)
async def list_waiting_resources(call: Call) -> WaitingResources:
    """What waits for my school's review."""
    post = await _post(call)
    queue = await queue_of(call.ctx, post)
    names = await names_of(call.ctx, [seen.resource for seen in queue])
    return WaitingResources(
        items=[_row(post, seen, names.get(seen.resource.school_id, "")) for seen in queue]
    )


def _row(post: Post, seen: Seen, school: str) -> WaitingResource:
    resource = seen.resource
    due_at = resource.waiting.due_at if resource.waiting else resource.created_at
    row = resource_row(post, resource, seen.version, school, None)
    return WaitingResource(**dict(row), due_at=due_at, mine=seen.is_author)


@resource_reviews(
    "POST",
    "/teaching/waiting-resources/{resource_id}/decision",
    access=Access.STAFF,
    right=Right.CURATE,
    creates=True,
)
async def decide_about_resource(call: Call, resource_id: str, body: VerdictIn) -> Done:
    """Take it into the library, there and upwards, or send it back; as often as it is said, once."""
    post = await _post(call)
    if body.verdict is Verdict.RETURN:
        await return_resource(call.ctx, post, resource_id, seen=body.seen, reason=body.reason)
    else:
        upwards = body.verdict is Verdict.ALLOW_UP
        await allow_resource(call.ctx, post, resource_id, seen=body.seen, upwards=upwards)
    return Done(done=True)


async def review_of(call: Call, post: Post, seen: Seen) -> ResourceReview | None:
    """For who decides about it at this moment; None for everybody else."""
    resource, rung = seen.resource, seen.rung
    if not seen.decides or rung is None or resource.waiting is None:
        return None
    above = await next_rung(call.ctx, resource, rung)
    names = await names_of(call.ctx, [resource], above)
    asked = resource.asked_by(rung)
    return ResourceReview(
        revision=resource.revision,
        due_at=resource.waiting.due_at,
        claim=seen.version.content.claim,
        whence=seen.version.content.whence,
        asked=asked.reason if asked else "",
        words=resource.newest.outcome,
        twins=[
            TwinRow(id=r.id, title=r.newest.content.title)
            for r in await twins_for(call.ctx, post, seen)
        ],
        place=names.get(rung.place_id, ""),
        above=names.get(above.place_id, "") if above else "",
    )


async def waiting_for(call: Call, post: Post) -> int | None:
    """How many wait for this post; None for who decides nothing."""
    if own_rung(post) is None:
        return None
    return sum(not seen.is_author for seen in await queue_of(call.ctx, post))
