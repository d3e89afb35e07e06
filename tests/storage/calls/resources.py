"""Local resources, and who uses them."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.resources import listed_under
from storage.resources import ResourceStore
from tests.domain.resource_samples import a_resource
from tests.domain.samples import NOW

STORES: dict[str, type] = {"resources": ResourceStore}
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "resources.find": lambda s: s.find("r"),
    "resources.many": lambda s: s.many(["r"]),
    "resources.mark_changed": lambda s: s.mark_changed(a_resource(), NOW),
    "resources.findable": lambda s: anext(s.findable(), None),
    "resources.findable_of": lambda s: s.findable_of(["r"]),
    "resources.changed_since": lambda s: s.changed_since(NOW),
    "resources.listed_in": lambda s: s.listed_in(listed_under("school-a"), NOW, NOW, 20),
    "resources.listed": lambda s: s.listed(listed_under("school-a"), before=None, at=NOW, limit=20),
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
}
