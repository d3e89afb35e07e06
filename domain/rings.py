"""The one word (提醒) that somebody without a device connected gets for all that was said to them.

A ring is due some minutes after the first message that they have not read, and once until they have read something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.channels import Channel
from domain.deliveries import REPEATABLE_FOR
from domain.groups import Group
from domain.messages import Message, MessageKind, MessageState, mark_in
from domain.threads import Thread, ThreadMark

RING_AFTER = timedelta(minutes=5)  # in which most who have the app open have read it
# Who does not look is told again of what is new, but not on the same day.
AGAIN_AFTER = timedelta(days=1)
THREAD_LIMIT = 20  # of one ring; what it says is true for more, too
COUNT_LIMIT = 100  # messages of one thread that are counted


@dataclass(frozen=True, slots=True)
class Unheard:
    """A thread in which something is not read, and the number of the first of it."""

    thread_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What one adult is to be told, and was told last; one document a person, whose id is the person's.

    `since` names this word: the same word goes out once. `told` are the threads of which they were told at `told_at`.
    `run` has it in hand until `held_until`; since `sending_since` it may be on its way, and `channel` is written before
    a message goes out that WeChat knows no repetition of. `version` counts what was added.
    """

    id: str
    touched_at: datetime
    since: datetime | None = None
    due_at: datetime | None = None
    threads: tuple[Unheard, ...] = ()
    tries: int = 0
    told_at: datetime | None = None
    told: tuple[str, ...] = ()
    run: str = ""
    held_until: datetime | None = None
    sending_since: datetime | None = None
    channel: Channel | None = None
    version: int = 0

    def may_send(self, at: datetime) -> bool:
        """Whether nobody else can have sent it: after WeChat's memory of a repetition it is left unsaid."""
        if self.channel is not None:
            return False
        return self.sending_since is None or at - self.sending_since < REPEATABLE_FOR

    def is_heard(self, marks: Iterable[ThreadMark], at: datetime) -> bool:
        """Whether they may be told of something new: they were not told yet, have read since, or a day has gone by."""
        told_at = self.told_at
        if told_at is None or at - told_at >= AGAIN_AFTER:
            return True
        return any(m.read_at is not None and m.read_at > told_at for m in marks)


@dataclass(frozen=True, slots=True)
class Knock:
    """Something was said to somebody: they are to be told at `due_at`."""

    person_id: str
    unheard: Unheard
    due_at: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What of a ring is still unread in one thread: how much, from whom, of which group."""

    thread: Thread
    count: int
    author_name: str
    as_staff: bool
    group: Group | None = None
    urgent: bool = False


def rings_at(message: Message, after: timedelta = RING_AFTER) -> datetime | None:
    """When those are told of a message who have not read it; None: it rings for nobody (收到, not shown yet)."""
    if message.state is not MessageState.SENT:
        return None
    if message.kind is MessageKind.TEXT and mark_in(message.text) is not None:
        return None
    return message.at + after


def knocked(ring: Ring | None, knocks: Sequence[Knock], at: datetime) -> Ring | None:
    """A person's ring with what is new in it; None where nothing is new, so that twice is once."""
    held = ring or Ring(id=knocks[0].person_id, touched_at=at)
    threads = {u.thread_id: u.seq for u in held.threads}
    fresh = [k for k in knocks if k.unheard.thread_id not in threads]
    due_at = min(k.due_at for k in knocks)
    if not fresh and held.due_at is not None and held.due_at <= due_at:
        return None
    for knock in knocks:
        unheard = knock.unheard
        threads[unheard.thread_id] = min(unheard.seq, threads.get(unheard.thread_id, unheard.seq))
    return replace(
        held,
        since=held.since or at,
        due_at=due_at if held.due_at is None else min(due_at, held.due_at),
        threads=tuple(Unheard(t, s) for t, s in list(threads.items())[-THREAD_LIMIT:]),
        touched_at=at,
        version=held.version + 1,
    )


def unread_line(
    person_id: str,
    unheard: Unheard,
    mark: ThreadMark | None,
    messages: Iterable[Message],
    thread: Thread,
    group: Group | None,
) -> Line | None:
    """What of a thread this person has not read by now, of these messages; None for nothing."""
    hidden: frozenset[int] = frozenset(mark.hidden if mark else ())
    said = [
        m
        for m in messages
        if m.seq >= unheard.seq
        and not (mark and mark.has_read(m.seq))
        and m.author_id != person_id
        and m.seq not in hidden
        and m.recalled_at is None
        and rings_at(m) is not None
    ]
    if not said:
        return None
    last = said[-1]
    urgent = any(m.urgent != "" for m in said)
    return Line(thread, len(said), last.author_name, last.as_staff, group, urgent)


def first_unheard(
    ringing: Sequence[Message], marks: Mapping[str, ThreadMark], person_id: str
) -> Unheard | None:
    """The first of these messages of one thread, in order, that this person neither wrote nor has read."""
    mark = marks.get(person_id)
    for message in ringing:
        if message.author_id != person_id and not (mark and mark.has_read(message.seq)):
            return Unheard(message.thread_id, message.seq)
    return None
