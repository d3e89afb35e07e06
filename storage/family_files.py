"""Family files: asked for, made, fetched for a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.family_files import FamilyFile
from storage.conditions import set_if
from storage.documents import from_document, to_document


class FamilyFileStore:
    """One document an archive; its bytes are among the other files."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._files = database["family_files"]

    async def add(self, file: FamilyFile) -> None:
        """It is wanted."""
        await self._files.insert_one(to_document(file))

    async def find(self, file_id: str) -> FamilyFile | None:
        """Uses index: _id_."""
        document = await self._files.find_one({"_id": file_id})
        return from_document(FamilyFile, document) if document else None

    async def of_person(self, person_id: str) -> list[FamilyFile]:
        """About this guardian, newest first. Uses index: by_person."""
        cursor = self._files.find({"person_id": person_id})
        found = [from_document(FamilyFile, d) async for d in cursor]
        return sorted(found, key=lambda f: f.requested_at, reverse=True)

    async def of_student(self, school_id: str, student_id: str) -> list[FamilyFile]:
        """About this child, newest first. Uses index: by_student."""
        cursor = self._files.find({"school_id": school_id, "student_id": student_id})
        found = [from_document(FamilyFile, d) async for d in cursor]
        return sorted(found, key=lambda f: f.requested_at, reverse=True)

    async def note_blob(self, file_id: str, blob_id: str) -> None:
        """The bytes are about to be written under this id; noted first, so that they are found. Uses index: _id_."""
        await self._files.update_one({"_id": file_id}, {"$addToSet": {"blob_ids": blob_id}})

    async def note_progress(self, file_id: str, done: int, total: int) -> None:
        """How far it is. Uses index: _id_."""
        await self._files.update_one({"_id": file_id}, {"$set": {"done": done, "total": total}})

    async def mark_ready(self, file_id: str, blob_id: str, size_bytes: int) -> bool:
        """It can be fetched; says whether it is this call that made it so. Uses index: _id_."""
        missing = {"$eq": [{"$ifNull": ["$file_id", None]}, None]}
        result = await self._files.update_one(
            {"_id": file_id}, set_if(missing, {"file_id": blob_id, "size_bytes": size_bytes})
        )
        return bool(result.modified_count)

    async def expired(self, before: datetime, limit: int = 100) -> list[FamilyFile]:
        """Nobody may fetch these any more. Uses index: by_expiry."""
        cursor = self._files.find({"expires_at": {"$lte": before}}).limit(limit)
        return [from_document(FamilyFile, d) async for d in cursor]

    async def unfinished(self, limit: int = 20) -> list[str]:
        """Ids of those that are wanted and not made yet. Uses index: unfinished."""
        cursor = self._files.find({"file_id": None}, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]
