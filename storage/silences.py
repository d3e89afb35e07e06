"""Silences: people who may not speak somewhere, and rooms in which nobody may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.safety import Silence
from storage.documents import from_document, to_document


class SilenceStore:
    """One document a person and spot, or a room; one that is over goes by itself."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._silences = database["silences"]

    async def put(self, silence: Silence) -> None:
        """Write it down; one that is there already is replaced."""
        await self._silences.replace_one({"_id": silence.id}, to_document(silence), upsert=True)

    async def find(self, silence_id: str) -> Silence | None:
        """Uses index: _id_."""
        document = await self._silences.find_one({"_id": silence_id})
        return from_document(Silence, document) if document else None

    async def among(self, silence_ids: Iterable[str]) -> list[Silence]:
        """Those of these that there are, also what is over. Uses index: _id_."""
        cursor = self._silences.find({"_id": {"$in": list(silence_ids)}})
        return [from_document(Silence, d) async for d in cursor]

    async def of_school(self, school_id: str) -> list[Silence]:
        """Everything that is silenced at a school, the newest first. Uses index: by_school."""
        cursor = self._silences.find({"school_id": school_id})
        found = [from_document(Silence, d) async for d in cursor]
        return sorted(found, key=lambda s: s.at, reverse=True)

    async def lift(self, silence_id: str) -> bool:
        """Take it back; says whether there was one. Uses index: _id_."""
        result = await self._silences.delete_one({"_id": silence_id})
        return bool(result.deleted_count)
