"""Consent (同意): what a guardian decided, for which purpose and child, on which version of the text.

Decisions are events that are only ever added; where somebody stands is derived from the last one. No
answer is a no. Pupils are children here whatever their age: the guardian decides, as the law wants it
for everybody under 14 (儿童个人信息网络保护规定).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.consent_texts import TEXTS, Purpose


class Decision(StrEnum):
    """What was answered."""

    YES = "yes"
    NO = "no"  # refused, or taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """One decision. `student_id` is empty where the purpose concerns no child.

    `person_id` and `student_id` are empty, and `at` is the day alone, once the person was erased.
    """

    id: str
    school_id: str
    person_id: str
    student_id: str
    purpose: Purpose
    version: int
    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an adult stands with one purpose: `event` is the last decision, None when there is none.

    `asked`: not decided yet, or on an older text, so that it is asked (again).
    """

    purpose: Purpose
    event: ConsentEvent | None

    @property
    def asked(self) -> bool:
        """Whether an answer to the text as it is now is missing."""
        return self.event is None or self.event.version != TEXTS[self.purpose].version

    @property
    def given(self) -> bool:
        """Whether they said yes to the text as it is now."""
        return self.event is not None and not self.asked and self.event.decision is Decision.YES


def standing_of(events: Iterable[ConsentEvent], purpose: Purpose, student_id: str) -> Standing:
    """Where somebody stands, from all of their events. Of two at one moment the later id counts."""
    mine = [
        e
        for e in events
        if e.purpose is purpose and (e.student_id == student_id or not TEXTS[purpose].per_child)
    ]
    return Standing(purpose, max(mine, key=lambda e: (e.at, e.id), default=None))
