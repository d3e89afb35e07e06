"""Sending one card to one adult by one channel, and what WeChat's answer means for the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.channels import Channel, Paused, Reason
from domain.identities import Identity
from domain.times import next_school_midnight
from services.cards import Card, template_data
from services.context import Context, TemplateCard
from wechat.errors import Trouble, WeChatError

_BAN = timedelta(days=1)
_SETUP = timedelta(minutes=10)  # an operator is mending it, perhaps
_MINUTE = timedelta(minutes=1)
# The account is known and asked from the right place, but has not set up this template or ability.
_NOT_SET_UP_CODES = frozenset({40036, 40037, 40246, 40247, 41030, 48001})
_MINUTE_QUOTAS = frozenset({45011, 44991})

# What a refusal says about this adult or this account; the ladder goes on to the next channel.
_REASONS: dict[Trouble, Reason] = {
    Trouble.NOT_FOLLOWING: Reason.UNFOLLOWED,
    Trouble.REFUSED: Reason.BLOCKED,
    Trouble.BANNED: Reason.NOT_SET_UP,
    Trouble.CONFIG: Reason.NOT_SET_UP,
    Trouble.QUOTA: Reason.QUOTA,
    Trouble.WINDOW_CLOSED: Reason.WINDOW_CLOSED,
    Trouble.BAD_OPENID: Reason.REFUSED_BY_WECHAT,
    Trouble.CONTENT: Reason.REFUSED_BY_WECHAT,
    Trouble.PARAMETER: Reason.REFUSED_BY_WECHAT,
    Trouble.MINOR: Reason.REFUSED_BY_WECHAT,
    Trouble.CODE_USED: Reason.REFUSED_BY_WECHAT,
}
# WeChat itself could not be asked: the same channel again, later.
_LATER = frozenset({Trouble.TOKEN, Trouble.BUSY, Trouble.DOWN, Trouble.CONCURRENT})


class Verdict(StrEnum):
    """What to do after a send."""

    TAKEN = "taken"
    NEXT = "next"
    LATER = "later"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Sent:
    """How WeChat answered one send."""

    verdict: Verdict
    message_id: str | None = None
    reason: Reason | None = None
    code: int = 0
    down: bool = False  # the next send would meet the same: don't ask


async def send_card(
    ctx: Context,
    identity: Identity,
    channel: Channel,
    card: Card,
    *,
    template: TemplateCard | None,
    client_message_id: str,
) -> Sent:
    """Send by `channel`; refusals also change what is known about the adult, the account and the channel."""
    try:
        if channel is Channel.TEMPLATE and template is not None:
            message_id = await ctx.wechat.send_template(
                identity.openid,
                template_id=template.template_id,
                data=template_data(template, card),
                url=card.url,
                client_msg_id=client_message_id,
            )
            return Sent(Verdict.TAKEN, message_id=message_id)
        await ctx.stores.identities.use_window(identity.id)
        await ctx.wechat.send_news(
            identity.openid, title=card.title, description=card.text, url=card.url
        )
        return Sent(Verdict.TAKEN)
    except WeChatError as error:
        await _learn(ctx, identity, channel, error)
        return _judged(error)


def _judged(error: WeChatError) -> Sent:
    if error.trouble is Trouble.UNCERTAIN:
        return Sent(Verdict.UNCERTAIN, reason=Reason.NO_ANSWER, code=-2)
    if error.trouble in _LATER:
        down = error.trouble in (Trouble.TOKEN, Trouble.DOWN)
        return Sent(Verdict.LATER, reason=Reason.WECHAT_DOWN, code=error.code or -2, down=down)
    if error.trouble is Trouble.CONFIG and error.code not in _NOT_SET_UP_CODES:
        # Wrong secret, address not on WeChat's list: nothing can be sent until somebody mends it.
        return Sent(Verdict.LATER, reason=Reason.NOT_SET_UP, code=error.code, down=True)
    return Sent(Verdict.NEXT, reason=_REASONS[error.trouble], code=error.code)


async def _learn(ctx: Context, identity: Identity, channel: Channel, error: WeChatError) -> None:
    now = ctx.now()
    if error.trouble is Trouble.NOT_FOLLOWING:
        await ctx.stores.identities.mark_following(identity.id, False, now)
    elif error.trouble is Trouble.WINDOW_CLOSED:
        await ctx.stores.identities.close_window(identity.id)
    elif error.trouble is Trouble.QUOTA:
        until = now + _MINUTE if error.code in _MINUTE_QUOTAS else next_school_midnight(now)
        await ctx.stores.pauses.add(ctx.policy.app_id, Paused(channel, Reason.QUOTA, until))
    elif error.trouble is Trouble.BANNED or error.code in _NOT_SET_UP_CODES:
        length = _BAN if error.trouble is Trouble.BANNED else _SETUP
        pause = Paused(channel, Reason.NOT_SET_UP, now + length)
        await ctx.stores.pauses.add(ctx.policy.app_id, pause)
