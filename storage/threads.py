"""Conversations, and how far each person has read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.threads import (
    CALLED_LIMIT,
    HIDDEN_LIMIT,
    Call,
    FeedbackState,
    Thread,
    ThreadKind,
    ThreadMark,
    mark_id,
)
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value

_REMEMBERED = 10_000


class ThreadStore:
    """One document a conversation, one a person and conversation."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._threads = database["threads"]
        self._marks = database["thread_marks"]
        self._begun: set[str] = set()
        self._wanted: Batcher[frozenset[str], dict[str, Thread]] = Batcher(self._load)
        self._looked: Batcher[frozenset[str], dict[str, Thread]] = Batcher(self._load_found)
        self._held: Batcher[frozenset[str], dict[str, ThreadMark]] = Batcher(self._load_marks)
        self._read: Batcher[ThreadMark, None] = Batcher(self._write_read)

    async def insert(self, thread: Thread) -> bool:
        """Begin it; False when it has begun already, or a feedback's number is taken."""
        document = {**to_document(thread), "found_by": _finder(thread)}
        if thread.kind is not ThreadKind.FEEDBACK:
            del document["number"]
        try:
            await self._threads.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def add_finders(self) -> int:
        """Say of each by what it is found, where an older version stored it without; returns how many.

        Uses index: by_finder.
        """
        brought = 0
        async for document in self._threads.find({"found_by": None}):
            finder = _finder(from_document(Thread, document))
            one = {"_id": document["_id"], "found_by": None}
            brought += (
                await self._threads.update_one(one, {"$set": {"found_by": finder}})
            ).modified_count
        return brought

    async def ensure(self, thread: Thread) -> None:
        """It has begun, now or before; this process asks once."""
        if thread.id not in self._begun:
            await self.insert(thread)
            if len(self._begun) >= _REMEMBERED:
                self._begun.clear()
            self._begun.add(thread.id)

    async def find(self, thread_id: str) -> Thread | None:
        """Asked for together with what others ask. Uses index: _id_."""
        return (await self.many([thread_id])).get(thread_id)

    async def many(self, thread_ids: Iterable[str]) -> dict[str, Thread]:
        """Those of these that have begun, by id; asked for together with what others ask. Uses index: _id_."""
        return await self._wanted.add(frozenset(thread_ids))

    async def _load(self, wanted: Sequence[frozenset[str]]) -> list[dict[str, Thread] | Exception]:
        cursor = self._threads.find({"_id": {"$in": list(frozenset().union(*wanted))}})
        found = {d["_id"]: from_document(Thread, d) for d in await cursor.to_list(None)}
        return [{key: found[key] for key in keys if key in found} for keys in wanted]

    async def tails(self, thread_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """School and number of the last message, as far as the threads have heard. Uses index: _id_."""
        query = {"_id": {"$in": list(thread_ids)}}
        cursor = self._threads.find(query, {"tail": 1, "school_id": 1})
        return {d["_id"]: (d["school_id"], d["tail"]) async for d in cursor}

    async def of_group(self, school_id: str, group_id: str, limit: int = 200) -> list[Thread]:
        """A group's questions and its talk. Uses index: by_group."""
        query = {"school_id": school_id, "group_id": group_id}
        cursor = self._threads.find(query).sort("last_at", -1).limit(limit)
        return [from_document(Thread, d) async for d in cursor]

    async def found_by(self, finders: Iterable[str]) -> dict[str, Thread]:
        """By id: talks of groups by their own, a guardian's questions and feedback by whose they are, what is talked
        about a child by the child; asked for together with what others ask. Uses index: by_finder.
        """
        return await self._looked.add(frozenset(finders))

    async def _load_found(
        self, wanted: Sequence[frozenset[str]]
    ) -> list[dict[str, Thread] | Exception]:
        cursor = self._threads.find({"found_by": {"$in": list(frozenset().union(*wanted))}})
        found: dict[str, dict[str, Thread]] = {}
        for document in await cursor.to_list(None):
            some = found.setdefault(document["found_by"], {})
            some[document["_id"]] = from_document(Thread, document)
        return [
            {key: thread for f in finders for key, thread in found.get(f, {}).items()}
            for finders in wanted
        ]

    async def of_staff(self, person_id: str, limit: int = 300) -> list[Thread]:
        """The private threads of somebody of a school, the newest. Uses index: by_staff."""
        cursor = self._threads.find({"staff_ids": person_id}).sort("last_at", -1).limit(limit)
        return [from_document(Thread, d) async for d in cursor]

    async def feedback_of_school(
        self, school_id: str, state: FeedbackState, limit: int = 200
    ) -> list[Thread]:
        """Feedback in a state, the newest number first. Uses index: by_state."""
        query = {"school_id": school_id, "state": state}
        cursor = self._threads.find(query).sort("number", -1).limit(limit)
        return [from_document(Thread, d) async for d in cursor]

    async def last_number(self, school_id: str) -> int:
        """The highest number that feedback of a school has. Uses index: by_number."""
        query = {"school_id": school_id, "number": {"$gte": 1}}
        found = await self._threads.find_one(query, {"number": 1}, sort=[("number", -1)])
        return int(found["number"]) if found else 0

    async def hand_over(
        self, thread_id: str, seen: Sequence[str], staff_ids: Sequence[str]
    ) -> bool:
        """Others have it from now on, if it is still with whom was seen. Uses index: _id_."""
        condition = {"$eq": ["$staff_ids", {"$literal": list(seen)}]}
        result = await self._threads.update_one(
            {"_id": thread_id}, set_if(condition, {"staff_ids": list(staff_ids)})
        )
        return bool(result.modified_count)

    async def mark_state(
        self, thread_id: str, state: FeedbackState, *, expected: FeedbackState
    ) -> bool:
        """Feedback goes on; says whether it was where it was expected to be. Uses index: _id_."""
        condition = {"$eq": ["$state", expected]}
        result = await self._threads.update_one(
            {"_id": thread_id}, set_if(condition, {"state": state})
        )
        return bool(result.modified_count)

    # -- how far somebody has read ------------------------------------------------------------

    async def marks(self, mark_ids: Iterable[str]) -> dict[str, ThreadMark]:
        """Marks by id; asked for together with what others ask. Uses index: _id_."""
        return await self._held.add(frozenset(mark_ids))

    async def _load_marks(
        self, wanted: Sequence[frozenset[str]]
    ) -> list[dict[str, ThreadMark] | Exception]:
        cursor = self._marks.find({"_id": {"$in": list(frozenset().union(*wanted))}})
        found = {d["_id"]: from_document(ThreadMark, d) for d in await cursor.to_list(None)}
        return [{key: found[key] for key in keys if key in found} for keys in wanted]

    async def mark_read(self, mark: ThreadMark) -> None:
        """They have read as far as that, or further already; with what others have read in one write."""
        await self._read.add(mark)

    async def _write_read(self, marks: Sequence[ThreadMark]) -> list[Exception | None]:
        furthest: dict[str, ThreadMark] = {}
        for mark in marks:
            held = furthest.get(mark.id)
            if held is None or held.read_seq < mark.read_seq:
                furthest[mark.id] = mark
        await self._ensure(furthest.values())
        updates = [
            UpdateOne(
                {"_id": mark.id},
                set_if(
                    _goes_on(mark.read_seq),
                    {"read_seq": mark.read_seq, "read_at": mark.read_at, "late": []},
                ),
            )
            for mark in furthest.values()
        ]
        await self._marks.bulk_write(updates, ordered=False)
        return [None] * len(marks)

    async def _ensure(self, marks: Iterable[ThreadMark]) -> None:
        wanted = {mark.id: mark for mark in marks}
        held = {
            d["_id"] async for d in self._marks.find({"_id": {"$in": list(wanted)}}, {"_id": 1})
        }
        for key, mark in wanted.items():
            if key not in held:
                blank = to_document(mark) | {"read_seq": 0, "read_at": None, "account_at": None}
                try:
                    await self._marks.insert_one(blank)
                except DuplicateKeyError:
                    continue  # their other device, this moment

    async def mark_account(self, mark: ThreadMark) -> None:
        """They write by way of the official account now, and are answered there too. Uses index: _id_."""
        await self._ensure([mark])
        change = {"$max": {"account_at": mark.account_at}}
        await self._marks.update_one({"_id": mark.id}, change)

    async def hide(self, mark: ThreadMark, seq: int) -> bool:
        """Delete a message for oneself; False when there are too many already."""
        await self._ensure([mark])
        room = {"$lt": [{"$size": "$hidden"}, HIDDEN_LIMIT]}
        new = {"$not": [{"$in": [seq, "$hidden"]}]}
        more = {"$concatArrays": ["$hidden", [seq]]}
        change = {"$cond": [{"$and": [room, new]}, more, "$hidden"]}
        await self._marks.update_one({"_id": mark.id}, [{"$set": {"hidden": change}}])
        held = (await self.marks([mark.id])).get(mark.id)
        return held is not None and seq in held.hidden

    async def call_all(self, thread_id: str, call: Call) -> None:
        """A message calls everybody in the thread; twice is once. Uses index: _id_."""
        await self._threads.update_one({"_id": thread_id}, _with_call(call))

    async def call(self, marks: Sequence[ThreadMark], call: Call) -> None:
        """A message calls these people; twice is once. Uses index: _id_."""
        await self._ensure(marks)
        await self._marks.update_many({"_id": {"$in": [m.id for m in marks]}}, _with_call(call))

    async def note_late(self, thread_id: str, call: Call, *, author_id: str) -> None:
        """A message is shown to those who have read past it, but for its author; twice is once.

        Uses index: by_thread.
        """
        passed = {"$gte": ["$read_seq", call.seq]}
        others = {"$ne": ["$person_id", {"$literal": author_id}]}
        change = _with_call(call, "late", {"$and": [passed, others]})
        await self._marks.update_many({"thread_id": thread_id}, change)

    async def set_muted(self, mark: ThreadMark, *, muted: bool) -> None:
        """Whether it rings for this person. Uses index: _id_."""
        await self._ensure([mark])
        await self._marks.update_one({"_id": mark.id}, {"$set": {"muted": muted}})

    async def hidden_of(self, thread_id: str, person_id: str) -> frozenset[int]:
        """What of a thread somebody deleted for themselves. Uses index: _id_."""
        key = mark_id(thread_id, person_id)
        held = (await self.marks([key])).get(key)
        return frozenset(held.hidden) if held else frozenset()

    async def readers(self, thread_id: str, person_ids: Iterable[str]) -> dict[str, ThreadMark]:
        """How far these people have read a thread, by person. Uses index: _id_."""
        found = await self.marks([mark_id(thread_id, person_id) for person_id in person_ids])
        return {mark.person_id: mark for mark in found.values()}


def _finder(thread: Thread) -> str:
    """By what the list of who is in it finds a thread."""
    return thread.student_id or thread.person_id or thread.id


def _goes_on(seq: int) -> dict[str, Any]:
    """Whether reading as far as that is news: further than before, or as far, where something was shown late."""
    late = {"$gt": [{"$size": {"$ifNull": ["$late", []]}}, 0]}
    return {
        "$or": [
            {"$lt": ["$read_seq", seq]},
            {"$and": [{"$eq": ["$read_seq", seq]}, late]},
        ]
    }


def _with_call(
    call: Call, name: str = "called", condition: Mapping[str, Any] | bool = True
) -> list[dict[str, Any]]:
    """Behind the others, unless it is there already; only the last are kept."""
    held = {"$ifNull": [f"${name}", []]}
    one = {"$literal": to_value(call)}
    more = {"$slice": [{"$concatArrays": [held, [one]]}, -CALLED_LIMIT]}
    new = {"$and": [condition, {"$not": [{"$in": [one, held]}]}]}
    return [{"$set": {name: {"$cond": [new, more, held]}}}]
