"""What teachers say that they used in a lesson: a document a resource, teacher, class and day.

`uncounted` says that the figures of use do not know of it as it is, set by the very write that changes it; `changes`
counts those writes. What was taken back is `gone`, until it is counted so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import DeleteOne, UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.resource_lessons import LessonUse, ToCount
from storage.conditions import set_if
from storage.documents import from_document, to_document, with_text_dates
from storage.forgetting import ERASED


class ResourceLessonStore:
    """`resource_lessons`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._lessons = database["resource_lessons"]

    async def put(self, use: LessonUse) -> None:
        """It was used; said twice, it stands as it was said first. Uses index: _id_."""
        document = with_text_dates(to_document(use))
        key = document.pop("_id")
        new = {"$ne": [{"$ifNull": ["$gone", True]}, False]}
        values: dict[str, Any] = {
            name: {"$cond": [new, {"$literal": value}, f"${name}"]}
            for name, value in {**document, "uncounted": True}.items()
        }
        changes = {"$ifNull": ["$changes", 0]}
        values |= {"changes": {"$cond": [new, {"$add": [changes, 1]}, changes]}}
        values |= {"gone": {"$literal": False}}
        try:
            await self._lessons.update_one({"_id": key}, [{"$set": values}], upsert=True)
        except DuplicateKeyError:
            return  # on another device at this moment

    async def take_back(self, use_id: str) -> bool:
        """It was not; says whether that changed anything. Uses index: _id_."""
        stands = {"$eq": ["$gone", False]}
        change = set_if(stands, {"gone": True, "uncounted": True}, add={"changes": 1})
        return bool((await self._lessons.update_one({"_id": use_id}, change)).modified_count)

    async def of_resource(self, resource_id: str, person_id: str) -> list[LessonUse]:
        """In which lessons somebody used one, the latest day first. Uses index: by_resource."""
        query = {"resource_id": resource_id, "person_id": person_id}
        cursor = self._lessons.find(query).sort("day", -1)
        return [from_document(LessonUse, d) async for d in cursor if not d["gone"]]

    async def of_school(self, school_id: str, first: date, last: date) -> list[LessonUse]:
        """Of a school, from a day to another, both included. Uses index: by_school."""
        cursor = self._lessons.find({"school_id": school_id, "day": _days(first, last)})
        return [from_document(LessonUse, d) async for d in cursor if not d["gone"]]

    async def of_class(
        self, school_id: str, class_id: str, first: date, last: date
    ) -> list[LessonUse]:
        """Of a class, the same. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": class_id, "day": _days(first, last)}
        return [
            from_document(LessonUse, d) async for d in self._lessons.find(query) if not d["gone"]
        ]

    async def uncounted(self, limit: int) -> list[ToCount]:
        """Some that the figures of use do not know of. Uses index: uncounted."""
        cursor = self._lessons.find({"uncounted": True}).limit(limit)
        return [ToCount(from_document(LessonUse, d), d["gone"], d["changes"]) async for d in cursor]

    async def mark_counted(self, seen: Sequence[ToCount]) -> None:
        """The figures know of these as they were seen; what is gone goes. Uses index: _id_."""
        changes = [
            DeleteOne({"_id": one.use.id, "changes": one.changes})
            if one.gone
            else UpdateOne(
                {"_id": one.use.id},
                set_if({"$eq": ["$changes", {"$literal": one.changes}]}, {"uncounted": False}),
            )
            for one in seen
        ]
        if changes:
            await self._lessons.bulk_write(changes, ordered=False)

    async def forget(self, person_id: str) -> int:
        """What somebody said goes; whose it was is known no more from now on. Uses index: by_person."""
        change = {
            "$set": {"gone": True, "uncounted": True, "person_id": ERASED},
            "$inc": {"changes": 1},
        }
        result = await self._lessons.update_many({"person_id": person_id}, change)
        return int(result.modified_count)

    async def drop_days(self, before: date) -> int:
        """What was said of days before goes. Uses index: by_age."""
        result = await self._lessons.delete_many({"day": {"$lt": before.isoformat()}})
        return int(result.deleted_count)


def _days(first: date, last: date) -> dict[str, str]:
    return {"$gte": first.isoformat(), "$lte": last.isoformat()}
