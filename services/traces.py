"""By what somebody is found once their records are gone: openids, ids, hashes that keys are made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from domain.erasures import Erasure
from domain.names import folded_name
from services.context import Context


@dataclass(frozen=True, slots=True)
class Traces:
    """`people` are the adults around a child; `words` is what a key in Redis or in the queue may hold."""

    openids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


async def traces_of_adult(ctx: Context, erasure: Erasure) -> Traces:
    """Whoever has a role at a school stays known to WeChat, and with it what is kept of a conversation."""
    identities = await ctx.stores.forgetting.identities_of([erasure.subject_id])
    openids = tuple(i.openid for i in identities)
    names = {c.child_name for c in await ctx.stores.forgetting.claims_of_person(erasure.subject_id)}
    hashes = (_guessed(name) for name in sorted(names))
    return Traces(openids=openids, words=(erasure.subject_id, *openids, *hashes))


async def traces_of_child(ctx: Context, erasure: Erasure) -> Traces:
    """The conversations of the child's adults go too: they may stand at a question about this child."""
    student = await ctx.stores.forgetting.find_student(erasure.subject_id)
    bindings = await ctx.stores.forgetting.bindings_of_student(
        erasure.school_id, erasure.subject_id
    )
    people = tuple(sorted({b.person_id for b in bindings}))
    identities = await ctx.stores.forgetting.identities_of(people)
    openids = tuple(i.openid for i in identities)
    hashes = (_guessed(folded_name(student.name)),) if student else ()
    return Traces(people=people, words=(erasure.subject_id, *openids, *hashes))


def _guessed(name: str) -> str:
    """As `services.bindings` counts guesses at a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]
