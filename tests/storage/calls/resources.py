"""Local resources, and who uses them."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.resource_lessons import LessonUse, ToCount
from domain.resources import listed_under
from storage.resource_lessons import ResourceLessonStore
from storage.resources import ResourceStore
from tests.domain.resource_samples import a_resource
from tests.domain.samples import NOW

STORES: dict[str, type] = {
    "resources": ResourceStore,
    "resource_lessons": ResourceLessonStore,
}
DAY = NOW.date()
USE = LessonUse(
    id="u",
    school_id="school-a",
    resource_id="r",
    person_id="p",
    class_id="c",
    day=DAY,
    said_at=NOW,
)
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "resources.find": lambda s: s.find("r"),
    "resources.many": lambda s: s.many(["r"]),
    "resources.mark_changed": lambda s: s.mark_changed(a_resource(), NOW),
    "resources.findable": lambda s: anext(s.findable(), None),
    "resources.relist": lambda s: s.relist(),
    "resources.findable_of": lambda s: s.findable_of(["r"]),
    "resources.changed_since": lambda s: s.changed_since(NOW),
    "resources.listed_in": lambda s: s.listed_in(listed_under("school-a"), NOW, NOW, 20),
    "resources.listed": lambda s: s.listed(listed_under("school-a"), before=None, at=NOW, limit=20),
    "resources.chapters": lambda s: s.chapters("school-a", "maths", 3, 20),
    "resources.of_author": lambda s: s.of_author("school-a", "p"),
    "resources.filed_at": lambda s: s.filed_at("school-a", NOW, NOW),
    "resources.filed_in": lambda s: s.filed_in("school-a", NOW, NOW),
    "resources.waiting_at": lambda s: s.waiting_at("school-a", 20),
    "resources.with_content": lambda s: s.with_content(["a" * 64]),
    "resources.unreminded": lambda s: s.unreminded(NOW, 20),
    "resources.touched_by": lambda s: s.touched_by("p"),
    "resources.withdrawn": lambda s: s.withdrawn(NOW, 20),
    "resources.drop_uses": lambda s: s.drop_uses("r"),
    "resources.note_opened": lambda s: s.note_opened("r", "p", NOW),
    "resources.rate": lambda s: s.rate("r", "p", 5, NOW),
    "resources.find_use": lambda s: s.find_use("r", "p"),
    "resources.ratings": lambda s: s.ratings(["r"]),
    "resource_lessons.put": lambda s: s.put(USE),
    "resource_lessons.take_back": lambda s: s.take_back("u"),
    "resource_lessons.of_resource": lambda s: s.of_resource("r", "p"),
    "resource_lessons.of_school": lambda s: s.of_school("school-a", DAY, DAY),
    "resource_lessons.of_class": lambda s: s.of_class("school-a", "c", DAY, DAY),
    "resource_lessons.uncounted": lambda s: s.uncounted(20),
    "resource_lessons.mark_counted": lambda s: s.mark_counted([ToCount(USE, False, 1)]),
    "resource_lessons.forget": lambda s: s.forget("p"),
    "resource_lessons.drop_days": lambda s: s.drop_days(DAY),
}
