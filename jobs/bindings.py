"""What follows a binding or a request for one."""

from __future__ import annotations

from services.alerts import tell_about_claim, tell_about_ending
from services.context import Context
from services.deliveries import catch_up as catch_up_binding


async def catch_up(ctx: Context, binding_id: str) -> None:
    """Put the class's recent notices into a new guardian's list."""
    await catch_up_binding(ctx, binding_id)


async def tell(ctx: Context, claim_id: str) -> None:
    """Tell whoever waits for a request."""
    await tell_about_claim(ctx, claim_id)


async def tell_end(ctx: Context, binding_id: str) -> None:
    """Tell an adult whose binding was ended."""
    await tell_about_ending(ctx, binding_id)
