"""Short words to one adult outside of notices: a request waits or was decided, a binding was ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.alerts import may_tell
from domain.bindings import BindingState, Claim, ClaimState, EndReason, Side, binding_id
from domain.channels import Channel, Reason, next_step
from domain.deliveries import client_message_id
from domain.identities import Identity
from domain.rollovers import UNDO_WINDOW
from services.bindings import complete_approval
from services.cards import Card, claim_card, ending_card
from services.channels import Sent, Verdict, send_card
from services.claims import Standing, standing_of
from services.context import Context
from services.people import appointments_of, deciders_of

_GIVE_UP_AFTER = timedelta(days=1)


async def tell_about_claim(ctx: Context, claim_id: str) -> None:
    """Write to whoever waits: the family or the school while it is undecided, then the adult who asked.

    Told is who was reached, or cannot be reached, or could not be for a day: the pages show it anyway.
    """
    claim = await ctx.stores.claims.find(claim_id)
    if claim is None or not claim.untold:
        return
    await complete_approval(ctx, claim)
    if await _is_moot(ctx, claim):
        await ctx.stores.claims.mark_told(claim)
        return
    standing = await standing_of(ctx, claim)
    since = _since(claim)
    card = claim_card(ctx.policy, claim, side=standing.side, at=since)
    told = True
    identities = await ctx.stores.identities.of_people(
        ctx.policy.app_id, await _who_waits(ctx, standing)
    )
    for identity in identities.values():
        if not await _is_asked(ctx, standing, identity.person_id):
            continue
        # The time tells a request from the same one, asked once more after it was refused.
        told &= await tell_adult(
            ctx, identity, card, f"{claim.id}:{claim.state}:{since.timestamp()}"
        )
    if told or ctx.now() - since > _GIVE_UP_AFTER:
        await ctx.stores.claims.mark_told(claim)


def _since(claim: Claim) -> datetime:
    """Since when somebody has to hear of it: of the state it is in, on the side that is asked."""
    if claim.state is ClaimState.WAITING:
        asked_now = claim.school_from if claim.asks is Side.SCHOOL else None
        return asked_now or claim.created_at
    return claim.decided_at or claim.expires_at or claim.created_at


async def _is_asked(ctx: Context, standing: Standing, person_id: str) -> bool:
    """Looked at once more before each message: whoever was let go a moment ago is not asked about the child."""
    if standing.claim.state is not ClaimState.WAITING or standing.side is Side.SCHOOL:
        return True
    return any(
        [
            await ctx.stores.bindings.is_active(binding_id(s.id, person_id))
            for s in standing.students
        ]
    )


async def _is_moot(ctx: Context, claim: Claim) -> bool:
    """Over while it waited, or approved but ended again since: nobody is told of what there isn't."""
    if claim.state is ClaimState.WAITING:
        return claim.state_at(ctx.now()) is not ClaimState.WAITING
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
        card = ending_card(ctx.policy, ending, by=names[0] if names else "", trial=binding.trial)
        purpose = f"{binding.id}:ended:{ending.at.timestamp()}"
        identities = await ctx.stores.identities.of_people(ctx.policy.app_id, [binding.person_id])
        for identity in identities.values():
            told &= await tell_adult(ctx, identity, card, purpose)
    # Of a graduation they are told once it can no longer be undone.
    waited = UNDO_WINDOW if ending.reason is EndReason.GRADUATED else timedelta()
    if told or ctx.now() - ending.at - waited > _GIVE_UP_AFTER:
        await ctx.stores.bindings.mark_end_told(binding.id, ending.at)


async def _who_waits(ctx: Context, standing: Standing) -> frozenset[str]:
    claim = standing.claim
    if claim.state is not ClaimState.WAITING:
        return frozenset({claim.person_id})
    if standing.side is Side.FAMILY:
        return standing.guardians
    class_ids = [c.id for c in standing.classes]
    deciders = await deciders_of(ctx, claim.school_id, class_ids) if class_ids else []
    return frozenset(a.person_id for a in deciders)


async def tell_adult(ctx: Context, identity: Identity, card: Card, purpose: str) -> bool:
    """Whether this adult need not be tried again: a channel took it, may have taken it, or none is left."""
    alert_id = client_message_id(purpose, identity.person_id)
    before = await ctx.stores.alerts.find(alert_id)
    if not may_tell(before, ctx.now()):
        return True
    own = await ctx.stores.quiet.find(identity.person_id)
    if before is None and own is not None and own.hours.covers(ctx.now()):
        return False  # later, when their own quiet hours are over
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
