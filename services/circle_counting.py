"""Once a day every school's circles are added up, for the pages of regions that have other regions below.

A district's page counts its own schools when it is asked for; that of a city or province would read the topics of
hundreds of schools. Counted from nothing each time, the sums cannot drift.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time

from domain.circle_figures import CircleSum, sum_id
from domain.schools import School
from domain.times import SCHOOL_ZONE
from services.circle_figures import counted_circles
from services.context import Context
from services.periods import Span, period_on
from services.terms import school_day

_WALK = "circles"
_LOCK_SECONDS = 60.0
_AT_ONCE = 10


async def count_circles(ctx: Context) -> None:
    """Add all up, where that has not been done today; who dies on the way has begun again by the next one."""
    today = datetime.combine(school_day(ctx.now()), time(), SCHOOL_ZONE)
    run = ctx.new_id()
    if await ctx.stores.ageing.bookmark(_WALK) >= today:
        return
    if not await ctx.stores.locks.take([_WALK], owner=run, seconds=_LOCK_SECONDS):
        return
    try:
        school_ids = await ctx.stores.registrations.school_ids()
        for start in range(0, len(school_ids), _AT_ONCE):
            if not await ctx.stores.locks.renew(_WALK, owner=run, seconds=_LOCK_SECONDS):
                return  # somebody else is at it
            some = school_ids[start : start + _AT_ONCE]
            found = await asyncio.gather(*map(ctx.stores.schools.find_school, some))
            sums = await asyncio.gather(*(_sum(ctx, school) for school in found if school))
            await ctx.stores.circle_sums.keep(sums)
            await asyncio.gather(*map(ctx.stores.circle_sums.drop_overlapping, sums))
        await ctx.stores.ageing.set_bookmark(_WALK, ctx.now())
    finally:
        await ctx.stores.locks.drop([_WALK], owner=run)


async def _sum(ctx: Context, school: School) -> CircleSum:
    period = await period_on(ctx, school, Span.TERM, None)
    counted = await counted_circles(ctx, school, period)
    return CircleSum(
        id=sum_id(school.id, period.first_on),
        school_id=school.id,
        first_on=period.first_on,
        last_on=period.last_on,
        circles=len(counted.lines),
        met=counted.met,
        topics=counted.topics,
        at=ctx.now(),
    )
