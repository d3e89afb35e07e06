"""What the stores of the virtual class are asked."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.remarks import CommentState
from domain.safety import Outcome
from storage.remarks import RemarkStore
from storage.study_groups import StudyGroupStore
from storage.tasklists import TaskListStore
from storage.taskworks import TaskWorkStore
from tests.domain.samples import NOW
from tests.domain.tasklist_samples import a_question, a_tasklist, a_taskwork, study_groups

STORES: dict[str, type] = {
    "tasklists": TaskListStore,
    "taskworks": TaskWorkStore,
    "study_groups": StudyGroupStore,
    "remarks": RemarkStore,
}
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "tasklists.find": lambda s: s.find("t"),
    "tasklists.many": lambda s: s.many(["t"]),
    "tasklists.page_of_class": lambda s: s.page_of_class(
        "school-a", "class-1", before="9", at=NOW, limit=20
    ),
    "tasklists.mark_withdrawn": lambda s: s.mark_withdrawn("t", NOW),
    "tasklists.untold": lambda s: s.untold(NOW, 20),
    "tasklists.mark_told": lambda s: s.mark_told(a_tasklist()),
    "tasklists.old": lambda s: s.old(NOW, 20),
    "taskworks.many": lambda s: s.many(["t:s"]),
    "taskworks.mark_changed": lambda s: s.mark_changed(a_taskwork(version=1)),
    "taskworks.of_list": lambda s: s.of_list("school-a", "t"),
    "taskworks.of_student": lambda s: s.of_student("school-a", "s"),
    "study_groups.find": lambda s: s.find("t"),
    "study_groups.mark_changed": lambda s: s.mark_changed(study_groups(version=1)),
    "study_groups.of_student": lambda s: s.of_student("school-a", "s"),
    "remarks.comments": lambda s: s.comments("school-a", "t"),
    "remarks.mark_decided": lambda s: s.mark_decided("c", CommentState.ALLOWED, NOW),
    "remarks.drop_comments": lambda s: s.drop_comments(["c"]),
    "remarks.comments_by": lambda s: s.comments_by("school-a", "s"),
    "remarks.comments_on": lambda s: s.comments_on("school-a", "s"),
    "remarks.find_question": lambda s: s.find_question("q"),
    "remarks.questions": lambda s: s.questions("school-a", "t"),
    "remarks.questions_of": lambda s: s.questions_of("school-a", "s"),
    "remarks.mark_answered": lambda s: s.mark_answered(a_question(), "答", "林", NOW),
    "remarks.set_shown": lambda s: s.set_shown("q", NOW),
    "remarks.untold": lambda s: s.untold(NOW, 20),
    "remarks.mark_told": lambda s: s.mark_told("q"),
    "remarks.find_comment": lambda s: s.find_comment("c"),
    "remarks.set_verdict": lambda s: s.set_verdict("c", Outcome.PASS),
    "remarks.set_question_verdict": lambda s: s.set_question_verdict("q", Outcome.PASS),
}
