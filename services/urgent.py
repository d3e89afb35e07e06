"""Saying something that goes through quiet hours: for a school's office and administrators, with a reason to keep."""

from __future__ import annotations

from dataclasses import replace

from domain.audit import Act, Actor
from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.messages import Message
from domain.roles import Right
from domain.threads import Place
from domain.urgent import AN_HOUR
from services.audiences import Audience
from services.audit import note_act
from services.context import Context
from services.people import access_post


async def urgent_actor(ctx: Context, person_id: str, school_id: str) -> Actor | None:
    """Who the audit log names, if this person may say at this school that something is urgent."""
    try:
        post = await access_post(ctx, person_id, Right.GROUPS, acting=school_id)
    except NotFoundError:
        return None
    return post.actor if post.place_id == school_id else None


async def may_urge(ctx: Context, audience: Audience, place: Place) -> bool:
    """Whether somebody in a thread may say there that something is urgent: in a group, of the school's office."""
    if audience.thread.is_private or not place.as_staff:
        return False
    return await urgent_actor(ctx, place.person_id, audience.thread.school_id) is not None


async def note_urgent(
    ctx: Context, person_id: str, school_id: str, *, subject: tuple[str, str], reason: str
) -> None:
    """Enter why something is urgent, BEFORE it is written and after everything else that could refuse it.

    Raises ConflictError (`not_urgent`) for who may not say so; TooManyError after a few within an hour.
    """
    actor = await urgent_actor(ctx, person_id, school_id)
    if actor is None:
        raise ConflictError("not_urgent")
    wait = await ctx.stores.limits.hit("urgent", school_id, per_hour=AN_HOUR)
    if wait:
        raise TooManyError(wait)
    await note_act(ctx, actor, Act.URGENT_SAID, subject=subject, after={"reason": reason})


async def as_urgent(ctx: Context, audience: Audience, message: Message, reason: str) -> Message:
    """A message that rings at once and through quiet hours. The same message again is entered once.

    Raises ConflictError (`not_urgent`) for who may not say so, or in a private thread; TooManyError.
    """
    if audience.thread.is_private:
        raise ConflictError("not_urgent")
    if await ctx.stores.messages.find(message.id) is None:
        subject = ("message", message.id)
        await note_urgent(ctx, message.author_id, message.school_id, subject=subject, reason=reason)
    return replace(message, urgent=reason, rings_at=message.rings_at and message.at)
