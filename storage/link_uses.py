"""How often links were followed: a day, a link, and by which door; never by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.link_uses import Door, Use
from storage.conditions import set_if
from storage.documents import from_document, to_document


class LinkUseStore:
    """`doors` are the marks in our own addresses that say for which class and role a link was shown."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._doors = database["doors"]
        self._days = database["link_days"]

    async def doors_of(self, keys: Iterable[str]) -> dict[str, Door]:
        """The doors of these places and roles that were ever made, by key. Uses index: by_key."""
        cursor = self._doors.find({"key": {"$in": list(keys)}})
        return {d["key"]: from_document(Door, d) async for d in cursor}

    async def add_door(self, door: Door) -> bool:
        """Make one; False when its key or its id is taken."""
        try:
            await self._doors.insert_one(to_document(door))
        except DuplicateKeyError:
            return False
        return True

    async def doors(self, ids: Iterable[str]) -> dict[str, Door]:
        """Doors by id. Uses index: _id_."""
        cursor = self._doors.find({"_id": {"$in": list(ids)}})
        return {d["_id"]: from_document(Door, d) async for d in cursor}

    async def put(self, uses: Sequence[Use]) -> None:
        """Write how often each was followed, as it stands in one process by now: written twice, it counts once."""
        new = [_document(use) for use in uses if use.is_new]
        again = [_document(use) for use in uses if not use.is_new]
        try:
            if new:
                await self._days.insert_many(new, ordered=False)
        except BulkWriteError:
            again += new  # an earlier try got through without our hearing of it
        if again:
            set_counts = [UpdateOne({"_id": d["_id"]}, {"$set": _changed(d)}) for d in again]
            await self._days.bulk_write(set_counts, ordered=False)

    async def of_school(self, school_id: str, first: str, last: str) -> list[Use]:
        """What a school's people followed, from a day to another, both included. Uses index: by_school."""
        cursor = self._days.find({"school_id": school_id, "day": {"$gte": first, "$lte": last}})
        return [from_document(Use, d) async for d in cursor]

    async def of_class(self, school_id: str, class_id: str, first: str, last: str) -> list[Use]:
        """What a class followed, from a day to another, both included. Uses index: by_class."""
        days = {"$gte": first, "$lte": last}
        cursor = self._days.find({"school_id": school_id, "class_id": class_id, "day": days})
        return [from_document(Use, d) async for d in cursor]

    async def drop_days(self, before: str) -> int:
        """What was followed before a day goes. Uses index: by_age."""
        return int((await self._days.delete_many({"day": {"$lt": before}})).deleted_count)

    async def uncounted(self, limit: int) -> list[Use]:
        """Some of what changed and the figures of use do not know. Uses index: uncounted."""
        cursor = self._days.find({"uncounted": True}).limit(limit)
        return [from_document(Use, d) async for d in cursor]

    async def mark_counted(self, seen: Sequence[Use]) -> None:
        """The figures know of these as they were seen; what was followed since is uncounted. Uses index: _id_."""
        changes = [
            UpdateOne(
                {"_id": use.id},
                set_if({"$eq": ["$count", {"$literal": use.count}]}, {"uncounted": False}),
            )
            for use in seen
        ]
        if changes:
            await self._days.bulk_write(changes, ordered=False)

    async def of_link(self, school_id: str, code: str, since: str) -> list[Use]:
        """How often a school's people followed one link, from a day on. Uses index: by_link."""
        query = {"school_id": school_id, "code": code, "day": {"$gte": since}}
        cursor = self._days.find(query)
        return [from_document(Use, d) async for d in cursor]

    async def of_shelf(self, place: str, since: str) -> list[Use]:
        """How often what hangs on a shelf was followed, from a day on. Uses index: by_shelf."""
        cursor = self._days.find({"place": place, "day": {"$gte": since}})
        return [from_document(Use, d) async for d in cursor]


def _document(use: Use) -> dict[str, Any]:
    document = to_document(use)
    del document["is_new"]
    return document | {"uncounted": bool(use.school_id)}  # what is nobody's is in no figure


def _changed(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("count", "uncounted")}
