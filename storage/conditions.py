"""Conditions inside an update: it finds its documents by index alone and changes only those that fit.

One statement, so nobody comes in between; a document that does not fit is left as it is and does not
count as modified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Pipeline = list[dict[str, Any]]


def set_once(**values: Any) -> Pipeline:
    """Set fields that are empty; the first time counts."""
    return [{"$set": {name: {"$ifNull": [f"${name}", value]} for name, value in values.items()}}]


def set_if(condition: Mapping[str, Any], changes: Mapping[str, Any]) -> Pipeline:
    """Set fields where an expression holds. Values are taken as they are, never as expressions."""
    return [
        {
            "$set": {
                name: {"$cond": [condition, {"$literal": value}, f"${name}"]}
                for name, value in changes.items()
            }
        }
    ]
