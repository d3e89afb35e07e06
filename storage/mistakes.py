"""Mistakes books: a child's entries by subject, newest first, and those that are to be tried again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.mistakes import Mistake, Review
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value, with_text_dates
from storage.paging import newest


class MistakeStore:
    """One document an entry."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._mistakes = database["mistakes"]

    async def insert(self, mistake: Mistake) -> bool:
        """A new entry; False when this id is there already."""
        try:
            await self._mistakes.insert_one(with_text_dates(to_document(mistake)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, mistake_id: str) -> Mistake | None:
        """Uses index: _id_."""
        document = await self._mistakes.find_one({"_id": mistake_id})
        return from_document(Mistake, document) if document else None

    async def many(self, mistake_ids: Iterable[str]) -> dict[str, Mistake]:
        """Entries by id. Uses index: _id_."""
        cursor = self._mistakes.find({"_id": {"$in": list(mistake_ids)}})
        return {d["_id"]: from_document(Mistake, d) async for d in cursor}

    async def page(
        self,
        school_id: str,
        student_id: str,
        subject: str,
        *,
        before: str | None,
        at: datetime,
        limit: int,
    ) -> list[Mistake]:
        """A child's entries of one subject, newest first. Uses index: by_subject."""
        query = {"school_id": school_id, "student_id": student_id, "subject": subject}
        found = await newest(self._mistakes, query, before=before, at=at, limit=limit)
        return [from_document(Mistake, d) for d in found]

    async def due(self, school_id: str, student_id: str, today: date, limit: int) -> list[Mistake]:
        """What a child may try again by today, longest due first. Uses index: by_due."""
        place = {"$gt": "", "$lte": today.isoformat()}
        query = {"school_id": school_id, "student_id": student_id, "due": place}
        cursor = self._mistakes.find(query).sort("due", 1).limit(limit)
        return [from_document(Mistake, d) async for d in cursor]

    async def mark_reviewed(self, mistake: Mistake, review: Review, due: date | None) -> bool:
        """Tried again, over what was seen; False when somebody noted another try since. Uses index: _id_."""
        same = {"$eq": [{"$size": "$reviews"}, len(mistake.reviews)]}
        changes = with_text_dates(
            {"reviews": [to_value(r) for r in (*mistake.reviews, review)], "due": due}
        )
        change = set_if(same, changes)
        result = await self._mistakes.update_one({"_id": mistake.id}, change)
        return bool(result.modified_count)

    async def set_words(self, mistake_id: str, *, note: str, knowledge: str, cause: str) -> None:
        """What is said of it. Uses index: _id_."""
        change = {"$set": {"note": note, "knowledge": knowledge, "cause": cause}}
        await self._mistakes.update_one({"_id": mistake_id}, change)

    async def drop(self, mistake_id: str) -> bool:
        """Take it out; says whether it was there. Uses index: _id_."""
        result = await self._mistakes.delete_one({"_id": mistake_id})
        return bool(result.deleted_count)

    async def of_student(self, school_id: str, student_id: str) -> list[Mistake]:
        """All of a child's, for the family's file and erasure. Uses index: by_subject."""
        cursor = self._mistakes.find({"school_id": school_id, "student_id": student_id})
        return [from_document(Mistake, d) async for d in cursor]

    async def old(self, before: datetime, limit: int) -> list[Mistake]:
        """Entered before then. Uses index: by_age."""
        cursor = self._mistakes.find({"created_at": {"$lt": before}}).limit(limit)
        return [from_document(Mistake, d) async for d in cursor]
