"""What is answered to an activity, by one child's family or one adult; and what many answers come to.

The place that somebody chose is not in here but in `domain.seats`, so that the two never disagree: where an activity
has places, an answer counts while its subject has one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.activities import Activity, Per, Question, QuestionKind
from domain.errors import InvalidError, Problem
from domain.notices import Attachment
from domain.seats import Seats, Standing

TEXT_LIMIT = 500
FILES_LIMIT = 3
VERSION_LIMIT = 30
NUMBER_LIMIT = 1_000_000_000
BRINGS = frozenset({QuestionKind.FILE, QuestionKind.SIGN})  # answered by files
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What was answered to one question; its kind says in which field. `option_ids` of a ranked one are in order."""

    question_id: str
    option_ids: tuple[str, ...] = ()
    text: str = ""
    number: float | None = None
    day: date | None = None
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was answered once. `id` is the same for the same request; `relation` is who gave it to the child."""

    id: str
    values: tuple[Value, ...]
    relation: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything one subject answered: a child, or an adult (`person_id`), whose child then says in which class.

    `notices` are ids of what this family alone was told of it.
    """

    id: str
    school_id: str
    activity_id: str
    class_id: str
    student_id: str
    person_id: str
    first_at: datetime
    versions: tuple[Version, ...]
    withdrawn_at: datetime | None = None
    notices: tuple[str, ...] = ()

    @property
    def subject_id(self) -> str:
        """Whose answer it is."""
        return self.person_id or self.student_id

    @property
    def current(self) -> Version:
        """What it says now."""
        return self.versions[-1]

    def files(self) -> dict[str, Attachment]:
        """Every file that was ever given."""
        return {f.file_id: f for v in self.versions for value in v.values for f in value.files}


@dataclass(frozen=True, slots=True)
class Reply:
    """That a subject has answered and not taken it back; what, it does not say."""

    subject_id: str
    class_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is given to one question, as it comes in."""

    question_id: str
    option_ids: tuple[str, ...] = ()
    text: str = ""
    number: float | None = None
    day: date | None = None
    file_ids: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.option_ids or self.text.strip() or self.file_ids) and (
            self.number is None and self.day is None
        )


def answer_id(activity_id: str, subject_id: str) -> str:
    """There is one an activity and subject."""
    return f"{activity_id}:{subject_id}"


def subject_of(activity: Activity, *, student_id: str, person_id: str) -> str:
    """Whose answer it is when this adult answers for this child."""
    return student_id if activity.per is Per.CHILD else person_id


def check_given(activity: Activity, given: Sequence[Given]) -> tuple[Given, ...]:
    """What answers the activity, in the order of its questions, without what says nothing.

    Raises InvalidError with every wrong field: `answers.q0`.
    """
    problems: dict[str, Problem] = {}
    by_question = {g.question_id: g for g in given}
    known = {q.id for q in activity.questions}
    if len(by_question) < len(given) or not set(by_question) <= known:
        problems["answers"] = Problem("unknown")
    kept = []
    for question in activity.questions:
        said = by_question.get(question.id)
        if said is None or said.is_empty:
            if question.required:
                problems[f"answers.{question.id}"] = Problem("missing")
            continue
        problem = _problem(question, said)
        if problem:
            problems[f"answers.{question.id}"] = problem
        kept.append(said)
    if problems:
        raise InvalidError(problems)
    return tuple(kept)


def _problem(question: Question, given: Given) -> Problem | None:
    if _fields(given) != {_FIELD[question.kind]}:
        return Problem("unknown")
    if question.kind is QuestionKind.TEXT:
        return _text_problem(given.text)
    if question.kind is QuestionKind.NUMBER:
        fits = given.number is not None and abs(given.number) <= NUMBER_LIMIT
        return None if fits else Problem("out_of_range", NUMBER_LIMIT)
    if question.kind is QuestionKind.DATE:
        fits = given.day is not None and FIRST_DAY <= given.day <= LAST_DAY
        return None if fits else Problem("unknown")
    if question.kind is QuestionKind.FILE:
        return Problem("too_many", FILES_LIMIT) if len(given.file_ids) > FILES_LIMIT else None
    if question.kind is QuestionKind.SIGN:
        return Problem("unknown") if len(given.file_ids) > 1 else None
    return _choice_problem(question, given.option_ids)


_FIELD = {
    QuestionKind.CHOICE: "options",
    QuestionKind.SEVERAL: "options",
    QuestionKind.RANKED: "options",
    QuestionKind.TEXT: "text",
    QuestionKind.NUMBER: "number",
    QuestionKind.DATE: "day",
    QuestionKind.FILE: "files",
    QuestionKind.SIGN: "files",
}


def _fields(given: Given) -> set[str]:
    said = {
        "options": bool(given.option_ids),
        "text": bool(given.text.strip()),
        "number": given.number is not None,
        "day": given.day is not None,
        "files": bool(given.file_ids),
    }
    return {name for name, is_said in said.items() if is_said}


def _text_problem(text: str) -> Problem | None:
    if len(text) > TEXT_LIMIT:
        return Problem("too_long", TEXT_LIMIT)
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        return Problem("control_characters")
    return None


def _choice_problem(question: Question, option_ids: Sequence[str]) -> Problem | None:
    known = {o.id for o in question.options}
    if len(set(option_ids)) < len(option_ids) or not set(option_ids) <= known:
        return Problem("unknown")
    if question.kind is QuestionKind.CHOICE and len(option_ids) != 1:
        return Problem("unknown")
    if question.kind is QuestionKind.RANKED and len(option_ids) != len(known):
        return Problem("rank_all")
    most = question.most or len(known)
    return Problem("too_many", most) if len(option_ids) > most else None


def counts(answer: Answer, activity: Activity, seats: Seats | None) -> bool:
    """Whether an answer stands: it was not taken back, and where there are places its subject has one."""
    if answer.withdrawn_at is not None:
        return False
    if activity.seated is None:
        return True
    return seats is not None and seats.standing(answer.subject_id)[0] is Standing.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How often an option was chosen; of a ranked question how often first, and its mean place (1 is best)."""

    question_id: str
    option_id: str
    count: int
    mean_place: float | None = None


def totals(activity: Activity, answers: Sequence[Answer], seats: Seats | None) -> tuple[Total, ...]:
    """What the answers that stand come to, for each option in its order."""
    standing = [a for a in answers if counts(a, activity, seats)]
    said: dict[str, list[tuple[str, ...]]] = {}
    for answer in standing:
        for value in answer.current.values:
            if value.option_ids:
                said.setdefault(value.question_id, []).append(value.option_ids)
    found = []
    for question in activity.questions:
        lists = said.get(question.id, [])
        for option in question.options:
            count, mean = sum(option.id in chosen for chosen in lists), None
            if question.has_seats and seats is not None:
                count = sum(h.option_id == option.id for h in seats.holders)
            elif question.kind is QuestionKind.RANKED:
                places = [chosen.index(option.id) + 1 for chosen in lists if option.id in chosen]
                count = places.count(1)
                mean = round(sum(places) / len(places), 2) if places else None
            found.append(
                Total(question_id=question.id, option_id=option.id, count=count, mean_place=mean)
            )
    return tuple(found)


def options_of(question: Question) -> Mapping[str, str]:
    """What each option says."""
    return {o.id: o.text for o in question.options}


def place_text(
    answer: Answer, activities: Mapping[str, Activity], seats: Mapping[str, Seats]
) -> str:
    """What the place says that an answer has; empty without one."""
    activity, held = activities.get(answer.activity_id), seats.get(answer.activity_id)
    if activity is None or held is None or activity.seated is None:
        return ""
    return options_of(activity.seated).get(held.standing(answer.subject_id)[1], "")
