"""Task lists: one document a list; written once, withdrawn once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.tasklists import TaskList
from storage.conditions import set_if
from storage.documents import from_document, to_document, with_text_dates
from storage.paging import newest


class TaskListStore:
    """Every act is one conditional write."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._lists = database["tasklists"]

    async def insert(self, tasks: TaskList) -> bool:
        """Store a new one; False when this id is there already (the same form sent twice)."""
        try:
            await self._lists.insert_one(with_text_dates(to_document(tasks)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, list_id: str) -> TaskList | None:
        """Uses index: _id_."""
        document = await self._lists.find_one({"_id": list_id})
        return from_document(TaskList, document) if document else None

    async def many(self, list_ids: Iterable[str]) -> dict[str, TaskList]:
        """Lists by id. Uses index: _id_."""
        cursor = self._lists.find({"_id": {"$in": list(list_ids)}})
        return {d["_id"]: from_document(TaskList, d) async for d in cursor}

    async def page_of_class(
        self, school_id: str, class_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[TaskList]:
        """Those of a class, newest first; `before` is the position of the last one seen.

        Uses index: by_class.
        """
        query = {"school_id": school_id, "class_id": class_id}
        found = await newest(self._lists, query, before=before, at=at, limit=limit)
        return [from_document(TaskList, d) for d in found]

    async def mark_withdrawn(self, list_id: str, at: datetime) -> bool:
        """Withdraw once, with the promise to tell; says whether it stood. Uses index: _id_."""
        stands = {"$eq": ["$withdrawn_at", None]}
        change = set_if(stands, {"withdrawn_at": at, "untold_since": at})
        result = await self._lists.update_one({"_id": list_id}, change)
        return bool(result.modified_count)

    async def untold(self, before: datetime, limit: int) -> list[str]:
        """Ids of those of which something is to be told since before then. Uses index: untold."""
        cursor = self._lists.find({"untold_since": {"$lt": before}}, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def mark_told(self, tasks: TaskList) -> None:
        """The notice says what was seen; what came since is still to be told. Uses index: _id_."""
        same = {"$eq": ["$untold_since", {"$literal": tasks.untold_since}]}
        await self._lists.update_one({"_id": tasks.id}, set_if(same, {"untold_since": None}))

    async def old(self, before: datetime, limit: int) -> list[TaskList]:
        """Opened before then. Uses index: by_age."""
        cursor = self._lists.find({"created_at": {"$lt": before}}).limit(limit)
        return [from_document(TaskList, d) async for d in cursor]
