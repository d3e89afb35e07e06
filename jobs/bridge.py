"""The way back of an answer into the official account's chat, outside of any request."""

from __future__ import annotations

from services.bridge_answers import carry_answers
from services.context import Context


async def carry(ctx: Context, thread_id: str) -> None:
    """Carry what is due in a thread."""
    await carry_answers(ctx, thread_id)
