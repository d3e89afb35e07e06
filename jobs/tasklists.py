"""What opening or withdrawing a task list leaves to be done."""

from __future__ import annotations

from services.context import Context
from services.tasklist_telling import tell_tasklist


async def tell(ctx: Context, list_id: str) -> None:
    """The families are told."""
    await tell_tasklist(ctx, list_id)
