"""What is learned about somebody after they came."""

from __future__ import annotations

import logging

from services.context import Context
from services.people import learn_union as learn
from wechat.errors import WeChatError

log = logging.getLogger("yanshu.jobs")


async def learn_union(ctx: Context, openid: str) -> None:
    """Join who somebody is to the account with who they are in the mini-program; the next visit asks again."""
    try:
        await learn(ctx, openid)
    except WeChatError as error:
        log.warning("could not learn a unionid: %s", error)
