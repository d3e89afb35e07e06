"""How much goes on in circles (R11-R16): topics, months with enough of them, topics that were read and answered enough.

The numbers looked for are those of the assessment; what is counted is what people did anyway, and nobody is ranked.
A topic is one activity of its circle (R13).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.safety import Outcome
from domain.times import SCHOOL_ZONE

RESEARCH_CIRCLES = 2  # of a school (R12)
ACTIVITIES_A_MONTH = 2  # of a circle (R13)
TOPICS_A_TERM = 8  # of a circle (R14)
COMMENTS_A_TOPIC = 10  # without the author's own (R16)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """The figures of a topic, without its words and without who wrote it."""

    id: str
    circle_id: str
    position: str
    created_at: datetime
    as_staff: bool
    members: int
    children: int
    state: Outcome = Outcome.PASS
    reads: int = 0
    reached: int = 0
    comments: int = 0
    replies: int = 0
    hidden_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether everybody in the circle sees it: what was held, hidden or deleted counts nowhere."""
        return self.state is Outcome.PASS and self.hidden_at is None and self.deleted_at is None

    @property
    def read_enough(self) -> bool:
        """As many reads as there were members (R15)."""
        return self.reads >= self.members

    @property
    def answered_enough(self) -> bool:
        """At least so many comments (R16)."""
        return self.replies >= COMMENTS_A_TOPIC


# What is read of a topic for its figures.
TOPIC_COUNTED = (
    *("circle_id", "position", "created_at", "as_staff", "members", "children", "state"),
    *("reads", "reached", "comments", "replies", "hidden_at", "deleted_at"),
)


@dataclass(frozen=True, slots=True)
class CircleFigures:
    """One circle in a term. `months` is how many topics each month had, every month of the term so far."""

    topics: int
    months: tuple[tuple[date, int], ...]
    read_enough: int
    answered_enough: int

    @property
    def busy_months(self) -> int:
        """Months with as many as are looked for."""
        return sum(count >= ACTIVITIES_A_MONTH for _, count in self.months)

    @property
    def is_met(self) -> bool:
        """Whether it has all that is looked for: every month, the term, every topic."""
        return (
            self.topics >= TOPICS_A_TERM
            and self.busy_months == len(self.months)
            and self.read_enough == self.answered_enough == self.topics
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleSum:
    """The circles of a school in a term, added up: `met` have all that is looked for."""

    id: str
    school_id: str
    first_on: date
    last_on: date
    circles: int
    met: int
    topics: int
    at: datetime


def sum_id(school_id: str, first_on: date) -> str:
    """One a school and term."""
    return f"{school_id}:{first_on.isoformat()}"


def months_of(first: date, last: date) -> tuple[date, ...]:
    """The first days of the months from one day to another."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = (first.month - 1 + n for n in range(count))
    return tuple(date(first.year + m // 12, m % 12 + 1, 1) for m in months)


def figures_of(topics: Iterable[TopicCount], months: Sequence[date]) -> CircleFigures:
    """The figures of one circle, of its topics of a term."""
    found = [t for t in topics if t.counts]
    days = (t.created_at.astimezone(SCHOOL_ZONE).date() for t in found)
    held = Counter(day.replace(day=1) for day in days)
    return CircleFigures(
        len(found),
        tuple((month, held[month]) for month in months),
        sum(t.read_enough for t in found),
        sum(t.answered_enough for t in found),
    )
