"""Evenings (哪一晚): which days of homework share one budget, by the term calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from domain.terms import Term, is_school_day, term_on

# A weekend, or one with a public holiday beside it. What is longer has a budget for every day.
SHORT_BREAK_DAYS = 3
_DAY = timedelta(days=1)
_SATURDAY = 5


def evening_of(terms: Sequence[Term], day: date) -> date:
    """The evening that homework for `day` belongs to, named by the day it begins on.

    A day off in a short break belongs to the last day with school before it; every other day is its own.
    """
    if has_school(terms, day):
        return day
    for back in range(1, SHORT_BREAK_DAYS + 1):
        last = day - back * _DAY
        if has_school(terms, last):
            again = range(back + 1, SHORT_BREAK_DAYS + 2)
            is_short = any(has_school(terms, last + ahead * _DAY) for ahead in again)
            return last if is_short else day
    return day


def days_of(terms: Sequence[Term], evening: date) -> tuple[date, ...]:
    """The days that share an evening, itself first."""
    following = (evening + n * _DAY for n in range(SHORT_BREAK_DAYS + 1))
    return tuple(day for day in following if evening_of(terms, day) == evening)


def week_has_school(terms: Sequence[Term], monday: date) -> bool:
    """Whether there is school on any day of a week."""
    return any(has_school(terms, monday + n * _DAY) for n in range(7))


def has_school(terms: Sequence[Term], day: date) -> bool:
    """Whether a day has school. Where no term is written down at all, Monday to Friday have; between terms none."""
    if not terms:
        return day.weekday() < _SATURDAY
    term = term_on(terms, day)
    return term is not None and is_school_day(term, day)
