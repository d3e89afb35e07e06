"""One run of sending: take what is due in one class, check each recipient *now*, send, settle what became of it.

One run at a time has its turn at a class. It notes what it is about to send; if it dies, its turn lapses,
and of that, and only that, the next one does not know whether it arrived: a template message is sent
again under the same client_msg_id, which WeChat counts once; a subscription or customer-service message never.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from domain.bindings import Binding, binding_id
from domain.channels import NOWHERE, SUBSCRIPTIONS, UNREPEATABLE, Channel, Reason, Step, next_step
from domain.deliveries import Delivery, Group, Push, Round, client_message_id, may_send
from domain.notices import ConfirmMode, Notice, NoticeState
from services.cards import Card, for_child, notice_card
from services.channels import Verdict, send_card
from services.context import Context, TemplateCard
from services.deliveries import PUSH
from services.push_runs import (
    Run,
    conclude,
    is_resting,
    leave,
    note_attempt,
    postpone,
    settle,
    settle_as,
)
from services.subscriptions import mini_ways

_AT_ONCE = 32  # of one class; the gateway says how many of all classes together
_PORTION = 128  # what is uncertain, at most, when a run is cut off
_AGAIN = timedelta(seconds=1)


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
    openids = sorted({openid for d in wanted for openid in run.openids(d.person_id)})
    free = await ctx.stores.locks.take(
        openids, owner=run.id, seconds=ctx.policy.lease.total_seconds()
    )
    try:
        await _send_all(run, wanted, free)
        await settle(run)
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
) -> Run:
    students, school, identities, mini, paused, quiet = await asyncio.gather(
        ctx.stores.schools.students(d.student_id for d in due),
        ctx.stores.schools.find_school(notice.school_id),
        ctx.stores.identities.of_people(ctx.policy.app_id, (d.person_id for d in due)),
        mini_ways(ctx, (d.person_id for d in due)),
        ctx.stores.pauses.active(ctx.policy.app_id, ctx.now()),
        ctx.stores.quiet.many({d.person_id for d in due}),
    )
    # A child may be in another class by now than when the notice was written.
    classes = await ctx.stores.schools.classes({s.class_id for s in students.values()})
    class_names = {c.id: c.name for c in classes if c.ended_at is None}
    here = [s for s in students.values() if s.class_id in class_names]
    return Run(
        id=run_id,
        ctx=ctx,
        notice=notice,
        group=group,
        at=ctx.now(),
        identities=identities,
        mini=mini,
        names={s.id: (s.name, class_names[s.class_id]) for s in here},
        classes={s.id: s.class_id for s in here},
        school=school.name if school else "",
        paused=paused,
        quiet=quiet,
    )


def _wanted(run: Run, due: list[Delivery]) -> list[Delivery]:
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


async def _send_all(run: Run, deliveries: list[Delivery], free: set[str]) -> None:
    """Different adults at once, the deliveries of one adult one after the other (WeChat: 43108)."""
    by_person: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_person[delivery.person_id].append(delivery)
    waiting = iter(by_person.items())

    async def send() -> None:
        for person_id, theirs in waiting:
            is_free = run.openids(person_id) <= free
            for delivery in theirs:
                if is_free:
                    await _send_one(run, delivery)
                else:
                    leave(run, delivery)

    await asyncio.gather(*(send() for _ in range(min(_AT_ONCE, len(by_person)))))


async def _send_one(run: Run, delivery: Delivery) -> None:
    """Walk the ladder for one delivery until a channel took it, none is left, or WeChat cannot be asked."""
    ctx, push = run.ctx, delivery.push
    if push is None:
        return
    if not may_send(push, run.at):
        settle_as(run, delivery, push, push.channel or Channel.TEMPLATE, Reason.NO_ANSWER)
        return
    if is_resting(run, delivery, push):
        return
    tried = dict(push.failed)
    noted: Channel | None = None
    while True:
        step = _step(run, delivery, tried)
        by_mini = step.channel in SUBSCRIPTIONS
        identities = run.mini_identity if by_mini else run.identities.get
        identity = identities(delivery.person_id)
        if step.channel is Channel.IN_APP or identity is None:
            settle_as(run, delivery, push, Channel.IN_APP, step.reason)
            return
        if by_mini in run.down:
            postpone(run, delivery, push, run.down[by_mini])
            return
        # Asked last and of the store itself: whoever was let go a moment ago hears nothing more.
        binding = await ctx.stores.bindings.find_active(
            binding_id(delivery.student_id, delivery.person_id)
        )
        if binding is None or _asks_nothing(run, delivery, push, binding):
            run.settled[push.purpose, None].append(delivery.id)
            return
        if step.channel in UNREPEATABLE:
            if not await ctx.stores.deliveries.note_channel(
                delivery.id, push.purpose, step.channel, instead_of=noted
            ):
                return  # somebody else has it in hand
            noted = step.channel
        sent = await send_card(
            ctx,
            identity,
            step.channel,
            _card(run, delivery, push.purpose),
            template=_template(run, step.channel),
            client_message_id=client_message_id(delivery.id, push.purpose),
        )
        if sent.asked:
            note_attempt(run, delivery, push, step.channel, sent)
        if sent.verdict is not Verdict.NEXT:
            conclude(run, delivery, push, step.channel, sent)
            return
        tried[step.channel] = sent.reason or Reason.REFUSED_BY_WECHAT


def _step(run: Run, delivery: Delivery, tried: dict[Channel, Reason]) -> Step:
    way = run.mini.get(delivery.person_id)
    return next_step(
        run.identities.get(delivery.person_id),
        at=run.at,
        template_ready=run.ctx.policy.notice_card is not None,
        subscriptions=way.obstacles if way else NOWHERE,
        paused=run.paused,
        tried=tried,
    )


def _template(run: Run, channel: Channel) -> TemplateCard | None:
    policy = run.ctx.policy
    return policy.mini_cards[channel] if channel in SUBSCRIPTIONS else policy.notice_card


def _asks_nothing(run: Run, delivery: Delivery, push: Push, binding: Binding) -> bool:
    """Whether a reminder to confirm would go to who has read and may do no more than that."""
    reminds = push.purpose.startswith("remind") and run.notice.confirm is not ConfirmMode.NONE
    return reminds and not binding.may_confirm and delivery.read_at is not None


def _card(run: Run, delivery: Delivery, purpose: str) -> Card:
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
