"""How long a homework took at home (作业用时): what one family says of one child, and what a teacher learns of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from domain.errors import InvalidError, Problem

TOOK_MINUTES = range(1, 481)
# Fewer would say more about a family than about an estimate.
ENOUGH_ANSWERS = 8
ENOUGH_CHILDREN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One child needed so many minutes for one homework, of which its teacher (`author_id`) expected `expected`.

    `person_id` said so last. It is for nobody to see but the family: a teacher is told a median of many.
    """

    id: str
    school_id: str
    homework_id: str
    student_id: str
    person_id: str
    author_id: str
    minutes: int
    expected: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of so many answers by families of so many children: the median of minutes needed per minute expected.

    `ratio` is None while they are too few.
    """

    answers: int
    children: int
    ratio: float | None


def timing_id(homework_id: str, student_id: str) -> str:
    """A family answers once for a child; answering again replaces it."""
    return f"{homework_id}:{student_id}"


def check_took(minutes: int) -> int:
    """Minutes that a homework can have taken. Raises InvalidError."""
    if minutes not in TOOK_MINUTES:
        raise InvalidError({"minutes": Problem("out_of_range", TOOK_MINUTES[-1])})
    return minutes


def calibrated(timings: Sequence[Timing]) -> Calibration:
    """What a teacher may learn of these answers."""
    children = {t.student_id for t in timings}
    enough = len(timings) >= ENOUGH_ANSWERS and len(children) >= ENOUGH_CHILDREN
    ratio = round(median(t.minutes / t.expected for t in timings), 1) if enough else None
    return Calibration(len(timings), len(children), ratio)
