"""Quiet hours that people have set for themselves: one document a person who has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.quiet import OwnQuiet
from storage.documents import from_document, to_document


class QuietStore:
    """Whose are not here have set none."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._quiet = database["quiet_hours"]

    async def put(self, own: OwnQuiet) -> None:
        """From now on these; what was there is replaced."""
        await self._quiet.replace_one({"_id": own.id}, to_document(own), upsert=True)

    async def drop(self, person_id: str) -> None:
        """From now on none. Uses index: _id_."""
        await self._quiet.delete_one({"_id": person_id})

    async def find(self, person_id: str) -> OwnQuiet | None:
        """What somebody has set. Uses index: _id_."""
        return (await self.many([person_id])).get(person_id)

    async def many(self, person_ids: Iterable[str]) -> dict[str, OwnQuiet]:
        """Those of these people who have set any, by person. Uses index: _id_."""
        cursor = self._quiet.find({"_id": {"$in": list(person_ids)}})
        return {d["_id"]: from_document(OwnQuiet, d) for d in await cursor.to_list(None)}
