"""What school, district and city decide about resources; each decision is entered in the log of its place.

One write makes a decision durable: the resource itself, over the revision that was seen. Of two who decide at one
moment one counts, the other is told.
"""

from __future__ import annotations

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.resource_steps import allow, promote, send_back, stands_decided, take_down
from domain.resources import By, Did, Resource, Rung
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.resource_access import Seen, access_resource, own_rung, rungs_above, seen_by

QUEUE = 200


async def allow_resource(
    ctx: Context, post: Post, resource_id: str, *, seen: int, upwards: bool = False
) -> Resource:
    """Take it into one's library; `upwards` proposes it to the next level at once. Said again, it is said once.

    Raises NotFoundError, ConflictError (see `domain.resources.allow`; `no_level_above`).
    """
    held, rung = await _reached(ctx, post, resource_id)
    if stands_decided(held, rung, _by(post), Did.ALLOWED, upwards=upwards):
        return held
    _ensure_seen(held, seen)
    above = await _above(ctx, held, rung) if upwards else None
    changed = allow(held, rung, by=_by(post), at=ctx.now(), above=above)
    await _note(ctx, post, Act.RESOURCE_ALLOWED, changed, upwards=upwards)
    return await write_resource(ctx, changed)


async def return_resource(
    ctx: Context, post: Post, resource_id: str, *, seen: int, reason: str
) -> Resource:
    """Send it back to be worked over; said again, it is said once.

    Raises NotFoundError, ConflictError, InvalidError.
    """
    held, rung = await _reached(ctx, post, resource_id)
    if stands_decided(held, rung, _by(post), Did.RETURNED, reason=reason):
        return held
    _ensure_seen(held, seen)
    changed = send_back(held, rung, by=_by(post), at=ctx.now(), reason=reason)
    await _note(ctx, post, Act.RESOURCE_RETURNED, changed)
    return await write_resource(ctx, changed)


async def promote_resource(ctx: Context, post: Post, resource_id: str, *, seen: int) -> Resource:
    """Propose what stands in one's library to the next level. Raises NotFoundError, ConflictError."""
    held, rung = await _at_level(ctx, post, resource_id, seen)
    above = await _above(ctx, held, rung)
    changed = promote(held, rung, above, by=_by(post), at=ctx.now())
    await _note(ctx, post, Act.RESOURCE_PROMOTED, changed)
    return await write_resource(ctx, changed)


async def take_down_resource(
    ctx: Context, post: Post, resource_id: str, *, seen: int, reason: str
) -> Resource:
    """Take it out of one's library and those above. Raises NotFoundError, ConflictError, InvalidError."""
    held, rung = await _at_level(ctx, post, resource_id, seen)
    changed = take_down(held, rung, by=_by(post), at=ctx.now(), reason=reason)
    await _note(ctx, post, Act.RESOURCE_TAKEN_DOWN, changed)
    return await write_resource(ctx, changed)


async def _reached(ctx: Context, post: Post, resource_id: str) -> tuple[Resource, Rung]:
    found = await access_resource(ctx, post, resource_id)
    if found.rung is None:
        raise NotFoundError
    return found.resource, found.rung


def _ensure_seen(resource: Resource, seen: int) -> None:
    if resource.revision != seen:
        raise ConflictError


async def _at_level(ctx: Context, post: Post, resource_id: str, seen: int) -> tuple[Resource, Rung]:
    held, rung = await _reached(ctx, post, resource_id)
    _ensure_seen(held, seen)
    return held, rung


async def next_rung(ctx: Context, resource: Resource, rung: Rung) -> Rung | None:
    """The level above one, on the way that this resource's school has now."""
    rungs = await rungs_above(ctx, resource.school_id)
    at = rungs.index(rung) if rung in rungs else len(rungs)
    return rungs[at + 1] if at + 1 < len(rungs) else None


async def _above(ctx: Context, resource: Resource, rung: Rung) -> Rung:
    above = await next_rung(ctx, resource, rung)
    if above is None:
        raise ConflictError("no_level_above")
    return above


def _by(post: Post) -> By:
    return By(post.person_id, post.name)


async def _note(ctx: Context, post: Post, act: Act, resource: Resource, **fields: object) -> None:
    """What the log keeps: which version, not what somebody wrote."""
    after = {"version": resource.newest.number, "school": resource.school_id, **fields}
    await note_act(ctx, post.actor, act, subject=("resource", resource.id), after=after)


async def write_resource(ctx: Context, changed: Resource) -> Resource:
    """Write it over the revision it was made of; returns it as it is now. Raises ConflictError, NotFoundError."""
    if not await ctx.stores.resources.mark_changed(changed, ctx.now()):
        raise ConflictError
    written = await ctx.stores.resources.find(changed.id)
    if written is None:
        raise NotFoundError
    return written


async def queue_of(ctx: Context, post: Post) -> list[Seen]:
    """What waits for this post's place, longest due first; also one's own, which another has to decide.

    Raises NotFoundError for who decides nothing.
    """
    rung = own_rung(post)
    if rung is None:
        raise NotFoundError
    found = await ctx.stores.resources.waiting_at(rung.place_id, QUEUE)
    return [seen_by(post, r) for r in found if r.waiting and r.waiting.rung == rung]
