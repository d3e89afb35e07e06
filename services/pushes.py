"""One run of sending: take what is due in one class, check each recipient *now*, send, settle what became of it.

A run holds what it took until it settles it. If it dies, `services.deliveries.sweep` gives the rest
back: a template message may then be sent again under its client_msg_id, a customer-service message
never.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.bindings import binding_id
from domain.channels import REFUSALS, Channel, Paused, Reason, next_step
from domain.deliveries import (
    REPEATABLE_FOR,
    Attempt,
    Delivery,
    Group,
    Outcome,
    Push,
    Result,
    client_message_id,
    retry_at,
)
from domain.identities import Identity
from domain.notices import Notice, NoticeState
from services.cards import Card, notice_card
from services.channels import Sent, Verdict, send_card
from services.context import Context
from services.deliveries import PUSH, push_soon

_AT_ONCE = 64
_LOCK_SECONDS = 30.0
_AGAIN = timedelta(seconds=1)
_SUCCESS = "success"


@dataclass(slots=True)
class _Run:
    """What one run knows about everybody, and what it has found out so far."""

    id: str
    ctx: Context
    notice: Notice
    group: Group
    at: datetime
    identities: dict[str, Identity]
    names: dict[str, tuple[str, str]]  # student id → (child, class)
    school: str
    paused: Sequence[Paused]
    attempts: list[Attempt] = field(default_factory=list)
    settled: dict[Outcome | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    later: dict[tuple[Push, Reason], list[str]] = field(default_factory=lambda: defaultdict(list))
    unsent: list[str] = field(default_factory=list)
    down: Reason | None = None


async def push_deliveries(ctx: Context, notice_id: str, class_id: str) -> None:
    """Send what is due of one notice in one class."""
    notice = await ctx.stores.notices.find(notice_id)
    if notice is None:
        return
    run_id, group = ctx.new_id(), Group(notice.school_id, notice.id, class_id)
    claimed = await ctx.stores.deliveries.claim(group, run=run_id, at=ctx.now())
    if not claimed:
        return
    run = await _prepare(ctx, run_id, notice, group, claimed)
    wanted = await _still_wanted(run, claimed)
    openids = sorted(
        {run.identities[d.person_id].openid for d in wanted if d.person_id in run.identities}
    )
    free = await ctx.stores.locks.take(openids, owner=run_id, seconds=_LOCK_SECONDS)
    try:
        await _send_all(run, wanted, free)
        await _settle(run)
    finally:
        await ctx.stores.locks.drop(sorted(free), owner=run_id)


async def _prepare(
    ctx: Context, run_id: str, notice: Notice, group: Group, claimed: list[Delivery]
) -> _Run:
    students, classes, school, identities, paused = await asyncio.gather(
        ctx.stores.schools.students(d.student_id for d in claimed),
        ctx.stores.schools.classes({d.class_id for d in claimed}),
        ctx.stores.schools.find_school(notice.school_id),
        ctx.stores.identities.of_people(ctx.policy.app_id, (d.person_id for d in claimed)),
        ctx.stores.pauses.active(ctx.policy.app_id, ctx.now()),
    )
    class_names = {c.id: c.name for c in classes}
    return _Run(
        id=run_id,
        ctx=ctx,
        notice=notice,
        group=group,
        at=ctx.now(),
        identities=identities,
        names={s.id: (s.name, class_names.get(s.class_id, "")) for s in students.values()},
        school=school.name if school else "",
        paused=paused,
    )


async def _still_wanted(run: _Run, claimed: list[Delivery]) -> list[Delivery]:
    """Drop those whose adult is no longer bound, and everything of a withdrawn notice but the word of it."""
    active = await run.ctx.stores.bindings.active(
        binding_id(d.student_id, d.person_id) for d in claimed
    )
    withdrawn = run.notice.state is NoticeState.WITHDRAWN
    wanted = []
    for delivery in claimed:
        bound = binding_id(delivery.student_id, delivery.person_id) in active
        moot = withdrawn and delivery.push is not None and delivery.push.purpose != "withdraw"
        if not bound or moot or delivery.student_id not in run.names:
            run.settled[None].append(delivery.id)
        else:
            wanted.append(delivery)
    return wanted


async def _send_all(run: _Run, deliveries: list[Delivery], free: set[str]) -> None:
    """Different adults at once, the deliveries of one adult one after the other (WeChat: 43108)."""
    by_person: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_person[delivery.person_id].append(delivery)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def send_to(person_id: str) -> None:
        identity = run.identities.get(person_id)
        if identity is not None and identity.openid not in free:
            run.unsent += [d.id for d in by_person[person_id]]
            return
        async with gate:
            for delivery in by_person[person_id]:
                await _send_one(run, delivery, identity)

    await asyncio.gather(*(send_to(person_id) for person_id in by_person))


async def _send_one(run: _Run, delivery: Delivery, identity: Identity | None) -> None:
    """Walk the ladder for one delivery until a channel took it, none is left, or WeChat cannot be asked."""
    ctx, push = run.ctx, delivery.push
    assert push is not None  # noqa: S101 - it was claimed by it
    if push.uncertain_since and run.at - push.uncertain_since >= REPEATABLE_FOR:
        run.settled[_outcome(run, Channel.TEMPLATE, Reason.NO_ANSWER)].append(delivery.id)
        return
    tried = dict(push.failed)
    card = _card(run, delivery, push.purpose)
    while True:
        step = next_step(
            identity,
            at=run.at,
            template_ready=ctx.policy.notice_card is not None,
            paused=run.paused,
            tried=tried,
        )
        if step.channel is Channel.IN_APP or identity is None:
            run.settled[_outcome(run, Channel.IN_APP, step.reason)].append(delivery.id)
            return
        if run.down is not None:
            _postpone(run, delivery, push, run.down)
            return
        if step.channel is Channel.SERVICE and not await ctx.stores.deliveries.switch_channel(
            delivery.id, run=run.id, channel=Channel.SERVICE
        ):
            return
        sent = await send_card(
            ctx,
            identity,
            step.channel,
            card,
            template=ctx.policy.notice_card,
            client_message_id=client_message_id(delivery.id, push.purpose),
        )
        _note_attempt(run, delivery, push, step.channel, sent)
        if sent.verdict is not Verdict.NEXT:
            _conclude(run, delivery, push, step.channel, sent)
            return
        tried[step.channel] = sent.reason or Reason.REFUSED_BY_WECHAT


def _card(run: _Run, delivery: Delivery, purpose: str) -> Card:
    child, school_class = run.names[delivery.student_id]
    return notice_card(
        run.ctx.policy,
        run.notice,
        purpose=purpose,
        school=run.school,
        school_class=school_class,
        child=child,
    )


def _conclude(run: _Run, delivery: Delivery, push: Push, channel: Channel, sent: Sent) -> None:
    if sent.verdict is Verdict.TAKEN:
        run.settled[_outcome(run, channel, None)].append(delivery.id)
    elif sent.verdict is Verdict.UNCERTAIN and channel is Channel.SERVICE:
        run.settled[_outcome(run, channel, Reason.NO_ANSWER)].append(delivery.id)
    else:
        if sent.verdict is Verdict.UNCERTAIN:
            push = replace(push, uncertain_since=push.uncertain_since or run.at)
        reason = sent.reason or Reason.WECHAT_DOWN
        if sent.down:
            run.down = reason
        _postpone(run, delivery, push, reason)


def _postpone(run: _Run, delivery: Delivery, push: Push, reason: Reason) -> None:
    moment = retry_at(push.tries, run.at)
    if moment is None:
        run.settled[_outcome(run, Channel.IN_APP, reason)].append(delivery.id)
        return
    again = Push(
        purpose=push.purpose,
        due_at=moment,
        tries=push.tries + 1,
        uncertain_since=push.uncertain_since,
        failed=push.failed,
    )
    run.later[again, reason].append(delivery.id)


def _outcome(run: _Run, channel: Channel, reason: Reason | None) -> Outcome:
    if reason is None:
        result = Result.DELIVERED
    else:
        result = Result.REFUSED if reason in REFUSALS else Result.UNREACHABLE
    return Outcome(result=result, channel=channel, at=run.at, reason=reason)


def _note_attempt(run: _Run, delivery: Delivery, push: Push, channel: Channel, sent: Sent) -> None:
    run.attempts.append(
        Attempt(
            id=f"{delivery.id}:{push.purpose}:{channel}:{run.id}",
            school_id=delivery.school_id,
            notice_id=delivery.notice_id,
            class_id=delivery.class_id,
            delivery_id=delivery.id,
            purpose=push.purpose,
            channel=channel,
            at=run.at,
            code=sent.code,
            message_id=sent.message_id,
            reason=sent.reason,
        )
    )


async def _settle(run: _Run) -> None:
    """Ledger first, then the state that it explains; one write for all that ended alike."""
    ctx, store = run.ctx, run.ctx.stores.deliveries
    await store.record(run.attempts)
    # What most of them came to is written last and for the whole group, which needs no list of ids.
    most = max(run.settled, key=lambda outcome: len(run.settled[outcome]), default=None)
    for outcome, ids in run.settled.items():
        if outcome != most:
            await store.settle(ids, outcome, run=run.id)
    for (push, reason), ids in run.later.items():
        await store.postpone(ids, push, _outcome(run, Channel.IN_APP, reason), run=run.id)
        await _push_again(run, push.due_at)
    if run.unsent:
        await store.release(run.unsent, run=run.id)
        await _push_again(run, run.at + _AGAIN)
    if most is not None:
        await store.settle_rest(run.group, most, run=run.id)
    # WeChat may have reported on a message before its line was in the ledger.
    message_ids = [a.message_id for a in run.attempts if a.message_id]
    if message_ids:
        await apply_finishes(ctx, await store.finishes_of(message_ids))


async def _push_again(run: _Run, at: datetime) -> None:
    await run.ctx.enqueue(
        PUSH,
        {"notice_id": run.group.notice_id, "class_id": run.group.class_id},
        key=f"{PUSH}:{run.id}:{at.timestamp()}",
        at=at,
    )


async def record_finishes(ctx: Context, finishes: Sequence[tuple[str, str]]) -> None:
    """WeChat reports (msgid, status) about template messages: success, failed:user block, failed: system failed.

    Kept first: the report may come before our own line of the ledger does.
    """
    now = ctx.now()
    await ctx.stores.deliveries.note_finishes([(m, status, now) for m, status in finishes])
    await apply_finishes(ctx, dict(finishes))


async def apply_finishes(ctx: Context, finishes: dict[str, str]) -> None:
    """Bring what WeChat reported to the deliveries it is about: proved, or the next channel's turn."""
    if not finishes:
        return
    now = ctx.now()
    attempts = await ctx.stores.deliveries.attempts_with(list(finishes))
    proved = [a.delivery_id for m, a in attempts.items() if finishes[m].lower() == _SUCCESS]
    if proved:
        await ctx.stores.deliveries.mark_proved(proved, now)
    failures, groups = [], set()
    for message_id, attempt in attempts.items():
        status = finishes[message_id].lower()
        if status == _SUCCESS:
            continue
        reason = Reason.BLOCKED if "block" in status else Reason.SYSTEM_FAILED
        push = Push(purpose=attempt.purpose, due_at=now, failed=((attempt.channel, reason),))
        result = Result.REFUSED if reason in REFUSALS else Result.UNREACHABLE
        outcome = Outcome(result=result, channel=Channel.IN_APP, at=now, reason=reason)
        failures.append((attempt.delivery_id, push, outcome))
        groups.add(Group(attempt.school_id, attempt.notice_id, attempt.class_id))
    if failures:
        await ctx.stores.deliveries.mark_failed_after_all(failures)
    await push_soon(ctx, groups, mark=f"failed:{now.timestamp()}")
