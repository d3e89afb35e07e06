"""Study groups: all of one task list as one document, replaced over the version that was read."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.study_groups import StudyGroups
from storage.conditions import set_if
from storage.documents import from_document, to_document


class StudyGroupStore:
    """One small document a list."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._groups = database["study_groups"]

    async def find(self, list_id: str) -> StudyGroups | None:
        """Those of a list, if there ever were any. Uses index: _id_."""
        document = await self._groups.find_one({"_id": list_id})
        return from_document(StudyGroups, document) if document else None

    async def mark_changed(self, held: StudyGroups) -> bool:
        """Write changed groups in place of those with their `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed them meanwhile. Uses index: _id_.
        """
        document = to_document(held) | {"version": held.version + 1}
        if held.version == 0:
            try:
                await self._groups.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        same = {"$eq": ["$version", {"$literal": held.version}]}
        changes = {n: document[n] for n in ("groups", "student_ids", "made", "version")}
        result = await self._groups.update_one({"_id": held.id}, set_if(same, changes))
        return bool(result.modified_count)

    async def of_student(self, school_id: str, student_id: str) -> list[StudyGroups]:
        """Those a child is in, for erasure. Uses index: by_student."""
        cursor = self._groups.find({"school_id": school_id, "student_ids": student_id})
        return [from_document(StudyGroups, d) async for d in cursor]
