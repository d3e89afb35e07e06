"""A school's new year, carried on by whoever works."""

from __future__ import annotations

from services.context import Context
from services.rollover_steps import carry_out_rollover


async def run(ctx: Context, rollover_id: str) -> None:
    """Go on with a roll-over from where it stands."""
    await carry_out_rollover(ctx, rollover_id)
