"""Domain dataclasses as documents: `id` ↔ `_id`, enums as their values, tolerant of unknown fields, strict about missing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_document(thing: Any) -> dict[str, Any]:
    """A domain dataclass with an `id` as a document with an `_id`."""
    document = to_value(thing)
    return {"_id": document.pop("id"), **document}


def to_value(thing: Any) -> dict[str, Any]:
    """A domain dataclass as an embedded document."""
    return cast(dict[str, Any], _adapter(type(thing)).dump_python(thing))


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """A stored document as `kind`. Raises pydantic's ValidationError when a field that must be there is missing."""
    return cast(T, _adapter(kind).validate_python({"id": document["_id"], **document}))
