"""What an act on a homework leaves to be done."""

from __future__ import annotations

from services.context import Context
from services.homework_telling import finish_homework


async def finish(ctx: Context, homework_id: str) -> None:
    """Minutes given back, families told."""
    await finish_homework(ctx, homework_id)
