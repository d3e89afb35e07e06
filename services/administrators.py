"""The first administrator of a place: the operator founds it at the command line and hands on a one-time link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.audit import OPERATOR
from domain.errors import InvalidError, Problem
from domain.offers import ADMINISTRATORS
from domain.place_forms import PLACE_ID
from domain.regions import Region, RegionLevel, fits_below
from domain.roles import Role
from domain.schools import School
from domain.stages import Stage, stages_in_name
from services.context import Context
from services.offers import make_offer
from services.places import Place, find_place, left_by, note_place


@dataclass(frozen=True, slots=True)
class Founding:
    """A place as named at the command line: a school, or a region of a level; `below` is the region it is in."""

    place_id: str
    name: str = ""
    level: RegionLevel | None = None
    below: str = ""


async def found_place(ctx: Context, founding: Founding) -> Place:
    """The school or region, made when it is new, renamed or moved when another name or region is given.

    A region that moves takes along all that is below it. Raises InvalidError naming the field: place_id (also
    where the id is another kind of place's), name (needed for a new one), below.
    """
    if not PLACE_ID.fullmatch(founding.place_id):
        raise InvalidError({"place_id": Problem("form")})
    above = await _above(ctx, founding)
    held = await find_place(ctx, founding.place_id)
    if held is not None and _kind(held) is not founding.level:
        raise InvalidError({"place_id": Problem("taken")})
    if held is None and not founding.name:
        raise InvalidError({"name": Problem("missing")})
    place = _founded(held, founding, above)
    if place != held:
        actor = replace(OPERATOR, place_id=place.id)
        await note_place(ctx, actor, held, place)
        await _save(ctx, held, place)
    return place


def _kind(place: Place) -> RegionLevel | None:
    return place.level if isinstance(place, Region) else None


async def _above(ctx: Context, founding: Founding) -> Region | None:
    if not founding.below:
        return None
    above = await ctx.stores.regions.find(founding.below)
    if above is None:
        raise InvalidError({"below": Problem("unknown")})
    if founding.level is not None and not fits_below(founding.level, above.level):
        raise InvalidError({"below": Problem("form")})
    return above


def _founded(held: Place | None, founding: Founding, above: Region | None) -> Place:
    name = founding.name or (held.name if held else "")
    ids = above.region_ids if above else ()
    if founding.level is None:
        school = held if isinstance(held, School) else None
        if school is None:
            return School(id=founding.place_id, name=name, stages=_in_order(name), region_ids=ids)
        if above is None or ids == school.region_ids:
            return replace(school, name=name)
        return replace(school, name=name, region_ids=ids, left=left_by(school))
    region = held if isinstance(held, Region) else None
    if region is not None and above is None:
        return replace(region, name=name)
    return Region(
        id=founding.place_id,
        level=founding.level,
        name=name,
        parent_id=above.id if above else "",
        region_ids=(*ids, founding.place_id),
    )


async def _save(ctx: Context, held: Place | None, place: Place) -> None:
    if isinstance(place, School):
        await ctx.stores.schools.save_school(place)
        return
    if held is not None and held.region_ids != place.region_ids:
        await _take_along(ctx, place)
    await ctx.stores.regions.save(place)


async def _take_along(ctx: Context, moved: Region) -> None:
    """What is below a region stands below where it is now; done twice, it is the same."""
    for school in await ctx.stores.schools.schools_below(moved.id):
        changes = {"region_ids": _moved(school.region_ids, moved), "left": left_by(school)}
        await ctx.stores.schools.change_school(school.id, changes)
    for region in await ctx.stores.regions.below(moved.id):
        if region.id != moved.id:
            changes = {"region_ids": _moved(region.region_ids, moved)}
            await ctx.stores.regions.change(region.id, changes)


def _moved(region_ids: tuple[str, ...], moved: Region) -> tuple[str, ...]:
    return (*moved.region_ids, *region_ids[region_ids.index(moved.id) + 1 :])


def _in_order(name: str) -> tuple[Stage, ...]:
    found = stages_in_name(name)
    return tuple(stage for stage in Stage if stage in found)


async def offer_administration(ctx: Context, founding: Founding, person_name: str) -> str:
    """Found the place and offer its administration; returns the link's token."""
    place = await found_place(ctx, founding)
    role = ADMINISTRATORS[place.level] if isinstance(place, Region) else Role.SCHOOL_ADMIN
    actor = replace(OPERATOR, place_id=place.id)
    return (await make_offer(ctx, actor, role, place, name=person_name)).token
