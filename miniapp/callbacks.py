"""What WeChat pushes about the mini-program: taken, traced, acknowledged. It has no conversation of its own."""

from __future__ import annotations

from bot.conversation import SUCCESS
from domain.identities import identity_id
from services.context import Context
from wechat.messages import Inbound


class MiniProgramPush:
    """Takes the pushes of one mini-program."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    async def __call__(self, ctx: Context, inbound: Inbound) -> bytes:
        """Trace it once, however often it is delivered."""
        await ctx.stores.inbox.add(
            inbound.key,
            identity=identity_id(self._app_id, inbound.openid),
            kind=inbound.event or inbound.kind,
            at=ctx.now(),
        )
        return SUCCESS
