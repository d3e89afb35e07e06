"""What an adult lets the mini-program send them: answers come in, credits are seen, the ladder learns what is open.

Sending itself is in `services.channels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.channels import SUBSCRIPTIONS, Channel, Reason
from domain.identities import Identity
from domain.subscriptions import (
    Report,
    Said,
    Subscription,
    accepted,
    obstacle,
    refused,
    subscription_id,
    worth_asking,
)
from services.context import Context


@dataclass(frozen=True, slots=True)
class MiniWay:
    """One adult in the mini-program: who they are there, and what stands in the way of each of its channels."""

    identity: Identity
    obstacles: Mapping[Channel, Reason | None]


@dataclass(frozen=True, slots=True)
class Held:
    """One template that is set up, and what this adult said about it."""

    channel: Channel
    template_id: str
    subscription: Subscription | None


@dataclass(frozen=True, slots=True)
class Own:
    """What one adult has subscribed to, and which template to ask for next; None: nothing is to be asked."""

    held: tuple[Held, ...]
    ask: Held | None


async def mini_ways(ctx: Context, person_ids: Iterable[str]) -> dict[str, MiniWay]:
    """How these adults can be reached through the mini-program; who is not known there is not in it."""
    if ctx.mini is None or not ctx.policy.mini_cards:
        return {}
    identities = await ctx.stores.identities.of_people(ctx.mini.app_id, person_ids)
    keys = {
        (person_id, channel): subscription_id(identity.id, card.template_id)
        for person_id, identity in identities.items()
        for channel, card in ctx.policy.mini_cards.items()
    }
    found = await ctx.stores.subscriptions.many(keys.values())
    return {
        person_id: MiniWay(
            identity,
            {
                channel: obstacle(channel, found.get(keys[person_id, channel]))
                for channel in ctx.policy.mini_cards
            },
        )
        for person_id, identity in identities.items()
    }


async def subscriptions_of(ctx: Context, openid: str) -> Own:
    """What this openid of the mini-program has subscribed to."""
    identity = await ctx.stores.identities.find(ctx.mini.app_id, openid) if ctx.mini else None
    cards = ctx.policy.mini_cards if identity else {}
    keys = (
        {c: subscription_id(identity.id, cards[c].template_id) for c in cards} if identity else {}
    )
    found = await ctx.stores.subscriptions.many(keys.values())
    held = tuple(
        Held(channel, cards[channel].template_id, found.get(keys[channel]))
        for channel in SUBSCRIPTIONS
        if channel in cards
    )
    wanted = worth_asking({h.channel: h.subscription for h in held})
    return Own(held, next((h for h in held if h.channel is wanted), None))


async def note_answers(
    ctx: Context, openid: str, answers: Mapping[str, Said], report: Report
) -> None:
    """What somebody answered, by template. Templates that are none of ours change nothing; again changes nothing.

    Durable when it returns: the events of WeChat are acknowledged after it, the client's request answered.
    """
    if ctx.mini is None:
        return
    identity = await ctx.stores.identities.find(ctx.mini.app_id, openid)
    ours = {card.template_id for card in ctx.policy.mini_cards.values()}
    if identity is None:
        return
    for template_id, answer in answers.items():
        if template_id in ours:
            await _note(ctx, identity, template_id, answer, report)


async def _note(
    ctx: Context, identity: Identity, template_id: str, answer: Said, report: Report
) -> None:
    """Over the newest version; who came in between is seen at the next try."""
    key = subscription_id(identity.id, template_id)
    while True:
        held = await ctx.stores.subscriptions.find(key)
        before = held or Subscription(id=key, person_id=identity.person_id, touched_at=report.at)
        if answer is Said.ACCEPTED:
            after = accepted(before, report)
        else:
            after = refused(before, answer, report.at)
        was = held.version if held else None
        if after == held or await ctx.stores.subscriptions.put(after, was=was):
            return
