"""What families say a homework took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.timings import Timing
from storage.documents import from_document, to_document


class TimingStore:
    """One document a homework and child."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._timings = database["timings"]

    async def save(self, timing: Timing) -> None:
        """Write it as it is: the last answer counts."""
        document = to_document(timing)
        await self._timings.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def remove(self, timing_id: str) -> None:
        """Take an answer back. Uses index: _id_."""
        await self._timings.delete_one({"_id": timing_id})

    async def many(self, timing_ids: Iterable[str]) -> dict[str, Timing]:
        """Answers by id. Uses index: _id_."""
        cursor = self._timings.find({"_id": {"$in": list(set(timing_ids))}})
        return {d["_id"]: from_document(Timing, d) async for d in cursor}

    async def of_author(
        self, school_id: str, author_id: str, since: datetime, limit: int
    ) -> list[Timing]:
        """The newest answers about what one teacher set, from `since` on. Uses index: by_author."""
        query = {"school_id": school_id, "author_id": author_id, "at": {"$gte": since}}
        cursor = self._timings.find(query).sort("at", -1).limit(limit)
        return [from_document(Timing, d) async for d in cursor]

    async def of_student(self, school_id: str, student_id: str) -> list[Timing]:
        """What was ever said about a child. Uses index: by_student."""
        cursor = self._timings.find({"school_id": school_id, "student_id": student_id})
        return [from_document(Timing, d) async for d in cursor]
