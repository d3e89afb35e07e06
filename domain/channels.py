"""The channel ladder (通道阶梯): by which way WeChat lets one adult be reached now, and what comes next.

Reaching is never assumed: each step says why it was not possible, and that reason is what the teacher sees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.identities import Identity


class Channel(StrEnum):
    """The ways to a guardian, best first."""

    TEMPLATE = "template"  # 服务号模板消息
    LONG_TERM = "long_term"  # 小程序订阅消息, accepted once for all
    ONE_TIME = "one_time"  # 小程序订阅消息, one message for each accept
    SERVICE = "service"  # 客服消息, while its window is open
    IN_APP = "in_app"  # waits in the list until they open it themselves; always there


class Reason(StrEnum):
    """Why a channel could not be used, or a message did not arrive."""

    NEVER_FOLLOWED = "never_followed"
    UNFOLLOWED = "unfollowed"
    BLOCKED = "blocked"  # WeChat: failed:user block, 43101
    QUOTA = "quota"  # 45009: today's messages are used up
    NOT_SET_UP = (
        "not_set_up"  # no template configured, banned, or refused by WeChat's content rules
    )
    WINDOW_CLOSED = "window_closed"
    REFUSED_BY_WECHAT = "refused_by_wechat"  # permanent for this person: 40003, 70000, content
    WECHAT_DOWN = "wechat_down"  # asked again for as long as it made sense
    NO_ANSWER = "no_answer"  # a send that may or may not have arrived, and must not be sent twice
    SYSTEM_FAILED = "system_failed"  # WeChat: failed: system failed
    NOT_SUBSCRIBED = "not_subscribed"  # never said yes to the mini-program's question, or no
    USED_UP = "used_up"  # every yes was one message, and all of them are sent
    SUBSCRIPTION_OFF = (
        "subscription_off"  # no for good, in the mini-program or in WeChat's settings
    )
    RESTING = "resting"  # they have set quiet hours of their own; it goes out when those end
    BOUND_LATER = "bound_later"  # the notice was out before this adult was bound


REFUSALS = frozenset({Reason.UNFOLLOWED, Reason.BLOCKED, Reason.SUBSCRIPTION_OFF})
SUBSCRIPTIONS = (Channel.LONG_TERM, Channel.ONE_TIME)
# WeChat knows no repetition of these: which one is used is written down before it is.
UNREPEATABLE = frozenset({*SUBSCRIPTIONS, Channel.SERVICE})
_NOT_FOLLOWING = (Reason.NEVER_FOLLOWED, Reason.UNFOLLOWED)
NOWHERE: Mapping[Channel, Reason | None] = {}


@dataclass(frozen=True, slots=True)
class Paused:
    """A channel that WeChat has closed for everybody until `until`."""

    channel: Channel
    reason: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """The channel to use now; `reason` says why nothing better than IN_APP was left, None when a message goes out."""

    channel: Channel
    reason: Reason | None = None


def next_step(
    identity: Identity | None,
    *,
    at: datetime,
    template_ready: bool,
    subscriptions: Mapping[Channel, Reason | None] = NOWHERE,
    paused: Collection[Paused] = (),
    tried: Mapping[Channel, Reason] | None = None,
) -> Step:
    """The best channel for this person at `at`, after those in `tried` have failed for the reasons given there.

    `identity` is who they are to the official account. `subscriptions` says of each of the mini-program's
    channels that is set up what stands in its way for them (None: nothing); it is empty for who is not known there.
    """
    tried = tried or {}
    closed = {p.channel: p.reason for p in paused if at < p.until}
    reasons = {Channel.TEMPLATE: _template_reason(identity, template_ready, closed, tried)}
    for channel, obstacle in subscriptions.items():
        reasons[channel] = tried.get(channel) or obstacle or closed.get(channel)
    for channel in (Channel.TEMPLATE, *SUBSCRIPTIONS):
        if channel in reasons and reasons[channel] is None:
            return Step(channel)
    open_window = (
        identity is not None and identity.following is not False and identity.window_open(at)
    )
    if open_window and Channel.SERVICE not in tried and Channel.SERVICE not in closed:
        return Step(Channel.SERVICE)
    return Step(Channel.IN_APP, _why(reasons, tried))


def _why(
    reasons: Mapping[Channel, Reason | None], tried: Mapping[Channel, Reason]
) -> Reason | None:
    """The reason that says most: of the last thing that was really tried, else of what the family can mend.

    Who is not with the account but in the mini-program is missed for what is missing there.
    """
    for channel in (Channel.SERVICE, *reversed(SUBSCRIPTIONS)):
        if channel in tried:
            return tried[channel]
    by_account = reasons[Channel.TEMPLATE]
    if by_account in _NOT_FOLLOWING:
        return reasons.get(Channel.ONE_TIME) or reasons.get(Channel.LONG_TERM) or by_account
    return by_account


def _template_reason(
    identity: Identity | None,
    ready: bool,
    closed: Mapping[Channel, Reason],
    tried: Mapping[Channel, Reason],
) -> Reason | None:
    if Channel.TEMPLATE in tried:
        return tried[Channel.TEMPLATE]
    if identity is None or identity.following is None:
        return Reason.NEVER_FOLLOWED
    if not identity.following:
        return Reason.UNFOLLOWED
    if not ready:
        return Reason.NOT_SET_UP
    return closed.get(Channel.TEMPLATE)
