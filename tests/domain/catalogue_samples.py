"""The small tree that ships with the program, whole and in pieces, and trees of another season made of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.catalogue import Book
from domain.catalogue_tree import parse_tree

SMALL = (Path(__file__).parents[2] / "deploy" / "lesson_tags_small.json").read_bytes()
NEW = {"tag_id": "5136342961", "tag_name": "新教材", "tag_dimension_id": "zxxxjjc"}
OLD = {"tag_id": "5136342960", "tag_name": "旧教材", "tag_dimension_id": "zxxxjjc"}


def small_books() -> tuple[Book, ...]:
    """Its books."""
    return parse_tree(SMALL)


def book(title: str) -> Book:
    """The book of a title."""
    (found,) = [one for one in small_books() if one.title == title]
    return found


def node(tree: dict[str, Any], *names: str) -> dict[str, Any]:
    """A node of a tree by the names on the way to it."""
    here = tree
    for name in names:
        children = [c for h in here["hierarchies"] for c in h["children"]]
        (here,) = [c for c in children if c["tag_name"] == name]
    return here


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The small tree with something else in it."""
    tree = copy.deepcopy(json.loads(SMALL))
    change(tree)
    return json.dumps(tree, ensure_ascii=False).encode()


def below(children: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A level of a tree."""
    return [{"hierarchy_name": "新旧教材", "children": children}]


def split(tree: dict[str, Any], *names: str, into: tuple[dict[str, Any], ...] = (NEW, OLD)) -> None:
    """A book becomes a new and an old one: what happens to another grade every autumn."""
    node(tree, *names)["hierarchies"] = below([{**one, "hierarchies": None} for one in into])


def material(key: str, of: str, kind: str = "assets_document", **more: Any) -> dict[str, Any]:
    """A record of the published lists, filed by the tags of the book `of` this title."""
    tags = [tag for tag in book(of).tags if tag.id not in {NEW["tag_id"], OLD["tag_id"]}]
    listed = [
        {"tag_dimension_id": t.dimension.value, "tag_id": t.id, "tag_name": t.name, "order_num": 1}
        for t in tags
    ]
    view = {"tag_dimension_id": "tagView", "tag_id": "2RC4Xg", "tag_name": "视图", "order_num": 2}
    whole = {
        "id": key,
        "title": f"义务教育教科书 {of}",
        "status": "ONLINE",
        "tag_list": [view, *listed],
    }
    return {**whole, "resource_type_code": kind, **more}


def listed(*records: Any) -> bytes:
    """A list of materials as published: one array of records."""
    return json.dumps(records, ensure_ascii=False).encode()
