"""What every way of signing in shares: the line in the audit log, and how often a made-up code may be tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.audit import Act
from domain.errors import ConflictError, TooManyError
from services.audit import note_act
from services.context import Context
from services.people import posts_of
from wechat.errors import Trouble, WeChatError

# From one address: families of a whole school stand behind one. Each made-up code is a call to WeChat.
_WRONG_CODES_PER_HOUR = 100


async def note_sign_in(
    ctx: Context, person_id: str, *, address: str, refused: bool = False
) -> None:
    """Enter it before the session begins; where somebody has no role, nothing is entered. Raises ConflictError."""
    act = Act.SIGN_IN_REFUSED if refused else Act.SIGNED_IN
    for post in await posts_of(ctx, person_id, address=address):
        await note_act(ctx, post.actor, act, subject=("person", person_id))


@asynccontextmanager
async def login_code_from(ctx: Context, address: str) -> AsyncIterator[None]:
    """Around asking WeChat whose login code this is.

    Raises ConflictError (`sign_in_expired`) where WeChat does not know the code or it was used, TooManyError
    before WeChat is asked where too many such came from this address.
    """
    limits, per_hour = ctx.stores.limits, _WRONG_CODES_PER_HOUR
    if await limits.used_up("code", address, per_hour=per_hour, lenient=True):
        raise TooManyError(3600)
    try:
        yield
    except WeChatError as error:
        if error.trouble is not Trouble.CODE_USED:
            raise
        await limits.hit("code", address, per_hour=per_hour, lenient=True)
        raise ConflictError("sign_in_expired") from None
