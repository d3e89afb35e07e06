"""Who may call what: every endpoint with every role, as the endpoints themselves declare it.

Nothing is listed here: the endpoints come from the application's own table, and each is asked by
everybody. Whether somebody got through is seen at the endpoint's method, which is replaced.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from tornado.web import StaticFileHandler

from app import make_application
from domain.regions import Region, RegionLevel
from domain.roles import RIGHTS, Right, Role
from domain.schools import School
from handlers.base import SESSION_COOKIE, Access, BaseHandler, PageHandler
from handlers.console.base import DESK_COOKIE, ConsoleHandler
from miniapp.handler import ApiHandler
from services.bearers import start_bearer
from services.people import recognise
from tests.desk import appoint_at
from tests.town import Town, open_town, school_class

REACHED = 299
SCHOOL = School(id="school-x", name="青禾小学", region_ids=("p", "c", "d"))
REGIONS = {
    Role.PROVINCE_ADMIN: Region(
        id="p", level=RegionLevel.PROVINCE, name="示范省", region_ids=("p",)
    ),
    Role.CITY_ADMIN: Region(id="c", level=RegionLevel.CITY, name="示范市", region_ids=("p", "c")),
    Role.DISTRICT_ADMIN: Region(
        id="d", level=RegionLevel.DISTRICT, name="示范区", region_ids=("p", "c", "d")
    ),
}
CLASS = school_class(1, SCHOOL)
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@dataclass(frozen=True)
class Endpoint:
    """One method of one handler."""

    handler: type[BaseHandler]
    method: str
    path: str

    @property
    def access(self) -> Access | None:
        """Who may call it."""
        return self.handler.declared(self.method)[0]

    @property
    def right(self) -> Right | None:
        """By which right, where it is for staff."""
        return self.handler.declared(self.method)[1]

    @property
    def content_type(self) -> str:
        """What its body has to be; empty where that does not matter here."""
        if not issubclass(self.handler, ApiHandler):
            return ""
        endpoint = self.handler.endpoints.get(self.method.upper())
        return endpoint.raw[0] if endpoint and endpoint.raw else ""

    @property
    def is_for_people(self) -> bool:
        """Whether people call it; WeChat and the operator show who they are in other ways."""
        return issubclass(self.handler, PageHandler | ApiHandler)

    @property
    def is_page(self) -> bool:
        """Whether it is called from a browser, with cookies."""
        return issubclass(self.handler, PageHandler)


@dataclass(frozen=True)
class Caller:
    """Somebody with a session of each kind; `role` None has none."""

    role: Role | None
    phone_token: str
    desk_token: str
    bearer: str


def a_path(pattern: str) -> str:
    """Some path that a pattern takes."""
    one_of_words = re.compile(r"\(([a-z]+)(?:\|[a-z]+)+\)")
    path = one_of_words.sub(r"\1", pattern.rstrip("$"))
    path = re.sub(r"\((?!\?)[^()]*\)", "some-id", path)
    return path.replace("/?", "/").replace("\\", "")


def endpoints(application: object) -> Iterator[Endpoint]:
    """Every method of ours that the application's table leads to."""
    for rule in application.wildcard_router.rules:  # type: ignore[attr-defined]
        if rule.target is StaticFileHandler:
            continue
        for method in METHODS:
            own = getattr(rule.target, method)
            if own is not getattr(BaseHandler, method):
                yield Endpoint(rule.target, method, a_path(rule.matcher.regex.pattern))


@pytest.fixture
async def town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
        YANSHU_METRICS_TOKEN="the-operators-own-token",
    ) as town:
        await town.ctx.stores.schools.save_school(SCHOOL)
        await town.ctx.stores.schools.save_classes([CLASS])
        yield town


@pytest.fixture
async def callers(town: Town) -> list[Caller]:
    """A person of every role, and one of none; each signed in on the phone and at a desk."""
    nobody = await recognise(town.ctx, town.phone("nobody").user.openid)
    people: dict[Role | None, str] = {None: nobody}
    for role in Role:
        place = REGIONS.get(role, SCHOOL)
        where: dict[str, Any] = {}
        if role in (Role.HEAD_TEACHER, Role.SUBJECT_TEACHER):
            where["class_id"] = CLASS.id
        if role is Role.GRADE_LEADER:
            where["grade"] = CLASS.grade
        phone = await appoint_at(town, role.value, place, role, **where)
        people[role] = await recognise(town.ctx, phone.user.openid)
    now = town.ctx.now()
    found = []
    for held, person_id in people.items():
        tokens = await start_bearer(town.ctx, person_id, "openid")
        caller = Caller(held, secrets.token_urlsafe(8), secrets.token_urlsafe(8), tokens.access)
        for token, desk in ((caller.phone_token, False), (caller.desk_token, True)):
            await town.ctx.stores.sessions.add(
                token,
                person_id=person_id,
                csrf="csrf",
                at=now,
                until=now + timedelta(hours=1),
                desk=desk,
            )
        found.append(caller)
    return found


@pytest.fixture
def asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[Endpoint]:
    """Every endpoint, with its method replaced by one that only says it was reached."""

    async def reached(handler: BaseHandler, *_: str, **__: str) -> None:
        handler.set_status(REACHED, "reached")
        handler.finish()

    found = list(endpoints(make_application(town.ctx, town.settings)))
    for endpoint in found:
        monkeypatch.setattr(endpoint.handler, endpoint.method, reached)
    return found


async def call(
    town: Town,
    endpoint: Endpoint,
    *,
    phone: str = "",
    desk: str = "",
    bearer: str = "",
    csrf: str = "csrf",
) -> int:
    """The status of one call, with the sessions that are named and no other."""
    pairs = [(SESSION_COOKIE, phone), (DESK_COOKIE, desk)]
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in pairs if value),
        "X-CSRF-Token": csrf,
        "Idempotency-Key": "key-of-a-client",
    }
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    if endpoint.content_type:
        headers["Content-Type"] = endpoint.content_type
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
        client.request(
            endpoint.method, town.base + endpoint.path, headers=headers, allow_redirects=False
        ) as answer,
    ):
        return answer.status


def may_reach(endpoint: Endpoint, role: Role | None) -> bool:
    """What the endpoint's own declaration says of somebody who is signed in.

    The API is for staff of a school: whoever acts for a region does so at a desk.
    """
    access = endpoint.access
    if access is Access.STAFF:
        if role in REGIONS and issubclass(endpoint.handler, ApiHandler):
            return False
        return role is not None and endpoint.right in RIGHTS[role]
    if access is Access.VISITOR and issubclass(endpoint.handler, ConsoleHandler):
        return role is not None
    return access in (Access.PUBLIC, Access.VISITOR)


async def test_every_endpoint_with_every_role(
    town: Town, callers: list[Caller], asked: list[Endpoint]
) -> None:
    wrong = []
    asked = [e for e in asked if e.is_for_people]
    for endpoint in asked:
        for caller in callers:
            status = await call(
                town,
                endpoint,
                phone=caller.phone_token,
                desk=caller.desk_token,
                bearer=caller.bearer,
            )
            if (status == REACHED) != may_reach(endpoint, caller.role):
                wrong.append((endpoint.handler.__name__, endpoint.method, caller.role, status))
    assert wrong == []
    assert len(asked) > 40
    used = {e.right for e in asked if e.access is Access.STAFF}
    assert Right.PUBLISH in used
    assert used <= set(Right)


async def test_nobody_gets_anywhere_without_a_session(town: Town, asked: list[Endpoint]) -> None:
    let_in = set()
    for endpoint in asked:
        if not endpoint.is_for_people or endpoint.access is Access.PUBLIC:
            continue
        status = await call(town, endpoint)
        expected = 302 if endpoint.method == "get" and endpoint.is_page else 401
        if status != expected:
            let_in.add((endpoint.handler.__name__, endpoint.method, status))
    assert let_in == set()


def others_sessions(endpoint: Endpoint, caller: Caller) -> list[dict[str, str]]:
    """Everything that one person could show at an endpoint but what it asks for."""
    if not endpoint.is_page:
        return [
            {"phone": caller.phone_token, "desk": caller.desk_token},
            *({"bearer": token} for token in (caller.phone_token, caller.desk_token)),
        ]
    here, there = ("desk", "phone"), ("phone", "desk")
    mine, other = here if issubclass(endpoint.handler, ConsoleHandler) else there
    tokens = {"phone": caller.phone_token, "desk": caller.desk_token}
    return [
        {other: tokens[other]},
        *({mine: token} for token in (tokens[other], caller.bearer)),
        {"bearer": caller.bearer},
    ]


async def test_a_session_opens_only_what_it_was_begun_for(
    town: Town, callers: list[Caller], asked: list[Endpoint]
) -> None:
    admin = next(c for c in callers if c.role is Role.SCHOOL_ADMIN)
    crossed = [
        (endpoint.handler.__name__, endpoint.method, shown)
        for endpoint in asked
        if endpoint.is_for_people and endpoint.access is not Access.PUBLIC
        for shown in others_sessions(endpoint, admin)
        if await call(town, endpoint, **shown) == REACHED
    ]
    assert crossed == []


async def test_what_machines_call_lets_in_nobody_with_a_session(
    town: Town, callers: list[Caller]
) -> None:
    for_machines = [
        endpoint
        for endpoint in endpoints(make_application(town.ctx, town.settings))
        if endpoint.access in (Access.WECHAT, Access.OPERATOR)
    ]
    assert len(for_machines) > 4
    let_in = []
    for endpoint in for_machines:
        for caller in callers:
            status = await call(
                town,
                endpoint,
                phone=caller.phone_token,
                desk=caller.desk_token,
                bearer=caller.bearer,
            )
            if status != 403:
                let_in.append((endpoint.handler.__name__, endpoint.method, caller.role, status))
    assert let_in == []


async def test_no_form_is_taken_without_the_sessions_own_token(
    town: Town, callers: list[Caller], asked: list[Endpoint]
) -> None:
    admin = next(c for c in callers if c.role is Role.SCHOOL_ADMIN)
    taken = set()
    for endpoint in asked:
        changing = endpoint.is_page and endpoint.method != "get"
        if not changing or endpoint.access is Access.PUBLIC:
            continue
        for csrf in ("", "csrf2", "CSRF"):
            status = await call(
                town, endpoint, phone=admin.phone_token, desk=admin.desk_token, csrf=csrf
            )
            if status != 403:
                taken.add((endpoint.handler.__name__, csrf, status))
    assert taken == set()
