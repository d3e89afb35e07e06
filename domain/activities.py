"""An activity (活动): what is asked of families or staff, by whom, until when; sign-up, poll, form, booking, theme.

All of them are a list of questions. What is answered is in `domain.answers`, who has which place in `domain.seats`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import InvalidError, Problem
from domain.notices import TITLE_LIMIT, Attachment, checked_text
from domain.times import parse_school_text

BODY_LIMIT = 2000
CLASS_LIMIT = 100  # a whole school
QUESTION_LIMIT = 20
OPTION_LIMIT = 60  # an evening of two days in slots of ten minutes
QUESTION_CHARACTERS = 100
OPTION_CHARACTERS = 40
SEAT_LIMIT = 1000  # all places are in one document (domain.seats)
FILE_LIMIT = 9
HORIZON = timedelta(days=180)


class Kind(StrEnum):
    """What it is called; which questions fit, `parse_activity` says."""

    SIGN_UP = "sign_up"  # 接龙
    POLL = "poll"  # 投票
    FORM = "form"  # 问卷
    BOOKING = "booking"  # 预约: a parents' evening in slots
    THEME = "theme"  # 主题活动: also without any question


class Per(StrEnum):
    """Whose answer it is: one for each child, whoever of its guardians gives it, or one for each adult."""

    CHILD = "child"
    ADULT = "adult"


class QuestionKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    SEVERAL = "several"
    RANKED = "ranked"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FILE = "file"
    SIGN = "sign"  # drawn with a finger


CHOOSES = frozenset({QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.RANKED})


class State(StrEnum):
    """Where an activity stands; that its time is over says `closes_at` alone."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What can be chosen; `seats` is how many may, 0 where it is not limited."""

    id: str
    text: str
    seats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `most` options may be chosen of several, 0 for any number."""

    id: str
    kind: QuestionKind
    text: str
    required: bool = True
    options: tuple[Option, ...] = ()
    most: int = 0

    @property
    def has_seats(self) -> bool:
        """Whether what is chosen is a place that somebody else then cannot have."""
        return any(option.seats for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What it said until it was changed; `tells`: who has read or answered it hears of it. `id` is the act's."""

    id: str
    at: datetime
    tells: bool
    title: str
    body: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity for the families of some classes, or (`staff`) for everybody who works at the school.

    Who published it sees the answers; `shows_totals`: whoever is asked sees how many chose what, never who.
    `waits`: where no place is left there is a waiting list. `unfinished_since`: what it causes is still to be done.
    """

    id: str
    school_id: str
    kind: Kind
    staff: bool
    class_ids: tuple[str, ...]
    author_id: str
    author_name: str
    title: str
    body: str
    questions: tuple[Question, ...]
    per: Per
    closes_at: datetime
    position: str
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()
    shows_totals: bool = False
    waits: bool = False
    changes: tuple[Change, ...] = ()
    reminders: int = 0  # of a staff; families are reminded by the notice
    state: State = State.PUBLISHED
    withdrawn_at: datetime | None = None
    unfinished_since: datetime | None = None

    @property
    def version(self) -> int:
        """Which wording this is; the first is number 1."""
        return len(self.changes) + 1

    def is_open(self, at: datetime) -> bool:
        """Whether it can be answered at `at`."""
        return self.state is State.PUBLISHED and at < self.closes_at

    @property
    def seated(self) -> Question | None:
        """The question whose options are places; there is one at most."""
        return next((q for q in self.questions if q.has_seats), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A question as typed; its options as (text, seats)."""

    kind: QuestionKind
    text: str
    required: bool
    options: tuple[tuple[str, int], ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked form."""

    kind: Kind
    staff: bool
    class_ids: tuple[str, ...]
    title: str
    body: str
    questions: tuple[Question, ...]
    per: Per
    closes_at: datetime
    file_ids: tuple[str, ...]
    shows_totals: bool
    waits: bool


def parse_activity(
    form: Mapping[str, str],
    questions: Sequence[QuestionDraft],
    *,
    staff: bool,
    class_ids: Sequence[str],
    file_ids: Sequence[str],
    now: datetime,
) -> Draft:
    """A form as typed → a draft. `form` holds kind, per, title, body, closes_at, shows_totals and waits (yes or blank).

    Raises InvalidError naming every field that is wrong, all at once.
    """
    problems: dict[str, Problem] = {}
    title = checked_text(form, "title", TITLE_LIMIT, problems)
    body = checked_text(form, "body", BODY_LIMIT, problems)
    kind, per = form.get("kind", ""), form.get("per", "")
    if kind not in set(Kind):
        problems["kind"] = Problem("unknown")
    if per not in set(Per) or (staff and per != Per.ADULT):
        problems["per"] = Problem("unknown")
    if staff and class_ids:
        problems["class_ids"] = Problem("unknown")
    elif not staff and not class_ids:
        problems["class_ids"] = Problem("missing")
    elif len(class_ids) > CLASS_LIMIT:
        problems["class_ids"] = Problem("too_many", CLASS_LIMIT)
    if len(file_ids) > FILE_LIMIT:
        problems["file_ids"] = Problem("too_many", FILE_LIMIT)
    closes_at = parse_closing(form.get("closes_at", ""), now, problems)
    asked = _parse_questions(questions, problems)
    if not problems:
        _check_kind(Kind(kind), asked, problems)
    if problems or closes_at is None:
        raise InvalidError(problems)
    return Draft(
        kind=Kind(kind),
        staff=staff,
        class_ids=tuple(dict.fromkeys(class_ids)),
        title=title,
        body=body,
        questions=asked,
        per=Per(per),
        closes_at=closes_at,
        file_ids=tuple(dict.fromkeys(file_ids)),
        shows_totals=bool(form.get("shows_totals")),
        waits=bool(form.get("waits")) and any(q.has_seats for q in asked),
    )


def parse_closing(text: str, now: datetime, problems: dict[str, Problem]) -> datetime | None:
    """Until when it can be answered; what is wrong with it goes into `problems`."""
    closes_at = parse_school_text(text) if text.strip() else None
    if not text.strip():
        problems["closes_at"] = Problem("missing")
    elif closes_at is None:
        problems["closes_at"] = Problem("not_a_time")
    elif closes_at <= now:
        problems["closes_at"] = Problem("in_the_past")
    elif closes_at > now + HORIZON:
        problems["closes_at"] = Problem("too_far", HORIZON.days)
    return closes_at


def _parse_questions(
    drafts: Sequence[QuestionDraft], problems: dict[str, Problem]
) -> tuple[Question, ...]:
    if len(drafts) > QUESTION_LIMIT:
        problems["questions"] = Problem("too_many", QUESTION_LIMIT)
    found = []
    for number, draft in enumerate(drafts[:QUESTION_LIMIT]):
        where = f"questions.{number}"
        text = _checked_line(draft.text, QUESTION_CHARACTERS, f"{where}.text", problems)
        options = tuple(
            parse_option(f"o{n}", said, seats, f"{where}.options.{n}", problems)
            for n, (said, seats) in enumerate(draft.options)
        )
        question = Question(
            id=f"q{number}",
            kind=draft.kind,
            text=text,
            required=draft.required,
            options=options,
            most=draft.most,
        )
        check_options(question, where, problems)
        found.append(question)
    seated = [n for n, q in enumerate(found) if q.has_seats]
    if len(seated) > 1:
        problems[f"questions.{seated[1]}.options"] = Problem("seats_twice")
    return tuple(found)


def parse_option(
    key: str, text: str, seats: int, name: str, problems: dict[str, Problem]
) -> Option:
    """One option as typed; what is wrong with it goes into `problems`."""
    line = _checked_line(text, OPTION_CHARACTERS, name, problems)
    return Option(id=key, text=line, seats=seats)


def check_options(question: Question, where: str, problems: dict[str, Problem]) -> None:
    """Whether these options fit this question; what is wrong goes into `problems`."""
    options, name = question.options, f"{where}.options"
    if question.kind not in CHOOSES:
        if options:
            problems[name] = Problem("unknown")
    elif not options or (len(options) < 2 and not question.has_seats):
        problems[name] = Problem("missing")
    elif len(options) > OPTION_LIMIT:
        problems[name] = Problem("too_many", OPTION_LIMIT)
    elif len({o.text for o in options}) < len(options):
        problems[name] = Problem("twice")
    if question.most > len(options) or (
        question.most and question.kind is not QuestionKind.SEVERAL
    ):
        problems[f"{where}.most"] = Problem("unknown")
    if question.has_seats:
        whole = all(o.seats for o in options) and question.kind is QuestionKind.CHOICE
        if not whole or not question.required:
            problems[name] = Problem("seats_elsewhere")
        elif sum(o.seats for o in options) > SEAT_LIMIT:
            problems[name] = Problem("too_many", SEAT_LIMIT)


def _check_kind(kind: Kind, asked: Sequence[Question], problems: dict[str, Problem]) -> None:
    if not asked and kind is not Kind.THEME:
        problems["questions"] = Problem("missing")
    elif kind is Kind.POLL and not all(q.kind in CHOOSES for q in asked):
        problems["questions"] = Problem("poll_chooses")
    elif kind is Kind.BOOKING and not any(q.has_seats for q in asked):
        problems["questions"] = Problem("booking_has_seats")


def _checked_line(text: str, limit: int, name: str, problems: dict[str, Problem]) -> str:
    line = text.strip()
    if not line:
        problems[name] = Problem("missing")
    elif len(line) > limit:
        problems[name] = Problem("too_long", limit)
    elif any(unicodedata.category(c) in ("Cc", "Cs") for c in line):
        problems[name] = Problem("control_characters")
    return line
