"""No endpoint without saying who may call it: one that does not stops the server."""

from __future__ import annotations

import pytest
from tornado.routing import URLSpec
from tornado.web import RequestHandler

import app
from app import make_application
from domain.regions import RegionLevel
from domain.roles import RIGHTS, Level, Right, Role
from handlers.base import Access, BaseHandler, PageHandler
from handlers.sign_in import SignInHandler
from miniapp.endpoints import Call, Registry
from miniapp.handler import handler_of
from miniapp.shapes import Done
from tests.town import Town


class Undeclared(PageHandler):
    """Says nothing."""


class WithoutRight(PageHandler):
    """For staff, by no right."""

    access = Access.STAFF


class OneOfTwo(PageHandler):
    """One of its methods says nothing."""

    async def get(self) -> None:
        self.finish("anybody")

    async def post(self) -> None:
        self.finish("anybody")

    @classmethod
    def declared(cls, method: str) -> tuple[Access | None, Right | None]:
        return (Access.PUBLIC if method == "get" else None, None)


class RightForAll(PageHandler):
    """A right that nobody needs."""

    access = Access.PUBLIC
    right = Right.AUDIT


class Heir(SignInHandler):
    """Open to everybody because its forebear is."""


def api_without_right() -> type[BaseHandler]:
    """An address of the API for staff, by no right."""
    new = Registry("new")

    async def list_new(call: Call) -> Done:
        return Done(done=True)

    new("GET", "/new", access=Access.STAFF)(list_new)
    return handler_of(new.endpoints)  # type: ignore[return-value]


@pytest.mark.parametrize("table", ["page_routes", "console_routes", "api_routes"])
@pytest.mark.parametrize(
    "handler",
    [Undeclared, WithoutRight, OneOfTwo, RightForAll, Heir, api_without_right(), RequestHandler],
    ids=lambda handler: handler.__name__,
)
async def test_an_undeclared_endpoint_stops_the_server(
    town: Town, monkeypatch: pytest.MonkeyPatch, table: str, handler: type[RequestHandler]
) -> None:
    held = getattr(app, table)()
    monkeypatch.setattr(app, table, lambda: [URLSpec(r"/new", handler), *held])
    with pytest.raises(app.UndeclaredAccessError, match=handler.__name__):
        make_application(town.ctx, town.settings)


def test_an_endpoint_of_the_api_cannot_be_written_without_saying_for_whom() -> None:
    with pytest.raises(TypeError, match="access"):
        Registry("new")("GET", "/new")  # type: ignore[call-arg]


def test_every_role_stands_somewhere_and_every_right_is_somebodys() -> None:
    assert set(RIGHTS) == set(Role)
    assert set().union(*RIGHTS.values()) == set(Right)
    assert Right.PEOPLE not in RIGHTS[Role.DISTRICT_ADMIN]  # a region never sees a pupil
    figures = {Right.REGISTRATION, Right.MONITOR, Right.REPORTS}
    assert RIGHTS[Role.OBSERVER] == figures  # and nothing else
    assert set(Level) == {Level(level) for level in ("class", "grade", "school", *RegionLevel)}
