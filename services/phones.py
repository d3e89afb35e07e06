"""Somebody's own phone number, as WeChat knows it: asked for once, and only its end is looked at."""

from __future__ import annotations

from domain.errors import ConflictError, NotFoundError, TooManyError
from services.context import Context
from wechat.errors import Trouble, WeChatError

_PER_HOUR = 10  # each costs the account's owner money


async def learn_digits(ctx: Context, openid: str, code: str) -> str:
    """The last four digits of the number behind a phone code of this openid's.

    Raises ConflictError `phone_expired` when the button has to be tapped again, TooManyError, NotFoundError
    without a mini-program, WeChatError.
    """
    if ctx.mini is None:
        raise NotFoundError
    wait = await ctx.stores.limits.hit("phone", openid, per_hour=_PER_HOUR)
    if wait:
        raise TooManyError(wait)
    try:
        number = await ctx.mini.phone_number(code, openid)
    except WeChatError as error:
        if error.trouble in (Trouble.CODE_USED, Trouble.BAD_OPENID, Trouble.PARAMETER):
            raise ConflictError("phone_expired") from None
        raise
    return number[-4:]
