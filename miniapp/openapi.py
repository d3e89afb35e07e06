"""The OpenAPI 3.1 document of the JSON API, made of the declarations and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from handlers.base import Access
from miniapp.endpoints import ID_PATTERN, PREFIX, Endpoint, Stream, Tagged

_REFERENCE = "#/components/schemas/{model}"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string", "description": "Chinese, for a person"},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
}
# Why a call may be refused; which of them an endpoint can answer follows from its declaration.
_REFUSALS = {
    400: "The request is no request.",
    401: "No session, or no more: sign in again.",
    404: "Absent, or not for this person.",
    409: "Changed meanwhile, or no longer in a state that allows this.",
    413: "Too large.",
    415: "A content type that is not taken here.",
    422: "A field is wrong; `fields` says which.",
    429: "Tried too often; `Retry-After` says how many seconds to wait.",
    503: "WeChat does not answer.",
}


def document(endpoints: Iterable[Tagged], *, version: str) -> dict[str, Any]:
    """The whole document."""
    found = list(endpoints)
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, dict[str, Any]] = {}
    for tagged in found:
        entry = paths.setdefault(PREFIX + tagged.endpoint.path, {})
        entry[tagged.endpoint.method.lower()] = _operation(tagged, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yanshu 雁书", "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schema(kind: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    made = TypeAdapter(kind).json_schema(mode=mode, ref_template=_REFERENCE)
    _name(made.pop("$defs", {}), schemas)
    title = made.get("title", "")
    if made.get("type") == "object" and isinstance(kind, type):
        _name({title: made}, schemas)
        return {"$ref": _REFERENCE.format(model=title)}
    return made


def _name(found: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Enter types under their names. Raises TypeError for two that are called alike and are not alike."""
    for name, schema in found.items():
        if schemas.setdefault(name, schema) != schema:
            raise TypeError(f"two different types are called {name}")


def _operation(tagged: Tagged, schemas: dict[str, Any]) -> dict[str, Any]:
    endpoint = tagged.endpoint
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [tagged.tag],
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint, schemas),
        "responses": {
            str(endpoint.status): {
                "description": "Done." if endpoint.method != "GET" else "Found.",
                "content": _content(endpoint, schemas),
            },
            **{str(status): _refusal(status) for status in _refusals(endpoint)},
        },
        "security": [] if endpoint.access is Access.PUBLIC else [{"bearer": []}],
    }
    if endpoint.body is not None:
        body = _schema(endpoint.body, schemas, "validation")
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    elif endpoint.raw:
        operation["requestBody"] = {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in endpoint.raw
            },
        }
    return operation


def _content(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    if endpoint.answer is Stream:
        return {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    answer = _schema(endpoint.answer, schemas, "serialization")
    wrapped = {"type": "object", "required": ["data"], "properties": {"data": answer}}
    return {"application/json": {"schema": wrapped}}


def _refusals(endpoint: Endpoint) -> list[int]:
    found = {400, 401, 404, 409, 422, 429, 503}
    if endpoint.body is not None or endpoint.raw:
        found |= {413, 415}
    return sorted(found)


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": _REFUSALS[status],
        "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(model="Error")}}},
    }


def _parameters(endpoint: Endpoint, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": hole,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{ID_PATTERN}$"},
        }
        for hole in endpoint.holes
    ]
    if endpoint.creates:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Made by the client; the same key gets the same answer.",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
            }
        )
    if endpoint.query is not None:
        made = endpoint.query.model_json_schema(ref_template=_REFERENCE)
        _name(made.pop("$defs", {}), schemas)
        required = made.get("required", ())
        for name, schema in made.get("properties", {}).items():
            found.append(
                {"name": name, "in": "query", "required": name in required, "schema": schema}
            )
    return found
