"""What the API declares, for a server's answers that no server gave: they must be what a real one could say."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

from miniapp.endpoints import PREFIX, Endpoint
from miniapp.handler import adapter
from miniapp.routes import REGISTRIES

_ENDPOINTS = [(re.compile(e.pattern), e) for registry in REGISTRIES for e in registry.endpoints]


def drift(method: str, path: str, *, given: bytes, status: int, answer: Any) -> list[str]:
    """How a request and its answer differ from their endpoint's declaration; `path` without prefix and query."""
    found = [
        e for pattern, e in _ENDPOINTS if e.method == method and pattern.fullmatch(PREFIX + path)
    ]
    if not found:
        return [f"{method} {path} is not declared"]
    (endpoint,) = found
    problems = []
    if endpoint.body is not None:
        problems += _problems(endpoint, "sent", endpoint.body, given)
    if status < 400:
        problems += _problems(endpoint, "answered", endpoint.answer, json.dumps(answer).encode())
        if status != endpoint.status:
            problems.append(f"{endpoint.name}: answered {status} and not {endpoint.status}")
    elif set(answer) != {"code", "message", "fields"}:
        problems.append(f"{endpoint.name}: {answer} is no refusal")
    return problems


def _problems(endpoint: Endpoint, what: str, kind: Any, text: bytes) -> list[str]:
    try:
        adapter(kind).validate_json(text)
    except ValidationError as error:
        places = [
            ".".join(map(str, wrong["loc"])) + " " + wrong["type"] for wrong in error.errors()
        ]
        return [f"{endpoint.name}, {what}: {place}" for place in places]
    return []
