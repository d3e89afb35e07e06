"""A homework (作业): what a teacher sets for an evening, every version it had, and what a valid one looks like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.errors import InvalidError, Problem
from domain.evenings import SHORT_BREAK_DAYS
from domain.notices import (
    FILE_LIMIT,
    LINK_LIMIT,
    TITLE_LIMIT,
    Attachment,
    checked_moment,
    checked_text,
    link_allowed,
)
from domain.times import SCHOOL_ZONE

TEXT_LIMIT = 2000
CLASS_LIMIT = 20
GROUP_LIMIT = 80  # pupils; a class has some fifty
MINUTES = range(1, 241)
HORIZON = timedelta(days=60)  # the holidays are set before they begin
_DUE_WITHIN = timedelta(days=120)


class HandIn(StrEnum):
    """How a homework is handed in (提交方式)."""

    NOTHING = "nothing"
    TICK = "tick"
    TEXT = "text"
    PICTURES = "pictures"
    VOICE = "voice"
    FILE = "file"


class HomeworkState(StrEnum):
    """Where a homework stands; a published one is seen from its `publish_at` on."""

    UNPUBLISHED = "unpublished"  # holds no minutes, and no family hears of it
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One version of what is to be done. `number` is the attempt to publish it, from 1.

    `evening` is the day whose budget it counts for (`domain.evenings`), `day` the one it is meant for.
    `allowed` are the classes whose head teacher has let it go over the budget, for the attempt `asked_as`.
    """

    number: int
    text: str
    attachments: tuple[Attachment, ...]
    links: tuple[str, ...]
    minutes: int
    written: bool
    day: date
    evening: date
    due_at: datetime | None
    hand_in: HandIn
    written_at: datetime
    allowed: tuple[str, ...] = ()
    asked_as: int = 0

    @property
    def asked_number(self) -> int:
        """The attempt whose requests for more minutes count for this one."""
        return self.asked_as or self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    """A homework for some classes, or for some pupils of one (`student_ids`; none: for all of them).

    `versions` were published, the last one counts; `proposed` is the one that was tried last. While `trying`,
    its minutes are being reserved. `unfinished_since`: something is left to do for it since then.
    `group` is what the teacher calls the pupils it is for; no family hears of it.
    """

    id: str
    school_id: str
    class_ids: tuple[str, ...]
    subject: str
    author_id: str
    author_name: str
    publish_at: datetime
    position: str
    created_at: datetime
    student_ids: tuple[str, ...] = ()
    group: str = ""
    repeats: str = ""  # the homework it was made of
    state: HomeworkState = HomeworkState.UNPUBLISHED
    versions: tuple[Task, ...] = ()
    proposed: Task | None = None
    attempts: int = 0
    trying: bool = False
    unfinished_since: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def task(self) -> Task:
        """What it says now; of one that was never published, what was tried last."""
        if self.versions:
            return self.versions[-1]
        if self.proposed is None:
            raise ValueError(f"homework {self.id} says nothing")
        return self.proposed

    @property
    def corrected(self) -> bool:
        """Whether families were told something else before."""
        return len(self.versions) > 1

    def is_out(self, at: datetime) -> bool:
        """Whether families see it at `at`."""
        return self.state is HomeworkState.PUBLISHED and self.publish_at <= at

    def is_for(self, class_id: str, student_id: str) -> bool:
        """Whether it is for this pupil of this class."""
        return class_id in self.class_ids and (
            not self.student_ids or student_id in self.student_ids
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked form: what the teacher wants published, not yet looked up in the store."""

    subject: str
    text: str
    class_ids: tuple[str, ...]
    student_ids: tuple[str, ...]
    group: str
    file_ids: tuple[str, ...]
    links: tuple[str, ...]
    minutes: int
    written: bool
    day: date
    due_at: datetime | None
    hand_in: HandIn
    publish_at: datetime
    repeats: str


def parse_homework(
    form: Mapping[str, str],
    *,
    class_ids: Sequence[str],
    student_ids: Sequence[str],
    file_ids: Sequence[str],
    links: Sequence[str],
    allowed_hosts: Sequence[str],
    now: datetime,
) -> Draft:
    """A form as typed → a draft.

    `form` holds subject, text, minutes, written (`yes` or blank), day (2026-11-27), hand_in, and may hold group,
    due_at, publish_at (school time) and repeats. Raises InvalidError naming every field that is wrong, at once.
    """
    problems: dict[str, Problem] = {}
    text = checked_text(form, "text", TEXT_LIMIT, problems)
    group = form.get("group", "").strip()
    if len(group) > TITLE_LIMIT or not group.isprintable():
        problems["group"] = Problem("too_long", TITLE_LIMIT)
    if not form.get("subject"):
        problems["subject"] = Problem("missing")
    if form.get("hand_in", "") not in set(HandIn):
        problems["hand_in"] = Problem("unknown")
    _check_counts(class_ids, student_ids, file_ids, problems)
    links = [link.strip() for link in links if link.strip()]
    if len(links) > LINK_LIMIT:
        problems["links"] = Problem("too_many", LINK_LIMIT)
    elif not all(link_allowed(link, allowed_hosts) for link in links):
        problems["links"] = Problem("link_refused")
    minutes = _checked_minutes(form.get("minutes", ""), problems)
    publish_at = checked_moment(
        form, "publish_at", after=now, horizon=now + HORIZON, problems=problems
    )
    due_at = checked_moment(
        form, "due_at", after=publish_at or now, horizon=now + _DUE_WITHIN, problems=problems
    )
    day = _checked_day(form.get("day", ""), publish_at or now, problems)
    if problems:
        raise InvalidError(problems)
    return Draft(
        subject=form["subject"],
        text=text,
        class_ids=tuple(dict.fromkeys(class_ids)),
        student_ids=tuple(sorted(set(student_ids))),
        group=group,
        file_ids=tuple(dict.fromkeys(file_ids)),
        links=tuple(links),
        minutes=minutes,
        written=form.get("written", "") == "yes",
        day=day,
        due_at=due_at,
        hand_in=HandIn(form["hand_in"]),
        publish_at=publish_at or now,
        repeats=form.get("repeats", ""),
    )


def _check_counts(
    class_ids: Sequence[str],
    student_ids: Sequence[str],
    file_ids: Sequence[str],
    problems: dict[str, Problem],
) -> None:
    if not class_ids:
        problems["class_ids"] = Problem("missing")
    elif len(class_ids) > CLASS_LIMIT:
        problems["class_ids"] = Problem("too_many", CLASS_LIMIT)
    if len(student_ids) > GROUP_LIMIT:
        problems["student_ids"] = Problem("too_many", GROUP_LIMIT)
    elif student_ids and len(set(class_ids)) != 1:
        problems["student_ids"] = Problem("one_class_only")
    if len(file_ids) > FILE_LIMIT:
        problems["file_ids"] = Problem("too_many", FILE_LIMIT)


def _checked_minutes(text: str, problems: dict[str, Problem]) -> int:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if minutes not in MINUTES:
        problems["minutes"] = Problem("out_of_range" if text else "missing", MINUTES[-1])
    return minutes


def _checked_day(text: str, out_at: datetime, problems: dict[str, Problem]) -> date:
    """A day whose evening may last when it is published. Which one it belongs to is looked up by whoever publishes."""
    earliest = out_at.astimezone(SCHOOL_ZONE).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems["day"] = Problem("missing" if not text else "not_a_day")
        return earliest
    if day < earliest - timedelta(days=SHORT_BREAK_DAYS):
        problems["day"] = Problem("in_the_past")
    elif day > earliest + HORIZON:
        problems["day"] = Problem("too_far", HORIZON.days)
    return day


def notice_title(subject: str, minutes: int) -> str:
    """What a card says of it, within WeChat's 20 characters: 数学作业 约20分钟."""
    tail = f"作业 约{minutes}分钟"
    return subject[: TITLE_LIMIT - len(tail)] + tail
