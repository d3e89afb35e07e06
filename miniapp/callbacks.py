"""What WeChat pushes about the mini-program: taken, traced, acknowledged. It has no conversation of its own."""

from __future__ import annotations

from bot.conversation import SUCCESS
from domain.withdrawals import Withdrawal
from services.context import Context
from services.withdrawals import note_withdrawal
from wechat.messages import Inbound


class MiniProgramPush:
    """Takes the pushes of one mini-program."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    async def __call__(self, ctx: Context, inbound: Inbound) -> bytes:
        """Trace it once, however often it is delivered; take what WeChat says about an authorisation."""
        await ctx.stores.inbox.add(inbound.key, kind=inbound.event or inbound.kind, at=ctx.now())
        if inbound.event in set(Withdrawal):
            revoked = str(inbound.fields.get("RevokeInfo", ""))
            what = Withdrawal(inbound.event)
            await note_withdrawal(ctx, self._app_id, inbound.about, what, revoked)
        return SUCCESS
