"""Shelves: every entry of every level, which is also its short link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.shelves import Entry
from storage.conditions import set_if
from storage.documents import from_document, to_document, with_text_dates


class ShelfStore:
    """One document an entry; its `_id` is its code."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._entries = database["links"]

    async def add(self, entry: Entry) -> bool:
        """Put it up; False when its code is taken."""
        try:
            await self._entries.insert_one(_document(entry))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, code: str) -> Entry | None:
        """Taken down or not. Uses index: _id_."""
        document = await self._entries.find_one({"_id": code})
        return from_document(Entry, document) if document else None

    async def many(self, codes: Iterable[str]) -> list[Entry]:
        """These, taken down or not. Uses index: _id_."""
        cursor = self._entries.find({"_id": {"$in": list(codes)}})
        return [from_document(Entry, d) async for d in cursor]

    async def of_places(self, places: Iterable[str]) -> list[Entry]:
        """What hangs on these shelves, without what was taken down. Uses index: by_shelf."""
        cursor = self._entries.find({"place": {"$in": list(places)}})
        found = [from_document(Entry, d) async for d in cursor]
        return [entry for entry in found if entry.removed_at is None]

    async def mark_changed(self, entry: Entry) -> bool:
        """Write it in place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = _document(entry) | {"version": entry.version + 1}
        del document["_id"]
        return await self._change(entry, document)

    async def note_check(self, entry: Entry, changes: Mapping[str, Any]) -> bool:
        """Write down what a check found, unless the entry was changed meanwhile. Uses index: _id_."""
        return await self._change(entry, changes)

    async def due(self, now: datetime, limit: int) -> list[Entry]:
        """What is to be looked at by now, longest due first. Uses index: due."""
        cursor = self._entries.find({"check_due_at": {"$lte": now}})
        cursor = cursor.sort("check_due_at", 1).limit(limit)
        return [from_document(Entry, d) async for d in cursor]

    async def _change(self, entry: Entry, changes: Mapping[str, Any]) -> bool:
        same = {"$eq": ["$version", {"$literal": entry.version}]}
        result = await self._entries.update_one({"_id": entry.id}, set_if(same, changes))
        return bool(result.matched_count and result.modified_count)


def _document(entry: Entry) -> dict[str, Any]:
    document: dict[str, Any] = with_text_dates(to_document(entry))
    return document
