"""The channel ladder (通道阶梯): by which way WeChat lets one adult be reached now, and what comes next.

Reaching is never assumed: each step says why it was not possible, and that reason is what the teacher sees.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.identities import Identity


class Channel(StrEnum):
    """The ways to a guardian, best first."""

    TEMPLATE = "template"  # 服务号模板消息
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
    BOUND_LATER = "bound_later"  # the notice was out before this adult was bound


REFUSALS = frozenset({Reason.UNFOLLOWED, Reason.BLOCKED})


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
    paused: Collection[Paused] = (),
    tried: dict[Channel, Reason] | None = None,
) -> Step:
    """The best channel for this person at `at`, after those in `tried` have failed for the reasons given there."""
    tried = tried or {}
    closed = {p.channel: p.reason for p in paused if at < p.until}
    reason = _template_reason(identity, template_ready, closed, tried)
    if reason is None:
        return Step(Channel.TEMPLATE)
    open_window = (
        identity is not None and identity.following is not False and identity.window_open(at)
    )
    if open_window and Channel.SERVICE not in tried and Channel.SERVICE not in closed:
        return Step(Channel.SERVICE)
    # The reason of the last thing that was really tried says more than the reason it was tried for.
    return Step(Channel.IN_APP, tried.get(Channel.SERVICE) or reason)


def _template_reason(
    identity: Identity | None,
    ready: bool,
    closed: dict[Channel, Reason],
    tried: dict[Channel, Reason],
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
