"""Which person is behind a unionid: what joins a person's openids under several accounts."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError


class UnionStore:
    """One document a unionid; its insert decides whose it is."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._unions = database["unions"]

    async def ensure(self, unionid: str, person_id: str) -> str:
        """The person of a unionid: this one, unless it is somebody's already."""
        try:
            await self._unions.insert_one({"_id": unionid, "person_id": person_id})
        except DuplicateKeyError:
            return await self.find(unionid) or person_id
        return person_id

    async def find(self, unionid: str) -> str:
        """The person of a unionid, empty when it is nobody's. Uses index: _id_."""
        document = await self._unions.find_one({"_id": unionid})
        return str(document["person_id"]) if document else ""

    async def knows(self, person_id: str) -> bool:
        """Whether this person has a unionid here. Uses index: by_person."""
        return await self._unions.find_one({"person_id": person_id}, {"_id": 1}) is not None

    async def move(self, unionid: str, person_id: str) -> None:
        """It is this person's from now on. Uses index: _id_."""
        await self._unions.update_one({"_id": unionid}, {"$set": {"person_id": person_id}})
