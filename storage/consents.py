"""Consent events: added, read, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.consents import ConsentEvent
from storage.documents import from_document, to_document


class ConsentStore:
    """One document a decision."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._consents = database["consents"]

    async def add(self, event: ConsentEvent) -> None:
        """Append a decision."""
        await self._consents.insert_one(to_document(event))

    async def of_person(self, person_id: str) -> list[ConsentEvent]:
        """Everything this adult ever decided, oldest first. Uses index: by_person."""
        cursor = self._consents.find({"person_id": person_id})
        found = [from_document(ConsentEvent, d) async for d in cursor]
        return sorted(found, key=lambda e: (e.at, e.id))

    async def of_students(self, school_id: str, student_ids: Sequence[str]) -> list[ConsentEvent]:
        """What anybody ever decided about these children. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        return [from_document(ConsentEvent, d) async for d in self._consents.find(query)]
