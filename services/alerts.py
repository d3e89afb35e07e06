"""Short words to one adult outside of notices: a request waits or was decided, a binding was ended."""

from __future__ import annotations

from datetime import timedelta

from domain.alerts import may_tell
from domain.bindings import BindingState, Claim, ClaimState, binding_id
from domain.channels import Channel, Reason, next_step
from domain.deliveries import client_message_id
from domain.identities import Identity
from services.bindings import complete_approval
from services.cards import Card, claim_card, ending_card
from services.channels import Sent, Verdict, send_card
from services.context import Context
from services.people import appointments_of, deciders_of

_GIVE_UP_AFTER = timedelta(days=1)


async def tell_about_claim(ctx: Context, claim_id: str) -> None:
    """Write to whoever waits: the head teachers while it is undecided, then the adult who asked.

    Told is who was reached, or cannot be reached, or could not be for a day: the pages show it anyway.
    """
    claim = await ctx.stores.bindings.find_claim(claim_id)
    if claim is None or not claim.untold:
        return
    await complete_approval(ctx, claim)
    if await _is_moot(ctx, claim):
        await ctx.stores.bindings.mark_told(claim.id, claim.state)
        return
    since = claim.decided_at or claim.created_at
    card = claim_card(ctx.policy, claim.state, at=since)
    told = True
    identities = await ctx.stores.identities.of_people(
        ctx.policy.app_id, await _who_waits(ctx, claim)
    )
    for identity in identities.values():
        # The time tells a request from the same one, asked once more after it was refused.
        told &= await _tell(ctx, identity, card, f"{claim.id}:{claim.state}:{since.timestamp()}")
    if told or ctx.now() - since > _GIVE_UP_AFTER:
        await ctx.stores.bindings.mark_told(claim.id, claim.state)


async def _is_moot(ctx: Context, claim: Claim) -> bool:
    """Approved, but ended again since: nobody is told of a binding that there isn't."""
    if claim.state is not ClaimState.APPROVED or claim.student_id is None:
        return False
    key = binding_id(claim.student_id, claim.person_id)
    return key not in await ctx.stores.bindings.active([key])


async def tell_about_ending(ctx: Context, binding_id: str) -> None:
    """Tell an adult that their binding was ended, by whom and why; the child is not named to them any more.

    Nothing is said when they are bound again meanwhile.
    """
    binding = await ctx.stores.bindings.find(binding_id)
    if binding is None or binding.ending is None or not binding.untold:
        return
    ending = binding.ending
    told = True
    if binding.state is BindingState.ENDED:
        appointments = await appointments_of(ctx, ending.by)
        names = [a.name for a in appointments if a.school_id == binding.school_id]
        card = ending_card(ctx.policy, ending, by=names[0] if names else "")
        purpose = f"{binding.id}:ended:{ending.at.timestamp()}"
        identities = await ctx.stores.identities.of_people(ctx.policy.app_id, [binding.person_id])
        for identity in identities.values():
            told &= await _tell(ctx, identity, card, purpose)
    if told or ctx.now() - ending.at > _GIVE_UP_AFTER:
        await ctx.stores.bindings.mark_end_told(binding.id, ending.at)


async def _who_waits(ctx: Context, claim: Claim) -> set[str]:
    if claim.state is not ClaimState.WAITING:
        return {claim.person_id}
    deciders = await deciders_of(ctx, claim.school_id, claim.class_ids)
    return {a.person_id for a in deciders}


async def _tell(ctx: Context, identity: Identity, card: Card, purpose: str) -> bool:
    """Whether this adult need not be tried again: a channel took it, may have taken it, or none is left."""
    alert_id = client_message_id(purpose, identity.person_id)
    before = await ctx.stores.alerts.find(alert_id)
    if not may_tell(before, ctx.now()):
        return True
    tried: dict[Channel, Reason] = {}
    while True:
        step = next_step(
            identity,
            at=ctx.now(),
            template_ready=ctx.policy.binding_card is not None,
            paused=await ctx.stores.pauses.active(ctx.policy.app_id, ctx.now()),
            tried=tried,
        )
        # What goes out by one channel does not go out by another while the first may have arrived.
        if step.channel is Channel.IN_APP or (before and step.channel is not before.channel):
            return True
        sent = await _send_noted(ctx, identity, step.channel, card, alert_id)
        if sent is None:
            return True
        if sent.verdict is Verdict.LATER and before is None:
            await ctx.stores.alerts.forget(alert_id)
        if sent.verdict is not Verdict.NEXT:
            # A template message may be repeated under its id; another one that got no answer may not.
            repeatable = sent.verdict is Verdict.UNCERTAIN and step.channel is Channel.TEMPLATE
            return sent.verdict is not Verdict.LATER and not repeatable
        tried[step.channel] = sent.reason or Reason.REFUSED_BY_WECHAT


async def _send_noted(
    ctx: Context, identity: Identity, channel: Channel, card: Card, alert_id: str
) -> Sent | None:
    """Send, written down before and after; None when somebody else sends this customer-service message."""
    if channel is Channel.TEMPLATE:
        await ctx.stores.alerts.note_template(alert_id, ctx.now())
    elif not await ctx.stores.alerts.take_service(alert_id, ctx.now()):
        return None
    sent = await send_card(
        ctx,
        identity,
        channel,
        card,
        template=ctx.policy.binding_card,
        client_message_id=alert_id,
    )
    if sent.verdict is Verdict.TAKEN:
        await ctx.stores.alerts.mark_taken(alert_id)
    return sent
