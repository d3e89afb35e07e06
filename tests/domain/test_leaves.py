"""Leave: which day a new form begins with."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.leaves import usual_day


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2026-12-02T00:10+08:00", date(2026, 12, 2)),
        ("2026-12-02T16:59+08:00", date(2026, 12, 2)),
        ("2026-12-02T09:00+00:00", date(2026, 12, 3)),  # five in the afternoon at school
        ("2026-12-04T20:00+08:00", date(2026, 12, 7)),
        ("2026-12-05T08:00+08:00", date(2026, 12, 7)),
        ("2026-12-06T08:00+08:00", date(2026, 12, 7)),
        ("2026-12-06T21:00+08:00", date(2026, 12, 7)),
    ],
)
def test_a_form_begins_with_the_next_day_with_school(asked: str, day: date) -> None:
    assert usual_day(datetime.fromisoformat(asked)) == day
