"""Public holidays (法定节假日) as a suggestion for a new term, for the office to confirm; nothing else relies on them.

2026: the State Council's notice of 2025-11-04 (国务院办公厅关于2026年部分节假日安排的通知), with the days it bridges
and the weekends worked for them. For a year without a notice here only the festivals' own days, as the law sets them
(全国年节及纪念日放假办法, 2024): these are certain, what will be bridged around them is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.terms import DayOff


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`is_complete` says that every year concerned has its notice: bridged days and worked weekends are in it."""

    holidays: tuple[DayOff, ...]
    extra_days: tuple[date, ...]
    is_complete: bool


def _off(name: str, year: int, first: tuple[int, int], last: tuple[int, int]) -> DayOff:
    return DayOff(name, date(year, *first), date(year, *last))


_NOTICES: dict[int, tuple[tuple[DayOff, ...], tuple[date, ...]]] = {
    2026: (
        (
            _off("元旦", 2026, (1, 1), (1, 3)),
            _off("春节", 2026, (2, 15), (2, 23)),
            _off("清明节", 2026, (4, 4), (4, 6)),
            _off("劳动节", 2026, (5, 1), (5, 5)),
            _off("端午节", 2026, (6, 19), (6, 21)),
            _off("中秋节", 2026, (9, 25), (9, 27)),
            _off("国庆节", 2026, (10, 1), (10, 7)),
        ),
        (
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        ),
    ),
}
# What follows the moon and the sun, where it was looked up.
_MOVING: dict[int, tuple[DayOff, ...]] = {
    2027: (
        _off("春节", 2027, (2, 5), (2, 8)),
        _off("清明节", 2027, (4, 5), (4, 5)),
        _off("端午节", 2027, (6, 9), (6, 9)),
        _off("中秋节", 2027, (9, 15), (9, 15)),
    ),
}


def suggested_holidays(begins_on: date, ends_on: date) -> Suggestion:
    """What falls between two dates, both included."""
    years = range(begins_on.year, ends_on.year + 1)
    holidays = tuple(
        DayOff(off.name, max(off.first_on, begins_on), min(off.last_on, ends_on))
        for year in years
        for off in _days_off(year)
        if off.first_on <= ends_on and off.last_on >= begins_on
    )
    extra_days = tuple(
        day
        for year in years
        if year in _NOTICES
        for day in _NOTICES[year][1]
        if begins_on <= day <= ends_on
    )
    return Suggestion(holidays, extra_days, all(year in _NOTICES for year in years))


def _days_off(year: int) -> Iterator[DayOff]:
    if year in _NOTICES:
        yield from _NOTICES[year][0]
        return
    fixed = (
        _off("元旦", year, (1, 1), (1, 1)),
        _off("劳动节", year, (5, 1), (5, 2)),
        _off("国庆节", year, (10, 1), (10, 3)),
    )
    yield from sorted((*fixed, *_MOVING.get(year, ())), key=lambda off: off.first_on)
