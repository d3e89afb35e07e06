"""Whose family lets the class see what a child made, or the child itself, asked at the moment of showing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from domain.consent_texts import Purpose
from domain.consents import ConsentEvent, Decision, standing_of
from services.context import Context


async def who_agrees(
    ctx: Context,
    school_id: str,
    student_ids: Iterable[str],
    purpose: Purpose = Purpose.CLASS_WORK,
) -> set[str]:
    """The children of whom a guardian who may decide said yes, and none no, to the text as it is now."""
    wanted = sorted(set(student_ids))
    if not wanted:
        return set()
    bindings = await ctx.stores.bindings.active_of_students(school_id, wanted)
    events: dict[tuple[str, str], list[ConsentEvent]] = defaultdict(list)
    for event in await ctx.stores.consents.of_students(school_id, wanted):
        events[event.student_id, event.person_id].append(event)
    agreed, refused = set(), set()
    for binding in bindings:
        if not binding.may_decide(ctx.now()):
            continue
        child = binding.student_id
        standing = standing_of(events[child, binding.person_id], purpose, child)
        if standing.given:
            agreed.add(child)
        elif standing.event and standing.event.decision is Decision.NO:
            refused.add(child)
    return agreed - refused
