"""What the school notes about a binding: every wrong field is named, and a day counts to its end."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bindings import Custody
from domain.custody import LONGEST_UNTIL, Change, ChangeReason, last_day, parse_change
from domain.errors import InvalidError
from tests.domain.samples import NOW

FORM = {"relation": "外婆", "order": "2", "custody": "read_only", "until": "", "reason": "carer"}


def test_a_whole_form() -> None:
    assert parse_change({**FORM, "until": "2026-12-31"}, NOW) == Change(
        relation="外婆",
        order=2,
        custody=Custody.READ_ONLY,
        until=datetime(2026, 12, 31, 16, tzinfo=UTC),  # the end of that day in China
        reason=ChangeReason.CARER,
    )


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("relation", "外" * 11, "too_long"),
        ("relation", "外\n婆", "control_characters"),
        ("order", "10", "unknown"),
        ("order", "-1", "unknown"),
        ("order", "二", "unknown"),
        ("order", "²", "unknown"),
        ("custody", "", "unknown"),
        ("custody", "everything", "unknown"),
        ("until", "2026-02-30", "not_a_time"),
        ("until", "bald", "not_a_time"),
        ("until", "9999-12-31", "not_a_time"),
        ("until", "2031-01-01", "too_far"),
        ("until", "2026-11-21", "in_the_past"),
        ("reason", "", "missing"),
        ("reason", "because", "missing"),
    ],
)
def test_what_is_wrong_is_named(field: str, text: str, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_change({**FORM, field: text}, NOW)
    assert {name: problem.code for name, problem in refused.value.fields.items()} == {field: code}


def test_today_still_counts_and_an_empty_form_names_everything() -> None:
    assert parse_change({**FORM, "until": "2026-11-22"}, NOW).until is not None
    with pytest.raises(InvalidError) as refused:
        parse_change({}, NOW)
    assert set(refused.value.fields) == {"custody", "reason"}


@given(st.dates(min_value=NOW.date(), max_value=(NOW + LONGEST_UNTIL - timedelta(days=2)).date()))
def test_a_day_is_shown_as_it_was_typed(day: object) -> None:
    change = parse_change({**FORM, "until": str(day)}, NOW)
    assert change.until is not None
    assert last_day(change.until) == str(day)


@given(st.dictionaries(st.sampled_from(sorted(FORM)), st.text(max_size=12)))
def test_no_form_breaks_it(form: dict[str, str]) -> None:
    form = {**FORM, **form}
    with suppress(InvalidError):
        assert len(parse_change(form, NOW).relation) <= 10
