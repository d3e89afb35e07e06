"""What pictures need beside a request."""

from __future__ import annotations

from services.context import Context
from services.thumbnails import draw_thumbnail


async def draw(ctx: Context, file_id: str) -> None:
    """Make the small picture of a picture."""
    await draw_thumbnail(ctx, file_id)
