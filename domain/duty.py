"""Who of a school's office answers families on which day, and between which hours (值班表)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.errors import InvalidError, Problem
from domain.times import SCHOOL_ZONE

AHEAD = timedelta(days=180)
DAY_LIMIT = 12  # shifts of one school and day
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One person, one day, from one time to another, by the school's clock; `day` is 2026-12-01."""

    id: str
    school_id: str
    day: str
    start: str
    end: str
    person_id: str
    name: str
    ends_at: datetime

    @property
    def starts_at(self) -> datetime:
        """The moment it begins."""
        return moment_on(self.day, self.start)

    def covers(self, at: datetime) -> bool:
        """Whether it is now."""
        return self.starts_at <= at < self.ends_at


def moment_on(day: str, clock: str) -> datetime:
    """A time of a school day."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), SCHOOL_ZONE)


def make_shift(school_id: str, day: str, start: str, end: str, person_id: str, name: str) -> Shift:
    """A shift under its own key: the same one twice is once."""
    return Shift(
        id=f"{school_id}:{day}:{start}:{person_id}",
        school_id=school_id,
        day=day,
        start=start,
        end=end,
        person_id=person_id,
        name=name,
        ends_at=moment_on(day, end),
    )


def parse_shift(
    school_id: str, form: Mapping[str, str], people: Mapping[str, str], today: date
) -> Shift:
    """A form as typed (`day`, `start`, `end`, `person`) → a shift. Raises InvalidError naming every field.

    `people` are those who can be on duty, by person and name.
    """
    problems: dict[str, Problem] = {}
    day = form.get("day", "").strip()
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        problems["day"] = Problem("not_a_time")
    else:
        day = parsed.isoformat()
        if parsed < today:
            problems["day"] = Problem("in_the_past")
        elif parsed > today + AHEAD:
            problems["day"] = Problem("too_far", AHEAD.days)
    clocks = {name: form.get(name, "").strip() for name in ("start", "end")}
    for name, text in clocks.items():
        if not _CLOCK.fullmatch(text):
            problems[name] = Problem("not_a_time")
    if not {"start", "end"} & set(problems) and clocks["end"] <= clocks["start"]:
        problems["end"] = Problem("before_start")
    person = form.get("person", "")
    if person not in people:
        problems["person"] = Problem("missing")
    if problems:
        raise InvalidError(problems)
    return make_shift(school_id, day, clocks["start"], clocks["end"], person, people[person])


def moved(shift: Shift, days: int) -> Shift:
    """The same shift some days later."""
    day = (date.fromisoformat(shift.day) + timedelta(days=days)).isoformat()
    return make_shift(shift.school_id, day, shift.start, shift.end, shift.person_id, shift.name)


def on_duty_at(shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    """Those whose shift is now, whoever ends last first."""
    now = [s for s in shifts if s.covers(at)]
    return sorted(now, key=lambda s: s.ends_at, reverse=True)


def next_shift(shifts: Iterable[Shift], at: datetime) -> Shift | None:
    """The first that begins after now."""
    return min((s for s in shifts if s.starts_at > at), key=lambda s: s.starts_at, default=None)
