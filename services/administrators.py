"""The first administrator of a place: the operator founds it at the command line and hands on a one-time link."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain.audit import OPERATOR
from domain.errors import InvalidError, Problem
from domain.regions import Region, RegionLevel, fits_below
from domain.roles import Role
from domain.schools import School
from domain.stages import Stage, stages_in_name
from services.context import Context
from services.offers import make_offer

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_ADMINISTRATORS = {
    RegionLevel.DISTRICT: Role.DISTRICT_ADMIN,
    RegionLevel.CITY: Role.CITY_ADMIN,
    RegionLevel.PROVINCE: Role.PROVINCE_ADMIN,
}


@dataclass(frozen=True, slots=True)
class Founding:
    """A place as named at the command line: a school, or a region of a level; `below` is the region it is in."""

    place_id: str
    name: str = ""
    level: RegionLevel | None = None
    below: str = ""


async def found_place(ctx: Context, founding: Founding) -> School | Region:
    """The school or region, made when it is new and renamed when another name is given.

    Raises InvalidError naming the field: place_id, name (needed for a new one), below.
    """
    if not _ID.fullmatch(founding.place_id):
        raise InvalidError({"place_id": Problem("form")})
    above = await _above(ctx, founding)
    if founding.level is None:
        return await _found_school(ctx, founding, above)
    held = await ctx.stores.regions.find(founding.place_id)
    if held is None and not founding.name:
        raise InvalidError({"name": Problem("missing")})
    if held is not None and not founding.name:
        return held
    ids = (*(above.region_ids if above else ()), founding.place_id)
    region = Region(
        id=founding.place_id,
        level=founding.level,
        name=founding.name,
        parent_id=above.id if above else "",
        region_ids=held.region_ids if held and not above else ids,
    )
    await ctx.stores.regions.save(region)
    return region


async def _above(ctx: Context, founding: Founding) -> Region | None:
    if not founding.below:
        return None
    above = await ctx.stores.regions.find(founding.below)
    if above is None:
        raise InvalidError({"below": Problem("unknown")})
    if founding.level is not None and not fits_below(founding.level, above.level):
        raise InvalidError({"below": Problem("form")})
    return above


async def _found_school(ctx: Context, founding: Founding, above: Region | None) -> School:
    held = await ctx.stores.schools.find_school(founding.place_id)
    if held is None and not founding.name:
        raise InvalidError({"name": Problem("missing")})
    school = held or School(
        id=founding.place_id, name=founding.name, stages=_in_order(founding.name)
    )
    if founding.name:
        school = replace(school, name=founding.name)
    if above is not None:
        school = replace(school, region_ids=above.region_ids)
    if school != held:
        await ctx.stores.schools.save_school(school)
    return school


def _in_order(name: str) -> tuple[Stage, ...]:
    found = stages_in_name(name)
    return tuple(stage for stage in Stage if stage in found)


async def offer_administration(ctx: Context, founding: Founding, person_name: str) -> str:
    """Found the place and offer its administration; returns the link's token."""
    place = await found_place(ctx, founding)
    role = _ADMINISTRATORS[place.level] if isinstance(place, Region) else Role.SCHOOL_ADMIN
    made = await make_offer(
        ctx,
        replace(OPERATOR, place_id=place.id),
        role,
        name=person_name,
        school_id=place.id if isinstance(place, School) else "",
        region_id=place.id if isinstance(place, Region) else "",
    )
    return made.token
