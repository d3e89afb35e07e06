"""The national platform's lists of materials: which textbook has a page of its own, and what that page's id is.

The tag tree says which books there are; the lists say what is there of each. A record of the textbook lists
(电子教材, a document) has a page; one of the lesson lists (`teachingmaterials`) has an id, and no page that anybody has
confirmed. Records say what they are of by their tags, and are filed at the book with the same ones; what fits no book,
or may be of two, is counted and left out. Like a tree, the lists are taken whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from domain.catalogue import Book, Dimension, Material, MaterialKind, book_id
from domain.catalogue_changes import LEAST_KEPT, Change, ChangeKind
from domain.catalogue_tree import ID, CatalogueError, read_json

MOST_LISTS = 40
MOST_MATERIALS = 20_000
_LONGEST_TITLE = 200
_ONLINE = "ONLINE"
_KINDS = {
    "assets_document": MaterialKind.TEXTBOOK,
    "teachingmaterials": MaterialKind.LESSONS,
}
# How the textbook lists mark what the tree files as 新教材; their records have no such tag.
_REVISED = "根据2022年版课程标准修订"


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a list, as far as it is needed: tag ids, and the word that tells new from old where it has one."""

    id: str
    title: str
    kind: MaterialKind
    tags: frozenset[str]
    renewal: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What lists make of the materials that are known; `left` is why records were filed nowhere, and how many."""

    materials: tuple[Material, ...]
    changes: tuple[Change, ...] = ()
    kept: int = 0
    left: Mapping[str, int] = field(default_factory=dict)


def parse_index(content: bytes) -> tuple[str, ...]:
    """The addresses that an index of lists names, joined by commas or as an array; none for what is a list itself.

    Raises CatalogueError.
    """
    index = read_json(content)
    if isinstance(index, list):
        return ()
    urls = index.get("urls") if isinstance(index, dict) else None
    found = urls.split(",") if isinstance(urls, str) else urls
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise CatalogueError("not_an_index")
    if not 0 < len(found) <= MOST_LISTS:
        raise CatalogueError("not_an_index")
    if any(urlsplit(one).scheme != "https" for one in found):
        raise CatalogueError("not_an_index")
    return tuple(found)


def parse_lists(contents: Iterable[bytes]) -> tuple[Record, ...]:
    """The records of all lists together. Raises CatalogueError."""
    found: dict[str, Record] = {}
    for content in contents:
        rows = read_json(content)
        if not isinstance(rows, list):
            raise CatalogueError("not_a_list")
        for row in rows:
            record = _record(row)
            if record is None:
                continue
            if found.setdefault(record.id, record) != record:
                raise CatalogueError("contradiction", record.title)
            if len(found) > MOST_MATERIALS:
                raise CatalogueError("too_many")
    if not found:
        raise CatalogueError("no_material")
    return tuple(found.values())


def _record(row: Any) -> Record | None:
    """A record as published, or as a short extract has it: id, title, tags' ids, 新教材 or 旧教材, day.

    None for what is not online, and for kinds that are no book (a set of songs).
    """
    if isinstance(row, dict):
        kind = _KINDS.get(str(row.get("resource_type_code")))
        if kind is None or row.get("status") != _ONLINE:
            return None
        title = row.get("title")
        return _judged(row.get("id"), title, kind, _tag_ids(row), _revised(title))
    if isinstance(row, list) and len(row) == 5:
        key, title, tags, renewal, _ = row
        return _judged(key, title, MaterialKind.LESSONS, tags, renewal)
    raise CatalogueError("not_a_list")


def _tag_ids(row: Mapping[str, Any]) -> list[Any]:
    tags = row.get("tag_list")
    if not isinstance(tags, list) or not all(isinstance(tag, dict) for tag in tags):
        raise CatalogueError("bad_record", str(row.get("title"))[:_LONGEST_TITLE])
    return [tag.get("tag_id") for tag in tags]


def _revised(title: Any) -> str:
    return "新教材" if isinstance(title, str) and _REVISED in title else ""


def _judged(key: Any, title: Any, kind: MaterialKind, tags: Any, renewal: Any) -> Record:
    texts = [key, title, renewal]
    if not isinstance(tags, list) or not all(isinstance(one, str) for one in [*texts, *tags]):
        raise CatalogueError("bad_record", str(title)[:_LONGEST_TITLE])
    clean = title.strip()
    if not ID.fullmatch(key) or not 0 < len(clean) <= _LONGEST_TITLE or not clean.isprintable():
        raise CatalogueError("bad_record", clean[:_LONGEST_TITLE])
    return Record(key, clean, kind, frozenset(tags), renewal)


def next_materials(
    held: Sequence[Material],
    records: Sequence[Record],
    books: Sequence[Book],
    *,
    shrunk: bool = False,
) -> Lists:
    """What lists that were just read make of the materials that are known, filed at the books of today.

    Only kinds that the lists have are looked at. What is missing is marked and kept. Raises CatalogueError (`shrunk`)
    when a good part of it is missing, unless that is `shrunk` on purpose.
    """
    fresh, left = _filed(records, books)
    kinds = {record.kind for record in records}
    known = {one.id: one for one in held}
    missing = [m for m in held if m.kind in kinds and not m.gone and m.id not in fresh]
    standing = sum(m.kind in kinds and not m.gone for m in held)
    if not shrunk and len(missing) > standing * (1 - LEAST_KEPT):
        raise CatalogueError("shrunk", f"{standing} → {standing - len(missing)}")
    changes = [c for one in fresh.values() for c in _change(known.get(one.id), one)]
    changes += [Change(ChangeKind.GONE, one.title, "", one.id) for one in missing]
    others = [
        replace(m, gone=m.gone or m.kind in kinds) for key, m in known.items() if key not in fresh
    ]
    kept = sum(known.get(one.id) == one for one in fresh.values())
    return Lists((*fresh.values(), *others), tuple(changes), kept, left)


def _change(before: Material | None, now: Material) -> list[Change]:
    if before is None:
        return [Change(ChangeKind.ADDED, "", now.title, now.id)]
    if before.gone:
        return [Change(ChangeKind.BACK, "", now.title, now.id)]
    if before.book_id != now.book_id:
        return [Change(ChangeKind.MOVED, before.title, now.title, now.id)]
    if before.title != now.title:
        return [Change(ChangeKind.RENAMED, before.title, now.title, now.id)]
    return []


def _filed(
    records: Sequence[Record], books: Sequence[Book]
) -> tuple[dict[str, Material], Mapping[str, int]]:
    """Each record at its book: the one with the same tags, of a split grade the half that it names."""
    standing = {book.id: book for book in books if not book.gone}
    tags = {tag.id: tag for book in standing.values() for tag in book.tags}
    renewals = {t.name: t.id for t in tags.values() if t.dimension is Dimension.RENEWAL}
    order = list(Dimension)
    found: dict[str, Material] = {}
    left: Counter[str] = Counter()
    for record in records:
        said = sorted(
            (tags[key] for key in record.tags if key in tags),
            key=lambda tag: order.index(tag.dimension),
        )
        path = [tag.id for tag in said]
        ways = (
            [path] if record.renewal not in renewals else [path, [*path, renewals[record.renewal]]]
        )
        fitting = [key for way in ways if (key := book_id(way)) in standing]
        halves = [k for one in renewals.values() if (k := book_id([*path, one])) in standing]
        if fitting:
            found[record.id] = Material(record.id, record.title, record.kind, fitting[-1])
        else:
            left["unclear" if halves else "no_book"] += 1
    return found, dict(left)
