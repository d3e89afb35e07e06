"""A teacher says that they used a resource in a lesson: which class, which day. Nobody else can say it for them.

One class on one day is one lesson of theirs, however many resources they name and however often they tap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.errors import InvalidError, Problem
from domain.use import Lesson

BACK_DAYS = 30  # how long ago a lesson may be to be remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonUse:
    """One resource in one teacher's lesson."""

    id: str
    school_id: str
    resource_id: str
    person_id: str
    class_id: str
    day: date
    said_at: datetime


@dataclass(frozen=True, slots=True)
class ToCount:
    """What the figures do not know yet: whether it still stands, and how often it was changed when it was read."""

    use: LessonUse
    gone: bool
    changes: int


def lesson_use_id(resource_id: str, person_id: str, class_id: str, day: date) -> str:
    """The same lesson with the same resource is the same record; its key names nobody."""
    said = "\0".join((resource_id, person_id, class_id, day.isoformat()))
    return f"u{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def check_lesson(class_id: str, day: date, *, classes: Collection[str], today: date) -> None:
    """Raises InvalidError: `class_id` that they do not teach; `day` to come, or too long ago to be remembered."""
    wrong: dict[str, Problem] = {}
    if class_id not in classes:
        wrong["class_id"] = Problem("unknown")
    if day > today:
        wrong["day"] = Problem("to_come")
    elif day < first_day(today):
        wrong["day"] = Problem("long_ago", BACK_DAYS)
    if wrong:
        raise InvalidError(wrong)


def first_day(today: date) -> date:
    """The first day that can still be named."""
    return today - timedelta(days=BACK_DAYS)


def lessons_said(uses: Iterable[LessonUse]) -> set[Lesson]:
    """The lessons that teachers spoke of; several resources of one teacher in one class on a day are one."""
    return {Lesson(class_id=u.class_id, author_id=u.person_id, day=u.day) for u in uses}
