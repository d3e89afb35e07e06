"""Messages in the order of their threads.

Two unique keys make the order: the id (person, thread and their key: once), and (thread, number). A number is given
by who has read the one before it, and numbers of one batch go in order, so the next one is in the store only
when all before it are: no gap, whatever dies. Who is overtaken by another process reads on and tries the next.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.bridges import Carry, next_due
from domain.messages import Mark, Message, MessageState
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document

_DUPLICATE = 11000
_TRIES = 200
_TAILS = 10_000
_WINDOW = 500


class MessageStore:
    """One document a message; one for each person and message for what they counted (收到, 👍)."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._messages = database["messages"]
        self._threads = database["threads"]
        self._counted = database["message_marks"]
        # What this process knows of the last numbers: perhaps behind, never ahead.
        self._tails: OrderedDict[str, int] = OrderedDict()
        self._append: Batcher[Message, Message] = Batcher(self._write)

    # -- writing ------------------------------------------------------------------------------

    async def append(self, message: Message) -> Message:
        """Give a message its number and keep it; the one that is kept under this id already comes back as it is.

        Goes with what others say at the same moment, in one write. Durable when it returns.
        """
        return await self._append.add(message)

    async def _write(self, messages: Sequence[Message]) -> list[Message | Exception]:
        kept: dict[str, Message] = {}
        waiting = {m.id: m for m in messages}
        await self._learn_tails({m.thread_id for m in messages})
        for _ in range(_TRIES):
            wanted = [m for m in waiting.values() if m.id not in kept]
            if not wanted:
                break
            numbered = self._numbered(wanted)
            written = await self._insert(numbered)
            for message in numbered[:written]:
                kept[message.id] = message
                self._know(message.thread_id, message.seq)
            if written < len(numbered):
                # Another process has this number, or this very message is there already.
                stuck = numbered[written]
                held = await self.find(stuck.id)
                if held is not None:
                    kept[held.id] = held
                else:
                    await self._read_on(stuck.thread_id)
        await self._tell_threads(list(kept.values()))
        return [kept.get(m.id) or TimeoutError("no number to be had") for m in messages]

    def _numbered(self, messages: Sequence[Message]) -> list[Message]:
        tails = dict.fromkeys({m.thread_id for m in messages}, 0)
        tails |= {key: self._tails[key] for key in tails}
        numbered = []
        for message in messages:
            tails[message.thread_id] += 1
            numbered.append(replace(message, seq=tails[message.thread_id]))
        return numbered

    async def _insert(self, messages: Sequence[Message]) -> int:
        """In this order, up to the first that is refused; how many went in."""
        try:
            await self._messages.insert_many([_document(m) for m in messages], ordered=True)
        except BulkWriteError as error:
            (refused,) = (error.details or {})["writeErrors"]
            if refused["code"] != _DUPLICATE:
                raise
            return int(refused["index"])
        return len(messages)

    async def _learn_tails(self, thread_ids: Iterable[str]) -> None:
        unknown = [t for t in thread_ids if t not in self._tails]
        if not unknown:
            return
        cursor = self._threads.find({"_id": {"$in": unknown}}, {"tail": 1})
        heard = {d["_id"]: int(d["tail"]) async for d in cursor}
        for thread_id in unknown:
            self._know(thread_id, heard.get(thread_id, 0))
            await self._read_on(thread_id)

    async def _read_on(self, thread_id: str) -> None:
        """Learn the numbers behind the one that is known; a thread that says its tail keeps this short."""
        while found := await self._after(thread_id, self._tails[thread_id]):
            self._know(thread_id, found[-1])
            if len(found) < _WINDOW:
                break

    async def _after(self, thread_id: str, seq: int) -> list[int]:
        query = {"thread_id": thread_id, "seq": {"$gt": seq, "$lte": seq + _WINDOW}}
        cursor = self._messages.find(query, {"seq": 1}).sort("seq", 1)
        return [int(d["seq"]) async for d in cursor]

    def _know(self, thread_id: str, seq: int) -> None:
        self._tails[thread_id] = max(seq, self._tails.get(thread_id, 0))
        self._tails.move_to_end(thread_id)
        while len(self._tails) > _TAILS:
            self._tails.popitem(last=False)

    async def _tell_threads(self, messages: Sequence[Message]) -> None:
        """What lists, unread counts and other processes go by; should this be lost, the next message mends it."""
        last: dict[str, Message] = {}
        for message in messages:
            if message.thread_id not in last or last[message.thread_id].seq < message.seq:
                last[message.thread_id] = message
        updates = [
            UpdateOne({"_id": m.thread_id}, {"$max": {"tail": m.seq, "last_at": m.at}})
            for m in last.values()
        ]
        if updates:
            await self._threads.bulk_write(updates, ordered=False)

    # -- reading ------------------------------------------------------------------------------

    async def find(self, message_id: str) -> Message | None:
        """Uses index: _id_."""
        document = await self._messages.find_one({"_id": message_id})
        return from_document(Message, document) if document else None

    async def many(self, message_ids: Iterable[str]) -> dict[str, Message]:
        """Messages by id. Uses index: _id_."""
        cursor = self._messages.find({"_id": {"$in": list(set(message_ids))}})
        return {d["_id"]: from_document(Message, d) async for d in cursor}

    async def find_at(self, thread_id: str, seq: int) -> Message | None:
        """The message of this number. Uses index: by_thread."""
        document = await self._messages.find_one({"thread_id": thread_id, "seq": seq})
        return from_document(Message, document) if document else None

    async def stretch(self, thread_id: str, after: int, until: int) -> list[Message]:
        """Those numbered above `after` up to `until`, in order. Uses index: by_thread."""
        query = {"thread_id": thread_id, "seq": {"$gt": after, "$lte": until}}
        cursor = self._messages.find(query).sort("seq", 1)
        return [from_document(Message, d) for d in await cursor.to_list(None)]

    async def tail(self, thread_id: str, heard: int) -> int:
        """The last number there is, from what a thread has heard on. Uses index: by_thread."""
        self._know(thread_id, heard)
        await self._read_on(thread_id)
        return self._tails[thread_id]

    async def changed_since(self, thread_id: str, since: datetime, limit: int) -> list[Message]:
        """Those of which something changed at or after `since`, the first changes first. Uses index: by_change."""
        query = {"thread_id": thread_id, "changed_at": {"$gte": since}}
        cursor = self._messages.find(query).sort("changed_at", 1).limit(limit)
        return [from_document(Message, d) for d in await cursor.to_list(None)]

    async def texts(self, thread_id: str, after: int, until: int) -> list[tuple[int, str]]:
        """Number and text of what may be looked through, in order. Uses index: by_thread."""
        query = {"thread_id": thread_id, "seq": {"$gt": after, "$lte": until}}
        cursor = self._messages.find(query, {"seq": 1, "text": 1}).sort("seq", 1)
        return [(int(d["seq"]), str(d.get("text", ""))) for d in await cursor.to_list(None)]

    # -- changing -----------------------------------------------------------------------------

    async def mark_recalled(self, message_id: str, by: str, at: datetime) -> bool:
        """Take it back, once; what it said stays. Says whether it stood. Uses index: _id_."""
        stands = {"$eq": [{"$ifNull": ["$recalled_at", None]}, None]}
        changes = {"recalled_at": at, "recalled_by": by, "changed_at": at, "taken_back": True}
        result = await self._messages.update_one({"_id": message_id}, set_if(stands, changes))
        return bool(result.modified_count)

    async def taken_back(
        self, school_id: str, before: datetime | None, limit: int
    ) -> list[Message]:
        """What was taken back at a school, the latest first. Uses index: taken_back."""
        query: dict[str, Any] = {"school_id": school_id, "taken_back": True}
        if before is not None:
            query["recalled_at"] = {"$lt": before}
        cursor = self._messages.find(query).sort("recalled_at", -1).limit(limit)
        return [from_document(Message, d) for d in await cursor.to_list(None)]

    async def mark_state(
        self,
        message_id: str,
        state: MessageState,
        at: datetime,
        *,
        rings_at: datetime | None = None,
    ) -> bool:
        """It may be shown now, or not; says whether that is news. What is shown now is late. Uses index: _id_."""
        news = {"$ne": [{"$ifNull": ["$state", MessageState.SENT]}, state]}
        is_late = state is MessageState.SENT
        changes: dict[str, Any] = {"state": state, "changed_at": at, "is_late": is_late}
        if rings_at is not None:
            changes["rings_at"] = rings_at
        result = await self._messages.update_one({"_id": message_id}, set_if(news, changes))
        return bool(result.modified_count)

    async def mark_told(self, message_id: str) -> None:
        """Whoever had read past it has it among what is new. Uses index: _id_."""
        await self._messages.update_one({"_id": message_id}, {"$unset": {"is_late": ""}})

    async def ringing(self, at: datetime, limit: int) -> list[Message]:
        """Those of which somebody may have to be told by now, the longest due first. Uses index: ringing."""
        cursor = self._messages.find({"rings_at": {"$lte": at}}).sort("rings_at", 1).limit(limit)
        return [from_document(Message, d) for d in await cursor.to_list(None)]

    async def mark_rung(self, message_ids: Iterable[str]) -> None:
        """It stands with everybody's rings who has to be told of these. Uses index: _id_."""
        await self._messages.update_many(
            {"_id": {"$in": list(message_ids)}}, {"$unset": {"rings_at": ""}}
        )

    async def to_carry(self, at: datetime, limit: int = 500) -> list[Message]:
        """Those of which an answer is to be looked at by `at`, wherever. Uses index: due."""
        cursor = self._messages.find({"carry_at": {"$lte": at}}).sort("carry_at", 1).limit(limit)
        return [from_document(Message, d) for d in await cursor.to_list(None)]

    async def mark_carry(
        self, message_id: str, seen: Carry, now: Carry, *, lease: timedelta, at: datetime
    ) -> Message | None:
        """The message with an answer that has come further, if that was still where it was seen. Uses index: _id_."""
        while message := await self.find(message_id):
            if seen not in message.carry:
                return None
            carry = tuple(now if one == seen else one for one in message.carry)
            further = replace(message, carry=carry, carry_at=next_due(carry, lease), changed_at=at)
            document = to_document(further)
            changes = {name: document[name] for name in ("carry", "carry_at", "changed_at")}
            held = to_document(message)["carry"]
            unchanged = {"$eq": ["$carry", {"$literal": held}]}
            result = await self._messages.update_one(
                {"_id": message_id}, set_if(unchanged, changes)
            )
            if result.modified_count:
                return further
        return None

    async def count(
        self, message: Message, person_id: str, mark: Mark, at: datetime
    ) -> dict[Mark, int]:
        """Somebody has seen it, or praises it: once each. Returns what it counts now.

        What is counted are the documents; the message carries the number for lists.
        """
        document = {
            "_id": f"{message.id}:{mark}:{person_id}",
            "school_id": message.school_id,
            "thread_id": message.thread_id,
            "message_id": message.id,
            "mark": mark,
            "person_id": person_id,
            "at": at,
        }
        try:
            await self._counted.insert_one(document)
        except DuplicateKeyError:
            pass  # counted already; the number may not be written yet
        counts: dict[str, int] = defaultdict(int)
        async for found in self._counted.find({"message_id": message.id}, {"mark": 1}):
            counts[found["mark"]] += 1
        now = {name: counts[name] for name in Mark}
        await self._messages.update_one({"_id": message.id}, {"$max": {**now, "changed_at": at}})
        return now

    async def counted_by(self, message_id: str, mark: Mark) -> list[str]:
        """Who did. Uses index: by_message."""
        cursor = self._counted.find({"message_id": message_id}, {"mark": 1, "person_id": 1})
        return [d["person_id"] async for d in cursor if d["mark"] == mark]


def _document(message: Message) -> dict[str, Any]:
    """Only what it has: most are a line of text, and nothing stands in the index of what has changed."""
    document = to_document(message)
    return {k: v for k, v in document.items() if v or k == "as_staff"}
