"""Signing in from the mini-program, keeping the session alive on a bad line, and signing out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from domain.bearers import ACCESS_LIFE, REFRESH_LIFE, Bearer, split_token
from domain.errors import YanshuError
from services.context import Context


class SignedOutError(YanshuError):
    """No session, or no more: sign in (again)."""

    code = "signed_out"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a device keeps: `access` for every call, `refresh` for new ones."""

    access: str
    refresh: str
    access_until: datetime
    expires_at: datetime


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fits(secret: str, kept: str) -> bool:
    return bool(kept) and hmac.compare_digest(_hashed(secret), kept)


async def start_bearer(ctx: Context, person_id: str, openid: str) -> Tokens:
    """A new session for this device. Durable with the insert."""
    now = ctx.now()
    bearer = Bearer(
        id=secrets.token_urlsafe(12),
        person_id=person_id,
        openid=openid,
        access_hash="",
        refresh_hash="",
        created_at=now,
        access_until=now,
        expires_at=now,
    )
    fresh, tokens = _with_new_tokens(bearer, now)
    await ctx.stores.bearers.add(fresh)
    return tokens


def _with_new_tokens(bearer: Bearer, now: datetime) -> tuple[Bearer, Tokens]:
    access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    fresh = replace(
        bearer,
        access_hash=_hashed(access),
        refresh_hash=_hashed(refresh),
        spare_hash=bearer.refresh_hash,
        access_until=now + ACCESS_LIFE,
        expires_at=now + REFRESH_LIFE,
    )
    tokens = Tokens(
        f"{bearer.id}.{access}", f"{bearer.id}.{refresh}", fresh.access_until, fresh.expires_at
    )
    return fresh, tokens


async def access_bearer(ctx: Context, token: str) -> Bearer:
    """Whose access token this is. Raises SignedOutError."""
    bearer_id, secret = split_token(token)
    now = ctx.now()
    bearer = await ctx.stores.bearers.find(bearer_id, now) if bearer_id else None
    if bearer is None or now >= bearer.access_until or not _fits(secret, bearer.access_hash):
        raise SignedOutError
    if bearer.spare_hash:
        await ctx.stores.bearers.drop_spare(bearer.id)
    return bearer


async def refresh_bearer(ctx: Context, token: str) -> Tokens:
    """New tokens for a refresh token, which is over with that; the one before it may be used while the
    answer that replaced it has not arrived. Raises SignedOutError.

    A refresh token that is over and comes back was copied: the session ends for everybody who has it.
    """
    bearer_id, secret = split_token(token)
    bearer = await ctx.stores.bearers.find(bearer_id, ctx.now()) if bearer_id else None
    if bearer is None:
        raise SignedOutError
    if not _fits(secret, bearer.refresh_hash) and not _fits(secret, bearer.spare_hash):
        await ctx.stores.bearers.end(bearer.id)
        raise SignedOutError
    fresh, tokens = _with_new_tokens(bearer, ctx.now())
    if _fits(secret, bearer.spare_hash):
        fresh = replace(fresh, spare_hash=bearer.spare_hash)
    if not await ctx.stores.bearers.rotate(fresh, was=bearer.refresh_hash):
        # The same token twice at the same moment: the other one's answer counts, this one asks again.
        raise SignedOutError
    return tokens


async def end_bearer(ctx: Context, bearer_id: str) -> None:
    """Sign this device out."""
    await ctx.stores.bearers.end(bearer_id)


async def end_everywhere(ctx: Context, person_id: str) -> int:
    """Sign a person out on every device and in every browser; returns how many sessions there were."""
    return await ctx.stores.bearers.end_all(person_id) + await ctx.stores.sessions.end_all(
        person_id
    )
