"""How often what hangs on a school's shelf, and on those of the regions above it, was opened at that school in a week.

A class's shelf is not among them: its few lines of `link_days` are read as they are (`services.shelf_uses`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from domain.link_uses import Use
from domain.monitors import week_id
from domain.use import Part, parts_added, shelf_of, views_of

_COUNTED = frozenset({"school", "region"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfUse:
    """A school's week of one shelf (`place` is its key); of each part of `links` the key is the link's code."""

    id: str
    place: str
    school_id: str
    monday: date
    links: tuple[Part, ...]


def shelf_uses(
    school_id: str, monday: date, uses: Iterable[Use], hidden: Collection[str]
) -> list[ShelfUse]:
    """Every shelf of which something was opened, by its key. Of `hidden` classes nothing is counted."""
    of_place: dict[str, list[Part]] = {}
    for use in uses:
        if shelf_of(use) in _COUNTED and use.class_id not in hidden:
            part = Part(key=use.code, views=views_of(use))
            of_place.setdefault(use.place, []).append(part)
    return [
        ShelfUse(
            id=f"{place}:{week_id(school_id, monday)}",
            place=place,
            school_id=school_id,
            monday=monday,
            links=parts_added(parts),
        )
        for place, parts in sorted(of_place.items())
    ]
