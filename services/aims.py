"""What is wanted in a school or a region: homework of its classes, use of resources."""

from __future__ import annotations

from collections.abc import Iterable

from domain.aims import Aim, Aims, UseAim, aim_of, use_aim_of
from domain.regions import Region
from domain.schools import School, SchoolClass
from services.context import Context


async def aims_for(ctx: Context, school: School, classes: Iterable[SchoolClass]) -> dict[str, Aim]:
    """What counts in these classes now, by class, with what the school and its regions have set."""
    places = await _set_for(ctx, school)
    return {c.id: aim_of(c.tablets, places) for c in classes}


async def use_aim_for(ctx: Context, place: School | Region) -> UseAim:
    """What is wanted of the use of resources at a place now."""
    return use_aim_of(await _set_for(ctx, place))


async def _set_for(ctx: Context, place: School | Region) -> list[Aims]:
    """What a place and the regions above it have set."""
    own = place.rules.aims if isinstance(place, School) else place.aims
    above = await ctx.stores.regions.regions(place.region_ids) if place.region_ids else {}
    return [own, *(region.aims for region in above.values())]
