"""What is said about a task list: comments of one family to another's piece, and questions to the teacher (答疑)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import InvalidError, Problem
from domain.notices import checked_text
from domain.safety import Outcome

COMMENT_LIMIT = 200
QUESTION_LIMIT = 500
ANSWER_LIMIT = 1000
MOST_COMMENTS = 30  # of one child for one list
MOST_QUESTIONS = 20


class CommentState(StrEnum):
    """Nobody but its family and the teachers sees a comment that is not allowed."""

    WAITING = "waiting"
    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A word of one family to a piece of another child of the study group. Others see it once a teacher of the list
    allowed it, and what the words themselves are judged to be (`verdict`) is no hindrance.

    `student_id` is whose piece it is, `author_id` the child for whom it was written; no adult is named.
    """

    id: str
    school_id: str
    list_id: str
    class_id: str
    piece_id: str
    student_id: str
    author_id: str
    relation: str
    text: str
    written_at: datetime
    state: CommentState = CommentState.WAITING
    decided_at: datetime | None = None
    verdict: Outcome = Outcome.PASS

    @property
    def may_be_seen(self) -> bool:
        """Whether the group may see it."""
        return self.state is CommentState.ALLOWED and self.verdict is Outcome.PASS

    @property
    def waits(self) -> bool:
        """Whether it waits for the teacher."""
        return self.state is CommentState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A family's question to a list (`step` 0) or a step of it. `shown_at`: question and answer are on the list
    since then, without whose they are, unless its words are held (`verdict`). `untold_since`: it was answered then,
    and the family was not told yet.
    """

    id: str
    school_id: str
    list_id: str
    class_id: str
    step: int
    student_id: str
    relation: str
    text: str
    asked_at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    shown_at: datetime | None = None
    untold_since: datetime | None = None
    verdict: Outcome = Outcome.PASS


def parse_words(text: str, limit: int) -> str:
    """Words that must say something. Raises InvalidError for field `words`."""
    problems: dict[str, Problem] = {}
    words = checked_text({"words": text}, "words", limit, problems)
    if problems:
        raise InvalidError(problems)
    return words
