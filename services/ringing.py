"""Telling those who are due: one message each through the channel ladder, whatever was said and in how many threads.

A run takes some people in hand, asks once more what they have not read and whether it is theirs, sends, and writes
down what became of it. If it dies, its lease lapses: a template message is sent again under the same id, which WeChat
counts once; a subscription or customer-service message never.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.channels import NOWHERE, SUBSCRIPTIONS, UNREPEATABLE, Channel, Paused, Reason, next_step
from domain.deliveries import client_message_id, retry_at
from domain.errors import NotFoundError
from domain.identities import Identity
from domain.messages import Message
from domain.quiet import OwnQuiet, next_open_moment
from domain.rings import COUNT_LIMIT, RING_AFTER, Line, Ring, unread_line
from domain.schools import School
from domain.threads import ThreadMark, mark_id
from services.audiences import Audience, audience_of
from services.cards import Card, ring_card
from services.channels import Sent, Verdict, send_card
from services.context import Context
from services.duty import on_duty_in
from services.quiet import quiet_of
from services.subscriptions import MiniWay, mini_ways

_AT_ONCE = 32
_PORTION = 128  # people whom a run has in hand, and what is uncertain when it is cut off
_LOOKED_AT = 512


@dataclass(slots=True)
class Run:
    """What one run knows of those it has in hand, and what became of each."""

    id: str
    ctx: Context
    at: datetime
    rings: Sequence[Ring]
    audiences: Mapping[str, Audience]
    messages: Mapping[str, Sequence[Message]]
    marks: Mapping[str, ThreadMark]
    schools: Mapping[str, School]
    quiet: Mapping[str, OwnQuiet]
    on_duty: Mapping[str, frozenset[str]]  # by thread
    present: frozenset[str]
    heard: frozenset[str]
    identities: Mapping[str, Identity]
    mini: Mapping[str, MiniWay]
    paused: Sequence[Paused]
    settled: list[Ring] = field(default_factory=list)
    later: list[Ring] = field(default_factory=list)
    down: bool = False


async def tell_due(ctx: Context) -> None:
    """Tell everybody who is due now and whom no other run has in hand."""
    while True:
        due = await ctx.stores.rings.due(ctx.now(), _LOOKED_AT)
        free = [r.id for r in due if r.held_until is None or r.held_until <= ctx.now()]
        if not free:
            return
        run_id, at = ctx.new_id(), ctx.now()
        taken = await ctx.stores.rings.take(
            free[:_PORTION], run=run_id, at=at, lease=ctx.policy.lease
        )
        if not taken:
            return  # another run was quicker
        run = await _prepare(ctx, run_id, taken, at)
        await _tell_all(run)
        await ctx.stores.rings.settle(run.settled, run_id)
        await ctx.stores.rings.postpone(run.later, run_id)


async def heard_by(ctx: Context, rings: Iterable[Ring], at: datetime) -> frozenset[str]:
    """Those of these people who may be told of something new: who has not read what they were told last may not."""
    waiting = list(rings)
    keys = {r.id: [mark_id(thread_id, r.id) for thread_id in r.told] for r in waiting}
    wanted = [key for some in keys.values() for key in some]
    marks = await ctx.stores.threads.marks(wanted) if wanted else {}
    return frozenset(
        r.id for r in waiting if r.is_heard([marks[k] for k in keys[r.id] if k in marks], at)
    )


async def _prepare(ctx: Context, run_id: str, rings: Sequence[Ring], at: datetime) -> Run:
    """What there is to know about all of them, in a few questions; a thread is read once for all who are in it."""
    people = [r.id for r in rings]
    firsts: dict[str, int] = {}
    for ring in rings:
        for unheard in ring.threads:
            firsts[unheard.thread_id] = min(unheard.seq, firsts.get(unheard.thread_id, unheard.seq))
    audiences = await _audiences(ctx, firsts)
    wanted = [mark_id(u.thread_id, r.id) for r in rings for u in r.threads]
    school_ids = sorted({a.thread.school_id for a in audiences.values()})
    found = [await ctx.stores.schools.find_school(s) for s in school_ids]
    marks = await ctx.stores.threads.marks(wanted)
    late = await _late(ctx, marks.values())
    return Run(
        id=run_id,
        ctx=ctx,
        at=at,
        rings=rings,
        audiences=audiences,
        messages={t: await _newest(ctx, t, firsts[t], late) for t in audiences},
        marks=marks,
        schools={school.id: school for school in found if school is not None},
        on_duty={t: await on_duty_in(ctx, a) for t, a in audiences.items()},
        quiet=await ctx.stores.quiet.many(people),
        present=await ctx.stores.wires.present(people),
        heard=await heard_by(ctx, rings, at),
        identities=await ctx.stores.identities.of_people(ctx.policy.app_id, people),
        mini=await mini_ways(ctx, people),
        paused=await ctx.stores.pauses.active(ctx.policy.app_id, ctx.now()),
    )


async def _audiences(ctx: Context, thread_ids: Iterable[str]) -> dict[str, Audience]:
    found = {}
    for thread_id in thread_ids:
        try:
            found[thread_id] = await audience_of(ctx, thread_id)
        except NotFoundError:
            continue  # a class that has graduated
    return found


async def _late(ctx: Context, marks: Iterable[ThreadMark]) -> list[Message]:
    """What was shown behind somebody's back, however far that is."""
    wanted = {one.message_id for mark in marks for one in mark.late}
    return list((await ctx.stores.messages.many(wanted)).values()) if wanted else []


async def _newest(
    ctx: Context, thread_id: str, first: int, late: Iterable[Message]
) -> list[Message]:
    """What was said from a number on, the last of it where that is more than is counted, and what of it came late."""
    tail = await ctx.stores.messages.tail(thread_id, first)
    after = max(first - 1, tail - COUNT_LIMIT)
    before = [m for m in late if m.thread_id == thread_id and m.seq <= after]
    newest = await ctx.stores.messages.stretch(thread_id, after, tail)
    return [*sorted(before, key=lambda m: m.seq), *newest]


async def _tell_all(run: Run) -> None:
    """Whoever has nothing to be told, or not now, is out; the others are written to, some at once."""
    wanted: list[tuple[Ring, Card]] = []
    for ring in run.rings:
        lines = _lines(run, ring)
        urgent = any(line.urgent for line in lines)
        if not lines or not (urgent or ring.id in run.heard):
            run.settled.append(ring)
            continue
        until = run.at if urgent or _is_on_duty(run, ring) else _quiet_until(run, ring)
        if ring.id in run.present:
            until = max(until, run.at + RING_AFTER)
        if until > run.at:
            run.later.append(_unsent(run, ring, until))
            continue
        school = run.schools[lines[0].thread.school_id]
        card = ring_card(run.ctx.policy, lines, school=school.name, at=run.at)
        wanted.append((ring, card))
    noted = await _note_first(run, [ring for ring, _ in wanted])
    waiting = iter(wanted)

    async def send() -> None:
        for ring, card in waiting:
            await _tell(run, ring, card, noted.get(ring.id))

    await asyncio.gather(*(send() for _ in range(min(_AT_ONCE, len(wanted)))))


def _unsent(run: Run, ring: Ring, due_at: datetime) -> Ring:
    """This run sent nothing, so it may be begun anew; what an earlier run began stays uncertain."""
    since = ring.sending_since
    return replace(ring, due_at=due_at, sending_since=since if since != run.at else None)


def _lines(run: Run, ring: Ring) -> list[Line]:
    """What of it is still unread and theirs at this moment."""
    lines = []
    for unheard in ring.threads:
        audience = run.audiences.get(unheard.thread_id)
        if audience is None or ring.id not in audience.places:
            continue
        mark = run.marks.get(mark_id(unheard.thread_id, ring.id))
        messages = run.messages[unheard.thread_id]
        line = unread_line(ring.id, unheard, mark, messages, audience.thread, audience.group)
        if line is not None and (line.urgent or mark is None or not mark.muted):
            lines.append(line)
    return lines


def _is_on_duty(run: Run, ring: Ring) -> bool:
    """Whether they have the rota's hours now, for a conversation of this ring: then they are not at rest."""
    return any(ring.id in run.on_duty.get(u.thread_id, ()) for u in ring.threads)


def _quiet_until(run: Run, ring: Ring) -> datetime:
    """When they may be told: `run.at` itself, or the end of the quiet hours, those schools' and their own."""
    found = [run.audiences[u.thread_id] for u in ring.threads if u.thread_id in run.audiences]
    schools = {a.thread.school_id for a in found}
    hours = [quiet_of(run.ctx, run.schools.get(s)) for s in schools]
    own = run.quiet.get(ring.id)
    return next_open_moment(run.at, [*hours, own.hours] if own else hours)


# ------------------------------------------------------------------------------------- one adult


async def _note_first(run: Run, rings: Sequence[Ring]) -> dict[str, Channel]:
    """Whose first channel knows no repetition: written down for all of them together, before any of it goes out."""
    by_channel: dict[Channel, list[str]] = defaultdict(list)
    for ring in rings:
        channel = _step(run, ring, {})
        if channel in UNREPEATABLE and ring.may_send(run.at):
            by_channel[channel].append(ring.id)
    noted: dict[str, Channel] = {}
    for channel, people in by_channel.items():
        if await run.ctx.stores.rings.note_channel(people, run.id, channel) == len(people):
            noted |= dict.fromkeys(people, channel)
    return noted


def _step(run: Run, ring: Ring, tried: Mapping[Channel, Reason]) -> Channel:
    way = run.mini.get(ring.id)
    return next_step(
        run.identities.get(ring.id),
        at=run.at,
        template_ready=run.ctx.policy.notice_card is not None,
        subscriptions=way.obstacles if way else NOWHERE,
        paused=run.paused,
        tried=tried,
    ).channel


async def _tell(run: Run, ring: Ring, card: Card, noted: Channel | None) -> None:
    """Walk the ladder until a channel took it, none is left, or WeChat cannot be asked."""
    told = replace(ring, told_at=run.at, told=tuple(u.thread_id for u in ring.threads))
    if not ring.may_send(run.at):
        run.settled.append(told)  # it may have arrived: a message too few, never one too many
        return
    if not await _is_theirs(run.ctx, ring):
        run.settled.append(ring)
        return
    tried: dict[Channel, Reason] = {}
    while True:
        channel = _step(run, ring, tried)
        mini = channel in SUBSCRIPTIONS
        way = run.mini.get(ring.id)
        identity = way.identity if mini and way else run.identities.get(ring.id)
        if channel is Channel.IN_APP or identity is None:
            run.settled.append(told)
            return
        if run.down:
            _postpone(run, ring)
            return
        if channel in UNREPEATABLE and channel is not noted:
            if not await run.ctx.stores.rings.note_channel([ring.id], run.id, channel):
                return  # another run has it in hand
            noted = channel
        sent = await _send(run, ring, identity, channel, card)
        if sent.verdict is not Verdict.NEXT:
            _conclude(run, ring, told, channel, sent)
            return
        tried[channel] = sent.reason or Reason.REFUSED_BY_WECHAT


async def _is_theirs(ctx: Context, ring: Ring) -> bool:
    """Asked last: whoever was let go a moment ago hears nothing more."""
    audiences = await _audiences(ctx, [u.thread_id for u in ring.threads])
    return any(ring.id in audience.places for audience in audiences.values())


async def _send(run: Run, ring: Ring, identity: Identity, channel: Channel, card: Card) -> Sent:
    policy = run.ctx.policy
    template = policy.mini_cards[channel] if channel in SUBSCRIPTIONS else policy.notice_card
    since = ring.since or run.at
    return await send_card(
        run.ctx,
        identity,
        channel,
        card,
        template=template,
        client_message_id=client_message_id(f"ring:{ring.id}", since.isoformat()),
    )


def _conclude(run: Run, ring: Ring, told: Ring, channel: Channel, sent: Sent) -> None:
    uncertain = sent.verdict is Verdict.UNCERTAIN
    if sent.verdict is Verdict.TAKEN or (uncertain and channel in UNREPEATABLE):
        run.settled.append(told)
    else:
        run.down = run.down or sent.down
        _postpone(run, ring, uncertain=uncertain)


def _postpone(run: Run, ring: Ring, *, uncertain: bool = False) -> None:
    """WeChat could not be asked: later again, a few times; then it waits in the app."""
    due_at = retry_at(ring.tries, run.at)
    if due_at is None:
        run.settled.append(ring)
        return
    again = replace(ring, due_at=due_at) if uncertain else _unsent(run, ring, due_at)
    run.later.append(replace(again, tries=ring.tries + 1))
