"""The mistakes book (错题本) of one child and subject: what went wrong, why, and when to try it again.

Trying again comes at growing distances (间隔复习), the rule below. Nothing is counted against anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.errors import InvalidError, Problem

NOTE_LIMIT = 500
KNOWLEDGE_LIMIT = 40
SIDE = 10_000  # as for drawings: ten-thousandths of the picture held upright
_LEAST = 100  # a hundredth of a side: less is a slip of the finger
# Days until the next try, after so many right ones in a row; after the last one it is learned (掌握).
# Distances that double, as in Leitner's boxes; the first one is the next day.
INTERVALS = (1, 2, 4, 7, 15, 30)


class Cause(StrEnum):
    """Why it went wrong, as family or teacher sees it."""

    UNKNOWN = "unknown"
    CARELESS = "careless"
    MISREAD = "misread"
    CONCEPT = "concept"
    METHOD = "method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A rectangle of a picture held upright, in ten-thousandths of its sides."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_inside(self) -> bool:
        """Whether it lies on the picture and shows something."""
        sizes = min(self.width, self.height) >= _LEAST and min(self.x, self.y) >= 0
        return sizes and self.x + self.width <= SIDE and self.y + self.height <= SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Tried again: right or wrong."""

    id: str
    day: date
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One entry. `file_id` is its picture, a file of its own; `teacher`: who marked entered it, else the family.

    `due` is when to try it again, None once it is learned.
    """

    id: str
    school_id: str
    student_id: str
    subject: str
    position: str
    created_at: datetime
    note: str
    knowledge: str
    cause: Cause
    due: date | None
    file_id: str | None = None
    homework_id: str | None = None
    teacher: str = ""
    reviews: tuple[Review, ...] = ()

    @property
    def learned(self) -> bool:
        """Whether it was right often enough."""
        return self.due is None


def right_in_a_row(reviews: tuple[Review, ...]) -> int:
    """How often it was right since it was wrong last."""
    count = 0
    for review in reversed(reviews):
        if not review.right:
            break
        count += 1
    return count


def due_after(reviews: tuple[Review, ...], today: date) -> date | None:
    """When to try again: after each right one later, after a wrong one the next day; None when it is learned."""
    count = right_in_a_row(reviews)
    return today + timedelta(days=INTERVALS[count]) if count < len(INTERVALS) else None


def check_entry(note: str, knowledge: str, *, has_picture: bool) -> None:
    """An entry has a picture or words. Raises InvalidError with every wrong field."""
    problems: dict[str, Problem] = {}
    if len(note) > NOTE_LIMIT:
        problems["note"] = Problem("too_long", NOTE_LIMIT)
    elif not note and not has_picture:
        problems["note"] = Problem("missing")
    if len(knowledge) > KNOWLEDGE_LIMIT:
        problems["knowledge"] = Problem("too_long", KNOWLEDGE_LIMIT)
    if problems:
        raise InvalidError(problems)
