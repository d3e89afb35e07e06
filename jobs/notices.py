"""What a notice owes its recipients, and sending it to them."""

from __future__ import annotations

from collections.abc import Sequence

from services.context import Context
from services.deliveries import carry_out_work
from services.pushes import push_deliveries


async def carry_out(ctx: Context, notice_id: str) -> None:
    """Publish, remind, correct, withdraw: whatever is due."""
    await carry_out_work(ctx, notice_id)


async def push(ctx: Context, notice_id: str, delivery_ids: Sequence[str]) -> None:
    """Send a batch of a notice's deliveries."""
    await push_deliveries(ctx, notice_id, delivery_ids)
