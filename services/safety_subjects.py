"""What is judged, kind by kind: how a decision reaches the thing, and who may see it and so report it.

A noun that keeps words of people plugs in here with one line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.safety import Kind, Outcome, Writing
from services.circle_reviews import (
    settle_topic,
    settle_topic_comment,
    show_topic,
    show_topic_comment,
)
from services.context import Context
from services.message_reviews import settle_message, show_message
from services.remark_reviews import (
    settle_comment,
    settle_question,
    show_comment,
    show_question,
)
from services.resource_checks import settle_resource, show_resource


@dataclass(frozen=True, slots=True)
class SubjectRoom:
    """The two verbs of a kind.

    `settle(ctx, subject_id, outcome)` shows the thing or hides it. It may come twice, and before the thing is stored or
    after it is gone: then it does nothing.

    `show(ctx, person_id, subject_id)` is the thing as this person sees it now; NotFoundError for who does not.
    """

    settle: Callable[[Context, str, Outcome], Awaitable[None]]
    show: Callable[[Context, str, str], Awaitable[Writing]]


SUBJECTS: dict[Kind, SubjectRoom] = {
    Kind.MESSAGE: SubjectRoom(settle_message, show_message),
    Kind.PEER_COMMENT: SubjectRoom(settle_comment, show_comment),
    Kind.QUESTION: SubjectRoom(settle_question, show_question),
    Kind.RESOURCE: SubjectRoom(settle_resource, show_resource),
    Kind.TOPIC: SubjectRoom(settle_topic, show_topic),
    Kind.TOPIC_COMMENT: SubjectRoom(settle_topic_comment, show_topic_comment),
}
