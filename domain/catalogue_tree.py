"""Reading the platform's public tag tree: whole, or not at all.

It comes from outside, so nothing of it is believed: how large and how deep it is, that its names are names, that
every leaf says all a book needs. One thing wrong refuses all of it, and the refusal says which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from domain.catalogue import Book, Dimension, Tag, is_senior
from domain.errors import YanshuError

LARGEST_TREE_BYTES = 5 * 1024 * 1024  # the published one has 0.4 MB
MOST_BOOKS = 20_000
_DEEPEST = len(Dimension)
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LONGEST_NAME = 60
_ALWAYS = (Dimension.STAGE, Dimension.SUBJECT, Dimension.EDITION, Dimension.VOLUME)
_ORDER = list(Dimension)


class CatalogueError(YanshuError):
    """A tree that is not taken; `code` says why, `detail` where."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def parse_tree(content: bytes) -> tuple[Book, ...]:
    """The books of a published tree, in its order. Raises CatalogueError."""
    root = read_json(content)
    if not isinstance(root, dict):
        raise CatalogueError("not_a_tree")
    known: dict[str, Tag] = {}
    books: dict[str, Book] = {}
    for path in _leaves(root, known):
        book = Book(tags=path)
        _check(book)
        if book.id in books:
            raise CatalogueError("doubled", book.title)
        books[book.id] = book
        if len(books) > MOST_BOOKS:
            raise CatalogueError("too_many")
    if not books:
        raise CatalogueError("no_book")
    return tuple(books.values())


def read_json(content: bytes) -> Any:
    """What a published file says; no larger and no deeper than can be. Raises CatalogueError."""
    if len(content) > LARGEST_TREE_BYTES:
        raise CatalogueError("too_large")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise CatalogueError("too_deep") from None
    except ValueError:  # also what is no UTF-8, and a file of which the end is missing
        raise CatalogueError("not_json") from None


def _leaves(root: Mapping[str, Any], known: dict[str, Tag]) -> Iterator[tuple[Tag, ...]]:
    """The path of each leaf; walked without recursion, so that no depth can hurt."""
    waiting: list[tuple[Any, tuple[Tag, ...]]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        children = _children(node, path)
        if not children:
            if not path:
                raise CatalogueError("no_book")
            yield path
        for child in reversed(children):
            tag = _tag(child, known, path)
            if any(tag.id == above.id for above in path):
                raise CatalogueError("cycle", _where((*path, tag)))
            if len(path) >= _DEEPEST:
                raise CatalogueError("too_deep", _where(path))
            waiting.append((child, (*path, tag)))


def _children(node: Mapping[str, Any], path: tuple[Tag, ...]) -> list[Any]:
    branches = node.get("hierarchies")
    if branches is None:
        return []
    if not isinstance(branches, list) or not all(isinstance(b, dict) for b in branches):
        raise CatalogueError("not_a_tree", _where(path))
    found: list[Any] = []
    for branch in branches:
        children = branch.get("children")
        if children is None:
            continue
        if not isinstance(children, list):
            raise CatalogueError("not_a_tree", _where(path))
        found += children
    return found


def _tag(node: Any, known: dict[str, Tag], path: tuple[Tag, ...]) -> Tag:
    if not isinstance(node, dict):
        raise CatalogueError("not_a_tree", _where(path))
    key, name, said = (node.get(n) for n in ("tag_id", "tag_name", "tag_dimension_id"))
    if not isinstance(key, str) or not ID.fullmatch(key):
        raise CatalogueError("bad_tag", _where(path))
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise CatalogueError("bad_tag", _where(path))
    if not name.isprintable():
        raise CatalogueError("bad_tag", _where(path))
    if said not in _ORDER:
        raise CatalogueError("unknown_dimension", _where(path))
    tag = Tag(key, Dimension(said), name.strip())
    if known.setdefault(key, tag) != tag:
        raise CatalogueError("contradiction", f"{known[key].name}, {tag.name}")
    return known[key]


def _check(book: Book) -> None:
    """Every leaf says all that a book needs, in the order of the pages."""
    has = [tag.dimension for tag in book.tags]
    wanted = [*_ALWAYS]
    if not is_senior(book.name_of(Dimension.STAGE)):
        wanted.append(Dimension.GRADE)
    if set(wanted) - set(has):
        raise CatalogueError("missing_dimension", book.title)
    if has != sorted(set(has), key=_ORDER.index):
        raise CatalogueError("wrong_order", book.title)


def _where(path: tuple[Tag, ...]) -> str:
    return " ".join(tag.name for tag in path)
