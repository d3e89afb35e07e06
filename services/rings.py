"""From what was said to who is to be told of it: the messages whose time has come are knocks at people's rings.

A message carries its time from the write that keeps it (`Message.rings_at`), so nothing is owed that the store does
not know. Work here grows with the threads in which something was said, never with what is stored; may run twice,
at the same time, or stop anywhere. Telling itself is in `services.ringing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from domain.errors import NotFoundError
from domain.messages import Message
from domain.quiet import next_open_moment
from domain.rings import Knock, Unheard, first_unheard, knocked
from domain.threads import Place, ThreadMark
from services.audiences import OFFICE, Audience, audience_of
from services.calls import note_calls, note_late
from services.context import Context
from services.duty import on_duty_in
from services.quiet import quiet_at
from services.ringing import heard_by, tell_due

RING = "rings.ring"
_BATCH = 500
_TRIES = 20


async def tend_rings(ctx: Context) -> None:
    """What was said long enough ago is put together by person; then whoever is due is told."""
    while await gather(ctx):
        pass
    await tell_due(ctx)


async def gather(ctx: Context) -> bool:
    """Some messages whose time has come; says whether there may be more.

    Durable with the rings, and only then do the messages forget that they ring.
    """
    messages = await ctx.stores.messages.ringing(ctx.now(), _BATCH)
    by_thread: dict[str, list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda m: m.seq):
        by_thread[message.thread_id].append(message)
    for message in messages:
        if message.is_late:  # as below
            await note_late(ctx, message)
    knocks: dict[str, list[Knock]] = defaultdict(list)
    for thread_id, ringing in by_thread.items():
        for knock in await _knocks(ctx, thread_id, ringing):
            knocks[knock.person_id].append(knock)
    await _knock(ctx, knocks)
    for message in messages:
        await note_calls(ctx, message)  # a process may have died between the message and this
    if messages:
        await ctx.stores.messages.mark_rung(m.id for m in messages)
    return len(messages) == _BATCH


async def _knocks(ctx: Context, thread_id: str, ringing: Sequence[Message]) -> list[Knock]:
    """Everybody who is in the thread now and has not read it. What is urgent waits for nobody's rest."""
    try:
        audience = await audience_of(ctx, thread_id)
    except NotFoundError:
        return []
    marks = await ctx.stores.threads.readers(thread_id, audience.places)
    on_duty = await on_duty_in(ctx, audience)
    muted = {person_id for person_id, mark in marks.items() if mark.muted}
    knocks = [
        Knock(p, unheard, ctx.now(), urgent=True)
        for p, unheard in _unheard(audience, [m for m in ringing if m.urgent], marks)
    ]
    wanted = {
        p: u
        for p, u in _unheard(audience, ringing, marks)
        if p not in muted and not _leaves_it(audience.places[p], on_duty)
    }
    school = await quiet_at(ctx, audience.thread.school_id)
    own = await ctx.stores.quiet.many(p for p in wanted if p not in on_duty)
    for person_id, unheard in wanted.items():
        hours = [school, own[person_id].hours] if person_id in own else [school]
        awake = person_id in on_duty
        due_at = ctx.now() if awake else next_open_moment(ctx.now(), hours)
        knocks.append(Knock(person_id, unheard, due_at))
    return knocks


def _leaves_it(place: Place, on_duty: frozenset[str]) -> bool:
    """Whether somebody of the office leaves it to who is on duty."""
    return bool(on_duty) and place.role in OFFICE and place.person_id not in on_duty


def _unheard(
    audience: Audience, ringing: Sequence[Message], marks: Mapping[str, ThreadMark]
) -> Iterable[tuple[str, Unheard]]:
    for person_id in audience.places:
        first = first_unheard(ringing, marks, person_id)
        if first is not None:
            yield person_id, first


async def _knock(ctx: Context, knocks: Mapping[str, Sequence[Knock]]) -> None:
    """Over the newest version of each ring; who came in between is seen at the next try."""
    at = ctx.now()
    for _ in range(_TRIES if knocks else 0):
        held = await ctx.stores.rings.many(knocks)
        heard = await heard_by(ctx, held.values(), at)
        changed = [
            ring
            for person_id, some in knocks.items()
            if (audible := some if person_id in heard or person_id not in held else _urgent(some))
            if (ring := knocked(held.get(person_id), audible, at)) is not None
        ]
        if not changed:
            return
        new = [ring for ring in changed if ring.id not in held]
        if new:
            await ctx.stores.rings.put_new(new)
        if len(new) < len(changed):
            await ctx.stores.rings.change([ring for ring in changed if ring.id in held])


def _urgent(knocks: Sequence[Knock]) -> list[Knock]:
    return [knock for knock in knocks if knock.urgent]
