"""The quiet hours (免打扰) that one adult has set for themselves, on top of their school's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from domain.errors import InvalidError, Problem
from domain.times import QuietHours

LONGEST = timedelta(hours=14)  # what is left of a day is enough to be told of it
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuiet:
    """By the school's clock, 21:00; one document a person, whose id is the person's."""

    id: str
    start: str
    end: str

    @property
    def hours(self) -> QuietHours:
        """As a rule."""
        return QuietHours(time.fromisoformat(self.start), time.fromisoformat(self.end))


def parse_own_quiet(person_id: str, start: str, end: str) -> OwnQuiet:
    """Two times of day → quiet hours. Raises InvalidError (`start`, `end`)."""
    problems = {
        name: Problem("not_a_time")
        for name, text in (("start", start), ("end", end))
        if not _CLOCK.fullmatch(text)
    }
    if problems:
        raise InvalidError(problems)
    span = timedelta(minutes=(_minutes(end) - _minutes(start)) % (24 * 60))
    if not span or span > LONGEST:
        raise InvalidError({"end": Problem("rests_too_long", int(LONGEST.total_seconds() // 3600))})
    return OwnQuiet(id=person_id, start=start, end=end)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def next_open_moment(at: datetime, hours: Iterable[QuietHours]) -> datetime:
    """`at` itself, or the first moment after it that lies in none of these; of hours that leave none, some end."""
    every = list(hours)
    for _ in range(_ROUNDS):
        moved = at
        for quiet in every:
            moved = quiet.next_moment(moved)
        if moved == at:
            break
        at = moved
    return at
