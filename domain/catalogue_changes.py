"""From one season's catalogue to the next: what came, what moved, what is gone, and what has another name.

Nothing is forgotten. A book that is no leaf any more leads to the one that took its place, where there is one:

1. a 新旧教材 level was appended below it: to the new textbook, for a grade is split when the new one comes into use
   there (to the old one where there is no other);
2. its own 新旧教材 level was taken away: to the book without it;
3. its half of a split grade is no more: to the other half.

What fits none of these stays as it was, marked as gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.catalogue import Book, Dimension, Tag, book_id
from domain.catalogue_tree import CatalogueError

# A tree with less than this part of the books that were there is taken for half a tree.
LEAST_KEPT = 0.75


class ChangeKind(StrEnum):
    """What became of a book or of a tag's name."""

    ADDED = "added"
    BACK = "back"  # was gone, is there again
    MOVED = "moved"
    GONE = "gone"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the report: a book and where it went, or a tag's name before and after."""

    kind: ChangeKind
    before: str
    after: str = ""
    book_id: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """The next catalogue's books and how they came about; `kept` is how many stayed as they were."""

    books: tuple[Book, ...]
    changes: tuple[Change, ...]
    kept: int


def next_season(held: Sequence[Book], fresh: Sequence[Book], *, shrunk: bool = False) -> Season:
    """What a tree that was just read makes of the books that are known.

    Raises CatalogueError (`shrunk`) when a good part of what was there is missing, unless that is `shrunk` on purpose.
    """
    now = {book.id: book for book in fresh}
    before = {book.id: book for book in held}
    missing = [book for book in held if book.id not in now]
    moves = {book.id: _survivor(book, now) for book in missing}
    lost = [b for b in missing if not b.gone and not moves[b.id]]
    standing = sum(not book.gone for book in held)
    if not shrunk and len(lost) > standing * (1 - LEAST_KEPT):
        raise CatalogueError("shrunk", f"{standing} → {standing - len(lost)}")
    changes = [*_renamed(held, fresh)]
    books = list(fresh)
    for book in fresh:
        known = before.get(book.id)
        if known is None:
            changes.append(Change(ChangeKind.ADDED, "", book.title, book.id))
        elif known.gone:
            changes.append(Change(ChangeKind.BACK, "", book.title, book.id))
    for book in missing:
        to = moves[book.id] or book.moved_to
        books.append(replace(book, gone=True, moved_to=to))
        if not book.gone:
            kind = ChangeKind.MOVED if to else ChangeKind.GONE
            changes.append(Change(kind, book.title, now[to].title if to else "", book.id))
    kept = sum(1 for b in fresh if b.id in before and not before[b.id].gone)
    return Season(tuple(books), tuple(changes), kept)


def _survivor(book: Book, now: Mapping[str, Book]) -> str:
    """The id of the leaf that took this one's place; empty where there is none."""
    halves = [now[key] for key in _halves(book, now)]
    for half in sorted(halves, key=lambda b: b.is_old):
        return half.id
    if book.tag(Dimension.RENEWAL) is not None:
        whole = book_id(book.path[:-1])
        return whole if whole in now else ""
    return ""


def _halves(book: Book, now: Mapping[str, Book]) -> list[str]:
    """The new and the old textbook in this one's place, of those that there are."""
    without = book.path[:-1] if book.tag(Dimension.RENEWAL) else book.path
    renewals = {tag.id for other in now.values() for tag in other.tags[-1:] if _renews(tag)}
    return [key for key in (book_id((*without, one)) for one in renewals) if key in now]


def _renews(tag: Tag) -> bool:
    return tag.dimension is Dimension.RENEWAL


def _renamed(held: Sequence[Book], fresh: Sequence[Book]) -> list[Change]:
    names = {tag.id: tag.name for book in fresh for tag in book.tags}
    old = {tag.id: tag.name for book in held if not book.gone for tag in book.tags}
    return [
        Change(ChangeKind.RENAMED, name, names[key])
        for key, name in old.items()
        if names.get(key, name) != name
    ]
