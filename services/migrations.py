"""What older versions stored, brought to the rules of this one; `init-db` does it, as often as it is run."""

from __future__ import annotations

from dataclasses import dataclass

from services.context import Context
from services.use_counting import mark_older_weeks


@dataclass(frozen=True, slots=True)
class Brought:
    """How much there was: `resources` stand in other lists of chapters now, `threads` are found by whose they are,
    `weeks` of schools are to be counted again, which a worker does."""

    resources: int
    threads: int
    weeks: int


async def bring_along(ctx: Context) -> Brought:
    """Bring all of it; what another process changes at this moment is by that write."""
    return Brought(
        resources=await ctx.stores.resources.relist(),
        threads=await ctx.stores.threads.add_finders(),
        weeks=await mark_older_weeks(ctx),
    )
