"""What stands above schools: province (省), city (市), district or county (区县). It has figures, never pupils."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.aims import NO_AIMS, Aims
from domain.budgets import NO_CAPS, Caps


class RegionLevel(StrEnum):
    """From the top down."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region; `region_ids` leads from the highest one that is known here down to itself."""

    id: str
    level: RegionLevel
    name: str
    parent_id: str = ""
    region_ids: tuple[str, ...] = ()
    evening: Caps = NO_CAPS  # minutes of homework a day in its schools
    aims: Aims = NO_AIMS  # homeworks of a subject that are wanted there


def fits_below(level: RegionLevel, parent: RegionLevel | None) -> bool:
    """Whether a region of this level may stand under one of that level; None is none above it."""
    order = list(RegionLevel)
    return parent is None or order.index(level) > order.index(parent)
