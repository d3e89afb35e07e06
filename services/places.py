"""Regions and schools: looking around below one's own, founding, renaming and moving them.

A region's administrator works on what lies below the region, and on nothing else: `access_place` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.audit import Act, Actor
from domain.errors import InvalidError, NotFoundError, Problem
from domain.offers import ADMINISTRATORS
from domain.place_forms import parse_name, parse_place_id, parse_school
from domain.regions import Region, RegionLevel, fits_below
from domain.roles import Appointment, Right, Role
from domain.schools import School
from domain.shelf_uses import path_of
from services.audit import note_act
from services.context import Context
from services.people import Post

Place = School | Region


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school in a list, with the names of its administrators: the persons who answer for it."""

    school: School
    administrators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionLine:
    """A region in a list: its administrators, how many schools it has, and in how many nobody answers for them."""

    region: Region
    administrators: tuple[str, ...]
    schools: int
    unled: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A region as its page shows it; `tree` is all that the acting region reaches, the parent before its children.

    `above` leads from the acting region down to `here`, which is not in it.
    """

    here: Region
    above: tuple[Region, ...]
    tree: tuple[Region, ...]
    regions: tuple[RegionLine, ...]
    schools: tuple[SchoolLine, ...]  # directly here; of a search, wherever they are
    unled: int  # schools here and below without an administrator


async def find_place(ctx: Context, place_id: str) -> Place | None:
    """The school or region of this id."""
    school = await ctx.stores.schools.find_school(place_id)
    return school or await ctx.stores.regions.find(place_id)


async def access_place(ctx: Context, post: Post, right: Right, place_id: str = "") -> Place:
    """One's own place (also for no id), or one below one's region. Raises NotFoundError for any other."""
    own = post.school or post.region
    if own is None or not post.has_everywhere(right):
        raise NotFoundError
    if place_id in ("", own.id):
        return own
    place = await find_place(ctx, place_id)
    if post.region is None or place is None or post.region.id not in place.region_ids:
        raise NotFoundError
    return place


async def access_region(ctx: Context, post: Post, right: Right, region_id: str = "") -> Region:
    """`access_place` where only a region will do. Raises NotFoundError for a school, too."""
    place = await access_place(ctx, post, right, region_id)
    if not isinstance(place, Region):
        raise NotFoundError
    return place


async def access_school(ctx: Context, post: Post, right: Right, school_id: str = "") -> School:
    """`access_place` where only a school will do. Raises NotFoundError for a region, too."""
    place = await access_place(ctx, post, right, school_id)
    if not isinstance(place, School):
        raise NotFoundError
    return place


async def places_at(ctx: Context, post: Post, region_id: str = "", *, query: str = "") -> PlaceView:
    """What lies below a region of one's own; `query` looks for names in all of it instead. Raises NotFoundError."""
    here = await access_region(ctx, post, Right.PLACES, region_id)
    if post.region is None:
        raise NotFoundError
    tree = _in_order(await ctx.stores.regions.below(post.region.id))
    by_id = {region.id: region for region in tree}
    schools = await ctx.stores.schools.schools_below(here.id)
    named = await _administrators(ctx, [s.id for s in schools], list(by_id))
    if wanted := query.strip().casefold():
        shown = [r for r in tree if wanted in r.name.casefold() and r.id != here.id]
        direct = [s for s in schools if wanted in s.name.casefold()]
    else:
        shown = [r for r in tree if r.parent_id == here.id]
        direct = [s for s in schools if s.region_ids[-1] == here.id]
    inside = {r.id: [s for s in schools if r.id in s.region_ids] for r in shown}
    return PlaceView(
        here=here,
        above=tuple(by_id[i] for i in here.region_ids if i in by_id and i != here.id),
        tree=tree,
        regions=tuple(
            RegionLine(r, named.get(r.id, ()), len(inside[r.id]), _unled(inside[r.id], named))
            for r in shown
        ),
        schools=tuple(SchoolLine(s, named.get(s.id, ())) for s in direct),
        unled=_unled(schools, named),
    )


def _unled(schools: Sequence[School], named: Mapping[str, tuple[str, ...]]) -> int:
    return sum(school.id not in named for school in schools)


def _in_order(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The parent before its children, brothers by name."""
    names = {region.id: region.name for region in regions}
    return tuple(sorted(regions, key=lambda r: [(names.get(i, ""), i) for i in r.region_ids]))


async def _administrators(
    ctx: Context, school_ids: Sequence[str], region_ids: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    held: list[Appointment] = []
    if school_ids:
        held += await ctx.stores.appointments.in_role(Role.SCHOOL_ADMIN, school_ids)
    if region_ids:
        found = await ctx.stores.appointments.of_regions(region_ids)
        held += [a for a in found if a.role in ADMINISTRATORS.values()]
    named: dict[str, tuple[str, ...]] = {}
    for appointment in held:
        if appointment.stands(ctx.now()):
            place_id = appointment.place_id
            named[place_id] = (*named.get(place_id, ()), appointment.name)
    return named


async def found_place_below(
    ctx: Context, post: Post, form: Mapping[str, str], *, place_id: str
) -> Place:
    """Found a school or a region below one's own; `place_id` is its id where the form names none.

    `form`: kind (school, or a level), below, name, place_id; for a school stages and system. The same
    form twice founds one. Raises NotFoundError, InvalidError naming every wrong field.
    """
    await access_place(ctx, post, Right.PLACES)
    wrong: dict[str, Problem] = {}
    above = await _above(ctx, post, form, wrong)
    given = parse_place_id(form, wrong)
    level = next((one for one in RegionLevel if one == form.get("kind")), None)
    if level is None:
        draft = parse_school(form, wrong)
        place: Place = School(
            id=given or place_id,
            name=draft.name,
            region_ids=above.region_ids,
            stages=draft.stages,
            system=draft.system,
        )
    else:
        if level is above.level or not fits_below(level, above.level):
            wrong["kind"] = Problem("unknown")
        place = Region(
            id=given or place_id,
            level=level,
            name=parse_name(form, wrong),
            parent_id=above.id,
            region_ids=(*above.region_ids, given or place_id),
        )
    held = await find_place(ctx, place.id)
    if held is not None and held != place:
        wrong["place_id"] = Problem("taken")
    if wrong:
        raise InvalidError(wrong)
    if held is None:
        await note_place(ctx, post.actor, None, place)
        await _add(ctx, place)
    return place


async def _add(ctx: Context, place: Place) -> None:
    added = (
        await ctx.stores.schools.add_school(place)
        if isinstance(place, School)
        else await ctx.stores.regions.add(place)
    )
    if not added and await find_place(ctx, place.id) != place:  # somebody was faster with this id
        raise InvalidError({"place_id": Problem("taken")})


async def _above(
    ctx: Context, post: Post, form: Mapping[str, str], wrong: dict[str, Problem]
) -> Region:
    """The region of the field `below`, within one's own; where it is none, one's own stands in for it."""
    if post.region is None:
        raise NotFoundError
    try:
        found = await access_place(ctx, post, Right.PLACES, form.get("below", "") or "-")
        if isinstance(found, Region):
            return found
    except NotFoundError:
        pass  # as for a school: no region of theirs
    wrong["below"] = Problem("unknown")
    return post.region


async def edit_place(ctx: Context, post: Post, place_id: str, form: Mapping[str, str]) -> Place:
    """Change a place below one's own: its name; of a school also stages, system, and the region it is in.

    Raises NotFoundError, also for one's own place (that is done in its settings), and InvalidError.
    """
    held = await access_place(ctx, post, Right.PLACES, place_id)
    if held.id == post.place_id:
        raise NotFoundError
    wrong: dict[str, Problem] = {}
    if isinstance(held, Region):
        changes: dict[str, object] = {"name": parse_name(form, wrong)}
    else:
        draft = parse_school(form, wrong)
        above = await _above(ctx, post, form, wrong)
        changes = {
            "name": draft.name,
            "stages": draft.stages,
            "system": draft.system,
            "region_ids": above.region_ids,
        }
    if wrong:
        raise InvalidError(wrong)
    return await change_place(ctx, post.actor, held, changes)


async def change_place(
    ctx: Context,
    actor: Actor,
    held: Place,
    changes: Mapping[str, object],
    *,
    act: Act = Act.PLACE_EDITED,
) -> Place:
    """Note and write what differs; nothing when nothing does. Who may is the caller's to have checked."""
    differing = {n: v for n, v in changes.items() if getattr(held, n) != v}
    if not differing:
        return held
    before = {name: getattr(held, name) for name in differing}
    await note_at(ctx, actor, act, held, before=_noted(held, before), after=_noted(held, differing))
    if isinstance(held, School):
        if "region_ids" in differing:
            differing["left"] = left_by(held)
        await ctx.stores.schools.change_school(held.id, differing)
    else:
        await ctx.stores.regions.change(held.id, differing)
    changed = await find_place(ctx, held.id)
    if changed is None:
        raise NotFoundError
    return changed


def left_by(held: School) -> tuple[str, ...]:
    """What is written of a school with a change of its regions: sums of those it was in still have its share."""
    return (*held.left, path_of(held.region_ids))


async def note_place(ctx: Context, actor: Actor, before: Place | None, after: Place) -> None:
    """A place is founded, or written anew as a whole."""
    names = ["name", "region_ids"] + (["stages", "system"] if isinstance(after, School) else [])
    kept = [
        _noted(place, {name: getattr(place, name, None) for name in names}) if place else None
        for place in (before, after)
    ]
    await note_at(ctx, actor, Act.PLACE_EDITED, after, before=kept[0], after=kept[1])


async def note_at(
    ctx: Context,
    actor: Actor,
    act: Act,
    place: Place,
    *,
    subject: tuple[str, str] | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Enter an act into the log of the place it is on, and of the place it was done from, where that is another."""
    about = subject or ("place", place.id)
    for chain in dict.fromkeys((place.id, actor.place_id)):
        await note_act(ctx, actor, act, subject=about, before=before, after=after, place=chain)


def _noted(place: Place, values: Mapping[str, object]) -> dict[str, object]:
    """As the log keeps it: what a place is called is no person's name."""
    called = "school_name" if isinstance(place, School) else "region_name"
    return {called if name == "name" else name: value for name, value in values.items()}
