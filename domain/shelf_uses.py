"""How often what hangs on a school's shelf, and on those of the regions above it, was opened at that school in a week,
and what that adds up to in each of those regions.

A class's shelf is not among them: its few lines of `link_days` are read as they are (`services.shelf_uses`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.link_uses import Use
from domain.monitors import week_id
from domain.shelves import ShelfLevel, place_key
from domain.use import Part, parts_added, shelf_of, views_of

_COUNTED = frozenset({"school", "region"})
_BETWEEN = "/"  # no region's id has one


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfUse:
    """A week of one shelf (`place` is its key) at a school; of a region's shelf also in a region (`region_id`): that
    one itself, or one below it. Of each part of `links` the key is the link's code.

    `within` is the way (`path_of`) from the shelf's region down to the one that this is directly in. It is empty for
    that region itself, for a school's own shelf, and for what was opened of a region's at a school elsewhere.
    """

    id: str
    place: str
    monday: date
    links: tuple[Part, ...]
    school_id: str = ""
    region_id: str = ""
    within: str = ""


def path_of(region_ids: Iterable[str]) -> str:
    """Regions from the top down, as one word."""
    return _BETWEEN.join(region_ids)


def paths_of(region_ids: Sequence[str]) -> set[str]:
    """Every sum that a school with these regions above it is in: from each of them down to each below it."""
    ends = range(1, len(region_ids) + 1)
    return {path_of(region_ids[start:end]) for end in ends for start in range(end)}


def path_within(place: str, region_ids: Sequence[str]) -> str:
    """From a shelf's region down to the lowest of these; empty where it is none of them."""
    for n, region_id in enumerate(region_ids):
        if place_key(ShelfLevel.DISTRICT, region_id) == place:
            return path_of(region_ids[n:])
    return ""


def depth(path: str) -> int:
    """How far down it leads: what is deeper is added up first."""
    return path.count(_BETWEEN)


def at_school(place: str, school_id: str, monday: date) -> str:
    """The key of a school's week of a shelf."""
    return f"{place}:{week_id(school_id, monday)}"


def sum_key(path: str, monday: date) -> str:
    """The key of a region's week of a shelf: the path's last, of the shelf of its first."""
    return week_id(path, monday)


def shelf_uses(
    school_id: str,
    region_ids: Sequence[str],
    monday: date,
    uses: Iterable[Use],
    hidden: Collection[str],
) -> list[ShelfUse]:
    """Every shelf of which something was opened, by its key. Of `hidden` classes nothing is counted."""
    of_place: dict[str, list[Part]] = {}
    for use in uses:
        if shelf_of(use) in _COUNTED and use.class_id not in hidden:
            part = Part(key=use.code, views=views_of(use))
            of_place.setdefault(use.place, []).append(part)
    return [
        ShelfUse(
            id=at_school(place, school_id, monday),
            place=place,
            school_id=school_id,
            monday=monday,
            links=parts_added(parts),
            within=path_within(place, region_ids),
        )
        for place, parts in sorted(of_place.items())
    ]


def shelf_of_path(path: str) -> str:
    """The key of the shelf whose week is added up along it."""
    return place_key(ShelfLevel.DISTRICT, path.partition(_BETWEEN)[0])


def region_sum(path: str, monday: date, below: Iterable[ShelfUse]) -> ShelfUse:
    """A region's week: of everything that is directly in it."""
    above, _, region_id = path.rpartition(_BETWEEN)
    return ShelfUse(
        id=sum_key(path, monday),
        place=shelf_of_path(path),
        region_id=region_id,
        monday=monday,
        links=parts_added(part for use in below for part in use.links),
        within=above,
    )
