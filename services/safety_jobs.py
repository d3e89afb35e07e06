"""The two jobs of safety by name: asking WeChat about pictures, and carrying out what has changed."""

from __future__ import annotations

from services.context import Context

CHECK = "reviews.check"
SETTLE = "reviews.settle"


async def check_soon(ctx: Context, review_id: str) -> None:
    """Have a worker ask WeChat about the pictures."""
    await ctx.enqueue(CHECK, {"review_id": review_id}, key=f"{CHECK}:{review_id}")


async def settle_soon(ctx: Context, review_id: str, change: int) -> None:
    """Have a worker bring what has changed to the thing and its author; `change` is the version that was changed."""
    await ctx.enqueue(SETTLE, {"review_id": review_id}, key=f"{SETTLE}:{review_id}:{change}")
