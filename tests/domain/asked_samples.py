"""An activity, an answer, places and a leave: one valid one of each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.activities import Activity, Kind, Option, Per, Question, QuestionKind
from domain.answers import Answer, Version
from domain.leaves import Half, Leave, LeaveKind, Span
from domain.seats import Holder, Places, Seats
from domain.times import list_position
from tests.domain.samples import NOW

DAY = date(2026, 12, 1)


def a_question(kind: QuestionKind = QuestionKind.TEXT, **changes: Any) -> Question:
    given: dict[str, Any] = {"id": "q0", "kind": kind, "text": "有什么想说的？"}
    return Question(**(given | changes))


def slots(*seats: int, question_id: str = "q0") -> Question:
    """A question whose options are places."""
    options = tuple(Option(id=f"o{n}", text=f"时段{n}", seats=s) for n, s in enumerate(seats))
    return Question(id=question_id, kind=QuestionKind.CHOICE, text="哪个时段？", options=options)


def an_activity(*questions: Question, **changes: Any) -> Activity:
    given: dict[str, Any] = {
        "id": "activity-1",
        "school_id": "school-a",
        "kind": Kind.FORM,
        "staff": False,
        "class_ids": ("school-a-class-1",),
        "author_id": "teacher-1",
        "author_name": "王老师",
        "title": "秋游报名",
        "body": "想去的请填一填。",
        "questions": questions or (a_question(),),
        "per": Per.CHILD,
        "closes_at": NOW + timedelta(days=3),
        "position": list_position(NOW, "activity-1"),
        "created_at": NOW,
    }
    return Activity(**(given | changes))


def an_answered_version(**changes: Any) -> Version:
    given: dict[str, Any] = {"id": "version-1", "values": (), "relation": "妈妈", "at": NOW}
    return Version(**(given | changes))


def an_answer(**changes: Any) -> Answer:
    given: dict[str, Any] = {
        "id": "activity-1:student-1",
        "school_id": "school-a",
        "activity_id": "activity-1",
        "class_id": "school-a-class-1",
        "student_id": "student-1",
        "person_id": "",
        "first_at": NOW,
        "versions": (an_answered_version(),),
    }
    return Answer(**(given | changes))


def a_holder(subject: str = "student-1", option: str = "o0") -> Holder:
    return Holder(subject_id=subject, option_id=option, at=NOW)


def some_seats(*seats: int, **changes: Any) -> Seats:
    places = tuple(Places(option_id=f"o{n}", seats=s) for n, s in enumerate(seats or (1,)))
    given: dict[str, Any] = {"id": "activity-1", "school_id": "school-a", "places": places}
    return Seats(**(given | changes))


def a_leave(**changes: Any) -> Leave:
    span = Span(first=DAY, first_half=Half.AM, last=DAY, last_half=Half.PM)
    given: dict[str, Any] = {
        "id": "leave-1",
        "school_id": "school-a",
        "class_id": "school-a-class-1",
        "student_id": "student-1",
        "person_id": "person-1",
        "relation": "妈妈",
        "kind": LeaveKind.SICK,
        "span": span,
        "last": DAY,
        "reason": "发烧",
        "asked_at": NOW,
    }
    return Leave(**(given | changes))
