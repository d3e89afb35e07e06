"""A delivery (送达): one notice for one guardian about one child, and the ledger of every attempt.

`push` is what is still to be sent; a delivery without one is settled. Sending again is safe only
where the channel says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.channels import Channel, Reason

MAX_REMINDERS = 2
LEASE = timedelta(seconds=30)  # a worker that has not reported by then is taken for dead
# By how much the clocks of two machines may differ: what one says is due now, another one takes.
CLOCK_SKEW = timedelta(seconds=2)
# WeChat: one client_msg_id counts once for 10 minutes. Beyond 9 a second send could be a second message.
REPEATABLE_FOR = timedelta(minutes=9)
RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Something to send: `purpose` is publish, remind-1, edit-2 or withdraw.

    `tries` counts failures of WeChat itself; `failed` the channels that were tried and why they
    failed. `channel` is written before a message goes out that WeChat knows no repetition of, and only then.
    `uncertain_since`: when the first send began of which we don't know whether it arrived.
    """

    purpose: str
    due_at: datetime
    tries: int = 0
    channel: Channel | None = None
    uncertain_since: datetime | None = None
    failed: tuple[tuple[Channel, Reason], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """The deliveries of one notice in one class: they are sent together."""

    school_id: str
    notice_id: str
    class_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run's turn at a group (发送轮次); nobody else sends to it before `held_until`.

    `sending` names what is on its way since `sending_since`. It is written before anything of it goes
    out and read again when a run was cut off: that, and nothing else, may have gone out already.
    """

    id: str
    run: str
    held_until: datetime
    sending: tuple[str, ...] = ()
    sending_since: datetime | None = None


class Result(StrEnum):
    """What is known about the newest attempt."""

    DELIVERED = "delivered"  # WeChat took it, or said it arrived
    REFUSED = "refused"  # the guardian has closed this way
    UNREACHABLE = "unreachable"  # no way was open; it waits in the app


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where the newest message about this delivery ended; `proved_at`: when WeChat itself said that it arrived."""

    result: Result
    channel: Channel
    at: datetime
    reason: Reason | None = None
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One line of the ledger (append-only): what was tried, and how WeChat answered.

    `code` is WeChat's errcode, 0 = taken, -2 = no usable answer; `message_id` the msgid it gave.
    """

    id: str
    school_id: str
    notice_id: str
    class_id: str
    delivery_id: str
    purpose: str
    channel: Channel
    at: datetime
    code: int
    message_id: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notice for one guardian about one child. Reading and confirming happen once: the first time counts.

    `purposes` names every push it was ever given: none is given twice. `position` is its place in the
    adult's list: it sorts by time and is the same for nothing else.
    """

    id: str
    school_id: str
    notice_id: str
    class_id: str
    student_id: str
    person_id: str
    published_at: datetime
    position: str
    push: Push | None = None
    outcome: Outcome | None = None
    purposes: tuple[str, ...] = ()
    read_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_version: int | None = None
    signature_id: str | None = None

    @property
    def group(self) -> Group:
        """What it is sent together with."""
        return Group(self.school_id, self.notice_id, self.class_id)

    @property
    def reminders(self) -> int:
        """How often this adult was reminded."""
        return sum(purpose.startswith("remind") for purpose in self.purposes)


def delivery_id(notice_id: str, student_id: str, person_id: str) -> str:
    """The key that makes a second delivery of the same thing impossible."""
    return f"{notice_id}:{student_id}:{person_id}"


def client_message_id(delivery: str, purpose: str) -> str:
    """WeChat's `client_msg_id`: the same for every repetition of one send, different for the next reminder."""
    return hashlib.sha256(f"{delivery}|{purpose}".encode()).hexdigest()[:32]


def retry_at(tries: int, now: datetime) -> datetime | None:
    """When to ask WeChat again after `tries` failures of its own; None when it has been long enough."""
    return now + RETRY_AFTER[tries] if tries < len(RETRY_AFTER) else None


def may_send(push: Push, now: datetime) -> bool:
    """Whether a push may be sent (again).

    Not a subscription or customer-service message that was noted before: it may have gone out. A template
    message may, for as long as WeChat remembers its client_msg_id.
    """
    if push.channel is not None:
        return False
    return push.uncertain_since is None or now - push.uncertain_since < REPEATABLE_FOR
