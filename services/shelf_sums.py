"""What regions' shelves add up to in the regions: a week of a province's shelf in each city, and so on down.

Each sum is made anew of what is directly below it, the deepest first: done twice it is the same.
`services.use_counting` says which, and forgets why only when all of them are written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import date

from domain.schools import School
from domain.shelf_uses import (
    depth,
    path_of,
    path_within,
    paths_of,
    region_sum,
    shelf_of_path,
)
from services.context import Context

RegionWeek = tuple[str, date]  # the way from a shelf's region down to the region, and the Monday


async def sum_up(
    ctx: Context, wanted: Collection[RegionWeek], run_on: Callable[[], Awaitable[bool]]
) -> bool:
    """Add these weeks up; False when somebody else is at it by now (`run_on`)."""
    for path, monday in sorted(wanted, key=lambda one: (-depth(one[0]), one)):
        if not await run_on():
            return False
        below = await ctx.stores.use.shelf_uses(shelf_of_path(path), path, monday, monday)
        fresh = region_sum(path, monday, below)
        kept = bool(fresh.links)
        await ctx.stores.use.keep_shelves([fresh] if kept else [], [] if kept else [fresh.id])
    return True


async def follow(ctx: Context, school: School) -> set[RegionWeek]:
    """A school was moved: its weeks stand where it is now. Returns the sums that it was in, and those it is in."""
    held = await ctx.stores.use.shelf_uses_of(school.id)
    homed = [replace(use, within=path_within(use.place, school.region_ids)) for use in held]
    await ctx.stores.use.keep_shelves([use for use in homed if use not in held], ())
    ways = {path_of(school.region_ids), *school.left} - {""}
    paths = {path for way in ways for path in paths_of(way.split("/"))}
    return {(path, use.monday) for use in held for path in paths}
