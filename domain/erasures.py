"""Erasure (删除): whose data go, when, who asked, and what stays in their place without the person.

What stays is what a notice's figures need: a delivery that counts and names nobody, a consent decision
without who decided. Everything else goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.consents import ConsentEvent
from domain.deliveries import Delivery, Outcome
from domain.times import SCHOOL_ZONE

# After the first pass, whatever was under way (a cached identity lives 5 minutes, a remembered reply 21)
# is gone; a second pass takes what it may have written.
SETTLING = timedelta(minutes=30)


class SubjectKind(StrEnum):
    """Whose data."""

    ADULT = "adult"
    CHILD = "child"


class Origin(StrEnum):
    """Who wants it."""

    OWN = "own"  # the adult
    UNFOLLOWED = "unfollowed"  # they left the account; WeChat asks its owner to delete what it has
    REVOKED = "revoked"  # they took back in WeChat what they had allowed
    CANCELLED = "cancelled"  # their WeChat account is closed
    OFFICE = "office"  # the school, for a child who left


class Stage(StrEnum):
    """How far it is. From ERASING on nobody can take it back."""

    WAITING = "waiting"
    ERASING = "erasing"
    SETTLING = "settling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure until it is done; then an `ErasureReport` takes its place.

    `due_at` is when the next step may be taken. `openids`, `people` (adults around a child), `words` (what
    keys in Redis and the queue may hold of the subject) are written down when it begins, because the
    records they come from are erased on the way. `salt` makes the ids of what stays; it goes with this
    record, so that nobody can find back.
    """

    id: str
    kind: SubjectKind
    subject_id: str
    school_id: str
    origin: Origin
    requested_by: str
    requested_at: datetime
    due_at: datetime
    report_id: str
    salt: str
    stage: Stage = Stage.WAITING
    openids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """What an erasure did, without whom it was about: how many records of each collection.

    `counts` may be short of what a process had erased and not yet written down when it died.
    """

    id: str
    kind: SubjectKind
    school_id: str
    origin: Origin
    requested_at: datetime
    done_at: datetime
    counts: Mapping[str, int]


def erasure_id(kind: SubjectKind, subject_id: str) -> str:
    """There is one erasure of one subject at a time: the key says so."""
    return f"{kind}:{subject_id}"


def nameless_id(salt: str, record_id: str) -> str:
    """The id of what stays of a record: the same while the erasure runs, found by nobody afterwards."""
    return "nameless:" + hashlib.sha256(f"{salt}|{record_id}".encode()).hexdigest()[:28]


def nameless_delivery(delivery: Delivery, salt: str) -> Delivery:
    """What stays of a delivery: that it was one, and whether it arrived, was read, was confirmed, on which day."""
    outcome = delivery.outcome
    return Delivery(
        id=f"{delivery.notice_id}:{nameless_id(salt, delivery.id)}",
        school_id=delivery.school_id,
        notice_id=delivery.notice_id,
        class_id=delivery.class_id,
        student_id="",
        person_id="",
        published_at=delivery.published_at,
        position="",
        outcome=Outcome(result=outcome.result, channel=outcome.channel, at=_day(outcome.at))
        if outcome
        else None,
        purposes=delivery.purposes,
        read_at=_day(delivery.read_at) if delivery.read_at else None,
        confirmed_at=_day(delivery.confirmed_at) if delivery.confirmed_at else None,
        confirmed_version=delivery.confirmed_version,
    )


def is_nameless(delivery: Delivery) -> bool:
    """Whether this is what stayed of somebody who was erased."""
    return not delivery.person_id


def nameless_consent(event: ConsentEvent, salt: str) -> ConsentEvent:
    """What stays of a decision: purpose, version, answer and day, so that the school can show that it asked."""
    return replace(
        event,
        id=nameless_id(salt, event.id),
        person_id="",
        student_id="",
        at=_day(event.at),
    )


def _day(at: datetime) -> datetime:
    """The beginning of its day at school: a minute would tell who was meant."""
    local = at.astimezone(SCHOOL_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
