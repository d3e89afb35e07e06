"""When people may be told: outside the quiet hours (免打扰) of their school, or the installation, and their own."""

from __future__ import annotations

from datetime import datetime

from domain.quiet import OwnQuiet, next_open_moment, parse_own_quiet
from domain.schools import School
from domain.threads import ThreadMark, mark_id
from domain.times import QuietHours
from services.audiences import Audience, access_thread
from services.context import Context
from services.duty import on_duty_in


def quiet_of(ctx: Context, school: School | None) -> QuietHours:
    """The quiet hours that hold at this school."""
    own = school.rules.quiet_hours if school else None
    return own or ctx.policy.quiet_hours


async def quiet_at(ctx: Context, school_id: str) -> QuietHours:
    """The same, as the school has them at this moment."""
    return quiet_of(ctx, await ctx.stores.schools.find_school(school_id))


async def own_quiet(ctx: Context, person_id: str) -> OwnQuiet | None:
    """What somebody has set for themselves; None for nothing."""
    return await ctx.stores.quiet.find(person_id)


async def set_own_quiet(ctx: Context, person_id: str, start: str, end: str) -> OwnQuiet | None:
    """From now on nothing rings for them between these two; both empty: only their school's hours hold.

    Durable when it returns; what is on its way already is asked again when it goes out. Raises InvalidError.
    """
    if not start and not end:
        await ctx.stores.quiet.drop(person_id)
        return None
    own = parse_own_quiet(person_id, start, end)
    await ctx.stores.quiet.put(own)
    return own


async def arrives_at(ctx: Context, audience: Audience, person_id: str) -> datetime | None:
    """When the first of those to whom this person speaks may be told of what is said now; None: as ever.

    In a private thread the other side's own hours count; in a group the school's alone.
    """
    hours = [await quiet_at(ctx, audience.thread.school_id)]
    moments = [next_open_moment(ctx.now(), hours)]
    place = audience.places.get(person_id)
    if audience.thread.is_private and place is not None:
        others = [p.person_id for p in audience.places.values() if p.as_staff != place.as_staff]
        own = await ctx.stores.quiet.many(others)
        moments = [
            next_open_moment(ctx.now(), [*hours, own[p].hours] if p in own else hours)
            for p in others
        ]
    if await on_duty_in(ctx, audience):
        return None
    first = min(moments, default=ctx.now())
    return first if first > ctx.now() else None


async def mute_thread(ctx: Context, person_id: str, thread_id: str, *, muted: bool) -> None:
    """Nothing of this thread rings for them any more, or it does again; they read it as ever. Raises NotFoundError."""
    audience, _ = await access_thread(ctx, person_id, thread_id)
    mark = ThreadMark(
        id=mark_id(thread_id, person_id),
        school_id=audience.thread.school_id,
        thread_id=thread_id,
        person_id=person_id,
    )
    await ctx.stores.threads.set_muted(mark, muted=muted)
