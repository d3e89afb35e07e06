"""Lists that were handed in at the console: tried, applied, and taken up again when a worker died."""

from __future__ import annotations

from services.context import Context
from services.import_runs import apply_import, try_import


async def try_roster(ctx: Context, import_id: str) -> None:
    """Read a list and say what it would change."""
    await try_import(ctx, import_id)


async def apply_roster(ctx: Context, import_id: str) -> None:
    """Write what of a list was ticked."""
    await apply_import(ctx, import_id)
