"""Activities, answers, places, leave."""

from collections.abc import Awaitable, Callable
from typing import Any

from storage.activities import ActivityStore
from storage.answers import AnswerStore
from storage.leaves import LeaveStore
from storage.seats import SeatStore
from tests.domain.asked_samples import a_holder, an_answer, an_answered_version, some_seats
from tests.domain.samples import NOW

STORES: dict[str, type] = {
    "activities": ActivityStore,
    "answers": AnswerStore,
    "leaves": LeaveStore,
    "seats": SeatStore,
}
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "activities.find": lambda s: s.find("a"),
    "activities.many": lambda s: s.many(["a"]),
    "activities.page_of_author": lambda s: s.page_of_author(
        "school-a", "p", before="9", at=NOW, limit=20
    ),
    "activities.newest_of_class": lambda s: s.newest_of_class(
        "school-a", "c", at=NOW, since=NOW, limit=20
    ),
    "activities.newest_of_staff": lambda s: s.newest_of_staff(
        "school-a", at=NOW, since=NOW, limit=20
    ),
    "activities.newest_of_school": lambda s: s.newest_of_school(
        "school-a", before="9", at=NOW, since=NOW, limit=20
    ),
    "activities.count_themes": lambda s: s.count_themes("school-a", NOW, NOW),
    "activities.themes_of_school": lambda s: s.themes_of_school("school-a", NOW, NOW),
    "activities.unfinished": lambda s: s.unfinished(NOW),
    "activities.old": lambda s: s.old(NOW, 20),
    "answers.find": lambda s: s.find("a:s"),
    "answers.many": lambda s: s.many(["a:s"]),
    "answers.mark_answered": lambda s: s.mark_answered(an_answer(), an_answered_version(), "c"),
    "answers.mark_withdrawn": lambda s: s.mark_withdrawn(an_answer(), NOW),
    "answers.note_notice": lambda s: s.note_notice("a:s", "n"),
    "answers.of_activity": lambda s: s.of_activity("school-a", "a"),
    "answers.replies_to": lambda s: s.replies_to("school-a", "a"),
    "answers.of_student": lambda s: s.of_student("school-a", "s"),
    "answers.of_person": lambda s: s.of_person("p"),
    "seats.find": lambda s: s.find("a"),
    "seats.many": lambda s: s.many(["a"]),
    "seats.take": lambda s: s.take("a", a_holder(), 3),
    "seats.wait": lambda s: s.wait("a", a_holder(), 3),
    "seats.mark_changed": lambda s: s.mark_changed(some_seats()),
    "seats.untold": lambda s: s.untold(NOW, 20),
    "leaves.find": lambda s: s.find("l"),
    "leaves.many": lambda s: s.many(["l"]),
    "leaves.of_student": lambda s: s.of_student("school-a", "s"),
    "leaves.lasting_until": lambda s: s.lasting_until("school-a", NOW.date()),
    "leaves.waiting": lambda s: s.waiting("school-a", ["class-a"], NOW.date()),
    "leaves.between": lambda s: s.between("school-a", NOW.date(), NOW.date()),
    "leaves.untold": lambda s: s.untold(NOW),
    "leaves.unname": lambda s: s.unname("p", "erased"),
    "leaves.old": lambda s: s.old(NOW.date(), 20),
}
