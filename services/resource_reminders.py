"""What waits too long for a level's review: its reviewers are reminded, once, outside the quiet hours.

A school's reviewers have their school's hours, those of a region the installation's.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from domain.resources import Resource, Tier
from domain.roles import Appointment, Right, may
from services.alerts import tell_adult
from services.cards import late_resource_card
from services.context import Context
from services.quiet import quiet_at

log = logging.getLogger("yanshu.services")

_BATCH = 50
_LOCK, _LOCK_SECONDS = "resources.reminding", 120.0


async def remind_reviewers(ctx: Context) -> None:
    """Every minute, one worker at a time. Told is who was reached or cannot be; the queue shows it anyway."""
    owner = ctx.new_id()
    if not await ctx.stores.locks.take([_LOCK], owner=owner, seconds=_LOCK_SECONDS):
        return
    try:
        for resource in await ctx.stores.resources.unreminded(ctx.now(), _BATCH):
            await _remind(ctx, resource)
    finally:
        await ctx.stores.locks.drop([_LOCK], owner=owner)


async def _remind(ctx: Context, resource: Resource) -> None:
    """Noted first: who dies in between reminds nobody, rather than somebody twice."""
    waiting = resource.waiting
    if waiting is None or (await quiet_at(ctx, waiting.rung.place_id)).covers(ctx.now()):
        return
    reminded = replace(resource, waiting=replace(waiting, reminded_at=ctx.now()))
    if not await ctx.stores.resources.mark_changed(reminded, ctx.now()):
        return  # decided at this moment, or the next run sees it as it is now
    people = {a.person_id for a in await _reviewers(ctx, resource)} - {resource.author.person_id}
    card = late_resource_card(ctx.policy, resource)
    purpose = f"resource:{resource.id}:{waiting.since.timestamp()}"
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, sorted(people))
    for identity in identities.values():
        await tell_adult(ctx, identity, card, purpose)


async def _reviewers(ctx: Context, resource: Resource) -> list[Appointment]:
    """Who may decide at the level at which it waits."""
    waiting = resource.waiting
    if waiting is None:
        return []
    place_id = waiting.rung.place_id
    if waiting.rung.tier is Tier.SCHOOL:
        held = await ctx.stores.appointments.of_classes(place_id, [""], ctx.now())
    else:
        found = await ctx.stores.appointments.of_regions([place_id])
        held = [a for a in found if a.stands(ctx.now())]
    return [a for a in held if may(a.role, Right.CURATE) and not a.class_id and not a.grade]
