"""What WeChat reports about leaving: followers who go, authorisations taken back, accounts closed.

WeChat asks an account's owner to delete what it has of them. Going by mistake is easy, so what was left
is erased after a while, in which coming back keeps it; a closed account cannot come back.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from domain.erasures import Origin
from domain.withdrawals import Withdrawal, takes_everything
from services.bearers import end_everywhere
from services.context import Context
from services.erasure import ask_erasure, take_back_erasure

log = logging.getLogger("yanshu.services")


async def note_withdrawal(
    ctx: Context, app_id: str, openid: str, what: Withdrawal, revoke_info: str = ""
) -> None:
    """WeChat's word about one of an account's users; somebody unknown changes nothing.

    MODIFIED asks to clean nickname and picture: neither is ever asked for, so nothing is to be done.
    REVOKED ends every session: who comes back goes through WeChat again.
    """
    identity = await ctx.stores.identities.find(app_id, openid)
    if identity is None or what is Withdrawal.MODIFIED:
        return
    await end_everywhere(ctx, identity.person_id)
    if what is Withdrawal.CANCELLED:
        await ask_erasure(ctx, identity.person_id, Origin.CANCELLED, wait=timedelta(0))
    elif takes_everything(revoke_info):
        await ask_erasure(ctx, identity.person_id, Origin.REVOKED)
    log.info("authorisation changed in WeChat: %s", what)


async def note_leaving(ctx: Context, openid: str) -> None:
    """They follow no more: what is kept of them goes, unless they come back in time."""
    identity = await ctx.stores.identities.find(ctx.policy.app_id, openid)
    if identity is not None:
        await ask_erasure(
            ctx, identity.person_id, Origin.UNFOLLOWED, wait=ctx.policy.keep.unfollowed
        )


async def note_return(ctx: Context, openid: str) -> None:
    """They follow again, in time."""
    identity = await ctx.stores.identities.find(ctx.policy.app_id, openid)
    if identity is not None:
        await take_back_erasure(ctx, identity.person_id, (Origin.UNFOLLOWED,))
