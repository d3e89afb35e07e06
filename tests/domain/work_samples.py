"""What was handed in, what was said to it, and a mistake: one valid one of each."""

from __future__ import annotations

from typing import Any

from domain import submissions
from domain.files import FileKind
from domain.mistakes import Cause, Mistake
from domain.monitors import monday_of, week_id
from domain.notices import Attachment
from domain.reports import Outline, SchoolReport
from domain.times import list_position
from tests.domain.samples import NOW


def an_attachment(**changes: Any) -> Attachment:
    given: dict[str, Any] = {
        "file_id": "file-1",
        "kind": FileKind.PICTURE,
        "name": "图.png",
        "size_bytes": 3,
    }
    return Attachment(**(given | changes))


def a_version(**changes: Any) -> submissions.Version:
    given: dict[str, Any] = {
        "id": "version-1",
        "text": "写完了",
        "files": (),
        "relation": "妈妈",
        "handed_in_at": NOW,
        "late": False,
    }
    return submissions.Version(**(given | changes))


def a_mark(**changes: Any) -> submissions.Mark:
    given: dict[str, Any] = {
        "id": "mark-1",
        "version": 1,
        "teacher_id": "teacher-1",
        "teacher_name": "王",
        "marked_at": NOW,
        "returned": False,
        "stamp": submissions.Stamp.SEEN,
    }
    return submissions.Mark(**(given | changes))


def a_submission(**changes: Any) -> submissions.Submission:
    given: dict[str, Any] = {
        "id": "homework-1:student-1",
        "school_id": "school-a",
        "homework_id": "homework-1",
        "class_id": "class-1",
        "student_id": "student-1",
        "first_at": NOW,
        "state": submissions.SubmissionState.HANDED_IN,
        "versions": (a_version(),),
    }
    return submissions.Submission(**(given | changes))


def a_mistake(**changes: Any) -> Mistake:
    given: dict[str, Any] = {
        "id": "mistake-1",
        "school_id": "school-a",
        "student_id": "student-1",
        "subject": "maths",
        "position": list_position(NOW, "mistake-1"),
        "created_at": NOW,
        "note": "进位忘了",
        "knowledge": "进位加法",
        "cause": Cause.CARELESS,
        "due": NOW.date(),
    }
    return Mistake(**(given | changes))


def an_outline(**changes: Any) -> Outline:
    given: dict[str, Any] = {
        "id": "homework-1:student-1",
        "homework_id": "homework-1",
        "class_id": "class-1",
        "student_id": "student-1",
        "on_time": True,
        "returned": False,
        "versions": 1,
        "marks": 0,
    }
    return Outline(**(given | changes))


def a_school_report(**changes: Any) -> SchoolReport:
    monday = monday_of(NOW.date())
    given: dict[str, Any] = {
        "id": week_id("school-a", monday),
        "school_id": "school-a",
        "monday": monday,
        "subjects": (),
        "due": 0,
        "reached": 0,
        "teachers": 0,
        "used": 0,
        "counted_at": NOW,
    }
    return SchoolReport(**(given | changes))
