"""Terms (学期) and the calendar of a place (校历): weeks, days off, worked weekends, which term counts for a school.

Dates are days of school time (Asia/Shanghai), both ends included. Weeks begin on Monday; a term's first week is the
one it begins in, however short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayOff:
    """Days without school inside a term: 国庆节, 运动会."""

    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a school or a region; `place_id` is its calendar's id. `school_year` is the year its autumn lies in;
    `number` 1 begins in autumn, 2 in spring. `extra_days` are weekend days with school (调休)."""

    id: str
    place_id: str
    school_year: int
    number: int
    begins_on: date
    ends_on: date
    holidays: tuple[DayOff, ...] = ()
    extra_days: tuple[date, ...] = ()

    @property
    def name(self) -> str:
        """2026—2027学年第一学期."""
        ordinal = "一" if self.number == 1 else "二"
        return f"{self.school_year}—{self.school_year + 1}学年第{ordinal}学期"

    def covers(self, day: date) -> bool:
        """Whether the day lies in this term, holidays included."""
        return self.begins_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All terms a place has written down, the earliest first. It is stored and replaced as one: two who edit it at once
    cannot leave terms that overlap. `id` says whose it is, `version` counts the changes."""

    id: str
    terms: tuple[Term, ...] = ()
    version: int = 0

    def find(self, term_id: str) -> Term | None:
        """The term, if the place has it."""
        return next((term for term in self.terms if term.id == term_id), None)

    def with_term(self, term: Term) -> Calendar:
        """With this term, instead of the one that has its id."""
        others = self.without(term.id).terms
        return replace(self, terms=tuple(sorted((*others, term), key=lambda t: t.begins_on)))

    def without(self, term_id: str) -> Calendar:
        """Without this term."""
        return replace(self, terms=tuple(term for term in self.terms if term.id != term_id))


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a term, from 1; the first and the last may be shorter than seven days."""

    number: int
    first_on: date
    last_on: date


def school_calendar(school_id: str) -> str:
    """The id of a school's own calendar; a region that happens to have the same id has another."""
    return f"school:{school_id}"


def region_calendar(region_id: str) -> str:
    """The id of a region's calendar."""
    return f"region:{region_id}"


def term_id(place_id: str, school_year: int, number: int) -> str:
    """A place has a term once: the key says so."""
    return f"{place_id}:{school_year}-{number}"


def overlap(one: Term, other: Term) -> bool:
    """Whether some day lies in both."""
    return one.begins_on <= other.ends_on and other.begins_on <= one.ends_on


def effective_terms(calendars: Iterable[Calendar]) -> tuple[Term, ...]:
    """The terms that count, of calendars from the nearest place (the school) to the farthest (the province); the
    earliest first, no two overlapping.

    A term that a nearer place has written down itself replaces the farther place's; so does one that lies on the same
    days under another number.
    """
    chosen: list[Term] = []
    for calendar in calendars:
        nearer = tuple(chosen)
        chosen += [
            term
            for term in calendar.terms
            if not any(
                (term.school_year, term.number) == (own.school_year, own.number)
                or overlap(term, own)
                for own in nearer
            )
        ]
    return tuple(sorted(chosen, key=lambda term: term.begins_on))


def term_on(terms: Iterable[Term], day: date) -> Term | None:
    """The term a day lies in; None in the holidays between terms."""
    return next((term for term in terms if term.covers(day)), None)


def week_of(term: Term, day: date) -> int:
    """The number of the week a day of the term lies in, from 1. Raises ValueError for a day outside the term."""
    if not term.covers(day):
        raise ValueError(f"{day} is not in {term.id}")
    return (day - _monday(term.begins_on)).days // 7 + 1


def weeks_of(term: Term) -> tuple[Week, ...]:
    """Its weeks, one after the other; every day of the term lies in exactly one."""
    weeks: list[Week] = []
    monday = _monday(term.begins_on)
    while monday <= term.ends_on:
        sunday = monday + 6 * _DAY
        weeks.append(Week(len(weeks) + 1, max(monday, term.begins_on), min(sunday, term.ends_on)))
        monday = sunday + _DAY
    return tuple(weeks)


def day_off(term: Term, day: date) -> DayOff | None:
    """The holiday a day belongs to, if it belongs to one."""
    return next((off for off in term.holidays if off.first_on <= day <= off.last_on), None)


def is_school_day(term: Term, day: date) -> bool:
    """Whether there is school: a weekday of the term that is no holiday, or a weekend day worked instead."""
    if not term.covers(day):
        return False
    if day in term.extra_days:
        return True
    return day.weekday() < _SATURDAY and day_off(term, day) is None


def school_days(terms: Sequence[Term], first_on: date, last_on: date) -> Iterator[date]:
    """The days with school between two dates, both included, in order."""
    for term in terms:
        day = max(term.begins_on, first_on)
        while day <= min(term.ends_on, last_on):
            if is_school_day(term, day):
                yield day
            day += _DAY


def count_school_days(terms: Sequence[Term], first_on: date, last_on: date) -> int:
    """How many days with school lie between two dates, both included."""
    return sum(1 for _ in school_days(terms, first_on, last_on))


def next_to_write(terms: Sequence[Term], today: date) -> tuple[int, int]:
    """School year and number of the term that is written down next: the one after the last of these, but none that
    is over already."""
    season = (today.year, 1) if today.month >= 6 else (today.year - 1, 2)
    if not terms:
        return season
    year, number = terms[-1].school_year, terms[-1].number
    return max(season, (year, 2) if number == 1 else (year + 1, 1))


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY
