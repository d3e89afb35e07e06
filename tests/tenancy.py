"""Two schools on one installation, and somebody of the second who tries everything of the first.

What can be tried is read out of the program: the table of addresses, and the names of fields that the
handlers and services ask for. What it is tried with are the ids that the first school's documents have.
"""

from __future__ import annotations

import ast
import itertools
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pymongo
from tornado.routing import URLSpec
from tornado.web import StaticFileHandler

from handlers.base import SESSION_COOKIE, BaseHandler, PageHandler
from handlers.console.base import DESK_COOKIE
from tests.erasing import everything_in_mongodb
from tests.town import Town

ROOT = Path(__file__).parent.parent
_READERS = {"get_body_argument", "get_query_argument", "get_body_arguments", "get_query_arguments"}
# What a form needs to be taken at all; every other field is tried with an id.
_PLAUSIBLE = {
    "action": "approve",
    "body": "周五早上八点。",
    "code": "",
    "confirm": "tap",
    "cursor": "",
    "custody": "full",
    "decision": "yes",
    "grade": "3",
    "key": "key-of-the-form",
    "name": "云老师",
    "number": "1",
    "order": "1",
    "purpose": "class_photos",
    "reason": "moved",
    "relation": "妈妈",
    "role": "office",
    "show": "",
    "stamp": "",
    "title": "云杉",
    "version": "1",
    "when": "now",
}
# What ends or moves the caller's own session only.
_TALK = ("text/html", "application/json")
_OWN_SESSION = ("/console/sign-out", "/h5/sign-in", "/console/sign-in", "/console/sso")


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
    """One address of ours: a pattern, how many ids it takes, and whether it can be read and written."""

    pattern: str
    holes: int
    reads: bool
    writes: bool

    def path(self, ids: tuple[str, ...]) -> str:
        """The address with these ids in it."""
        parts = re.split(r"\((?!\?)[^()]*\)", self.pattern.rstrip("$"))
        filled = "".join(
            part + (quote(ids[n], safe="") if n < len(ids) else "") for n, part in enumerate(parts)
        )
        return filled.replace("/?", "/").replace("\\", "")


def targets(application: Any) -> Iterator[Target]:
    """Every page of ours that takes ids or fields."""
    for rule in application.wildcard_router.rules:
        if not isinstance(rule, URLSpec) or rule.target is StaticFileHandler:
            continue
        if not issubclass(rule.target, PageHandler):
            continue
        pattern = rule.regex.pattern
        if pattern.startswith(_OWN_SESSION):
            continue
        holes = len(re.findall(r"\((?!\?)[^()]*\)", pattern))
        own = {
            name: getattr(rule.target, name) is not getattr(BaseHandler, name)
            for name in ("get", "post")
        }
        yield Target(pattern, holes, own["get"], own["post"])


@dataclass
class Intruder:
    """Somebody with every session there is, and what they came across."""

    town: Town
    person_id: str
    canaries: tuple[str, ...]
    seen: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: int = 0
    _cookies: str = ""

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
        self._cookies = "; ".join(pairs)

    async def walk(self, found: list[Target], ids: list[str], names: list[str]) -> None:
        """Try every address with every id in every place that takes one."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            for target in found:
                await self.sign_in()
                for some in itertools.product(ids, repeat=max(1, target.holes)):
                    inserted = some if target.holes else ()
                    fields = dict.fromkeys(names, some[-1]) | _PLAUSIBLE
                    if target.reads:
                        await self._try(
                            client, "GET", target.path(inserted), {}, {}, holes=target.holes
                        )
                        await self._try(
                            client, "GET", target.path(inserted), fields, {}, holes=target.holes
                        )
                    if target.writes:
                        await self._try(
                            client, "POST", target.path(inserted), {}, fields, holes=target.holes
                        )

    async def _try(
        self,
        client: aiohttp.ClientSession,
        method: str,
        path: str,
        query: dict[str, str],
        form: dict[str, str],
        *,
        holes: int,
    ) -> None:
        headers = {"Cookie": self._cookies, "X-CSRF-Token": "csrf"}
        async with client.request(
            method,
            self.town.base + path,
            params=query,
            data=form if method == "POST" else None,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
            text = f"{dict(answer.headers)}\n{body.decode('utf-8', 'replace')}"
            # With an id of the other school in it, what is neither a page nor JSON is somebody's file.
            if answer.status == 200 and holes and answer.content_type not in _TALK:
                self.seen.append((f"{method} {path}", answer.content_type))
            self.asked += 1
            self.seen += [(f"{method} {path}", c) for c in self.canaries if c in text]
            if answer.status >= 500:
                self.faults.append(f"{method} {path} {answer.status}")


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
