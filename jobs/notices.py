"""What a notice owes its recipients, and sending it to them."""

from __future__ import annotations

from services.context import Context
from services.deliveries import carry_out_work
from services.pushes import push_deliveries


async def carry_out(ctx: Context, notice_id: str) -> None:
    """Publish, remind, correct, withdraw: whatever is due."""
    await carry_out_work(ctx, notice_id)


async def push(ctx: Context, notice_id: str, class_id: str) -> None:
    """Send what is due of a notice in one class."""
    await push_deliveries(ctx, notice_id, class_id)
