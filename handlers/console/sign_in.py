"""Signing in at a desk: a QR to scan with WeChat, the wait for the phone, the way out, and switching the post."""

from __future__ import annotations

import re

from domain.desks import LIFE, DeskState
from domain.errors import NotFoundError
from handlers.base import Access
from handlers.console.base import DESK_COOKIE, ConsoleHandler
from handlers.drawings import qr_svg
from services.desks import begin_desk, redeem_desk

_STATE_COOKIE = "yanshu_desk_state"
_TARGET = re.compile(r"/console/[A-Za-z0-9._~/?&=%+:@,;!*'()-]{0,1000}")
_HOME = "/console/"


def desk_target(to: str, prefix: str) -> str:
    """A page of the console to go on to, or its home page for anything that is not surely one."""
    if prefix and to.startswith(prefix + _HOME):
        to = to.removeprefix(prefix)
    if not _TARGET.fullmatch(to) or ".." in to or "//" in to.partition("?")[0]:
        return _HOME
    return _HOME if to.startswith(("/console/sign-in", "/console/sso")) else to


class SignInHandler(ConsoleHandler):
    """The QR, new each time the page is opened."""

    access = Access.PUBLIC

    async def get(self) -> None:
        """Show it."""
        begun = await begin_desk(self.ctx, self.request.remote_ip or "")
        self.set_cookie(
            _STATE_COOKIE,
            f"{begun.desk.id}.{begun.secret}",
            path=self.link("/console/sign-in"),
            max_age=int(LIFE.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=self.ctx.policy.public_url.startswith("https://"),
        )
        address = self.absolute(f"/h5/desk/{begun.desk.id}")
        self.page(
            "console/sign_in.html",
            address=address,
            drawing=qr_svg(address),
            number=begun.desk.number,
            to=desk_target(self.get_query_argument("to", _HOME), self.prefix),
            seconds=int(LIFE.total_seconds()),
        )


class SignInWaitHandler(ConsoleHandler):
    """Asked by the page every other second: has the phone confirmed?"""

    access = Access.PUBLIC

    async def post(self) -> None:
        """How it stands; when confirmed, the session begins with this very answer."""
        desk_id, _, secret = (self.get_cookie(_STATE_COOKIE) or "").partition(".")
        try:
            desk = await redeem_desk(self.ctx, desk_id, secret)
        except NotFoundError:
            self.data({"state": "expired"})
            return
        if desk.state is DeskState.CONFIRMED:
            self.clear_cookie(_STATE_COOKIE, path=self.link("/console/sign-in"))
            await self.start_console_session(desk.person_id)
        self.data({"state": desk.state.value})


class SignOutHandler(ConsoleHandler):
    """Leaving the desk."""

    access = Access.VISITOR

    async def post(self) -> None:
        """The session is over, not only its cookie."""
        await self.ctx.stores.sessions.end(self.session.id)
        self.clear_cookie(DESK_COOKIE, path=self.link("/console"))
        self.go("/console/sign-in")


class SwitchHandler(ConsoleHandler):
    """Acting from another place."""

    access = Access.VISITOR

    async def post(self) -> None:
        """Switch; only to a place where they are somebody."""
        place_id = self.get_body_argument("place", "")
        if place_id not in {post.place_id for post in self.posts}:
            raise NotFoundError
        await self.ctx.stores.sessions.act_at(self.session.id, place_id)
        self.go("/console/")
