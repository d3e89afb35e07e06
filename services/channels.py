"""Sending one card to one adult by one channel, and what WeChat's answer means for the ladder.

A credit for a subscription message is taken before it is sent, and given back only when WeChat has said that it
did not use it, or was never reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.channels import SUBSCRIPTIONS, Channel, Paused, Reason
from domain.identities import Identity
from domain.subscriptions import Said, subscription_id
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
    Trouble.NOT_VISITED: Reason.REFUSED_BY_WECHAT,
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
    asked: bool = True  # whether WeChat was asked at all


async def send_card(
    ctx: Context,
    identity: Identity,
    channel: Channel,
    card: Card,
    *,
    template: TemplateCard | None,
    client_message_id: str,
) -> Sent:
    """Send by `channel`; refusals also change what is known about the adult, the account and the channel.

    `identity` is who the adult is to the account or mini-program that the channel belongs to.
    """
    if channel in SUBSCRIPTIONS and template is not None:
        return await _send_subscription(ctx, identity, channel, card, template)
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


async def send_words(ctx: Context, identity: Identity, text: str) -> Sent:
    """Say something in somebody's chat with the account, while its window is open."""
    try:
        await ctx.stores.identities.use_window(identity.id)
        await ctx.wechat.send_text(identity.openid, text)
    except WeChatError as error:
        await _learn(ctx, identity, Channel.SERVICE, error)
        return _judged(error)
    return Sent(Verdict.TAKEN)


async def _send_subscription(
    ctx: Context, identity: Identity, channel: Channel, card: Card, template: TemplateCard
) -> Sent:
    key, store = subscription_id(identity.id, template.template_id), ctx.stores.subscriptions
    counted = channel is Channel.ONE_TIME
    if ctx.mini is None or (counted and not await store.spend(key, ctx.now())):
        return Sent(Verdict.NEXT, reason=Reason.USED_UP, asked=False)
    try:
        message_id = await ctx.mini.send_subscribe(
            identity.openid,
            template_id=template.template_id,
            data=template_data(template, card),
            page=card.page,
        )
    except WeChatError as error:
        if error.trouble is Trouble.REFUSED:
            # Of a long-term yes nothing is left either: it was taken back.
            left = Said.ACCEPTED if counted else Said.OFF
            await store.run_dry(key, left, ctx.now())
            reason = Reason.USED_UP if counted else Reason.SUBSCRIPTION_OFF
            return Sent(Verdict.NEXT, reason=reason, code=error.code)
        if counted and error.trouble is not Trouble.UNCERTAIN:
            await store.give_back(key)
        await _learn(ctx, identity, channel, error)
        return _judged(error)
    return Sent(Verdict.TAKEN, message_id=mini_message_id(message_id))


def mini_message_id(message_id: str) -> str | None:
    """A msgid of the mini-program's in the ledger, where the account's own stand as they are."""
    return f"mini:{message_id}" if message_id else None


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
