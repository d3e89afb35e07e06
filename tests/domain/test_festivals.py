"""What is suggested for a new term fits it, and is honest about what is not known yet."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.festivals import suggested_holidays
from domain.term_forms import form_of, parse_term
from domain.terms import Calendar, Term

CALENDAR = Calendar(id="school:a")


def test_a_spring_term_of_a_year_whose_notice_is_known() -> None:
    found = suggested_holidays(date(2026, 3, 2), date(2026, 7, 10))
    assert [off.name for off in found.holidays] == ["清明节", "劳动节", "端午节"]
    assert found.extra_days == (date(2026, 5, 9),)
    assert found.is_complete


def test_into_a_year_without_a_notice_only_the_festivals_own_days_are_suggested() -> None:
    found = suggested_holidays(date(2026, 9, 1), date(2027, 1, 22))
    assert [(off.name, off.first_on, off.last_on) for off in found.holidays] == [
        ("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
        ("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
        ("元旦", date(2027, 1, 1), date(2027, 1, 1)),
    ]
    assert found.extra_days == (date(2026, 9, 20), date(2026, 10, 10))
    assert not found.is_complete


def test_far_away_only_what_the_law_ties_to_a_date() -> None:
    found = suggested_holidays(date(2031, 1, 1), date(2031, 12, 31))
    assert [off.name for off in found.holidays] == ["元旦", "劳动节", "国庆节"]


def test_a_holiday_at_the_edge_is_cut_to_the_term() -> None:
    found = suggested_holidays(date(2026, 2, 20), date(2026, 5, 2))
    assert (found.holidays[0].first_on, found.holidays[-1].last_on) == (
        date(2026, 2, 20),
        date(2026, 5, 2),
    )


@given(st.integers(2025, 2028), st.sampled_from([1, 2]), st.integers(0, 40), st.integers(70, 180))
def test_a_suggestion_can_be_saved_as_it_is(year: int, number: int, late: int, days: int) -> None:
    begins_on = date(year, 8, 25) if number == 1 else date(year + 1, 2, 10)
    begins_on += timedelta(days=late)
    ends_on = begins_on + timedelta(days=days)
    found = suggested_holidays(begins_on, ends_on)
    term = Term(
        id=f"school:a:{year}-{number}",
        place_id="school:a",
        school_year=year,
        number=number,
        begins_on=begins_on,
        ends_on=ends_on,
        holidays=found.holidays,
        extra_days=found.extra_days,
    )
    assert parse_term(form_of(term), CALENDAR) == term
