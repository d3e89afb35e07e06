"""Practice links of classes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.chapters import chapter_key
from domain.practice import Practice
from storage.documents import from_document, to_document


class PracticeStore:
    """One document a link."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._practices = database["practices"]

    async def insert(self, practice: Practice) -> bool:
        """A new link; False when this id is there already."""
        try:
            await self._practices.insert_one(to_document(practice))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, practice_id: str) -> Practice | None:
        """Uses index: _id_."""
        document = await self._practices.find_one({"_id": practice_id})
        return from_document(Practice, document) if document else None

    async def of_class(self, school_id: str, class_id: str) -> list[Practice]:
        """A class's links, those of a point in the order they came. Uses index: by_class."""
        cursor = self._practices.find({"school_id": school_id, "class_id": class_id})
        found = [from_document(Practice, d) async for d in cursor]
        return sorted(found, key=_by_point)

    async def drop(self, practice_id: str) -> None:
        """Take one away. Uses index: _id_."""
        await self._practices.delete_one({"_id": practice_id})


def _by_point(one: Practice) -> tuple[str, str, datetime, str]:
    return one.subject, chapter_key(one.point), one.created_at, one.id
