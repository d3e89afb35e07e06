"""A term as the months of a wall calendar: rows from Monday to Sunday, each day with what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.terms import Term, day_off, is_school_day, week_of

_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is at this place."""

    SCHOOL = "school"
    EXTRA = "extra"  # a weekend day with school (调休)
    OFF = "off"  # a holiday
    WEEKEND = "weekend"
    OUTSIDE = "outside"  # not in the term


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of a month; `name` is the holiday's."""

    on: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Seven days from Monday on, None where they are another month's; `week` is the term's, None outside it."""

    week: int | None
    days: tuple[MonthDay | None, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month with its rows."""

    year: int
    month: int
    rows: tuple[MonthRow, ...]


def months_of(term: Term) -> tuple[Month, ...]:
    """Every month that the term touches, whole, in order."""
    months: list[Month] = []
    first = term.begins_on.replace(day=1)
    while first <= term.ends_on:
        following = (first + 31 * _DAY).replace(day=1)
        months.append(_month(term, first, following - _DAY))
        first = following
    return tuple(months)


def kind_of(term: Term, day: date) -> DayKind:
    """What a day is in this term."""
    if not term.covers(day):
        return DayKind.OUTSIDE
    if day in term.extra_days:
        return DayKind.EXTRA
    if day_off(term, day):
        return DayKind.OFF
    return DayKind.SCHOOL if is_school_day(term, day) else DayKind.WEEKEND


def _month(term: Term, first: date, last: date) -> Month:
    rows: list[MonthRow] = []
    monday = first - first.weekday() * _DAY
    while monday <= last:
        days = tuple(
            _day(term, day) if first <= day <= last else None
            for day in (monday + n * _DAY for n in range(7))
        )
        inside = [day.on for day in days if day and term.covers(day.on)]
        rows.append(MonthRow(week_of(term, inside[0]) if inside else None, days))
        monday += 7 * _DAY
    return Month(first.year, first.month, tuple(rows))


def _day(term: Term, day: date) -> MonthDay:
    off = day_off(term, day)
    return MonthDay(day, kind_of(term, day), off.name if off else "")
