"""Stamps that change when something changed on which others' memory rests: a school's people, sessions that ended.

A process remembers who is in a conversation, and before it sends a word it asks whether the stamp is still the one
it remembered under. The store that changes something leaves the stamp, after the change and before it is acknowledged.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from storage.batching import Batcher

Value = TypeVar("Value")

SESSIONS = "sessions"
_SCHOOL = "school:"
_TRIES = 5
_DUPLICATE = 11000
_KEPT = 10_000
# Should a process die between a change and its stamp, the others believe what they remember no longer than this.
_LONGEST = timedelta(seconds=30)


def bucket_of(session_id: str) -> str:
    """Sessions share 64 stamps: one that ends has a few others looked at."""
    return f"b{hashlib.sha256(session_id.encode()).digest()[0] % 64}"


class Stamps:
    """Leaves stamps; those of one moment are one batch."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._stamps = database["stamps"]
        self._batch: Batcher[tuple[str, str], None] = Batcher(self._write)

    async def touch(self, school_ids: Iterable[str]) -> None:
        """Roles, bindings, pupils, classes or rules of these schools have changed."""
        for school_id in school_ids:
            await self._batch.add((_SCHOOL + school_id, "stamp"))

    async def touch_sessions(self, session_ids: Iterable[str]) -> None:
        """These sessions are over before their time."""
        for bucket in sorted({bucket_of(session_id) for session_id in session_ids}):
            await self._batch.add((SESSIONS, bucket))

    async def _write(self, keys: Sequence[tuple[str, str]]) -> list[Exception | None]:
        changes: dict[str, dict[str, ObjectId]] = {}
        for document, name in keys:
            changes.setdefault(document, {})[name] = ObjectId()
        updates = [UpdateOne({"_id": d}, {"$set": c}, upsert=True) for d, c in changes.items()]
        for _ in range(_TRIES):
            try:
                await self._stamps.bulk_write(updates, ordered=False)
                break
            except BulkWriteError as error:
                # Somebody else made it this moment; ours goes over theirs.
                if {e["code"] for e in (error.details or {})["writeErrors"]} != {_DUPLICATE}:
                    raise
        return [None] * len(keys)


class View:
    """The stamps as this process saw them last. What is made under them is right if they are the same when all has been
    made (`holds`): one question for however much, instead of one before each."""

    def __init__(self, stamps: StampStore) -> None:
        self._stamps = stamps
        self._seen: dict[str, object] = {}

    async def stamp(self, school_id: str) -> object:
        """A school's stamp; the same each time."""
        if school_id not in self._seen:
            self._seen.setdefault(school_id, await self._stamps.last_stamp(school_id))
        return self._seen[school_id]

    async def holds(self) -> bool:
        """Whether all of them are still so at this moment."""
        now = await asyncio.gather(*(self._stamps.stamp(school_id) for school_id in self._seen))
        return list(now) == list(self._seen.values())


class StampStore:
    """Reads stamps, and keeps what was made under one for as long as it stands."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._stamps = database["stamps"]
        self._wanted: Batcher[str, dict[str, Any]] = Batcher(self._load)
        self._leave = Stamps(database)
        self._last: dict[str, object] = {}
        self._kept: OrderedDict[str, tuple[object, datetime, Any]] = OrderedDict()
        self._making: dict[tuple[str, object], asyncio.Task[Any]] = {}

    async def of_sessions(self) -> Mapping[str, object]:
        """The stamps of sessions, by `bucket_of`; asked for together with what others ask. Uses index: _id_."""
        return await self._wanted.add(SESSIONS)

    async def _load(self, keys: Sequence[str]) -> list[dict[str, Any] | Exception]:
        cursor = self._stamps.find({"_id": {"$in": list(set(keys))}})
        found = {d["_id"]: d for d in await cursor.to_list(None)}
        self._last |= {key: found.get(key, {}).get("stamp") for key in keys if key != SESSIONS}
        return [found.get(key, {}) for key in keys]

    async def stamp(self, school_id: str) -> object:
        """A school's stamp at this moment; asked for together with what others ask. Uses index: _id_."""
        return (await self._wanted.add(_SCHOOL + school_id)).get("stamp")

    async def last_stamp(self, school_id: str) -> object:
        """A school's stamp as it was seen here last. Uses index: _id_."""
        key = _SCHOOL + school_id
        return self._last[key] if key in self._last else await self.stamp(school_id)

    def view(self) -> View:
        """What was seen last, to be asked about once."""
        return View(self)

    async def kept(
        self,
        key: str,
        school_id: str,
        make: Callable[[], Awaitable[tuple[Value, datetime | None]]],
        *,
        at: datetime,
        view: View | None = None,
    ) -> Value:
        """What `make` made while nothing of the school has changed since, else what it makes now; once for all who
        want it at the same moment. Under a `view` that is for whoever has it to make sure of.

        `make` also says until when it holds by time alone.
        """
        # Before anything is made: what changes meanwhile has another stamp.
        stamp = await (view or self).stamp(school_id)
        held = self._kept.get(key)
        if held is not None and held[0] == stamp and at < held[1]:
            return held[2]  # type: ignore[no-any-return]
        making = self._making.get((key, stamp))
        if making is None:
            making = asyncio.get_running_loop().create_task(self._make(key, stamp, make, at))
            self._making[key, stamp] = making
            making.add_done_callback(lambda done: self._made(key, stamp, done))
        return await asyncio.shield(making)

    def _made(self, key: str, stamp: object, done: asyncio.Task[Any]) -> None:
        del self._making[key, stamp]
        if not done.cancelled():
            done.exception()  # whoever waits for it is told, and there may be nobody left

    async def _make(
        self,
        key: str,
        stamp: object,
        make: Callable[[], Awaitable[tuple[Value, datetime | None]]],
        at: datetime,
    ) -> Value:
        made, until = await make()
        ends = min(until, at + _LONGEST) if until is not None else at + _LONGEST
        self._kept[key] = (stamp, ends, made)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    async def touch(self, school_id: str) -> None:
        """Who is in a conversation of this school has changed otherwise."""
        await self._leave.touch([school_id])

    def remembered(self, key: str) -> object:
        """What was kept under a key last, whether or not it still holds; None for nothing."""
        held = self._kept.get(key)
        return held[2] if held is not None else None

    def forget(self, key: str) -> None:
        """What was kept under a key is made anew."""
        self._kept.pop(key, None)
