"""Taking in a school's list (名册)."""

from __future__ import annotations

from domain.schools import Roster
from services.context import Context


async def save_roster(ctx: Context, roster: Roster) -> None:
    """Store a whole list; the same list twice is the same as once."""
    await ctx.stores.schools.save_roster(roster)
