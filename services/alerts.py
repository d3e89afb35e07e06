"""Short words to one adult outside of notices: a request waits, a request was decided."""

from __future__ import annotations

from collections.abc import Iterable

from domain.bindings import Claim, ClaimState
from domain.channels import Channel, next_step
from domain.deliveries import client_message_id
from services.cards import Card, claim_card
from services.channels import Verdict, send_card
from services.context import Context


async def tell_about_claim(ctx: Context, claim_id: str) -> None:
    """Write to whoever waits: the head teachers while it is undecided, then the adult who asked.

    Once it went through, or no channel is open, it is told: the pages show it in any case.
    """
    claim = await ctx.stores.bindings.find_claim(claim_id)
    if claim is None or not claim.untold:
        return
    card = claim_card(ctx.policy, claim.state, at=claim.decided_at or claim.created_at)
    if await _alert(ctx, await _who_waits(ctx, claim), card, f"{claim.id}:{claim.state}"):
        await ctx.stores.bindings.mark_told(claim.id, claim.state)


async def _who_waits(ctx: Context, claim: Claim) -> set[str]:
    if claim.state is not ClaimState.WAITING:
        return {claim.person_id}
    head_teachers = await ctx.stores.schools.head_teachers_of(claim.school_id, claim.class_ids)
    return {a.person_id for a in head_teachers}


async def _alert(ctx: Context, person_ids: Iterable[str], card: Card, purpose: str) -> bool:
    """Whether nobody has to be tried again."""
    now = ctx.now()
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, person_ids)
    paused = await ctx.stores.pauses.active(ctx.policy.app_id, now)
    done = True
    for identity in identities.values():
        step = next_step(
            identity, at=now, template_ready=ctx.policy.binding_card is not None, paused=paused
        )
        if step.channel is Channel.IN_APP:
            continue
        sent = await send_card(
            ctx,
            identity,
            step.channel,
            card,
            template=ctx.policy.binding_card,
            client_message_id=client_message_id(purpose, identity.person_id),
        )
        done = done and sent.verdict is not Verdict.LATER
    return done
