"""A term's form: what is right becomes a term, what is wrong is named field by field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError
from domain.term_forms import ROW_LIMIT, form_of, parse_term, with_public_holidays
from domain.terms import Calendar, DayOff

CALENDAR = Calendar(id="school:a")
FORM = {
    "school_year": "2026",
    "number": "1",
    "begins_on": "2026-09-01",
    "ends_on": "2027-01-22",
    "holiday_name_0": "国庆节",
    "holiday_first_0": "2026-10-01",
    "holiday_last_0": "2026-10-07",
    "holiday_name_1": "运动会",
    "holiday_first_1": "2026-11-06",
    "extra_0": "2026-10-10",
}


def problems(changes: dict[str, str], calendar: Calendar = CALENDAR) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        parse_term(FORM | changes, calendar)
    return {field: problem.code for field, problem in refused.value.fields.items()}


def test_a_form_becomes_a_term_and_the_term_the_form() -> None:
    term = parse_term(FORM, CALENDAR)
    assert (term.id, term.place_id) == ("school:a:2026-1", "school:a")
    assert (term.begins_on, term.ends_on) == (date(2026, 9, 1), date(2027, 1, 22))
    sports = DayOff("运动会", date(2026, 11, 6), date(2026, 11, 6))
    assert term.holidays[1] == sports, "one date is one day"
    assert term.extra_days == (date(2026, 10, 10),)
    assert form_of(term) == FORM | {"holiday_last_1": "2026-11-06"}
    assert parse_term(form_of(term), CALENDAR) == term


def test_width_blanks_and_order_of_rows_do_not_matter() -> None:
    typed = {
        "school_year": " ２０２６ ",
        "begins_on": "２０２６-09-01",
        "holiday_name_1": "",
        "holiday_first_1": "",
        "holiday_name_7": "中秋节",
        "holiday_first_7": "2026-09-25",
        "extra_3": "2026-09-20",
        "extra_4": "2026-10-10",
    }
    term = parse_term(FORM | typed, CALENDAR)
    assert [off.name for off in term.holidays] == ["中秋节", "国庆节"]
    assert term.extra_days == (date(2026, 9, 20), date(2026, 10, 10)), "the same day once"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"school_year": "", "number": ""}, {"school_year": "missing", "number": "missing"}),
        ({"school_year": "26", "number": "3"}, {"school_year": "unknown", "number": "unknown"}),
        (
            {"begins_on": "1. September", "ends_on": ""},
            {"begins_on": "no_date", "ends_on": "missing"},
        ),
        ({"begins_on": "20260901"}, {"begins_on": "no_date"}),
        ({"begins_on": "2026-02-30"}, {"begins_on": "no_date"}),
        ({"ends_on": "2026-09-01"}, {"ends_on": "before_begin"}),
        ({"ends_on": "9999-12-31"}, {"ends_on": "no_date"}),
        ({"ends_on": "2027-11-22"}, {"ends_on": "too_long"}),
        ({"number": "2"}, {"begins_on": "wrong_season"}),
        ({"school_year": "2025"}, {"begins_on": "wrong_season"}),
        ({"holiday_name_0": ""}, {"holiday_name_0": "missing"}),
        ({"holiday_name_0": "节" * 21}, {"holiday_name_0": "too_long"}),
        ({"holiday_name_0": "国\x00庆"}, {"holiday_name_0": "control_characters"}),
        ({"holiday_last_0": "2026-09-30"}, {"holiday_last_0": "before_begin"}),
        ({"holiday_first_0": ""}, {"holiday_first_0": "missing"}),
        ({"holiday_first_0": "2026-08-31"}, {"holiday_first_0": "outside_term"}),
        ({"holiday_last_1": "2027-01-23"}, {"holiday_last_1": "outside_term"}),
        ({"holiday_first_1": "2026-10-07"}, {"holiday_first_1": "overlaps"}),
        ({"extra_0": "2027-01-23"}, {"extra_0": "outside_term"}),
        ({"extra_0": "2026-10-12"}, {"extra_0": "no_weekend"}),
        ({"extra_0": "2026-10-03"}, {"extra_0": "is_holiday"}),
        ({f"extra_{ROW_LIMIT}": "2026-10-17"}, {f"extra_{ROW_LIMIT}": "too_many"}),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str], expected: dict[str, str]) -> None:
    assert problems(changes) == expected


def test_a_short_term_loses_its_rows_too() -> None:
    found = problems({"ends_on": "2026-09-30"})
    assert found["ends_on"] == "too_short"
    assert found["holiday_first_0"] == "outside_term"


def test_everything_wrong_at_once() -> None:
    found = problems(
        {
            "school_year": "x",
            "begins_on": "",
            "holiday_first_0": "gestern",
            "extra_0": "morgen",
            "holiday_name_1": "",
        }
    )
    assert found == {
        "school_year": "unknown",
        "begins_on": "missing",
        "holiday_first_0": "no_date",
        "extra_0": "no_date",
        "holiday_name_1": "missing",
    }


SPRING = {
    "school_year": "2026",
    "number": "2",
    "begins_on": "2027-03-01",
    "ends_on": "2027-07-09",
}


def test_a_term_stands_once_and_beside_the_others() -> None:
    autumn = parse_term(FORM, CALENDAR)
    there = CALENDAR.with_term(autumn)
    assert problems({}, there) == {"number": "taken"}
    assert parse_term(SPRING, there).number == 2
    with pytest.raises(InvalidError) as refused:
        parse_term(SPRING | {"begins_on": "2027-01-22"}, there)
    assert refused.value.fields["begins_on"].code == "overlaps"
    # Editing compares with the others, not with itself.
    assert parse_term(FORM | {"ends_on": "2027-01-29"}, there, autumn.id).ends_on.day == 29
    with_both = there.with_term(parse_term(SPRING, there))
    with pytest.raises(InvalidError) as refused:
        parse_term(FORM | {"ends_on": "2027-03-05"}, with_both, autumn.id)
    assert refused.value.fields["begins_on"].code == "overlaps"


@given(
    st.dictionaries(
        st.sampled_from([*FORM, "holiday_name_99", "extra_1", "holiday_last_1", "else"]),
        st.text(max_size=12) | st.sampled_from([*FORM.values(), "2026-13-01", "0000-00-00"]),
    )
)
def test_whatever_is_typed_is_a_term_or_a_refusal_that_names_fields(
    changes: dict[str, str],
) -> None:
    try:
        term = parse_term(FORM | changes, CALENDAR)
    except InvalidError as refused:
        named = set(refused.fields)
    else:
        named = set()
        assert parse_term(form_of(term), CALENDAR) == term
        assert all(term.covers(off.first_on) and term.covers(off.last_on) for off in term.holidays)
        assert all(day.weekday() > 4 for day in term.extra_days)
    assert named <= {*FORM, *changes, "holiday_first_99", "holiday_last_1"}


def test_public_holidays_are_filled_in_and_what_was_typed_stays() -> None:
    filled, is_complete = with_public_holidays(FORM)
    term = parse_term(filled, CALENDAR)
    assert [off.name for off in term.holidays] == ["中秋节", "国庆节", "运动会", "元旦"]
    assert term.extra_days == (date(2026, 9, 20), date(2026, 10, 10))
    assert not is_complete, "the notice for 2027 is not known"
    assert with_public_holidays(filled) == (filled, False), "twice is once"


def test_public_holidays_need_both_dates() -> None:
    with pytest.raises(InvalidError) as refused:
        with_public_holidays(FORM | {"begins_on": "", "ends_on": "soon"})
    assert {f: p.code for f, p in refused.value.fields.items()} == {
        "begins_on": "missing",
        "ends_on": "no_date",
    }
