"""How activities look in the API: questions, answers, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.activities import SEAT_LIMIT, Activity, Kind, Per, Question, QuestionKind, State
from domain.answers import Answer, Given, Total
from domain.files import StoredFile
from domain.seats import Seats, Standing
from miniapp.endpoints import WHOLE, Day, Schema
from miniapp.shapes import Attachment, attachment_rows


class OptionOut(Schema):
    """What can be chosen. `seats` is 0 where it is not limited, and `left` then null."""

    id: str
    text: str
    seats: int
    left: int | None


class QuestionOut(Schema):
    """One question. `most` of several: 0 for any number."""

    id: str
    kind: QuestionKind
    text: str
    required: bool
    options: list[OptionOut]
    most: int


class TotalOut(Schema):
    """How often an option was chosen; of a ranked question how often first, and its mean place."""

    question_id: str
    option_id: str
    count: int
    mean_place: float | None


class ValueOut(Schema):
    """What was answered to one question."""

    question_id: str
    option_ids: list[str]
    text: str
    number: float | None
    day: date | None
    files: list[Attachment]


class AnswerIn(Schema):
    """What is answered to one question; only what fits its kind. `file_ids`: uploads for the child, or given before."""

    question_id: str = Field(max_length=20)
    option_ids: list[str] = Field(default_factory=list, max_length=60)
    text: str = Field("", max_length=2000)
    number: float | None = Field(None, allow_inf_nan=False)
    day: Day | None = None
    file_ids: list[str] = Field(default_factory=list, max_length=9)


class OptionIn(Schema):
    """What can be chosen; with `seats` by so many, 0 by any number."""

    text: str = Field(max_length=100)
    seats: Annotated[int, Field(ge=0, le=SEAT_LIMIT), WHOLE] = 0


def question_rows(activity: Activity, seats: Seats | None) -> list[QuestionOut]:
    """The questions, with the places that are left at this moment."""
    left = seats.left() if seats else {}
    return [_question(q, left) for q in activity.questions]


def _question(question: Question, left: Mapping[str, int]) -> QuestionOut:
    return QuestionOut(
        id=question.id,
        kind=question.kind,
        text=question.text,
        required=question.required,
        options=[
            OptionOut(
                id=o.id,
                text=o.text,
                seats=o.seats,
                left=left.get(o.id, o.seats) if question.has_seats else None,
            )
            for o in question.options
        ],
        most=question.most,
    )


def total_rows(found: Sequence[Total]) -> list[TotalOut]:
    """Totals."""
    return [
        TotalOut(
            question_id=t.question_id,
            option_id=t.option_id,
            count=t.count,
            mean_place=t.mean_place,
        )
        for t in found
    ]


def value_rows(answer: Answer | None, stored: Mapping[str, StoredFile]) -> list[ValueOut]:
    """What an answer says now; nothing once it was taken back."""
    if answer is None or answer.withdrawn_at is not None:
        return []
    return [
        ValueOut(
            question_id=v.question_id,
            option_ids=list(v.option_ids),
            text=v.text,
            number=v.number,
            day=v.day,
            files=attachment_rows(v.files, stored),
        )
        for v in answer.current.values
    ]


def given_of(answers: Sequence[AnswerIn]) -> list[Given]:
    """What came in."""
    return [
        Given(
            question_id=a.question_id,
            option_ids=tuple(a.option_ids),
            text=a.text,
            number=a.number,
            day=a.day,
            file_ids=tuple(a.file_ids),
        )
        for a in answers
    ]


class ActivityRow(Schema):
    """An activity that one published, as a line of the list."""

    id: str
    kind: Kind
    title: str
    staff: bool
    class_ids: list[str]
    per: Per
    closes_at: datetime
    open: bool
    state: State
    created_at: datetime
    questions: int


def activity_row(activity: Activity, now: datetime) -> ActivityRow:
    """A line of the publisher's list."""
    return ActivityRow(
        id=activity.id,
        kind=activity.kind,
        title=activity.title,
        staff=activity.staff,
        class_ids=list(activity.class_ids),
        per=activity.per,
        closes_at=activity.closes_at,
        open=activity.is_open(now),
        state=activity.state,
        created_at=activity.created_at,
        questions=len(activity.questions),
    )


class SeatOut(Schema):
    """A place, or one's stand in the line for it (from 1)."""

    standing: Standing
    option_id: str
    place_in_line: int


def seat_out(seats: Seats | None, subject_id: str) -> SeatOut:
    """What a subject has."""
    standing, option_id = seats.standing(subject_id) if seats else (Standing.NONE, "")
    line = seats.place_in_line(subject_id) if seats else 0
    return SeatOut(standing=standing, option_id=option_id, place_in_line=line)
