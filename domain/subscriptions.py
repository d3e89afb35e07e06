"""Subscription messages (订阅消息): what an adult lets the mini-program send them, and what is left of it.

A one-time yes is one message; a long-term yes is all of them until it is taken back. WeChat counts for itself
and tells nobody the figure: this is our own count of what it said was accepted, and its refusal (43101) sets
it right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.channels import Channel, Reason

# WeChat's push about a prompt comes within seconds, and three times at most.
PAIRED_WITHIN = timedelta(minutes=10)
REMEMBERED_FOR = timedelta(days=2)
_MOST_REMEMBERED = 50
MOST_CREDITS = 200  # nobody is asked so often: whoever reports more is no phone


class Said(StrEnum):
    """What somebody last said about a template. OFF: switched off in WeChat's own settings."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OFF = "off"


class Source(StrEnum):
    """Who reports an answer: the client (what `wx.requestSubscribeMessage` gave), or WeChat's push."""

    CLIENT = "client"
    PUSH = "push"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report about a prompt. `mark` is the same for every repetition of it: the client's key or the event's.

    `at`: for a push WeChat's own time, in whole seconds.
    """

    source: Source
    mark: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """One accept, with the marks of those who have reported it so far."""

    at: datetime
    client: str = ""
    push: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one identity of the mini-program said about one template.

    `credits` counts one-time messages that may still be sent; `yeses` are the newest accepts, so that none
    counts twice. `version` grows with every change.
    """

    id: str
    person_id: str
    touched_at: datetime
    answer: Said | None = None
    decided_at: datetime | None = None
    credits: int = 0
    yeses: tuple[Yes, ...] = ()
    version: int = 0


def subscription_id(identity: str, template_id: str) -> str:
    """The key: an answer is one openid's about one template."""
    return f"{identity}|{template_id}"


def accepted(subscription: Subscription, report: Report) -> Subscription:
    """After somebody said yes: one credit more, unless this yes is counted already.

    Each prompt is reported by the client and by WeChat, in any order, each perhaps not at all and perhaps
    several times. A repetition is known by its mark. Two first reports of different sources that lie close
    together are one yes: so of several prompts the source that reports more of them counts.
    """
    own, other = report.source.value, _OTHER[report.source].value
    remembered = [y for y in subscription.yeses if report.at - y.at < REMEMBERED_FOR]
    if any(getattr(y, own) == report.mark for y in remembered):
        return subscription
    for place, yes in enumerate(remembered):
        close = abs(report.at - yes.at) <= PAIRED_WITHIN
        if close and getattr(yes, other) and not getattr(yes, own):
            marked = {"client": yes.client, "push": yes.push, own: report.mark}
            remembered[place] = Yes(at=yes.at, **marked)
            return replace(subscription, yeses=tuple(remembered))
    counted = Yes(at=report.at, **{own: report.mark})
    known = replace(subscription, yeses=(*remembered, counted)[-_MOST_REMEMBERED:])
    if _is_newer_than(report.at, subscription):
        known = replace(known, answer=Said.ACCEPTED, decided_at=report.at, touched_at=report.at)
    elif subscription.answer is Said.OFF:
        return known  # what was accepted before everything was switched off is gone too
    return replace(known, credits=min(subscription.credits + 1, MOST_CREDITS))


_OTHER = {Source.CLIENT: Source.PUSH, Source.PUSH: Source.CLIENT}


def refused(subscription: Subscription, answer: Said, at: datetime) -> Subscription:
    """After a no at the prompt (what was accepted before it stands), or after switching off (nothing stands).

    A word that is older than the newest answer changes nothing.
    """
    if not _is_newer_than(at, subscription):
        return subscription
    left = 0 if answer is Said.OFF else subscription.credits
    return replace(subscription, answer=answer, decided_at=at, touched_at=at, credits=left)


def _is_newer_than(at: datetime, subscription: Subscription) -> bool:
    """WeChat's own times have whole seconds: within one, what is heard last counts."""
    decided = subscription.decided_at
    return decided is None or at >= decided.replace(microsecond=0)


def obstacle(channel: Channel, subscription: Subscription | None) -> Reason | None:
    """What stands in the way of a subscription message by this channel; None: it may be sent."""
    answer = subscription.answer if subscription else None
    if answer is Said.OFF:
        return Reason.SUBSCRIPTION_OFF
    if channel is Channel.LONG_TERM:
        if answer is Said.ACCEPTED:
            return None
        return Reason.SUBSCRIPTION_OFF if answer else Reason.NOT_SUBSCRIBED
    if subscription is not None and subscription.credits > 0:
        return None
    return Reason.USED_UP if answer is Said.ACCEPTED else Reason.NOT_SUBSCRIBED


def worth_asking(held: Mapping[Channel, Subscription | None]) -> Channel | None:
    """Which of the mini-program's kinds to ask for next: never both at once, which WeChat refuses.

    A long-term yes covers everything; who does not want it is asked for one message at a time.
    """
    if Channel.LONG_TERM in held:
        answer = held[Channel.LONG_TERM]
        if answer is not None and answer.answer is Said.ACCEPTED:
            return None
        if answer is None or answer.answer is None or Channel.ONE_TIME not in held:
            return Channel.LONG_TERM
    return Channel.ONE_TIME if Channel.ONE_TIME in held else None
