"""Keeping the figures of homework: weeks of which evenings have changed are counted again, from the evenings alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from domain.monitors import monday_of, school_week, weeks_of
from services.context import Context

_AT_ONCE = 50


async def mark_weeks(ctx: Context, school_id: str, days: Iterable[date]) -> None:
    """Evenings of these days have changed: their weeks are to be counted. After the change, before it is forgotten."""
    for monday in sorted({monday_of(day) for day in days}):
        await ctx.stores.monitors.mark(school_id, monday, ctx.new_id())


async def count_weeks(ctx: Context) -> None:
    """Count what is marked; what changes during the counting keeps its mark, and is counted in the next round."""
    for mark in await ctx.stores.monitors.marks(_AT_ONCE):
        await count_week(ctx, mark.school_id, mark.monday)
        await ctx.stores.monitors.unmark(mark)


async def count_week(ctx: Context, school_id: str, monday: date) -> None:
    """A school's week from its evenings, whatever was kept of it before."""
    last = monday + timedelta(days=6)
    evenings = await ctx.stores.evenings.of_days(school_id, monday, last)
    weeks = weeks_of(school_id, monday, evenings)
    await ctx.stores.monitors.keep(weeks, school_week(school_id, monday, weeks, ctx.now()))
