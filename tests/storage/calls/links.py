"""Links: the catalogue, shelves, textbooks, and how often links were followed."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.catalogue import Catalogue
from domain.editions import Editions
from domain.link_uses import Use
from domain.shelves import Entry, ShelfLevel
from domain.use import school_use
from storage.catalogue import CatalogueStore
from storage.editions import EditionStore
from storage.link_uses import LinkUseStore
from storage.shelves import ShelfStore
from storage.use import UseStore
from tests.domain.samples import NOW

CATALOGUE = Catalogue(id="c", source="", taken_at=NOW, books=(), previous="b")
EDITIONS = Editions(id="c", school_id="school-a", chosen={}, version=1)
ENTRY = Entry(id="abcdef", level=ShelfLevel.CLASS, place="class:c", title="t")
USE = Use(id="u", day="2026-11-29", code="abcdef", place="national", count=1)
SCHOOL_USE = school_use("school-a", NOW.date(), [], [], pupils=0, teachers=set(), at=NOW)

STORES: dict[str, type] = {
    "catalogue": CatalogueStore,
    "editions": EditionStore,
    "link_uses": LinkUseStore,
    "shelves": ShelfStore,
    "use": UseStore,
}
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "catalogue.current": lambda s: s.current(),
    "catalogue.find": lambda s: s.find("c"),
    "catalogue.turn_to": lambda s: s.turn_to(CATALOGUE),
    "catalogue.turn_back": lambda s: s.turn_back(CATALOGUE),
    "editions.many": lambda s: s.many(["c"]),
    "editions.mark_changed": lambda s: s.mark_changed(EDITIONS),
    "link_uses.doors_of": lambda s: s.doors_of(["c:families"]),
    "link_uses.doors": lambda s: s.doors(["d"]),
    "link_uses.of_school": lambda s: s.of_school("school-a", "2026-11-23", "2026-11-29"),
    "link_uses.of_class": lambda s: s.of_class("school-a", "c", "2026-11-23", "2026-11-29"),
    "link_uses.drop_days": lambda s: s.drop_days("2025-11-29"),
    "link_uses.uncounted": lambda s: s.uncounted(10),
    "link_uses.mark_counted": lambda s: s.mark_counted([USE]),
    "link_uses.of_link": lambda s: s.of_link("school-a", "abcdef", "2026-11-29"),
    "link_uses.of_shelf": lambda s: s.of_shelf("class:c", "2026-11-29"),
    "shelves.find": lambda s: s.find("abcdef"),
    "use.mark_week": lambda s: s.mark_week("school-a", NOW.date(), "stamp"),
    "use.marks": lambda s: s.marks(10),
    "use.class_uses": lambda s: s.class_uses("school-a", NOW.date(), NOW.date()),
    "use.keep_classes": lambda s: s.keep_classes([], ["c:2026-11-23"]),
    "use.keep_school": lambda s: s.keep_school(SCHOOL_USE),
    "use.shelf_uses": lambda s: s.shelf_uses("region:d", "d", NOW.date(), NOW.date()),
    "use.shelf_uses_by_key": lambda s: s.shelf_uses_by_key(["d:2026-11-23"]),
    "use.shelf_uses_of": lambda s: s.shelf_uses_of("school-a"),
    "use.shelf_uses_at": lambda s: s.shelf_uses_at("school-a", NOW.date()),
    "use.keep_shelves": lambda s: s.keep_shelves([], ["region:d:school-a:2026-11-23"]),
    "use.schools_in_no_sum": lambda s: s.schools_in_no_sum(NOW.date()),
    "use.school_uses": lambda s: s.school_uses(["school-a"], [NOW.date()]),
    "shelves.many": lambda s: s.many(["abcdef"]),
    "shelves.of_places": lambda s: s.of_places(["national"]),
    "shelves.mark_changed": lambda s: s.mark_changed(ENTRY),
    "shelves.note_check": lambda s: s.note_check(ENTRY, {"failures": 1}),
    "shelves.due": lambda s: s.due(NOW, 20),
}
