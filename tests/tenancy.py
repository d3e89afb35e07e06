"""Two schools on one installation, and somebody of the second who tries everything of the first.

What can be tried is read out of the program: the table of addresses, and the names of fields that the
handlers and services ask for. What it is tried with are the ids that the first school's documents have.
"""

from __future__ import annotations

import ast
import io
import itertools
import json
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

import aiohttp
import pymongo
from pydantic import BaseModel
from tornado.web import StaticFileHandler
from tornado.web import _has_stream_request_body as has_stream_request_body

from handlers.base import SESSION_COOKIE, BaseHandler, PageHandler
from handlers.console.base import DESK_COOKIE
from miniapp.endpoints import Endpoint
from miniapp.handler import ApiHandler
from services.bearers import start_bearer
from tests.erasing import everything_in_mongodb
from tests.handlers.conftest import drawn
from tests.town import Town

ROOT = Path(__file__).parent.parent
_READERS = {"get_body_argument", "get_query_argument", "get_body_arguments", "get_query_arguments"}
# What a form needs to be taken at all; every other field is tried with an id.
_PLAUSIBLE = {
    "action": "approve",
    "body": "周五早上八点。",
    "code": "",
    "colour": "#e03131",
    "crc32": "00000000",
    "confirm": "tap",
    "cursor": "",
    "custody": "full",
    "decision": "yes",
    "grade": "3",
    "key": "key-of-the-form",
    "name": "云老师",
    "number": "1",
    "order": "1",
    "prompt": "key-of-the-question",
    "purpose": "class_photos",
    "reason": "moved",
    "relation": "妈妈",
    "role": "office",
    "sha1": "",
    "show": "",
    "stamp": "",
    "title": "云杉",
    "version": "1",
    "when": "now",
}
_TALK = ("text/html", "application/json")
_FORMATS = {"date": "2036-09-01", "date-time": "2036-09-01T08:00:00+08:00"}
# Open to anybody; tests/handlers/test_boards.py and test_links.py look for pupils there.
_OPEN = ("/board/", "/l/", "/links/")
# What begins or ends the caller's own session only.
_OWN_SESSION = (
    "/console/sign-out",
    "/h5/sign-in",
    "/console/sign-in",
    "/console/sso",
    "/api/v1/sessions",
)
_HOLE = r"\((?!\?)[^()]*\)"
_ONE_OF = re.compile(r"\^\((\w+)(?:\|\w+)*\)\$")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def field_names() -> list[str]:
    """Every name of a form's or query's field that some handler or service reads."""
    found: set[str] = set()
    for folder in ("handlers", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    reads = node.func.attr in _READERS
                    on_form = node.func.attr == "get" and getattr(
                        node.func.value, "id", ""
                    ).endswith("form")
                    if (reads or on_form) and node.args:
                        first = node.args[0]
                        if isinstance(first, ast.Constant) and isinstance(first.value, str):
                            found.add(first.value)
    return sorted(found - {"csrf"})


@dataclass(frozen=True)
class Target:
    """One address of ours: a pattern, how many ids it takes, by which methods, and the API's declarations of it.

    `uploads`: a page that takes a file as its body, and no fields.
    """

    pattern: str
    holes: int
    methods: tuple[str, ...]
    uploads: bool = False
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)

    def path(self, ids: tuple[str, ...]) -> str:
        """The address with these ids in it."""
        parts = re.split(_HOLE, self.pattern.rstrip("$"))
        filled = "".join(
            part + (quote(ids[n], safe="") if n < len(ids) else "") for n, part in enumerate(parts)
        )
        return filled.replace("/?", "/").replace("\\", "")

    def fields(self, names: list[str], one: str) -> dict[str, str]:
        """Every field that a page may ask for, with this id in it; of the API those that it declares."""
        if not self.endpoints:
            return dict.fromkeys(names, one) | _PLAUSIBLE
        query = self.endpoints["GET"].query if "GET" in self.endpoints else None
        return {name: str(value) for name, value in plausible(query, one).items()}


def plausible(kind: type[BaseModel] | None, one: str) -> dict[str, Any]:
    """A body or query as the API declares it, with this id wherever there is room for one."""
    if kind is None:
        return {}
    schema = kind.model_json_schema()

    def value(name: str, described: dict[str, Any]) -> Any:
        if "$ref" in described:
            return value(name, schema["$defs"][described["$ref"].rpartition("/")[2]])
        if "anyOf" in described:
            return value(name, described["anyOf"][0])
        if "enum" in described:
            return described["enum"][0]
        match described.get("type"):
            case "string":
                fixed = _FORMATS.get(described.get("format", ""), "")
                if words := _ONE_OF.fullmatch(described.get("pattern", "")):
                    return words[1]
                said = fixed or _PLAUSIBLE.get(name, one)
                return said if len(said) >= described.get("minLength", 0) else one
            case "array":
                return [value(name, described["items"])] * described.get("minItems", 1)
            case "object" if "minProperties" in described:
                return {one: value(name, described["additionalProperties"])}
            case "object":
                return {n: value(n, d) for n, d in described.get("properties", {}).items()}
        return {"integer": 1, "boolean": True}.get(str(described.get("type")))

    found: dict[str, Any] = value("", schema)
    return found


def targets(application: Any, *, every: bool = False) -> Iterator[Target]:
    """Every page and every address of the API; those that move the caller's own session only with `every`."""
    for rule in application.wildcard_router.rules:
        if rule.target is StaticFileHandler or not issubclass(
            rule.target, PageHandler | ApiHandler
        ):
            continue
        pattern = rule.matcher.regex.pattern
        if pattern.startswith((*_OWN_SESSION, *_OPEN)) and not every:
            continue
        yield Target(
            pattern,
            len(re.findall(_HOLE, pattern)),
            tuple(
                name.upper()
                for name in ("get", "post", "put", "delete")
                if getattr(rule.target, name) is not getattr(BaseHandler, name)
            ),
            issubclass(rule.target, PageHandler) and has_stream_request_body(rule.target),
            rule.target.endpoints if issubclass(rule.target, ApiHandler) else {},
        )


def legible(content: bytes) -> str:
    """All that can be read in an answer: JSON without its escapes, and what is packed into an archive."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            packed = (f"{name}\n{legible(archive.read(name))}" for name in archive.namelist())
            return "\n".join(packed)
    text = content.decode("utf-8", "replace")
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text)


@dataclass(frozen=True)
class Sighting:
    """Something of the other school in an answer: the call, what was seen, the kind of the answer."""

    call: str
    seen: str
    kind: str


@dataclass
class Intruder:
    """Somebody with every session there is, and what they came across."""

    town: Town
    person_id: str
    canaries: tuple[str, ...]
    seen: list[Sighting] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    _headers: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        """New sessions: what is tried may have ended those before."""
        now, pairs = self.town.ctx.now(), []
        for cookie, desk in ((SESSION_COOKIE, False), (DESK_COOKIE, True)):
            token = secrets.token_urlsafe(12)
            pairs.append(f"{cookie}={token}")
            await self.town.ctx.stores.sessions.add(
                token,
                person_id=self.person_id,
                csrf="csrf",
                at=now,
                until=now + timedelta(hours=1),
                desk=desk,
            )
        tokens = await start_bearer(self.town.ctx, self.person_id, "openid")
        self._headers = {
            "Cookie": "; ".join(pairs),
            "X-CSRF-Token": "csrf",
            "Authorization": f"Bearer {tokens.access}",
        }

    async def walk(self, found: list[Target], ids: list[str], names: list[str]) -> None:
        """Try every address by every method with every id in every place that takes one."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            for target in found:
                await self.sign_in()
                for some in itertools.product(ids, repeat=max(1, target.holes)):
                    for method in target.methods:
                        await self._try(client, target, method, some, names)

    async def _try(
        self,
        client: aiohttp.ClientSession,
        target: Target,
        method: str,
        ids: tuple[str, ...],
        names: list[str],
    ) -> None:
        fields = target.fields(names, ids[-1])
        if method == "GET":
            await self._ask(client, target, method, ids)
            await self._ask(client, target, method, ids, params=fields)
        elif target.uploads:
            await self._ask(client, target, method, ids, data=drawn())
        elif method not in target.endpoints:
            await self._ask(client, target, method, ids, data=fields)
        else:
            declared = target.endpoints[method]
            params = {n: str(v) for n, v in plausible(declared.query, ids[-1]).items()}
            if declared.raw:
                kind = {"Content-Type": declared.raw[0]}
                await self._ask(client, target, method, ids, kind, params=params, data=drawn())
            else:
                body = plausible(declared.body, ids[-1])
                await self._ask(client, target, method, ids, params=params, json=body)

    async def _ask(
        self,
        client: aiohttp.ClientSession,
        target: Target,
        method: str,
        ids: tuple[str, ...],
        more: Mapping[str, str] = MappingProxyType({}),
        **sent: Any,
    ) -> None:
        path = target.path(ids if target.holes else ())
        headers = self._headers | {"Idempotency-Key": secrets.token_urlsafe(12), **more}
        room = path.split("/")[1]
        self.asked[room] = self.asked.get(room, 0) + 1
        try:
            async with client.request(
                method, self.town.base + path, headers=headers, allow_redirects=False, **sent
            ) as answer:
                told = unquote(json.dumps(dict(answer.headers), ensure_ascii=False))
                text = f"{told}\n{legible(await answer.read())}"
                status, kind = answer.status, answer.content_type
        except aiohttp.ClientOSError:
            return  # an upload that was refused before all of it was sent: nothing was answered
        # With an id of the other school in it, what is neither a page nor JSON is somebody's file.
        if status == 200 and target.holes and kind not in _TALK:
            self.seen.append(Sighting(f"{method} {path}", kind, kind))
        self.seen += [Sighting(f"{method} {path}", c, kind) for c in self.canaries if c in text]
        if status >= 500:
            self.faults.append(f"{method} {path} {status}")


def belongings(
    client: pymongo.MongoClient[Any], database: str, marks: tuple[str, ...]
) -> dict[str, list[bytes]]:
    """Every stored document in which one of these marks stands, by collection."""
    found = {}
    for name, told in everything_in_mongodb(client, database).items():
        mine = sorted(
            line for line in told.split(b"\n") if any(mark.encode() in line for mark in marks)
        )
        if mine:
            found[name] = mine
    return found


def ids_of(
    client: pymongo.MongoClient[Any],
    database: str,
    marks: tuple[str, ...],
    *,
    of: tuple[str, ...] = (),
) -> list[str]:
    """The id of one document of each collection, or of these collections, that carries one of these marks.

    Not those of invitations: whoever has one is meant to see which class it invites to.
    """
    found: list[str] = []
    for name in sorted(set(client[database].list_collection_names()) - {"invitations"}):
        mine = [
            str(document["_id"])
            for document in client[database][name].find({})
            if any(mark in str(document) for mark in marks)
        ]
        if name in of or not of:
            found += [i for i in mine if 0 < len(i) < 200][:1]
    return list(dict.fromkeys(found))
