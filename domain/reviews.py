"""What waits for a person who decides whether it may be shown (审核): held, reported, or WeChat still looks at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.safety import Kind, Outcome, Reason, Spot, Subject

# After so long the office sees what waits for a head teacher, too.
OFFICE_AFTER = timedelta(hours=12)
# WeChat pushes its verdict on a picture within half an hour; after that a person looks.
CHECK_LIMIT = timedelta(minutes=30)
QUOTE_LIMIT = 5000
REPORTS_LIMIT = 50
WHY_LIMIT = 200  # of a report, a refusal, a silence


class ReviewState(StrEnum):
    """Where a review stands."""

    CHECKING = "checking"  # WeChat looks at its pictures
    WAITING = "waiting"  # for a person
    ALLOWED = "allowed"
    REFUSED = "refused"


OUTCOMES = {
    ReviewState.CHECKING: Outcome.CHECKING,
    ReviewState.WAITING: Outcome.HOLD,
    ReviewState.ALLOWED: Outcome.PASS,
    ReviewState.REFUSED: Outcome.REFUSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody asked to have it looked at, and why; an empty `why` says nothing more than that."""

    person_id: str
    why: str
    at: datetime


class Look(StrEnum):
    """What WeChat said to one picture."""

    PENDING = "pending"
    GOOD = "good"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One picture that WeChat looks at.

    `door` is the hash of the address where WeChat fetches it; `trace_id` is how its verdict names it.
    """

    file_id: str
    look: Look = Look.PENDING
    door: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One subject and what becomes of it.

    `text` and `file_ids` are what was written; the subject itself may be gone. `hidden` is false where it was shown
    before somebody reported it, and is until it is decided. `checked_until` is there while WeChat looks at the
    pictures. `unsettled_since`: what has changed has yet to reach the subject and its author. `version` counts
    its changes: a decision counts over the version it was made of.
    """

    id: str
    kind: Kind
    subject_id: str
    school_id: str
    class_id: str
    room: str
    author_id: str
    author_name: str
    text: str
    file_ids: tuple[str, ...]
    reason: Reason
    state: ReviewState
    hidden: bool
    created_at: datetime
    waits_since: datetime
    label: int = 0
    checks: tuple[Check, ...] = ()
    checked_until: datetime | None = None
    reports: tuple[Report, ...] = ()
    decided_by: str = ""
    decided_name: str = ""
    decided_at: datetime | None = None
    decided_why: str = ""
    unsettled_since: datetime | None = None
    version: int = 0

    @property
    def subject(self) -> Subject:
        """The thing it is about."""
        return Subject(self.kind, self.subject_id)

    @property
    def spot(self) -> Spot:
        """Where it was said."""
        return Spot(self.school_id, self.class_id, self.room)

    @property
    def outcome(self) -> Outcome:
        """Whether the subject may be shown: what was reported is shown until it is decided."""
        if self.state is ReviewState.WAITING and not self.hidden:
            return Outcome.PASS
        return OUTCOMES[self.state]

    def is_of(self, text: str, file_ids: tuple[str, ...]) -> bool:
        """Whether it is about these words and pictures."""
        return self.text == text[:QUOTE_LIMIT] and self.file_ids == file_ids

    def reaches_office(self, at: datetime) -> bool:
        """Whether the school's office sees it at `at`."""
        return not self.class_id or at >= self.waits_since + OFFICE_AFTER


def looked(review: Review, trace_id: str, *, good: bool, label: int, at: datetime) -> Review | None:
    """The review once WeChat has said what it thinks of one picture; None where that changes nothing.

    All good: it is shown. One that is not: it waits for a person. What a person has decided stays.
    """
    found = [c for c in review.checks if c.trace_id == trace_id and c.look is Look.PENDING]
    if not trace_id or not found:
        return None
    look = Look.GOOD if good else Look.DOUBTFUL
    checks = tuple(replace(c, look=look) if c in found else c for c in review.checks)
    fresh = replace(review, checks=checks)
    if review.state is not ReviewState.CHECKING:
        return fresh
    if not good:
        return waiting(replace(fresh, label=label), Reason.PICTURE, at)
    if any(c.look is Look.PENDING for c in checks):
        return fresh
    return replace(
        fresh,
        state=ReviewState.ALLOWED,
        decided_at=at,
        checked_until=None,
        unsettled_since=at,
    )


def waiting(review: Review, reason: Reason, at: datetime) -> Review:
    """It waits for a person from now on."""
    return replace(
        review,
        state=ReviewState.WAITING,
        reason=reason,
        waits_since=at,
        checked_until=None,
        unsettled_since=at,
    )


def decided(
    review: Review, *, allow: bool, by: str, name: str, why: str, at: datetime
) -> Review | None:
    """The review once somebody has decided; None where it does not wait."""
    if review.state not in (ReviewState.WAITING, ReviewState.CHECKING):
        return None
    return replace(
        review,
        state=ReviewState.ALLOWED if allow else ReviewState.REFUSED,
        decided_by=by,
        decided_name=name,
        decided_at=at,
        decided_why=why,
        checked_until=None,
        unsettled_since=at,
    )
