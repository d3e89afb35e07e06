"""Who may not speak where, for how long (禁言), and rooms in which nobody may (冻结): by who moderates there."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.overruns import parse_reason
from domain.roles import Right, may
from domain.safety import Author, Silence, Spot, silence_id
from services.audit import note_act
from services.context import Context
from services.people import Teaching
from services.reviews import access_review_as_moderator


class Reach(StrEnum):
    """Where somebody is not to speak."""

    ROOM = "room"  # where they said it
    CLASS = "class"
    SCHOOL = "school"


def _may_keep(teaching: Teaching, spot: Spot) -> bool:
    """Whether this person keeps order there: in their classes, and in the school's own places for who has them all."""
    if spot.school_id != teaching.school.id:
        return False
    if spot.class_id:
        return spot.class_id in teaching.class_ids()
    return any(not a.class_id and not a.grade for a in teaching.appointments)


async def mute_author(
    ctx: Context, teaching: Teaching, review_id: str, *, reach: Reach, hours: int, why: str
) -> Silence:
    """Whoever wrote it does not speak there for some hours. Again replaces it; durable with its one write.

    Raises NotFoundError, InvalidError (`why`); ConflictError where they keep order there themselves.
    """
    review = await access_review_as_moderator(ctx, teaching, review_id)
    spot = review.spot
    if reach is not Reach.ROOM:
        spot = Spot(spot.school_id, spot.class_id if reach is Reach.CLASS else "")
    author = Author(review.author_id, review.author_name)
    return await _mute(ctx, teaching, author, spot, timedelta(hours=hours), why)


async def _mute(
    ctx: Context, teaching: Teaching, author: Author, spot: Spot, length: timedelta, why: str
) -> Silence:
    said = parse_reason(why, "why")
    if not _may_keep(teaching, spot):
        raise NotFoundError
    for post in await ctx.stores.appointments.of_person(author.person_id, ctx.now()):
        if post.school_id == spot.school_id and may(post.role, Right.MODERATE):
            raise ConflictError("decides_too")
    silence = Silence(
        id=silence_id(spot, author.person_id),
        school_id=spot.school_id,
        class_id=spot.class_id,
        room=spot.room,
        person_id=author.person_id,
        person_name=author.name,
        by=teaching.person_id,
        by_name=teaching.name,
        reason=said,
        at=ctx.now(),
        until=ctx.now() + length,
    )
    await _put(ctx, teaching, silence, Act.PERSON_MUTED)
    return silence


async def freeze_room(ctx: Context, teaching: Teaching, spot: Spot, *, why: str) -> Silence:
    """Nobody speaks in a room until it is taken back. Raises NotFoundError, InvalidError (`why`)."""
    said = parse_reason(why, "why")
    if not spot.room or not _may_keep(teaching, spot):
        raise NotFoundError
    silence = Silence(
        id=silence_id(spot),
        school_id=spot.school_id,
        class_id=spot.class_id,
        room=spot.room,
        person_id="",
        by=teaching.person_id,
        by_name=teaching.name,
        reason=said,
        at=ctx.now(),
    )
    await _put(ctx, teaching, silence, Act.ROOM_FROZEN)
    return silence


async def freeze_around(ctx: Context, teaching: Teaching, review_id: str, *, why: str) -> Silence:
    """Freeze the room in which something was written. Raises as `freeze_room`."""
    review = await access_review_as_moderator(ctx, teaching, review_id)
    return await freeze_room(ctx, teaching, review.spot, why=why)


async def _put(ctx: Context, teaching: Teaching, silence: Silence, act: Act) -> None:
    await note_act(
        ctx,
        teaching.actor,
        act,
        subject=("silence", silence.id),
        after={
            "class_id": silence.class_id,
            "person_id": silence.person_id,
            "until": silence.until,
            "reason": silence.reason,
        },
    )
    await ctx.stores.silences.put(silence)


async def silences_at(ctx: Context, teaching: Teaching) -> list[Silence]:
    """What counts now where this person keeps order, the newest first."""
    held = await ctx.stores.silences.of_school(teaching.school.id)
    return [
        s
        for s in held
        if s.holds(ctx.now()) and _may_keep(teaching, Spot(s.school_id, s.class_id, s.room))
    ]


async def lift_silence(ctx: Context, teaching: Teaching, silence: str) -> None:
    """They may speak again; twice is once. Raises NotFoundError."""
    held = await ctx.stores.silences.find(silence)
    if held is None or not _may_keep(teaching, Spot(held.school_id, held.class_id, held.room)):
        raise NotFoundError
    await note_act(
        ctx,
        teaching.actor,
        Act.SILENCE_LIFTED,
        subject=("silence", held.id),
        before={"class_id": held.class_id, "person_id": held.person_id, "until": held.until},
    )
    await ctx.stores.silences.lift(held.id)
