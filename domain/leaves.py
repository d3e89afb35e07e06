"""Leave of a child (请假): a guardian asks, the head teacher decides with one tap, both see where it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.errors import InvalidError, Problem
from domain.notices import Attachment
from domain.times import SCHOOL_ZONE

REASON_LIMIT = 200
REPLY_LIMIT = 100
FILE_LIMIT = 3
BACK = timedelta(days=7)  # for a child that was ill since the weekend
AHEAD = timedelta(days=180)
LONGEST = timedelta(days=120)
_FRIDAY = 4
SCHOOL_OVER = 17  # o'clock, in school time: who asks later means another day


class LeaveKind(StrEnum):
    """Why, in one word."""

    SICK = "sick"  # 病假
    PERSONAL = "personal"  # 事假
    OTHER = "other"


class Half(StrEnum):
    """Which half of a day."""

    AM = "am"
    PM = "pm"


class LeaveState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one half of a day to another, both included."""

    first: date
    first_half: Half
    last: date
    last_half: Half

    def covers(self, day: date) -> bool:
        """Whether any part of it is on a day."""
        return self.first <= day <= self.last

    def meets(self, other: Span) -> bool:
        """Whether they have half a day in common."""
        return self._start <= other._end and other._start <= self._end

    @property
    def _start(self) -> tuple[date, bool]:
        return self.first, self.first_half is Half.PM

    @property
    def _end(self) -> tuple[date, bool]:
        return self.last, self.last_half is Half.PM

    @property
    def halves(self) -> int:
        """How many halves of days, days without school among them."""
        days = (self.last - self.first).days
        return days * 2 + (self.last_half is Half.PM) - (self.first_half is Half.PM) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """One request. `person_id` asked, who is `relation` to the child; `reply` are the words of whoever decided.

    `last` stands beside the span, as it is what is looked for. `untold_since`: somebody has yet to hear of its state.
    """

    id: str
    school_id: str
    class_id: str
    student_id: str
    person_id: str
    relation: str
    kind: LeaveKind
    span: Span
    last: date
    reason: str
    asked_at: datetime
    files: tuple[Attachment, ...] = ()
    state: LeaveState = LeaveState.WAITING
    decided_by: str = ""
    decided_name: str = ""
    decided_at: datetime | None = None
    reply: str = ""
    withdrawn_at: datetime | None = None
    untold_since: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether the child is, or may be, away."""
        return self.state in (LeaveState.WAITING, LeaveState.APPROVED)

    @property
    def is_decided(self) -> bool:
        """Whether the school has answered, and the family was not told of anything since."""
        return self.state in (LeaveState.APPROVED, LeaveState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveDraft:
    """A checked form."""

    kind: LeaveKind
    span: Span
    reason: str


def leave_notice_id(leave_id: str, state: LeaveState) -> str:
    """A family is told of a decision once: the key says so."""
    return f"{leave_id}-{state}"


def usual_day(at: datetime) -> date:
    """The day that a new form begins with: today while school is on, else the next day of the week with school.

    It is proposed, not decided: of holidays and of weekends that are worked the form knows nothing.
    """
    local = at.astimezone(SCHOOL_ZONE)
    day = local.date() + timedelta(days=local.hour >= SCHOOL_OVER)
    return day + timedelta(days=7 - day.weekday() if day.weekday() > _FRIDAY else 0)


def parse_leave(form: Mapping[str, str], *, today: date) -> LeaveDraft:
    """A form as typed → a request. `form` holds kind, first, first_half, last, last_half and reason.

    Raises InvalidError naming every field that is wrong, all at once.
    """
    problems: dict[str, Problem] = {}
    days = {name: _day(form.get(name, ""), name, problems) for name in ("first", "last")}
    for name, known in (("kind", LeaveKind), ("first_half", Half), ("last_half", Half)):
        if form.get(name, "") not in set(known):
            problems[name] = Problem("unknown")
    reason = parse_words(form.get("reason", ""), "reason", REASON_LIMIT, problems, required=True)
    first, last = days["first"], days["last"]
    if problems or first is None or last is None:
        raise InvalidError(problems)
    span = Span(
        first=first,
        first_half=Half(form["first_half"]),
        last=last,
        last_half=Half(form["last_half"]),
    )
    if span.halves < 1:
        problems["last"] = Problem("ends_before")
    elif last - first > LONGEST:
        problems["last"] = Problem("too_far", LONGEST.days)
    if first < today - BACK:
        problems["first"] = Problem("in_the_past")
    elif first > today + AHEAD:
        problems["first"] = Problem("too_far", AHEAD.days)
    if problems:
        raise InvalidError(problems)
    return LeaveDraft(kind=LeaveKind(form["kind"]), span=span, reason=reason)


def parse_words(
    text: str, name: str, limit: int, problems: dict[str, Problem], *, required: bool
) -> str:
    """Words that are kept; what is wrong with them goes into `problems`."""
    said = text.replace("\r\n", "\n").strip()
    if not said and required:
        problems[name] = Problem("missing")
    elif len(said) > limit:
        problems[name] = Problem("too_long", limit)
    elif any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in said):
        problems[name] = Problem("control_characters")
    return said


def _day(text: str, name: str, problems: dict[str, Problem]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = Problem("not_a_day" if text.strip() else "missing")
        return None


def part_of_day(span: Span, day: date) -> str:
    """`上午`, `下午` or `全天`: which part of one of its days."""
    if day == span.first and span.first_half is Half.PM:
        return "下午"
    return "上午" if day == span.last and span.last_half is Half.AM else "全天"


def span_text(span: Span) -> str:
    """`11月30日上午至12月1日下午`, shorter where it is one day."""
    half = {Half.AM: "上午", Half.PM: "下午"}
    first = f"{span.first.month}月{span.first.day}日"
    last = f"{span.last.month}月{span.last.day}日"
    if span.first == span.last:
        if span.first_half is span.last_half:
            return first + half[span.first_half]
        return first + "全天"
    return f"{first}{half[span.first_half]}至{last}{half[span.last_half]}"
