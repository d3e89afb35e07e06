"""Signing in at a desk: begun by a browser, confirmed on a phone by somebody with a role, redeemed once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from domain.desks import LIFE, Desk, DeskState
from domain.errors import ConflictError, NotFoundError, TooManyError
from services.context import Context
from services.people import appointments_of
from services.sign_ins import note_sign_in

_BEGUN_PER_HOUR = 60  # from one address: a school's office stands behind one
_WRONG_PER_HOUR = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that waits; `secret` is for the browser that asked, and nobody else."""

    desk: Desk
    secret: str


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def begin_desk(ctx: Context, address: str) -> Begun:
    """A browser asks for a QR. Raises TooManyError."""
    wait = await ctx.stores.limits.hit("desk", address, per_hour=_BEGUN_PER_HOUR)
    if wait:
        raise TooManyError(wait)
    secret, now = secrets.token_urlsafe(32), ctx.now()
    desk = Desk(
        id=secrets.token_urlsafe(18),
        secret_hash=_hashed(secret),
        number=10 + secrets.randbelow(90),
        address=address,
        created_at=now,
        expires_at=now + LIFE,
    )
    await ctx.stores.desks.add(desk)
    return Begun(desk, secret)


async def access_desk_as_staff(ctx: Context, person_id: str, desk_id: str) -> Desk:
    """The sign-in that a phone has scanned. Raises NotFoundError: too old, invented, or not for who has no role."""
    desk = await ctx.stores.desks.find(desk_id, ctx.now())
    if desk is None or not await appointments_of(ctx, person_id):
        raise NotFoundError
    return desk


async def confirm_desk(ctx: Context, person_id: str, desk_id: str, number: str) -> None:
    """The person says which number stands on the screen; a wrong one ends this sign-in.

    Raises NotFoundError, ConflictError (`wrong_number`, or `conflict` when it is decided already),
    TooManyError after five wrong numbers in an hour.
    """
    desk = await access_desk_as_staff(ctx, person_id, desk_id)
    if await ctx.stores.limits.used_up("desk_wrong", person_id, per_hour=_WRONG_PER_HOUR):
        raise TooManyError(3600)
    right = hmac.compare_digest(number.encode(), str(desk.number).encode())
    if desk.state is DeskState.WAITING:
        await note_sign_in(ctx, person_id, address=desk.address, refused=not right)
    state = DeskState.CONFIRMED if right else DeskState.REFUSED
    decided = await ctx.stores.desks.mark(
        desk.id, was=DeskState.WAITING, state=state, person_id=person_id
    )
    if not right:
        await ctx.stores.limits.hit("desk_wrong", person_id, per_hour=_WRONG_PER_HOUR)
        raise ConflictError("wrong_number")
    if not decided and (desk.state, desk.person_id) != (state, person_id):
        raise ConflictError


async def refuse_desk(ctx: Context, person_id: str, desk_id: str) -> None:
    """It was not me: nobody gets in by this QR any more. Raises NotFoundError."""
    desk = await access_desk_as_staff(ctx, person_id, desk_id)
    if desk.state is DeskState.WAITING:
        await note_sign_in(ctx, person_id, address=desk.address, refused=True)
    await ctx.stores.desks.mark(
        desk.id, was=DeskState.WAITING, state=DeskState.REFUSED, person_id=person_id
    )


async def redeem_desk(ctx: Context, desk_id: str, secret: str) -> Desk:
    """How the sign-in of this very browser stands; CONFIRMED is handed out once.

    Raises NotFoundError when it is too old or this is not the browser that began it.
    """
    desk = await ctx.stores.desks.find(desk_id, ctx.now())
    if desk is None or not hmac.compare_digest(desk.secret_hash, _hashed(secret)):
        raise NotFoundError
    if desk.state is not DeskState.CONFIRMED:
        return desk
    if not await ctx.stores.desks.mark(
        desk.id, was=DeskState.CONFIRMED, state=DeskState.USED, person_id=desk.person_id
    ):
        return replace(desk, state=DeskState.USED)
    return desk
