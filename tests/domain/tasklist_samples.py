"""A task list of the virtual class, what was done with it and said about it: one valid one of each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.remarks import Comment, Question
from domain.study_groups import Group, StudyGroups
from domain.tasklists import Step, TaskList
from domain.taskworks import Piece, TaskWork
from domain.times import list_position
from tests.domain.samples import NOW


def a_tasklist(**changes: Any) -> TaskList:
    given: dict[str, Any] = {
        "id": "list-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "subject": "chinese",
        "author_id": "teacher-1",
        "author_name": "林",
        "title": "寒假阅读清单",
        "intro": "挑喜欢的读。",
        "steps": (Step(number=1, text="选一本书", link="", attachments=()),),
        "first_on": date(2026, 1, 24),
        "last_on": date(2026, 1, 25),
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=2),
        "created_at": NOW,
        "position": list_position(NOW, "list-1"),
        "untold_since": NOW,
    }
    return TaskList(**(given | changes))


def a_piece(**changes: Any) -> Piece:
    given: dict[str, Any] = {
        "id": "piece-1",
        "step": 1,
        "text": "我们读完了",
        "files": (),
        "relation": "妈妈",
        "at": NOW,
        "shared": True,
    }
    return Piece(**(given | changes))


def a_taskwork(**changes: Any) -> TaskWork:
    given: dict[str, Any] = {
        "id": "list-1:student-1",
        "school_id": "school-a",
        "list_id": "list-1",
        "class_id": "class-1",
        "student_id": "student-1",
        "first_at": NOW,
        "pieces": (a_piece(),),
    }
    return TaskWork(**(given | changes))


def a_group(**changes: Any) -> Group:
    given: dict[str, Any] = {
        "id": "g1",
        "name": "星星组",
        "joinable": True,
        "student_ids": ("student-1", "student-2", "student-3"),
    }
    return Group(**(given | changes))


def study_groups(*groups: Group, **changes: Any) -> StudyGroups:
    given: dict[str, Any] = {
        "id": "list-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "groups": groups,
        "student_ids": tuple(i for g in groups for i in g.student_ids),
        "made": len(groups),
    }
    return StudyGroups(**(given | changes))


def a_comment(**changes: Any) -> Comment:
    given: dict[str, Any] = {
        "id": "comment-1",
        "school_id": "school-a",
        "list_id": "list-1",
        "class_id": "class-1",
        "piece_id": "piece-1",
        "student_id": "student-1",
        "author_id": "student-2",
        "relation": "爸爸",
        "text": "写得真好",
        "written_at": NOW,
    }
    return Comment(**(given | changes))


def a_question(**changes: Any) -> Question:
    given: dict[str, Any] = {
        "id": "question-1",
        "school_id": "school-a",
        "list_id": "list-1",
        "class_id": "class-1",
        "step": 1,
        "student_id": "student-1",
        "relation": "妈妈",
        "text": "可以听书吗？",
        "asked_at": NOW,
    }
    return Question(**(given | changes))
