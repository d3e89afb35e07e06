"""What a topic may be, and how much goes on in circles: counted from what everybody sees, month by month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.circle_figures import TopicCount, figures_of, months_of
from domain.circles import PICTURE_LIMIT, parse_comment, parse_topic
from domain.errors import InvalidError
from domain.safety import Outcome

NOVEMBER = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # 23:00 at school


def counted(at: datetime = NOVEMBER, **changes: Any) -> TopicCount:
    given = {"members": 3, "children": 2, "reads": 3, "replies": 10, **changes}
    return TopicCount(
        id="t", circle_id="class:a", position="p", created_at=at, as_staff=True, **given
    )


def test_a_month_is_the_schools_and_every_month_of_the_term_is_there() -> None:
    months = months_of(date(2026, 11, 2), date(2027, 1, 20))
    assert months == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    later = NOVEMBER + timedelta(hours=2)  # the first of December at school
    found = figures_of([counted(), counted(later), counted(later)], months)
    assert [count for _, count in found.months] == [1, 2, 0]
    assert found.busy_months == 1
    assert not found.is_met


def test_what_not_everybody_sees_counts_nowhere() -> None:
    hidden = [
        counted(state=Outcome.HOLD),
        counted(hidden_at=NOVEMBER),
        counted(deleted_at=NOVEMBER),
    ]
    assert figures_of(hidden, months_of(NOVEMBER.date(), NOVEMBER.date())).topics == 0


def test_a_circle_has_all_that_is_looked_for_when_every_topic_has() -> None:
    months = months_of(NOVEMBER.date(), NOVEMBER.date())
    assert figures_of([counted()] * 8, months).is_met
    assert not figures_of([counted()] * 7, months).is_met
    for less in (counted(reads=2), counted(replies=9)):
        assert not figures_of([*[counted()] * 8, less], months).is_met


def test_a_topic_says_or_shows_something() -> None:
    assert parse_topic(" 春游 ", [], tags=True).text == "春游"
    assert parse_topic("", [("f", ["b", "a"]), ("f", ["c"])], tags=True).pictures == (
        ("f", ("a", "b", "c")),
    )
    for text, pictures, tags in (
        (" ", [], True),
        ("字" * 2001, [], True),
        ("\x00", [], True),
        ("多", [(str(n), []) for n in range(PICTURE_LIMIT + 1)], True),
        ("谁", [("f", ["a"])], False),
    ):
        with pytest.raises(InvalidError):
            parse_topic(text, pictures, tags=tags)
    for words in (" ", "字" * 501):
        with pytest.raises(InvalidError):
            parse_comment(words)
