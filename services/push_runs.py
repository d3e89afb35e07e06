"""One run of sending: what it knows of everybody, what became of each message, and writing that down.

The ledger comes first, then the state that it explains; one write for all that ended alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.channels import REFUSALS, SUBSCRIPTIONS, UNREPEATABLE, Channel, Paused, Reason
from domain.deliveries import Attempt, Delivery, Group, Outcome, Push, Result, retry_at
from domain.identities import Identity
from domain.notices import Notice
from domain.quiet import OwnQuiet
from services.cards import Card
from services.channels import Sent, Verdict
from services.context import Context
from services.deliveries import PUSH
from services.finishes import apply_finishes
from services.subscriptions import MiniWay


@dataclass(slots=True)
class Run:
    """What one run knows about everybody, and what it has found out so far."""

    id: str
    ctx: Context
    notice: Notice
    group: Group
    at: datetime
    identities: dict[str, Identity]
    mini: dict[str, MiniWay]
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
    quiet: dict[str, OwnQuiet] = field(default_factory=dict)  # who has set hours of their own
    down: dict[bool, Reason] = field(default_factory=dict)  # by whether it is the mini-program's

    def openids(self, person_id: str) -> set[str]:
        """Everybody whom WeChat may see written to when this adult is."""
        known = [self.identities.get(person_id), self.mini_identity(person_id)]
        return {identity.openid for identity in known if identity is not None}

    def mini_identity(self, person_id: str) -> Identity | None:
        """Who this adult is to the mini-program."""
        return self.mini[person_id].identity if person_id in self.mini else None


def leave(run: Run, delivery: Delivery) -> None:
    """Another run is writing to this adult this moment: theirs stays due, and uncertain if it was."""
    push = delivery.push
    if push is not None and push.uncertain_since is not None:
        run.uncertain[push.purpose, push.uncertain_since].append(delivery.id)


def conclude(run: Run, delivery: Delivery, push: Push, channel: Channel, sent: Sent) -> None:
    """After WeChat's answer by a channel: it is over, or WeChat is asked again later."""
    if sent.verdict is Verdict.TAKEN:
        settle_as(run, delivery, push, channel, None)
    elif sent.verdict is Verdict.UNCERTAIN and channel in UNREPEATABLE:
        settle_as(run, delivery, push, channel, Reason.NO_ANSWER)
    else:
        if sent.verdict is Verdict.UNCERTAIN:
            push = replace(push, uncertain_since=push.uncertain_since or run.at)
        reason = sent.reason or Reason.WECHAT_DOWN
        if sent.down:
            run.down[channel in SUBSCRIPTIONS] = reason
        postpone(run, delivery, push, reason)


def postpone(run: Run, delivery: Delivery, push: Push, reason: Reason) -> None:
    """Again later, from the best channel on; when that has lasted long enough, it rests in the list."""
    moment = retry_at(push.tries, run.at)
    if moment is None:
        settle_as(run, delivery, push, Channel.IN_APP, reason)
        return
    again = Push(
        purpose=push.purpose,
        due_at=moment,
        tries=push.tries + 1,
        uncertain_since=push.uncertain_since,
        failed=push.failed,
    )
    run.later[again, reason].append(delivery.id)


def is_resting(run: Run, delivery: Delivery, push: Push) -> bool:
    """Whether this adult has quiet hours of their own now: then it goes out when they end, and is no failure.

    What may have gone out already is not put off: it could not be told from a second message any more.
    """
    own = run.quiet.get(delivery.person_id)
    if (
        run.notice.urgent
        or own is None
        or not own.hours.covers(run.at)
        or push.uncertain_since is not None
    ):
        return False
    again = replace(push, due_at=own.hours.next_moment(run.at))
    run.later[again, Reason.RESTING].append(delivery.id)
    return True


def settle_as(
    run: Run, delivery: Delivery, push: Push, channel: Channel, reason: Reason | None
) -> None:
    """This push is over: taken by `channel`, or not, for `reason`."""
    run.settled[push.purpose, _outcome(run, channel, reason)].append(delivery.id)


def _outcome(run: Run, channel: Channel, reason: Reason | None) -> Outcome:
    if reason is None:
        result = Result.DELIVERED
    else:
        result = Result.REFUSED if reason in REFUSALS else Result.UNREACHABLE
    return Outcome(result=result, channel=channel, at=run.at, reason=reason)


def note_attempt(run: Run, delivery: Delivery, push: Push, channel: Channel, sent: Sent) -> None:
    """A line of the ledger, written with the others when the portion is through."""
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


async def settle(run: Run) -> None:
    """Write down what became of everything in this run."""
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
