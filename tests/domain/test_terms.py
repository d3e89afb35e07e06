"""Weeks, school days, and which place's term counts: by example and for any term."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms import (
    Calendar,
    DayOff,
    Term,
    count_school_days,
    day_off,
    effective_terms,
    is_school_day,
    next_to_write,
    overlap,
    school_days,
    term_id,
    term_on,
    week_of,
    weeks_of,
)

DAY = timedelta(days=1)
AUTUMN = Term(
    id="school:a:2026-1",
    place_id="school:a",
    school_year=2026,
    number=1,
    begins_on=date(2026, 9, 1),  # a Tuesday
    ends_on=date(2027, 1, 22),
    holidays=(
        DayOff("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
        DayOff("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
    ),
    extra_days=(date(2026, 9, 20), date(2026, 10, 10)),
)
SPRING = Term(
    id="school:a:2026-2",
    place_id="school:a",
    school_year=2026,
    number=2,
    begins_on=date(2027, 3, 1),
    ends_on=date(2027, 7, 9),
)


def days_of(term: Term) -> list[date]:
    return [term.begins_on + n * DAY for n in range((term.ends_on - term.begins_on).days + 1)]


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Any length, holidays and worked weekends anywhere, also at the edges."""
    begins_on = draw(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
    ends_on = begins_on + draw(st.integers(1, 200)) * DAY
    inside = st.dates(begins_on, ends_on)
    pairs = draw(st.lists(st.tuples(inside, inside).map(sorted), max_size=4))
    holidays = tuple(DayOff("假期", first, last) for first, last in pairs)
    weekends = [
        day
        for day in draw(st.sets(inside, max_size=5))
        if day.weekday() > 4 and not any(o.first_on <= day <= o.last_on for o in holidays)
    ]
    return Term(
        id="t",
        place_id="school:a",
        school_year=begins_on.year,
        number=1,
        begins_on=begins_on,
        ends_on=ends_on,
        holidays=holidays,
        extra_days=tuple(sorted(weekends)),
    )


@given(terms())
def test_every_day_of_a_term_is_in_exactly_one_week(term: Term) -> None:
    weeks = weeks_of(term)
    for day in days_of(term):
        (week,) = [w for w in weeks if w.first_on <= day <= w.last_on]
        assert week.number == week_of(term, day)


@given(terms())
def test_weeks_follow_each_other_from_monday_to_sunday(term: Term) -> None:
    weeks = weeks_of(term)
    assert [w.number for w in weeks] == list(range(1, len(weeks) + 1))
    assert (weeks[0].first_on, weeks[-1].last_on) == (term.begins_on, term.ends_on)
    for one, following in pairwise(weeks):
        assert following.first_on == one.last_on + DAY
        assert following.first_on.weekday() == 0


@given(terms())
def test_a_day_outside_is_in_no_week_and_no_school_day(term: Term) -> None:
    for day in (term.begins_on - DAY, term.ends_on + DAY):
        assert not is_school_day(term, day)
        with pytest.raises(ValueError, match="not in"):
            week_of(term, day)


@given(terms())
def test_school_days_agree_with_counting_them_one_by_one(term: Term) -> None:
    one_by_one = [day for day in days_of(term) if is_school_day(term, day)]
    first, last = term.begins_on - 30 * DAY, term.ends_on + 30 * DAY
    assert list(school_days([term], first, last)) == one_by_one
    assert count_school_days([term], first, last) == len(one_by_one)
    weekdays = sum(day.weekday() < 5 for day in days_of(term))
    lost = sum(day.weekday() < 5 and day_off(term, day) is not None for day in days_of(term))
    assert len(one_by_one) == weekdays - lost + len(term.extra_days)


def test_an_autumn_term_with_national_day() -> None:
    assert AUTUMN.name == "2026—2027学年第一学期"
    assert [(w.first_on.day, w.last_on.day) for w in weeks_of(AUTUMN)[:2]] == [(1, 6), (7, 13)]
    assert week_of(AUTUMN, date(2026, 11, 22)) == 12
    assert is_school_day(AUTUMN, date(2026, 10, 10)), "worked Saturday"
    assert count_school_days([AUTUMN], date(2026, 9, 28), date(2026, 10, 11)) == 6
    off = day_off(AUTUMN, date(2026, 10, 7))
    assert off is not None
    assert off.name == "国庆节"


def test_the_winter_holidays_belong_to_no_term() -> None:
    both = (AUTUMN, SPRING)
    assert term_on(both, date(2027, 1, 22)) is AUTUMN
    assert term_on(both, date(2027, 2, 6)) is None
    assert term_on(both, date(2027, 3, 1)) is SPRING


# ---------------------------------------------------------------------------------- which counts


def at(place: str, number: int, begins_on: date, ends_on: date, year: int = 2026) -> Term:
    return Term(
        id=term_id(place, year, number),
        place_id=place,
        school_year=year,
        number=number,
        begins_on=begins_on,
        ends_on=ends_on,
    )


def calendar(place: str, *some: Term) -> Calendar:
    return Calendar(id=place, terms=some)


CITY = calendar(
    "region:city",
    at("region:city", 1, date(2026, 9, 1), date(2027, 1, 22)),
    at("region:city", 2, date(2027, 3, 1), date(2027, 7, 9)),
)


def test_a_school_without_terms_has_those_of_the_nearest_place_above_it() -> None:
    district = calendar(
        "region:district", at("region:district", 1, date(2026, 8, 31), date(2027, 1, 15))
    )
    found = effective_terms([calendar("school:a"), district, CITY])
    assert [t.id for t in found] == ["region:district:2026-1", "region:city:2026-2"]


def test_a_school_s_own_term_replaces_the_region_s_and_the_other_one_stays() -> None:
    own = calendar("school:a", at("school:a", 1, date(2026, 9, 7), date(2027, 1, 10)))
    found = effective_terms([own, CITY])
    assert [t.id for t in found] == ["school:a:2026-1", "region:city:2026-2"]
    assert term_on(found, date(2027, 1, 20)) is None, "the region's longer term is not this one's"


def test_a_term_of_a_place_above_never_lies_on_days_of_an_own_one() -> None:
    long = calendar("school:a", at("school:a", 1, date(2026, 9, 1), date(2027, 3, 7)))
    assert [t.id for t in effective_terms([long, CITY])] == ["school:a:2026-1"]


@st.composite
def calendars(draw: st.DrawFn) -> list[Calendar]:
    made = []
    for place in ("school:a", "region:district", "region:city"):
        own = Calendar(id=place)
        for year in draw(st.sets(st.integers(2025, 2027))):
            for number in draw(st.sets(st.sampled_from([1, 2]))):
                spring = number == 2
                begins_on = date(year + spring, 3 if spring else 9, draw(st.integers(1, 28)))
                ends_on = begins_on + draw(st.integers(60, 220)) * DAY
                term = at(place, number, begins_on, ends_on, year)
                if not any(overlap(term, other) for other in own.terms):
                    own = own.with_term(term)
        made.append(own)
    return made


@given(calendars())
def test_what_counts_never_overlaps_and_every_own_term_counts(some: list[Calendar]) -> None:
    found = effective_terms(some)
    for one, following in pairwise(found):
        assert one.ends_on < following.begins_on
    assert set(some[0].terms) <= set(found)
    assert len({(t.school_year, t.number) for t in found}) == len(found)


def test_a_calendar_replaces_a_term_by_its_id_and_stays_in_order() -> None:
    own = Calendar(id="school:a").with_term(SPRING).with_term(AUTUMN)
    assert own.terms == (AUTUMN, SPRING)
    shorter = at("school:a", 1, date(2026, 9, 1), date(2027, 1, 15))
    assert own.with_term(shorter).terms == (shorter, SPRING)
    assert own.without(AUTUMN.id).terms == (SPRING,)
    assert own.find("school:a:2030-1") is None


def test_which_term_is_written_down_next() -> None:
    autumn, spring = date(2026, 8, 20), date(2027, 2, 20)
    assert next_to_write((), autumn) == (2026, 1)
    assert next_to_write((), spring) == (2026, 2)
    assert next_to_write((AUTUMN,), autumn) == (2026, 2)
    assert next_to_write((AUTUMN, SPRING), autumn) == (2027, 1)
    assert next_to_write((AUTUMN, SPRING), date(2031, 9, 1)) == (2031, 1), "years without any"
