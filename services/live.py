"""Who is connected to this process, and what they hear: every message of every thread that is theirs, in order.

A hub hears of a message from its own process, from another one over Redis, or, when that was lost, from the tails it
compares with the store at every beat. Whatever way, what it hands on of a thread has no gap: numbers that it misses are
read from the store first. Before anything is handed on, it is asked again who is in the thread, and which sessions
have ended: an old connection hears nothing more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import OrderedDict, defaultdict, deque
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from typing import Any, Protocol

from domain.errors import NotFoundError, fault_text
from domain.threads import Thread
from services.announcing import message_event
from services.audiences import Audience, audience_of
from services.context import Context
from services.frames import Event, frame, iso, message_fields
from storage.stamps import bucket_of
from storage.wires import Line

log = logging.getLogger("yanshu.live")

BEAT_SECONDS = 25.0
PRESENT_SECONDS = 2 * BEAT_SECONDS  # for which a device that is gone still counts as connected
FILL_LIMIT = 200  # more than that is behind: devices ask for it themselves
SAID_AT_ONCE, SAID_A_SECOND = 60.0, 600 / 3600  # messages of one person
_THREADS = 20_000
_CHUNK = 500


class Listener(Protocol):
    """One connected device. `cursors`: the number of the last message handed on, by thread."""

    person_id: str
    session_id: str
    ends_by_silence: bool  # a desk's session
    cursors: dict[str, int]
    catching: dict[str, int]

    def send(self, text: str) -> None:
        """Hand on a frame; never waits."""

    def end(self, code: int, reason: str) -> None:
        """Close the connection."""

    def is_over(self, at: datetime) -> bool:
        """Whether its session has ended by time."""

    async def is_signed_in(self) -> bool:
        """Whether its session is still there."""


SIGNED_OUT, GOING_AWAY = 4001, 1001


class Live:
    """The hub of one process."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(6)
        self._people: dict[str, set[Listener]] = defaultdict(set)
        self._buckets: dict[str, set[Listener]] = defaultdict(set)
        self._coming: dict[Listener, dict[str, int]] = {}  # and what they missed first, by thread
        self._queues: dict[str, deque[Event]] = {}
        self._tails: OrderedDict[str, int] = OrderedDict()
        self._sessions: dict[str, object] = {}
        self.sweeps = 0  # how often sessions were found to have ended
        self._said: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._line: Line | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- who is there -------------------------------------------------------------------------

    def of_person(self, person_id: str) -> int:
        """How many devices of one person are connected here."""
        return len(self._people.get(person_id, ()))

    def may_say(self, person_id: str, now: float) -> bool:
        """Whether a person says no more than anybody writes: SAID_AT_ONCE messages, then SAID_A_SECOND more."""
        room, since = self._said.pop(person_id, (SAID_AT_ONCE, now))
        room = min(SAID_AT_ONCE, room + (now - since) * SAID_A_SECOND)
        self._said[person_id] = (room - 1 if room >= 1 else room, now)
        while len(self._said) > _THREADS:
            self._said.popitem(last=False)
        return room >= 1

    async def join(self, ctx: Context, listener: Listener, school_ids: Iterable[str]) -> None:
        """It is here from now on, and is told nothing before it knows how far its threads go (`begin`)."""
        self._coming[listener] = {}
        if self._line is None:
            self._line = ctx.stores.wires.line()
            self._sessions = dict(await ctx.stores.stamps.of_sessions())
            self._run(self._listen(ctx, self._line))
            self._run(self._beat_on(ctx))
        self._people[listener.person_id].add(listener)
        self._buckets[bucket_of(listener.session_id)].add(listener)
        await self._line.also(school_ids)
        await ctx.stores.wires.note_present([listener.person_id], PRESENT_SECONDS)

    def polled(self, ctx: Context, person_id: str) -> None:
        """Somebody asks again and again instead: they are there as with a device connected. Nobody waits for this."""
        self._run(ctx.stores.wires.note_present([person_id], PRESENT_SECONDS))

    def leave(self, listener: Listener) -> None:
        """It is gone."""
        self._coming.pop(listener, None)
        for table, key in (
            (self._people, listener.person_id),
            (self._buckets, bucket_of(listener.session_id)),
        ):
            table[key].discard(listener)
            if not table[key]:
                del table[key]

    def begin(self, ctx: Context, listener: Listener, threads: Iterable[Thread]) -> None:
        """It has been told how far each of these threads goes, and hears what comes after that."""
        missed = self._coming.pop(listener, {})
        for thread in threads:
            self._begin_at(ctx, listener, thread)
        for thread_id in (
            missed.keys() - listener.cursors.keys()
        ):  # of threads that are theirs only now
            listener.cursors[thread_id] = missed[thread_id] - 1
            self.catch_up(ctx, listener, thread_id, missed[thread_id] - 1)

    def _begin_at(self, ctx: Context, listener: Listener, thread: Thread) -> None:
        thread_id, tail = thread.id, thread.tail
        cursor = listener.cursors[thread_id] = max(tail, listener.cursors.get(thread_id, 0))
        held = self._tails.get(thread_id)
        if held is None:
            self._know(thread_id, tail)
        elif tail > held:  # the others here have missed something
            self.take(ctx, Event(thread.school_id, thread_id, seq=tail))
        elif held > cursor:  # told to the others between the reading and this
            self.catch_up(ctx, listener, thread_id, cursor)

    async def close(self) -> None:
        """Everybody is sent away, to come back to another process."""
        ending = list(self._tasks)
        for task in ending:
            task.cancel()
        for listeners in list(self._people.values()):
            for listener in list(listeners):
                listener.end(GOING_AWAY, "going away")
        await asyncio.gather(*ending, return_exceptions=True)
        if self._line is not None:
            await self._line.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _know(self, thread_id: str, seq: int) -> None:
        self._tails[thread_id] = seq
        self._tails.move_to_end(thread_id)
        while len(self._tails) > _THREADS:
            self._tails.popitem(last=False)

    # -- telling ------------------------------------------------------------------------------

    def tell(self, ctx: Context, event: Event) -> None:
        """Tell everybody, here and at other processes; whoever tells does not wait for it."""
        self.take(ctx, event)
        word = json.dumps([self._name, *astuple(event)], ensure_ascii=False)
        self._run(ctx.stores.wires.tell(event.school_id, word.encode()))

    def take(self, ctx: Context, event: Event) -> None:
        """Something was told; the devices here hear it in its turn."""
        if not self._people:
            return
        queue = self._queues.get(event.thread_id)
        if queue is None:
            self._queues[event.thread_id] = deque([event])
            self._run(self._drain(ctx, event.thread_id))
        else:
            queue.append(event)

    async def _drain(self, ctx: Context, thread_id: str) -> None:
        """One at a time for a thread; what came meanwhile shares the questions to the store."""
        queue = self._queues[thread_id]
        try:
            while queue:
                audience = await self._audience(ctx, thread_id)
                await self.send_away_ended(ctx)
                taken = list(queue)
                queue.clear()
                if audience is None:
                    continue
                for event in taken:
                    if event.seq:
                        await self._in_order(ctx, audience, event)
                    else:
                        self._hand_on(ctx, audience, event)
        except Exception as error:  # the store is away: the next beat finds what was missed
            log.error("a thread could not be told: %s", fault_text(error))
        finally:
            del self._queues[thread_id]

    async def _audience(self, ctx: Context, thread_id: str) -> Audience | None:
        try:
            return await audience_of(ctx, thread_id)
        except NotFoundError:
            return None

    async def _in_order(self, ctx: Context, audience: Audience, event: Event) -> None:
        held = self._tails.get(event.thread_id)
        if held is not None and event.seq <= held:
            return
        first = event.seq if held is None else held + 1
        missing = event.seq - first + (0 if event.text else 1)
        if missing > FILL_LIMIT:
            behind = {"thread": event.thread_id, "tail": event.seq}
            self._hand_on(ctx, audience, replace(event, seq=0, text=frame("behind", behind)))
        elif missing > 0:
            until = event.seq - (1 if event.text else 0)
            for message in await ctx.stores.messages.stretch(event.thread_id, first - 1, until):
                self._hand_on(ctx, audience, message_event(message))
        if event.text:
            self._hand_on(ctx, audience, event)
        self._know(event.thread_id, event.seq)

    def _hand_on(self, ctx: Context, audience: Audience, event: Event) -> None:
        at = ctx.now()
        for person_id in [event.only] if event.only else audience.places:
            listeners = self._people.get(person_id) if person_id in audience.places else None
            if not listeners:
                continue
            text = event.own if event.own and person_id == event.author_id else event.text
            for listener in list(listeners):
                if listener.is_over(at):
                    listener.end(SIGNED_OUT, "signed out")
                elif listener in self._coming:
                    # Read from the store when it begins.
                    if event.seq:
                        self._coming[listener].setdefault(event.thread_id, event.seq)
                elif not event.seq:
                    listener.send(text)
                else:
                    self._hand_on_next(ctx, listener, event, text)

    def _hand_on_next(self, ctx: Context, listener: Listener, event: Event, text: str) -> None:
        """The message that follows what the device has; one that is behind is brought up to it from the store."""
        thread_id, seq = event.thread_id, event.seq
        if thread_id in listener.catching:
            listener.catching[thread_id] = max(seq, listener.catching[thread_id])
            return
        held = listener.cursors.get(thread_id)
        if held is None or seq == held + 1:
            listener.cursors[thread_id] = seq
            listener.send(text)
        elif seq > held:
            self.catch_up(ctx, listener, thread_id, held)

    def catch_up(self, ctx: Context, listener: Listener, thread_id: str, after: int) -> None:
        """Read from the store what came after a number, and go on from there."""
        if thread_id not in listener.catching:
            listener.catching[thread_id] = 0
            self._run(self._catch_up(ctx, listener, thread_id, after))

    async def _catch_up(self, ctx: Context, listener: Listener, thread_id: str, after: int) -> None:
        try:
            while True:
                # By number alone, and for whoever is in it at this moment.
                audience = await audience_of(ctx, thread_id)
                audience.place_of(listener.person_id)
                hidden = await ctx.stores.threads.hidden_of(thread_id, listener.person_id)
                tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
                until = min(tail, after + FILL_LIMIT)
                found = await ctx.stores.messages.stretch(thread_id, after, until)
                for message in found:
                    own = message.author_id == listener.person_id
                    fields = message_fields(message, own=own, hidden=message.seq in hidden)
                    listener.send(frame("message", fields))
                    after = message.seq
                if after >= max(tail, listener.catching[thread_id]) or not found:
                    listener.cursors[thread_id] = after
                    return
        except NotFoundError:
            listener.cursors.pop(thread_id, None)
        except Exception as error:  # the store is away: the next beat begins again
            log.error("a device could not be brought up to date: %s", fault_text(error))
        finally:
            listener.catching.pop(thread_id, None)

    # -- sessions, beats, other processes -----------------------------------------------------

    async def send_away_ended(self, ctx: Context) -> None:
        """Where sessions have ended, those of their bucket are asked whether theirs has."""
        now = dict(await ctx.stores.stamps.of_sessions())
        if now == self._sessions:
            return
        self.sweeps += 1
        changed = [b for b in now if now[b] != self._sessions.get(b)]
        for bucket in changed:
            await self._check_sessions(ctx, list(self._buckets.get(bucket, ())))
        self._sessions = now

    async def _check_sessions(self, ctx: Context, listeners: Sequence[Listener]) -> None:
        for listener in listeners:
            if listener.is_over(ctx.now()) or not await listener.is_signed_in():
                listener.end(SIGNED_OUT, "signed out")

    async def _beat_on(self, ctx: Context) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat(ctx)
            except Exception as error:
                log.error("a beat was missed: %s", fault_text(error))

    async def beat(self, ctx: Context) -> None:
        """Compare with the store how far every thread goes, and tell every device."""
        listeners = [one for found in self._people.values() for one in found]
        await self._check_sessions(ctx, [one for one in listeners if one.ends_by_silence])
        await ctx.stores.wires.note_present(self._people, PRESENT_SECONDS)
        tails: dict[str, int] = {}
        wanted = sorted({thread_id for one in listeners for thread_id in one.cursors})
        for start in range(0, len(wanted), _CHUNK):
            found = await ctx.stores.threads.tails(wanted[start : start + _CHUNK])
            for thread_id, (school_id, tail) in found.items():
                tails[thread_id] = tail
                if tail > self._tails.get(thread_id, 0):
                    self.take(ctx, Event(school_id, thread_id, seq=tail))
        at = iso(ctx.now())
        for one in listeners:
            if one in self._coming:
                continue
            # How far it was told, not how far the thread goes: what is missing comes without being asked for, and a
            # device that asked for it too would get it twice.
            told = {t: seq for t, seq in one.cursors.items() if seq}
            one.send(frame("beat", {"at": at, "tails": told}))
            own = {t: tails[t] for t in one.cursors if tails.get(t)}
            for thread_id, tail in own.items():
                if tail > one.cursors.get(thread_id, tail) and tail <= self._tails.get(
                    thread_id, 0
                ):
                    self.catch_up(ctx, one, thread_id, one.cursors[thread_id])

    async def _listen(self, ctx: Context, line: Line) -> None:
        async for word in line.words():
            if word is None:
                # What was told while nobody listened is in the store.
                await self.beat(ctx)
                continue
            name, *fields = json.loads(word)
            if name != self._name:
                self.take(ctx, Event(*fields))
