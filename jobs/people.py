"""What is learned about somebody after they came."""

from __future__ import annotations

import logging

from services.context import Context
from services.people import learn_union as ask
from wechat.errors import WeChatError

log = logging.getLogger("yanshu.jobs")


async def learn_union(ctx: Context, person_id: str) -> None:
    """Join who somebody is to the account with who they are in the mini-program; the next visit asks again."""
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, [person_id])
    if person_id not in identities:
        return
    try:
        await ask(ctx, identities[person_id].openid)
    except WeChatError as error:
        log.warning("could not learn a unionid: %s", error)
