"""What children did with task lists: one document a list and child, replaced over the version that was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.taskworks import TaskWork
from storage.conditions import set_if
from storage.documents import from_document, to_document


class TaskWorkStore:
    """A class is fifty ids, whatever lies before."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._works = database["taskworks"]

    async def many(self, work_ids: Iterable[str]) -> dict[str, TaskWork]:
        """Those of these that are there, by id. Uses index: _id_."""
        cursor = self._works.find({"_id": {"$in": list(work_ids)}})
        return {d["_id"]: from_document(TaskWork, d) async for d in cursor}

    async def mark_changed(self, work: TaskWork) -> bool:
        """Write a changed one in place of that with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = to_document(work) | {"version": work.version + 1}
        if work.version == 0:
            try:
                await self._works.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        same = {"$eq": ["$version", {"$literal": work.version}]}
        changes = {n: document[n] for n in ("done", "pieces", "version")}
        result = await self._works.update_one({"_id": work.id}, set_if(same, changes))
        return bool(result.modified_count)

    async def of_list(self, school_id: str, list_id: str) -> list[TaskWork]:
        """All of one list. Uses index: by_list."""
        cursor = self._works.find({"school_id": school_id, "list_id": list_id})
        return [from_document(TaskWork, d) async for d in cursor]

    async def of_student(self, school_id: str, student_id: str) -> list[TaskWork]:
        """All of a child's, for the family's file and erasure. Uses index: by_student."""
        cursor = self._works.find({"school_id": school_id, "student_id": student_id})
        return [from_document(TaskWork, d) async for d in cursor]
