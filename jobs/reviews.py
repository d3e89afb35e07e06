"""What was decided about somebody's words reaches them."""

from __future__ import annotations

from services.checks import check_pictures, tend_checks
from services.context import Context
from services.reviews import settle_review, tend_reviews


async def settle(ctx: Context, review_id: str) -> None:
    """Show it, or hide it."""
    await settle_review(ctx, review_id)


async def check(ctx: Context, review_id: str) -> None:
    """Ask WeChat about its pictures."""
    await check_pictures(ctx, review_id)


async def tend(ctx: Context) -> None:
    """What nobody carried out, and what WeChat did not say in time."""
    await tend_checks(ctx)
    await tend_reviews(ctx)
