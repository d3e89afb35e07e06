"""Asking the head teacher to let a homework go over the budget of one class's evening (作业超时申请)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.budgets import Load
from domain.errors import InvalidError, Problem
from domain.times import SCHOOL_ZONE

REASON_LIMIT = 200


class OverrunState(StrEnum):
    """Where a request stands; one that nobody decided in time is over, without a word of its own."""

    WAITING = "waiting"
    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """One attempt of a homework in one class that is over by `excess`, and what the head teacher says to it.

    `why` are the teacher's words, `reason` those of whoever decided. It is good until `expires_at`, decided or not.
    `untold_since`: somebody has yet to hear of where it stands.
    """

    id: str
    school_id: str
    class_id: str
    homework_id: str
    attempt: int
    subject: str
    minutes: int
    evening: date
    excess: Load
    why: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    expires_at: datetime
    state: OverrunState = OverrunState.WAITING
    decided_by: str = ""
    decided_name: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    untold_since: datetime | None = None

    def waits(self, at: datetime) -> bool:
        """Whether it can be decided at `at`."""
        return self.state is OverrunState.WAITING and at < self.expires_at

    def allows(self, at: datetime) -> bool:
        """Whether it lets the homework be published at `at`."""
        return self.state is OverrunState.ALLOWED and at < self.expires_at


def overrun_id(homework_id: str, attempt: int, class_id: str) -> str:
    """It is asked once for an attempt and a class: the key says so."""
    return f"{homework_id}:{attempt}:{class_id}"


def over_at(day: date) -> datetime:
    """The end of a day: after the last one of its evening nobody needs to decide about a homework."""
    return datetime.combine(day + timedelta(days=1), time(), SCHOOL_ZONE)


def parse_reason(text: str, field: str) -> str:
    """Words that are kept: required, and no longer than they are read. Raises InvalidError."""
    said = text.strip()
    if not said:
        raise InvalidError({field: Problem("missing")})
    if len(said) > REASON_LIMIT:
        raise InvalidError({field: Problem("too_long", REASON_LIMIT)})
    if any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in said):
        raise InvalidError({field: Problem("control_characters")})
    return said
