"""Stamps that change when something changed on which others' memory rests: a school's people, sessions that ended.

A process remembers who is in a conversation, and before it sends a word it asks whether the stamp is still the one
it remembered under. The store that changes something leaves the stamp, after the change and before it is acknowledged.
"""

from __future__ import annotations

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
_KEPT = 4000
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


class StampStore:
    """Reads stamps, and keeps what was made under one for as long as it stands."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._stamps = database["stamps"]
        self._wanted: Batcher[str, dict[str, Any]] = Batcher(self._load)
        self._leave = Stamps(database)
        self._kept: OrderedDict[str, tuple[object, datetime, Any]] = OrderedDict()

    async def of_sessions(self) -> Mapping[str, object]:
        """The stamps of sessions, by `bucket_of`; asked for together with what others ask. Uses index: _id_."""
        return await self._wanted.add(SESSIONS)

    async def _load(self, keys: Sequence[str]) -> list[dict[str, Any] | Exception]:
        cursor = self._stamps.find({"_id": {"$in": list(set(keys))}})
        found = {d["_id"]: d for d in await cursor.to_list(None)}
        return [found.get(key, {}) for key in keys]

    async def kept(
        self,
        key: str,
        school_id: str,
        make: Callable[[], Awaitable[tuple[Value, datetime | None]]],
        *,
        at: datetime,
    ) -> Value:
        """What `make` made while nothing of the school has changed since, else what it makes now.

        `make` also says until when it holds by time alone.
        """
        # Before anything is made: what changes meanwhile has another stamp.
        stamp = (await self._wanted.add(_SCHOOL + school_id)).get("stamp")
        held = self._kept.get(key)
        if held is not None and held[0] == stamp and at < held[1]:
            return held[2]  # type: ignore[no-any-return]
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
