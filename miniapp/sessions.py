"""Signing in with WeChat's login code, keeping the session alive, signing out; who somebody is."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.errors import NotFoundError
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Done, Place, place_rows
from services.bearers import Tokens, end_bearer, end_everywhere, refresh_bearer, start_bearer
from services.people import posts_of, recognise_mini
from services.sign_ins import login_code_from

sessions = Registry("sessions")


class LoginCode(Schema):
    """What `wx.login` gave."""

    code: str = Field(min_length=1, max_length=200)


class RefreshToken(Schema):
    """The newest refresh token that arrived."""

    refresh_token: str


class SessionOut(Schema):
    """A session: `access_token` for every call, `refresh_token` once for new ones."""

    access_token: str
    refresh_token: str
    access_until: datetime
    expires_at: datetime


class Me(Schema):
    """Who is signed in."""

    person_id: str
    places: list[Place]


class ActingIn(Schema):
    """The place to act from; empty for the first that fits."""

    place_id: str


def _session(tokens: Tokens) -> SessionOut:
    return SessionOut(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        access_until=tokens.access_until,
        expires_at=tokens.expires_at,
    )


@sessions("POST", "/sessions", access=Access.PUBLIC)
async def sign_in(call: Call, body: LoginCode) -> SessionOut:
    """Sign in with the code of `wx.login`."""
    mini = call.ctx.mini
    if mini is None:
        raise NotFoundError
    async with login_code_from(call.ctx, call.address):
        visitor = await mini.exchange_login(body.code)
    person_id = await recognise_mini(call.ctx, mini.app_id, visitor)
    return _session(await start_bearer(call.ctx, person_id, visitor.openid))


@sessions("POST", "/sessions/refresh", access=Access.PUBLIC)
async def refresh_session(call: Call, body: RefreshToken) -> SessionOut:
    """New tokens for the newest refresh token."""
    return _session(await refresh_bearer(call.ctx, body.refresh_token))


@sessions("DELETE", "/sessions/mine", access=Access.VISITOR)
async def sign_out(call: Call) -> Done:
    """Sign this device out."""
    await end_bearer(call.ctx, call.session_id)
    return Done(done=True)


@sessions("DELETE", "/sessions/all", access=Access.VISITOR)
async def sign_out_everywhere(call: Call) -> Done:
    """Sign out on every device and in every browser."""
    await end_everywhere(call.ctx, call.person_id)
    return Done(done=True)


@sessions("GET", "/me", access=Access.VISITOR)
async def get_me(call: Call) -> Me:
    """Who is signed in, and where they have a role."""
    places = place_rows(await posts_of(call.ctx, call.person_id))
    return Me(person_id=call.person_id, places=places)


@sessions("POST", "/acting", access=Access.VISITOR)
async def act_at(call: Call, body: ActingIn) -> Done:
    """Act from another place."""
    held = {post.place_id for post in await posts_of(call.ctx, call.person_id)}
    if body.place_id and body.place_id not in held:
        raise NotFoundError
    await call.ctx.stores.bearers.act_at(call.session_id, body.place_id)
    return Done(done=True)
