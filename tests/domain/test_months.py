"""A drawn calendar shows every day once, in the right row, as what it is."""

from datetime import date

from hypothesis import given

from domain.months import DayKind, months_of
from domain.terms import Term, is_school_day, week_of
from tests.domain.test_terms import AUTUMN, days_of, terms


@given(terms())
def test_every_day_of_a_term_is_drawn_once_in_its_week_s_row(term: Term) -> None:
    drawn = [
        (day.on, row.week)
        for month in months_of(term)
        for row in month.rows
        for day in row.days
        if day and day.kind is not DayKind.OUTSIDE
    ]
    assert drawn == [(day, week_of(term, day)) for day in days_of(term)]


@given(terms())
def test_months_are_whole_and_a_day_stands_under_its_weekday(term: Term) -> None:
    for month in months_of(term):
        days = [day for row in month.rows for day in row.days if day]
        assert days[0].on == date(month.year, month.month, 1)
        assert [day.on.day for day in days] == list(range(1, len(days) + 1))
        assert len(days) >= 28
        for row in month.rows:
            assert len(row.days) == 7
            assert all(day is None or day.on.weekday() == n for n, day in enumerate(row.days))


@given(terms())
def test_what_a_day_is_agrees_with_whether_there_is_school(term: Term) -> None:
    for month in months_of(term):
        for day in (day for row in month.rows for day in row.days if day):
            has_school = day.kind in (DayKind.SCHOOL, DayKind.EXTRA)
            assert has_school == is_school_day(term, day.on)


def test_october_with_national_day() -> None:
    october = months_of(AUTUMN)[1]
    assert (october.year, october.month) == (2026, 10)
    assert [row.week for row in october.rows] == [5, 6, 7, 8, 9]
    first = october.rows[0].days
    assert first[:3] == (None, None, None)
    assert [(d.kind, d.name) for d in first[3:] if d] == [(DayKind.OFF, "国庆节")] * 4
    saturday = october.rows[1].days[5]
    assert saturday is not None
    assert (saturday.on.day, saturday.kind) == (10, DayKind.EXTRA)
