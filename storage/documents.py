"""Domain dataclasses as documents: `id` ↔ `_id`, tolerant of unknown fields, strict about missing ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from bson import decode_all
from bson.codec_options import CodecOptions
from pydantic import TypeAdapter

T = TypeVar("T")


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_document(thing: Any) -> dict[str, Any]:
    """A domain dataclass with an `id` as a document with an `_id`."""
    document = to_value(thing)
    return {"_id": document.pop("id"), **document}


def to_value(thing: Any) -> dict[str, Any]:
    """A domain dataclass as an embedded document."""
    return cast(dict[str, Any], _adapter(type(thing)).dump_python(thing))


def with_text_dates(value: Any) -> Any:
    """The same with every date as text (`2026-09-01`): MongoDB knows moments only."""
    if isinstance(value, dict):
        return {name: with_text_dates(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [with_text_dates(part) for part in value]
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return value.isoformat() if is_day else value


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """A stored document as `kind`. Raises pydantic's ValidationError when a field that must be there is missing."""
    return cast(T, _adapter(kind).validate_python({"id": document["_id"], **document}))


def from_batch(kind: type[T], batch: bytes) -> list[T]:
    """Documents as they came over the wire, one after the other, as `kind`."""
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
    return [from_document(kind, document) for document in decode_all(batch, options)]
