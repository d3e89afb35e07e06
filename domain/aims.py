"""What a place wants there to be at least: homework of a subject in a class (布置次数), and use of resources.

The numbers are those by which use of the platform is looked at: classes that learn on tablets at least two a week and
thirty a term, other classes one and fifteen; of each teacher ten lessons a
month that use a resource, and ten resources filed a term. For how often links are opened there is no usual number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What a school or a region has set; None where it has set nothing. `week` … `tablet_term` are homeworks of one
    subject in one class, `lessons` (a month) and `filed` (a term) of one teacher, `families` and `teachers` openings
    per hundred of them in a term."""

    week: int | None = None
    term: int | None = None
    tablet_week: int | None = None
    tablet_term: int | None = None
    lessons: int | None = None
    filed: int | None = None
    families: int | None = None
    teachers: int | None = None


NO_AIMS = Aims()


@dataclass(frozen=True, slots=True)
class Aim:
    """What counts in a class."""

    week: int
    term: int


@dataclass(frozen=True, slots=True)
class UseAim:
    """What counts for use of resources; 0 where nothing is wanted."""

    lessons: int
    filed: int
    families: int
    teachers: int


_USUAL = Aims(
    week=1, term=15, tablet_week=2, tablet_term=30, lessons=10, filed=10, families=0, teachers=0
)


def aim_of(tablets: bool, places: Iterable[Aims] = ()) -> Aim:
    """What counts in a class, with what its school and the regions above it have set: of several numbers the
    largest, so a school may want more than its district, never less."""
    held = list(places)
    kind = "tablet_" if tablets else ""
    return Aim(_number(held, f"{kind}week"), _number(held, f"{kind}term"))


def use_aim_of(places: Iterable[Aims] = ()) -> UseAim:
    """What counts for use of resources, in the same way."""
    held = list(places)
    return UseAim(*(_number(held, n) for n in ("lessons", "filed", "families", "teachers")))


def _number(places: list[Aims], name: str) -> int:
    usual: int = getattr(_USUAL, name)
    own = [number for place in places if (number := getattr(place, name)) is not None]
    return max(own, default=usual)
