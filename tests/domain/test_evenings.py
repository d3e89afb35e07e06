"""Which days share an evening: over weekends, public holidays, long breaks, and where no term is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evenings import SHORT_BREAK_DAYS, days_of, evening_of
from domain.terms import DayOff, Term, is_school_day

AUTUMN = Term(
    id="school:a:2026-1",
    place_id="school:a",
    school_year=2026,
    number=1,
    begins_on=date(2026, 9, 1),
    ends_on=date(2027, 1, 22),
    holidays=(
        DayOff("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
        DayOff("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
    ),
    extra_days=(date(2026, 9, 20), date(2026, 10, 10)),
)
DAYS = st.dates(date(2026, 8, 20), date(2027, 2, 5))


@pytest.mark.parametrize(
    ("day", "evening"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),  # a Tuesday
        (date(2026, 11, 28), date(2026, 11, 27)),  # Saturday and Sunday: Friday's
        (date(2026, 11, 29), date(2026, 11, 27)),
        (date(2026, 9, 20), date(2026, 9, 20)),  # a worked Sunday
        (date(2026, 9, 19), date(2026, 9, 18)),
        (date(2026, 9, 27), date(2026, 9, 24)),  # three days off
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 1)),  # seven days off: each its own
        (date(2026, 10, 5), date(2026, 10, 5)),
        (date(2026, 10, 11), date(2026, 10, 10)),
        (date(2027, 1, 24), date(2027, 1, 24)),  # the winter holidays
    ],
)
def test_the_evening_of_a_day(day: date, evening: date) -> None:
    assert evening_of([AUTUMN], day) == evening


def test_where_no_term_is_known_weekends_belong_to_fridays() -> None:
    assert evening_of([], date(2026, 11, 29)) == date(2026, 11, 27)
    assert evening_of([], date(2026, 11, 30)) == date(2026, 11, 30)


@given(DAYS, st.sampled_from([(), (AUTUMN,)]))
def test_an_evening_is_its_own_and_never_later(day: date, terms: tuple[Term, ...]) -> None:
    evening = evening_of(terms, day)
    assert evening_of(terms, evening) == evening
    assert timedelta() <= day - evening <= timedelta(days=SHORT_BREAK_DAYS)
    assert day in days_of(terms, evening)
    if evening != day:
        assert not is_school_day(AUTUMN, day) or not terms


@given(DAYS, st.sampled_from([(), (AUTUMN,)]))
def test_the_days_of_an_evening_follow_each_other(day: date, terms: tuple[Term, ...]) -> None:
    found = days_of(terms, evening_of(terms, day))
    assert [later - found[0] for later in found] == [timedelta(days=n) for n in range(len(found))]
