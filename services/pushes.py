"""One run of sending: take what is due in one class, check each recipient *now*, send, settle what became of it.

One run at a time has its turn at a class. It notes what it is about to send; if it dies, its turn lapses,
and of that, and only that, the next one does not know whether it arrived: a template message is sent
again under the same client_msg_id, which WeChat counts once; a customer-service message never.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.bindings import Binding, binding_id
from domain.channels import REFUSALS, Channel, Paused, Reason, next_step
from domain.deliveries import (
    Attempt,
    Delivery,
    Group,
    Outcome,
    Push,
    Result,
    Round,
    client_message_id,
    may_send,
    retry_at,
)
from domain.identities import Identity
from domain.notices import ConfirmMode, Notice, NoticeState
from services.cards import Card, for_child, notice_card
from services.channels import Sent, Verdict, send_card
from services.context import Context
from services.deliveries import PUSH
from services.finishes import apply_finishes

_AT_ONCE = 32  # of one class; the gateway says how many of all classes together
_PORTION = 128  # what is uncertain, at most, when a run is cut off
_AGAIN = timedelta(seconds=1)


@dataclass(slots=True)
class _Run:
    """What one run knows about everybody, and what it has found out so far."""

    id: str
    ctx: Context
    notice: Notice
    group: Group
    at: datetime
    identities: dict[str, Identity]
    names: dict[str, tuple[str, str]]  # student id → (child, class), of who is at the school now
    classes: dict[str, str]  # student id → the class the child is in now
    school: str
    paused: Sequence[Paused]
    cards: dict[tuple[str, str], Card] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    settled: dict[tuple[str, Outcome | None], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    later: dict[tuple[Push, Reason], list[str]] = field(default_factory=lambda: defaultdict(list))
    uncertain: dict[tuple[str, datetime], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    down: Reason | None = None


async def push_deliveries(ctx: Context, notice_id: str, class_id: str) -> None:
    """Send what is due of one notice in one class."""
    notice = await ctx.stores.notices.find(notice_id)
    if notice is None:
        return
    run_id, group = ctx.new_id(), Group(notice.school_id, notice.id, class_id)
    turn = await ctx.stores.rounds.take(group, run=run_id, at=ctx.now(), lease=ctx.policy.lease)
    if turn is None:
        if await ctx.stores.deliveries.has_due(group, ctx.now()):
            await _push_again(ctx, group)
        return
    due = await ctx.stores.deliveries.due(group, ctx.now())
    for since, some in _portions(turn, due, ctx.now()):
        still_ours = await ctx.stores.rounds.note_sending(
            group,
            [d.id for d in some],
            run=run_id,
            since=since,
            held_until=ctx.now() + ctx.policy.lease,
        )
        if not still_ours:
            return
        newest = await ctx.stores.notices.find(notice_id) or notice
        await _push(ctx, newest, group, run_id, some)
    await ctx.stores.rounds.finish(group, run=run_id)
    # Whoever was being written to by somebody else, and what became due meanwhile.
    if await ctx.stores.deliveries.has_due(group, ctx.now()):
        await _push_again(ctx, group)


def _portions(
    turn: Round, due: list[Delivery], at: datetime
) -> Iterator[tuple[datetime, list[Delivery]]]:
    """What to send together, and since when it may be on its way: first what a run was cut off with."""
    uncertain = set(turn.sending) if turn.sending_since else set()
    for since, some in (
        (turn.sending_since or at, [_uncertain(d, turn) for d in due if d.id in uncertain]),
        (at, [d for d in due if d.id not in uncertain]),
    ):
        for start in range(0, len(some), _PORTION):
            yield since, some[start : start + _PORTION]


def _uncertain(delivery: Delivery, turn: Round) -> Delivery:
    push = delivery.push
    if push is None or push.uncertain_since is not None:
        return delivery
    return replace(delivery, push=replace(push, uncertain_since=turn.sending_since))


async def _push(
    ctx: Context, notice: Notice, group: Group, run_id: str, due: list[Delivery]
) -> None:
    run = await _prepare(ctx, notice, group, run_id, due)
    wanted = _wanted(run, due)
    openids = sorted(
        {run.identities[d.person_id].openid for d in wanted if d.person_id in run.identities}
    )
    free = await ctx.stores.locks.take(
        openids, owner=run.id, seconds=ctx.policy.lease.total_seconds()
    )
    try:
        await _send_all(run, wanted, free)
        await _settle(run)
    finally:
        await ctx.stores.locks.drop(sorted(free), owner=run.id)


async def _push_again(ctx: Context, group: Group) -> None:
    at = ctx.now() + _AGAIN
    await ctx.enqueue(
        PUSH,
        {"notice_id": group.notice_id, "class_id": group.class_id},
        key=f"{PUSH}:{group.notice_id}:{group.class_id}:{int(at.timestamp())}",
        at=at,
    )


async def _prepare(
    ctx: Context, notice: Notice, group: Group, run_id: str, due: list[Delivery]
) -> _Run:
    students, school, identities, paused = await asyncio.gather(
        ctx.stores.schools.students(d.student_id for d in due),
        ctx.stores.schools.find_school(notice.school_id),
        ctx.stores.identities.of_people(ctx.policy.app_id, (d.person_id for d in due)),
        ctx.stores.pauses.active(ctx.policy.app_id, ctx.now()),
    )
    # A child may be in another class by now than when the notice was written.
    classes = await ctx.stores.schools.classes({s.class_id for s in students.values()})
    class_names = {c.id: c.name for c in classes if c.ended_at is None}
    here = [s for s in students.values() if s.class_id in class_names]
    return _Run(
        id=run_id,
        ctx=ctx,
        notice=notice,
        group=group,
        at=ctx.now(),
        identities=identities,
        names={s.id: (s.name, class_names[s.class_id]) for s in here},
        classes={s.id: s.class_id for s in here},
        school=school.name if school else "",
        paused=paused,
    )


def _wanted(run: _Run, due: list[Delivery]) -> list[Delivery]:
    """Drop what became moot: everything of a withdrawn notice but the word of it, and pupils who are gone.

    What a class is told is not for who left it; that something they have read was corrected or withdrawn is.
    """
    withdrawn = run.notice.state is NoticeState.WITHDRAWN
    wanted = []
    for delivery in due:
        purpose = delivery.push.purpose if delivery.push else ""
        gone = delivery.student_id not in run.names
        left = gone or run.classes[delivery.student_id] not in run.notice.class_ids
        about_what_was_read = purpose == "withdraw" or purpose.startswith("edit")
        if (withdrawn and purpose != "withdraw") or gone or (left and not about_what_was_read):
            run.settled[purpose, None].append(delivery.id)
        else:
            wanted.append(delivery)
    return wanted


async def _send_all(run: _Run, deliveries: list[Delivery], free: set[str]) -> None:
    """Different adults at once, the deliveries of one adult one after the other (WeChat: 43108)."""
    by_person: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_person[delivery.person_id].append(delivery)
    waiting = iter(by_person.items())

    async def send() -> None:
        for person_id, theirs in waiting:
            identity = run.identities.get(person_id)
            for delivery in theirs:
                if identity is not None and identity.openid not in free:
                    _leave(run, delivery)
                else:
                    await _send_one(run, delivery, identity)

    await asyncio.gather(*(send() for _ in range(min(_AT_ONCE, len(by_person)))))


def _leave(run: _Run, delivery: Delivery) -> None:
    """Another run is writing to this adult this moment: theirs stays due, and uncertain if it was."""
    push = delivery.push
    if push is not None and push.uncertain_since is not None:
        run.uncertain[push.purpose, push.uncertain_since].append(delivery.id)


async def _send_one(run: _Run, delivery: Delivery, identity: Identity | None) -> None:
    """Walk the ladder for one delivery until a channel took it, none is left, or WeChat cannot be asked."""
    ctx, push = run.ctx, delivery.push
    if push is None:
        return
    if not may_send(push, run.at):
        _settle_as(run, delivery, push, push.channel or Channel.TEMPLATE, Reason.NO_ANSWER)
        return
    tried = dict(push.failed)
    while True:
        step = next_step(
            identity,
            at=run.at,
            template_ready=ctx.policy.notice_card is not None,
            paused=run.paused,
            tried=tried,
        )
        if step.channel is Channel.IN_APP or identity is None:
            _settle_as(run, delivery, push, Channel.IN_APP, step.reason)
            return
        if run.down is not None:
            _postpone(run, delivery, push, run.down)
            return
        # Asked last and of the store itself: whoever was let go a moment ago hears nothing more.
        binding = await ctx.stores.bindings.find_active(
            binding_id(delivery.student_id, delivery.person_id)
        )
        if binding is None or _asks_nothing(run, delivery, push, binding):
            run.settled[push.purpose, None].append(delivery.id)
            return
        if step.channel is Channel.SERVICE and not await ctx.stores.deliveries.note_channel(
            delivery.id, push.purpose, Channel.SERVICE
        ):
            return  # somebody else has it in hand
        sent = await send_card(
            ctx,
            identity,
            step.channel,
            _card(run, delivery, push.purpose),
            template=ctx.policy.notice_card,
            client_message_id=client_message_id(delivery.id, push.purpose),
        )
        _note_attempt(run, delivery, push, step.channel, sent)
        if sent.verdict is not Verdict.NEXT:
            _conclude(run, delivery, push, step.channel, sent)
            return
        tried[step.channel] = sent.reason or Reason.REFUSED_BY_WECHAT


def _asks_nothing(run: _Run, delivery: Delivery, push: Push, binding: Binding) -> bool:
    """Whether a reminder to confirm would go to who has read and may do no more than that."""
    reminds = push.purpose.startswith("remind") and run.notice.confirm is not ConfirmMode.NONE
    return reminds and not binding.may_confirm and delivery.read_at is not None


def _card(run: _Run, delivery: Delivery, purpose: str) -> Card:
    """The card of this child; all but the child's name is the same for the whole class."""
    child, school_class = run.names[delivery.student_id]
    if (purpose, school_class) not in run.cards:
        run.cards[purpose, school_class] = notice_card(
            run.ctx.policy,
            run.notice,
            purpose=purpose,
            school=run.school,
            school_class=school_class,
        )
    return for_child(run.cards[purpose, school_class], child)


def _conclude(run: _Run, delivery: Delivery, push: Push, channel: Channel, sent: Sent) -> None:
    if sent.verdict is Verdict.TAKEN:
        _settle_as(run, delivery, push, channel, None)
    elif sent.verdict is Verdict.UNCERTAIN and channel is Channel.SERVICE:
        _settle_as(run, delivery, push, channel, Reason.NO_ANSWER)
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
        _settle_as(run, delivery, push, Channel.IN_APP, reason)
        return
    again = Push(
        purpose=push.purpose,
        due_at=moment,
        tries=push.tries + 1,
        uncertain_since=push.uncertain_since,
        failed=push.failed,
    )
    run.later[again, reason].append(delivery.id)


def _settle_as(
    run: _Run, delivery: Delivery, push: Push, channel: Channel, reason: Reason | None
) -> None:
    run.settled[push.purpose, _outcome(run, channel, reason)].append(delivery.id)


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
    for (purpose, outcome), ids in run.settled.items():
        await store.settle(ids, purpose, outcome)
    for (purpose, since), ids in run.uncertain.items():
        await store.note_uncertain(ids, purpose, since)
    for (push, reason), ids in run.later.items():
        await store.postpone(ids, push, _outcome(run, Channel.IN_APP, reason))
        await ctx.enqueue(
            PUSH,
            {"notice_id": run.group.notice_id, "class_id": run.group.class_id},
            key=f"{PUSH}:{run.id}:{push.purpose}:{push.tries}",
            at=push.due_at,
        )
    # WeChat may have reported on a message before its line was in the ledger.
    message_ids = [a.message_id for a in run.attempts if a.message_id]
    if message_ids:
        await apply_finishes(ctx, await store.finishes_of(message_ids))
