"""What an act on a homework leaves to be done."""

from __future__ import annotations

from services.context import Context
from services.homework_telling import finish_homework
from services.overruns import carry_out_overrun


async def finish(ctx: Context, homework_id: str) -> None:
    """Minutes given back, families told."""
    await finish_homework(ctx, homework_id)


async def carry_out(ctx: Context, overrun_id: str) -> None:
    """Publish what was allowed, tell whoever has to hear."""
    await carry_out_overrun(ctx, overrun_id)
