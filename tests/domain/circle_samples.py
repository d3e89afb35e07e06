"""Topics of circles as the tests need them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
