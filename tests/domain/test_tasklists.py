"""Task lists: days without school alone, steps as typed, and when families hear of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError
from domain.evenings import has_school
from domain.tasklists import (
    MOST_DAYS,
    STEP_LIMIT,
    Draft,
    StepDraft,
    breaks_ahead,
    check_free,
    notice_title,
    parse_tasklist,
    times_of,
)
from domain.terms import DayOff, Term
from domain.times import QuietHours

TODAY = date(2026, 1, 23)  # a Friday
TERM = Term(
    id="t",
    place_id="school:school-a",
    school_year=2025,
    number=1,
    begins_on=date(2025, 9, 1),
    ends_on=date(2026, 2, 6),
    holidays=(DayOff(name="元旦", first_on=date(2026, 1, 1), last_on=date(2026, 1, 3)),),
    extra_days=(date(2026, 2, 1),),
)
NEXT = Term(
    id="n",
    place_id="school:school-a",
    school_year=2025,
    number=2,
    begins_on=date(2026, 3, 2),
    ends_on=date(2026, 7, 3),
)
TERMS = (TERM, NEXT)
FORM = {
    "class_id": "class-1",
    "subject": "chinese",
    "title": "寒假阅读清单",
    "intro": "挑喜欢的读。",
    "first_on": "2026-01-24",
    "last_on": "2026-01-25",
}


def parse(steps: Any = None, **changes: str) -> Draft:
    typed = [StepDraft(text="选一本书", link="", file_ids=())] if steps is None else steps
    return parse_tasklist(FORM | changes, typed, allowed_hosts=("smartedu.cn",), today=TODAY)


def wrong(steps: Any = None, **changes: str) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        parse(steps, **changes)
    return {field: problem.code for field, problem in refused.value.fields.items()}


def test_a_form_as_typed() -> None:
    step = StepDraft(text=" 读一章 ", link="https://basic.smartedu.cn/a", file_ids=("f", "f"))
    made = parse([step], subject="", intro="")
    assert made.steps == (
        StepDraft(text="读一章", link="https://basic.smartedu.cn/a", file_ids=("f",)),
    )
    assert (made.subject, made.intro, made.first_on) == ("", "", date(2026, 1, 24))


def test_every_wrong_field_is_named_at_once() -> None:
    steps = [
        StepDraft(text="", link="", file_ids=()),
        StepDraft(text="看", link="https://evil.example/a", file_ids=tuple("abcd")),
    ]
    assert wrong(steps, title="长" * 17, class_id="", first_on="2026-13-01", last_on="") == {
        "title": "too_long",
        "class_id": "missing",
        "steps.0.words": "missing",
        "steps.1.link": "link_refused",
        "steps.1.file_ids": "too_many",
        "first_on": "not_a_day",
        "last_on": "missing",
    }
    assert wrong([]) == {"steps": "missing"}
    many = [StepDraft(text="读", link="", file_ids=())] * (STEP_LIMIT + 1)
    assert wrong(many) == {"steps": "too_many"}


@pytest.mark.parametrize(
    ("first", "last", "field", "code"),
    [
        ("2026-01-17", "2026-01-18", "last_on", "in_the_past"),
        ("2026-01-25", "2026-01-24", "last_on", "before_begin"),
        ("2026-01-24", "2026-04-04", "last_on", "too_far"),
        ("2026-03-28", "2026-03-29", "first_on", "too_far"),
    ],
)
def test_days_in_their_order(first: str, last: str, field: str, code: str) -> None:
    assert wrong(first_on=first, last_on=last) == {field: code}


@pytest.mark.parametrize(
    ("first", "last", "problems"),
    [
        (date(2026, 1, 24), date(2026, 1, 25), {}),
        (date(2026, 2, 7), date(2026, 3, 1), {}),  # the holidays between terms
        (date(2026, 1, 1), date(2026, 1, 4), {}),  # a public holiday and the Sunday after it
        (date(2026, 1, 23), date(2026, 1, 25), {"first_on": "school_day"}),
        (date(2026, 1, 31), date(2026, 2, 1), {"last_on": "school_day"}),  # worked instead
        (date(2026, 1, 17), date(2026, 1, 25), {"last_on": "school_between"}),
    ],
)
def test_no_day_with_school_is_among_them(
    first: date, last: date, problems: dict[str, str]
) -> None:
    try:
        check_free(TERMS, first, last)
        found = {}
    except InvalidError as refused:
        found = {name: problem.code for name, problem in refused.fields.items()}
    assert found == problems


@given(st.dates(min_value=date(2025, 9, 1), max_value=date(2026, 7, 1)))
def test_the_breaks_that_are_offered_may_be_taken(today: date) -> None:
    found = breaks_ahead(TERMS, today)
    assert found
    for first, last in found:
        check_free(TERMS, first, last)
        assert today <= first <= last
        assert has_school(TERMS, last + timedelta(days=1)) or last - first == timedelta(
            days=MOST_DAYS - 1
        )
    assert found == sorted(found)


def test_the_next_breaks() -> None:
    assert breaks_ahead(TERMS, TODAY)[:3] == [
        (date(2026, 1, 24), date(2026, 1, 25)),
        (date(2026, 1, 31), date(2026, 1, 31)),
        (date(2026, 2, 7), date(2026, 3, 1)),
    ]
    assert breaks_ahead((), TODAY)[0] == (date(2026, 1, 24), date(2026, 1, 25))


def test_families_hear_of_it_on_its_first_day_and_in_no_quiet_hour() -> None:
    quiet = QuietHours(start=time(21, 30), end=time(7, 0))
    friday_noon = datetime(2026, 1, 23, 4, tzinfo=UTC)
    opens, closes = times_of(date(2026, 1, 24), date(2026, 1, 25), friday_noon, quiet)
    assert opens == datetime(2026, 1, 23, 23, tzinfo=UTC)  # Saturday, seven o'clock at school
    assert closes == datetime(2026, 1, 25, 16, tzinfo=UTC)
    saturday_noon = friday_noon + timedelta(days=1)
    assert times_of(date(2026, 1, 24), date(2026, 1, 25), saturday_noon, quiet)[0] == saturday_noon
    sunday_night = datetime(2026, 1, 25, 14, tzinfo=UTC)
    opens, closes = times_of(date(2026, 1, 24), date(2026, 1, 25), sunday_night, quiet)
    assert opens > closes  # it would never be open


def test_the_longest_title_fits_a_card() -> None:
    assert len(notice_title("长" * 16)) <= 20
