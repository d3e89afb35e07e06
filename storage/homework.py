"""Homework with its versions. Every step of publishing is one conditional write here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.homework import Homework, HomeworkState, Task
from storage.documents import from_document, to_document, to_value, with_text_dates
from storage.paging import newest


class HomeworkStore:
    """One document a homework."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._homework = database["homework"]

    async def insert(self, homework: Homework) -> bool:
        """Store a new one; False when this id is there already (the same form sent twice)."""
        try:
            await self._homework.insert_one(with_text_dates(to_document(homework)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, homework_id: str) -> Homework | None:
        """Uses index: _id_."""
        document = await self._homework.find_one({"_id": homework_id})
        return from_document(Homework, document) if document else None

    async def many(self, homework_ids: Iterable[str]) -> dict[str, Homework]:
        """Homework by id. Uses index: _id_."""
        cursor = self._homework.find({"_id": {"$in": list(set(homework_ids))}})
        return {d["_id"]: from_document(Homework, d) async for d in cursor}

    async def page_of_author(
        self, school_id: str, author_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Homework]:
        """What one teacher set, newest first; `before` is the position of the last one seen.

        Uses index: by_author.
        """
        query = {"school_id": school_id, "author_id": author_id}
        found = await newest(self._homework, query, before=before, at=at, limit=limit)
        return [from_document(Homework, d) for d in found]

    async def mark_trying(self, homework_id: str, task: Task, at: datetime) -> bool:
        """Begin the attempt that follows the last one, once nothing is left to do; says whether it began."""
        result = await self._homework.update_one(
            {
                "_id": homework_id,
                "attempts": task.number - 1,
                "trying": False,
                "unfinished_since": None,
                "state": {"$ne": HomeworkState.WITHDRAWN},
            },
            {
                "$set": {
                    "proposed": with_text_dates(to_value(task)),
                    "attempts": task.number,
                    "trying": True,
                    "unfinished_since": at,
                }
            },
        )
        return bool(result.modified_count)

    async def mark_kept(
        self, homework_id: str, task: Task, at: datetime, *, publish_at: datetime
    ) -> bool:
        """The attempt's minutes are reserved everywhere: it counts from now on. Not if it was given up meanwhile.

        Says whether it is kept.
        """
        result = await self._homework.update_one(
            {
                "_id": homework_id,
                "attempts": task.number,
                "trying": True,
                "state": {"$ne": HomeworkState.WITHDRAWN},
            },
            {
                "$set": {
                    "state": HomeworkState.PUBLISHED,
                    "publish_at": publish_at,
                    "trying": False,
                    "proposed": None,
                    "unfinished_since": at,
                },
                "$push": {"versions": with_text_dates(to_value(task))},
            },
        )
        return bool(result.modified_count)

    async def mark_given_up(self, homework_id: str, number: int) -> bool:
        """The attempt comes to nothing: from here on it cannot be kept. What it reserved is still to be given back."""
        result = await self._homework.update_one(
            {"_id": homework_id, "attempts": number, "trying": True}, {"$set": {"trying": False}}
        )
        return bool(result.modified_count)

    async def mark_withdrawn(self, homework_id: str, at: datetime) -> bool:
        """Withdraw once, an attempt that is under way with it; says whether it stood."""
        result = await self._homework.update_one(
            {"_id": homework_id, "state": HomeworkState.PUBLISHED},
            {
                "$set": {
                    "state": HomeworkState.WITHDRAWN,
                    "withdrawn_at": at,
                    "trying": False,
                    "unfinished_since": at,
                }
            },
        )
        return bool(result.modified_count)

    async def mark_finished(self, homework: Homework) -> None:
        """Nothing is left to do for what was seen; something new since then stands."""
        await self._homework.update_one(
            {
                "_id": homework.id,
                "attempts": homework.attempts,
                "trying": False,
                "state": homework.state,
            },
            {"$unset": {"unfinished_since": ""}},
        )

    async def unfinished(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of those for which something is left to do since before then. Uses index: unfinished."""
        query = {"unfinished_since": {"$lt": before}}
        cursor = self._homework.find(query, {"_id": 1}).sort("unfinished_since", 1).limit(limit)
        return [d["_id"] async for d in cursor]
