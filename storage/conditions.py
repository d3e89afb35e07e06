"""Conditions inside an update: it finds its documents by index alone and changes only those that fit.

One statement, so nobody comes in between; a document that does not fit is left as it is and does not
count as modified.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Pipeline = list[dict[str, Any]]


def set_once(**values: Any) -> Pipeline:
    """Set fields that are empty; the first time counts."""
    return [{"$set": {name: {"$ifNull": [f"${name}", value]} for name, value in values.items()}}]


def set_if(
    condition: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    add: Mapping[str, int] = MappingProxyType({}),
) -> Pipeline:
    """Set fields (`push`, `push.phase`) where an expression holds, and add to others.

    Values are never read as expressions.
    """
    values: dict[str, Any] = {name: {"$add": [f"${name}", more]} for name, more in add.items()}
    for name, value in changes.items():
        whole, dot, part = name.partition(".")
        if dot:
            # Not under its dotted name: where the condition does not hold, that would make an empty
            # object of a field that is null.
            merged = values.setdefault(whole, {"$mergeObjects": [f"${whole}", {}]})
            merged["$mergeObjects"][1][part] = {"$literal": value}
        else:
            values[name] = {"$literal": value}
    return [{"$set": {name: {"$cond": [condition, v, f"${name}"]} for name, v in values.items()}}]
