"""Who has used a resource and what they think of it: one rating a person, by those alone who have opened it.

Ratings are of resources. There is no figure of a teacher in them, and nothing is put in order by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.errors import InvalidError, Problem

STARS = range(1, 6)
LEAST_RATERS = 3  # of fewer no average is shown: it would be somebody's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One person has opened one resource; `stars` is 0 until they rate it."""

    id: str
    resource_id: str
    person_id: str
    opened_at: datetime
    stars: int = 0
    rated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many have opened and rated a resource, and the sum of their stars."""

    used: int = 0
    rated: int = 0
    stars: int = 0

    @property
    def average(self) -> float | None:
        """To a tenth; None where too few have said anything."""
        return round(self.stars / self.rated, 1) if self.rated >= LEAST_RATERS else None


def use_id(resource_id: str, person_id: str) -> str:
    """One person uses a resource once: the key says so."""
    return f"{resource_id}:{person_id}"


def parse_stars(text: str) -> int:
    """1 to 5. Raises InvalidError."""
    found = {str(number): number for number in STARS}.get(text)
    if found is None:
        raise InvalidError({"stars": Problem("missing")})
    return found
