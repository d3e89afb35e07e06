"""Topics of circles as the tests need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.circle_figures import CircleSum, sum_id
from domain.circles import Topic
from domain.times import list_position
from tests.domain.samples import NOW


def a_topic(**changes: Any) -> Topic:
    """A topic of a class of three families, by its head teacher."""
    topic = Topic(
        id="topic-1",
        school_id="school-a",
        circle_id="class:class-a",
        class_id="class-a",
        author_id="head",
        author_name="王老师",
        as_staff=True,
        text="今天的运动会",
        pictures=(),
        student_ids=(),
        position=list_position(NOW, "topic-1"),
        created_at=NOW,
        members=3,
        children=3,
    )
    return replace(topic, **changes)


def a_sum(school_id: str = "school-a", **changes: Any) -> CircleSum:
    """The circles of a school in the autumn term."""
    one = CircleSum(
        id=sum_id(school_id, date(2026, 9, 1)),
        school_id=school_id,
        first_on=date(2026, 9, 1),
        last_on=date(2027, 1, 22),
        circles=8,
        met=3,
        topics=41,
        at=NOW,
    )
    return replace(one, **changes)
