"""The audit log as it is kept: appended to, and nothing else. No method here changes or removes an entry.

The entries are the truth. Which one comes next is decided by inserting it under its number in the
chain, which only one can; `audit_heads` remembers how far a chain has come, so that nobody has to read
it for that, and tells later whether its end was cut off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pydantic import ValidationError
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.audit import Act, Entry, Head, Note, chained, entry_id, entry_position
from domain.errors import ConflictError
from domain.times import list_start
from storage.batching import Batcher
from storage.documents import from_document, to_document
from storage.paging import newest

_DUPLICATE = 11000
# Rounds in a row that others won. Somebody wins each, so this is many processes in one chain.
_TRIES = 40
_PAUSE_SECONDS = 0.002
_WINDOW = 256


class AuditStore:
    """One document an entry, and one a chain that says how far it has come."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._entries = database["audit"]
        self._heads = database["audit_heads"]
        self._notes: Batcher[Note, Entry] = Batcher(self._append_all)

    async def append(self, note: Note) -> Entry:
        """Enter an act; what others of this process enter at the same moment goes along.

        Raises ConflictError (`audit_busy`) when other processes kept being faster.
        """
        return await self._notes.add(note)

    async def head(self, chain: str) -> Head | None:
        """How far the chain is known to have come; it may be further. Uses index: _id_."""
        document = await self._heads.find_one({"_id": chain})
        return _head(document["head"]) if document else None

    async def heads(self) -> dict[str, Head]:
        """The same for all chains. Uses index: _id_."""
        found = self._heads.find({"_id": {"$gt": ""}})
        return {d["_id"]: _head(d["head"]) async for d in found}

    async def chains(self) -> list[str]:
        """Every chain that has a first entry. Uses index: firsts."""
        return sorted({d["chain"] async for d in self._entries.find({"seq": 1})})

    async def stretch(self, chain: str, start: int, length: int) -> list[Entry | None]:
        """The entries from number `start` on, fewer where some are missing, in the order they are kept.

        None stands for one that is not as it would have been written. Uses index: _id_.
        """
        return [_as_written(d) for d in await self._window(chain, start, length)]

    async def page(
        self, chain: str, *, before: str | None, since: datetime | None, at: datetime, limit: int
    ) -> list[Entry]:
        """The newest entries of a chain. Uses index: by_chain."""
        return await self._page({"chain": chain}, before=before, since=since, at=at, limit=limit)

    async def page_of_act(
        self,
        chain: str,
        act: Act,
        *,
        before: str | None,
        since: datetime | None,
        at: datetime,
        limit: int,
    ) -> list[Entry]:
        """The newest of one kind. Uses index: by_act."""
        query = {"chain": chain, "act": act}
        return await self._page(query, before=before, since=since, at=at, limit=limit)

    async def page_of_actor(
        self,
        chain: str,
        person_id: str,
        *,
        before: str | None,
        since: datetime | None,
        at: datetime,
        limit: int,
    ) -> list[Entry]:
        """The newest acts of one person. Uses index: by_actor."""
        query = {"chain": chain, "actor.person_id": person_id}
        return await self._page(query, before=before, since=since, at=at, limit=limit)

    async def page_of_subject(
        self,
        chain: str,
        subject_id: str,
        *,
        before: str | None,
        since: datetime | None,
        at: datetime,
        limit: int,
    ) -> list[Entry]:
        """The newest acts on one thing. Uses index: by_subject."""
        query = {"chain": chain, "subject_id": subject_id}
        return await self._page(query, before=before, since=since, at=at, limit=limit)

    async def between(self, chain: str, since: datetime, until: datetime) -> list[Entry]:
        """All entries of a chain from `since` to before `until`, newest first. Uses index: by_chain."""
        place = {"$gte": list_start(since), "$lt": list_start(until)}
        cursor = self._entries.find({"chain": chain, "position": place}).sort("position", -1)
        return [from_document(Entry, d) async for d in cursor]

    async def _page(
        self,
        query: dict[str, Any],
        *,
        before: str | None,
        since: datetime | None,
        at: datetime,
        limit: int,
    ) -> list[Entry]:
        found = await newest(self._entries, query, before=before, at=at, limit=limit, since=since)
        return [from_document(Entry, d) for d in found]

    async def _window(self, chain: str, start: int, length: int) -> list[dict[str, Any]]:
        ids = {"$gte": entry_id(chain, start), "$lt": entry_id(chain, start + length)}
        return await self._entries.find({"_id": ids}).sort("_id", 1).to_list(None)

    async def _append_all(self, notes: Sequence[Note]) -> list[Entry | Exception]:
        chains: dict[str, list[int]] = {}
        for number, note in enumerate(notes):
            chains.setdefault(note.chain, []).append(number)
        done = await asyncio.gather(
            *(self._append(c, [notes[n] for n in numbers]) for c, numbers in chains.items()),
            return_exceptions=True,
        )
        answers: dict[int, Entry | Exception] = {}
        for numbers, entries in zip(chains.values(), done, strict=True):
            if isinstance(entries, BaseException):
                if not isinstance(entries, Exception):
                    raise entries
                answers |= dict.fromkeys(numbers, entries)
            else:
                answers |= zip(numbers, entries, strict=True)
        return [answers[number] for number in range(len(notes))]

    async def _append(self, chain: str, notes: Sequence[Note]) -> list[Entry]:
        written: list[Entry] = []
        head = await self.head(chain)
        tries = 0
        while True:
            following = _following(notes[len(written) :], head)
            count = await self._insert(following)
            written += following[:count]
            if len(written) == len(notes):
                await self._advance(chain, written[-1])
                return written
            tries = 0 if count else tries + 1
            if tries >= _TRIES:
                raise ConflictError("audit_busy")
            await asyncio.sleep(_PAUSE_SECONDS * tries)
            head = await self._newest(
                chain, Head(written[-1].seq, written[-1].hash) if written else head
            )

    async def _insert(self, entries: Sequence[Entry]) -> int:
        """In order, up to the first whose number is taken; returns how many there are now."""
        documents = [_document(entry) for entry in entries]
        try:
            await self._entries.insert_many(documents, ordered=True)
        except BulkWriteError as error:
            refused = error.details["writeErrors"][0]
            if refused["code"] != _DUPLICATE:
                raise
            return int(refused["index"])
        return len(entries)

    async def _newest(self, chain: str, head: Head | None) -> Head | None:
        """The end of the chain, walking on from `head`.

        Where the entry of `head` itself is gone, the chain goes on behind it all the same: a gap that
        stays can be found, one that is filled cannot.
        """
        while True:
            found = await self._window(chain, head.seq + 1 if head else 1, _WINDOW)
            if not found:
                return head
            last = found[-1]
            head = Head(int(last["_id"].rpartition(":")[2]), last.get("hash", ""))

    async def _advance(self, chain: str, entry: Entry) -> None:
        # The larger text is the later entry: whoever comes late with an older one changes nothing.
        change = {"$max": {"head": f"{entry.seq:012d}:{entry.hash}"}}
        try:
            await self._heads.update_one({"_id": chain}, change, upsert=True)
        except DuplicateKeyError:  # two began the chain's head at once
            await self._heads.update_one({"_id": chain}, change)


def _following(notes: Sequence[Note], head: Head | None) -> list[Entry]:
    entries = []
    for note in notes:
        entry = chained(note, head)
        entries.append(entry)
        head = Head(entry.seq, entry.hash)
    return entries


def _head(text: str) -> Head:
    seq, _, digest = text.partition(":")
    return Head(int(seq), digest)


def _document(entry: Entry) -> dict[str, Any]:
    return {**to_document(entry), "position": entry_position(entry)}


def _as_written(document: Mapping[str, Any]) -> Entry | None:
    try:
        entry = from_document(Entry, document)
    except ValidationError:
        return None
    # A field that was added, or left out, or moves the entry in lists, is not in the hash.
    return entry if _document(entry) == document else None
