"""Circles: topics, comments, reads."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.circles import Comment
from domain.safety import Outcome
from storage.circle_comments import CircleCommentStore
from storage.circle_forgetting import CircleForgetStore
from storage.circle_sums import CircleSumStore
from storage.circles import CircleStore
from tests.domain.circle_samples import a_sum, a_topic
from tests.domain.samples import NOW

A_COMMENT = Comment(
    id="c",
    school_id="school-a",
    circle_id="class:a",
    author_id="p",
    author_name="李小明妈妈",
    as_staff=False,
    text="真棒",
    position="p",
    topic_id="t",
    at=NOW,
)

STORES: dict[str, type] = {
    "circles": CircleStore,
    "circle_sums": CircleSumStore,
    "circle_comments": CircleCommentStore,
    "circle_forgetting": CircleForgetStore,
}


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "circle_sums.on": lambda s: s.on(["school-a"], NOW.date()),
    "circle_sums.keep": lambda s: s.keep([a_sum()]),
    "circle_sums.drop_overlapping": lambda s: s.drop_overlapping(a_sum()),
    "circles.find": lambda s: s.find("t"),
    "circles.many": lambda s: s.many(["t"]),
    "circles.page": lambda s: s.page("school-a", "class:a", before=None, at=NOW, limit=9),
    "circles.counts": lambda s: s.counts("school-a", NOW, NOW),
    "circles.shows": lambda s: s.shows("f"),
    "circles.mark_state": lambda s: s.mark_state("t", Outcome.HOLD),
    "circles.like": lambda s: s.like("t", "p"),
    "circles.unlike": lambda s: s.unlike("t", "p"),
    "circles.set_hidden": lambda s: s.set_hidden("t", NOW, "why"),
    "circles.mark_deleted": lambda s: s.mark_deleted("t", NOW),
    "circles.mark_tidy": lambda s: s.mark_tidy("t"),
    "circles.mark_counted": lambda s: s.mark_counted(a_topic(), 1, 1),
    "circles.audience": lambda s: s.audience("t"),
    "circles.find_read": lambda s: s.find_read("t:p"),
    "circles.readers": lambda s: s.readers("t"),
    "circles.set_reads": lambda s: s.set_reads("t", 1, 1),
    "circle_comments.insert": lambda s: s.insert(A_COMMENT, 9, empty=9),
    "circle_comments.drop_if_gone": lambda s: s.drop_if_gone("c"),
    "circle_comments.find": lambda s: s.find("c"),
    "circle_comments.page": lambda s: s.page("t", after=None, limit=9),
    "circle_comments.of_topic": lambda s: s.of_topic("t"),
    "circle_comments.mark_state": lambda s: s.mark_state("c", Outcome.HOLD),
    "circle_comments.set_hidden": lambda s: s.set_hidden("c", NOW, "why"),
    "circle_comments.mark_deleted": lambda s: s.mark_deleted("c", NOW),
    "circle_forgetting.topics_of_author": lambda s: s.topics_of_author("p"),
    "circle_forgetting.comments_of_author": lambda s: s.comments_of_author("p"),
    "circle_forgetting.topics_with": lambda s: s.topics_with("school-a", "s"),
    "circle_forgetting.unlike_all": lambda s: s.unlike_all("p"),
    "circle_forgetting.leave_audiences": lambda s: s.leave_audiences("p"),
    "circle_forgetting.leave_child": lambda s: s.leave_child("school-a", "s"),
    "circle_forgetting.unname": lambda s: s.unname("p", "小明"),
    "circle_forgetting.drop_pictures": lambda s: s.drop_pictures(a_topic(), "s"),
    "circle_forgetting.old": lambda s: s.old(NOW, 9),
    "circle_forgetting.untidy": lambda s: s.untidy(NOW, 9),
    "circle_forgetting.drop_around": lambda s: s.drop_around([]),
}
