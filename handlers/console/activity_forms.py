"""The forms in which an activity is written and changed at a desk, as they are typed; they work without scripts.

Of a question: `q0_kind`, `q0_text`, `q0_required`, `q0_options` with one option a line, and `q0_seats`, the places of
each option. A line may say its own number behind a tab, as it comes out of a spreadsheet, or behind a bar: `18:00 | 2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.activities import (
    CHOOSES,
    QUESTION_LIMIT,
    SEAT_LIMIT,
    Activity,
    Kind,
    QuestionDraft,
    QuestionKind,
)
from domain.activity_changes import More
from domain.errors import InvalidError, Problem

FIELDS = ("kind", "per", "to", "title", "body", "closes_at", "shows_totals", "waits")
LONGEST = 6000
_LINE = re.compile(r"(?P<text>[^\t|｜]*)[\t|｜]\s*(?P<seats>\d{1,5})\s*", re.ASCII)
_BLANK = {"kind": "choice", "text": "", "required": "yes", "options": "", "seats": ""}
_STARTS: Mapping[Kind, tuple[dict[str, str], ...]] = {
    Kind.SIGN_UP: ({**_BLANK, "options": "参加\n不参加"},),
    Kind.POLL: (_BLANK,),
    Kind.FORM: (_BLANK, {**_BLANK, "kind": "text", "required": ""}),
    Kind.BOOKING: ({**_BLANK, "text": "哪个时段？", "seats": "1"},),
    Kind.THEME: (),
}


@dataclass
class Typed:
    """A form as typed: its fields, whom it asks, and its questions."""

    form: dict[str, str]
    class_ids: list[str] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)


def begun(kind: str, class_ids: Sequence[str]) -> Typed:
    """What a new form says at first; of an unknown kind it is a sign-up."""
    known = Kind(kind) if kind in set(Kind) else Kind.SIGN_UP
    form = dict.fromkeys(FIELDS, "") | {"kind": known.value, "per": "child", "to": "classes"}
    one = list(class_ids) if len(class_ids) == 1 else []
    return Typed(form, one, [dict(question) for question in _STARTS[known]])


def typed(argument: Callable[[str, str], str], class_ids: Sequence[str]) -> Typed:
    """What came in; `argument` gives a field or what stands for it."""
    form = {name: argument(name, "")[:LONGEST] for name in FIELDS}
    questions = []
    for number in range(QUESTION_LIMIT):
        if not argument(f"q{number}_kind", ""):
            break
        questions.append({n: argument(f"q{number}_{n}", "")[:LONGEST] for n in _BLANK})
    return Typed(form, list(class_ids)[:200], questions)


def acted(typed: Typed, action: str) -> bool:
    """Another question (`add`), or one less (`remove-2`); says whether it was one of these."""
    if action == "add":
        if len(typed.questions) < QUESTION_LIMIT:
            typed.questions.append(dict(_BLANK))
        return True
    at = action.removeprefix("remove-")
    if at == action or not (at.isascii() and at.isdigit() and int(at) < len(typed.questions)):
        return False
    del typed.questions[int(at)]
    return True


def drafts_of(typed: Typed) -> list[QuestionDraft]:
    """The questions. Raises InvalidError for a kind or a number of places that is none."""
    found, problems = [], {}
    for number, one in enumerate(typed.questions):
        kind = one["kind"]
        if kind not in set(QuestionKind):
            problems[f"questions.{number}.kind"] = Problem("unknown")
            continue
        chooses = QuestionKind(kind) in CHOOSES
        seats = _seats(one["seats"] if chooses else "")
        if seats is None:
            problems[f"questions.{number}.seats"] = Problem("out_of_range", SEAT_LIMIT)
        options = lines_of(one["options"], seats or 0) if chooses else ()
        found.append(
            QuestionDraft(
                kind=QuestionKind(kind),
                text=one["text"],
                required=bool(one["required"]) or any(count for _, count in options),
                options=options,
            )
        )
    if problems:
        raise InvalidError(problems)
    return found


def lines_of(text: str, seats: int) -> tuple[tuple[str, int], ...]:
    """Options as (text, places); a line without a number of its own has `seats`."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        own = _LINE.fullmatch(line)
        found.append((own["text"].strip(), int(own["seats"])) if own else (line.strip(), seats))
    return tuple(found)


def more_of(activity: Activity, argument: Callable[[str, str], str]) -> dict[str, More]:
    """What is added: `q0_o1` places of an option, `q0_added` new ones a line. Raises InvalidError."""
    more, problems = {}, {}
    for number, question in enumerate(activity.questions):
        seats = {}
        for option in question.options if question.has_seats else ():
            said = _seats(argument(f"{question.id}_{option.id}", str(option.seats)))
            if said is None:
                problems[f"questions.{number}.options"] = Problem("out_of_range", SEAT_LIMIT)
            seats[option.id] = said or 0
        usual = max((o.seats for o in question.options), default=0)
        added = lines_of(argument(f"{question.id}_added", "")[:LONGEST], usual)
        if seats or added:
            more[question.id] = More(seats=seats, options=added)
    if problems:
        raise InvalidError(problems)
    return more


def _seats(text: str) -> int | None:
    """A number of places; blank is none of them, None what is no such number."""
    said = text.strip()
    if not said:
        return 0
    known = said.isascii() and said.isdigit() and len(said) < 6 and int(said) <= SEAT_LIMIT
    return int(said) if known else None
