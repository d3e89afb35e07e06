"""What time alone has ended, written down: bindings past their end, requests whose turn or whose time is over.

Nothing depends on this running: the stores and `domain.bindings` look at the clock themselves. What depends
on it is that people are told.
"""

from __future__ import annotations

import logging

from domain.bindings import ClaimState
from services.claims import tell
from services.context import Context
from services.families import TELL_END

log = logging.getLogger("yanshu.services")


async def write_down_lapses(ctx: Context) -> None:
    """End what has run out, hand requests over to the school, close those that nobody decided. Any number of times."""
    for binding_id in await ctx.stores.bindings.run_out():
        if await ctx.stores.bindings.lapse(binding_id):
            log.info("binding %s has run out", binding_id)
            await ctx.enqueue(
                TELL_END,
                {"binding_id": binding_id},
                key=f"{TELL_END}:{binding_id}:{ctx.now().timestamp()}",
            )
    for claim in await ctx.stores.claims.due():
        if claim.state_at(ctx.now()) is ClaimState.EXPIRED:
            if await ctx.stores.claims.expire(claim.id):
                log.info("request %s is over", claim.id)
                await tell(ctx, claim, ClaimState.EXPIRED)
        elif await ctx.stores.claims.hand_over(claim.id):
            log.info("request %s: the school is asked too", claim.id)
            await tell(ctx, claim, ClaimState.WAITING)
