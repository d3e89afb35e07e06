"""Sessions of the mini-program, kept hashed, ended by time or by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.bearers import Bearer
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document
from storage.stamps import Stamps


class BearerStore:
    """One document a device that is signed in."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._bearers = database["bearers"]
        self._stamps = Stamps(database)
        self._wanted: Batcher[str, Bearer | None] = Batcher(self._load)

    async def add(self, bearer: Bearer) -> None:
        """A device has signed in."""
        await self._bearers.insert_one(to_document(bearer))

    async def find(self, bearer_id: str, at: datetime) -> Bearer | None:
        """A session that is not over; asked for together with what others ask. Uses index: _id_."""
        bearer = await self._wanted.add(bearer_id)
        return bearer if bearer is not None and at < bearer.expires_at else None

    async def _load(self, bearer_ids: Sequence[str]) -> list[Bearer | Exception | None]:
        cursor = self._bearers.find({"_id": {"$in": list(set(bearer_ids))}})
        found = {d["_id"]: from_document(Bearer, d) for d in await cursor.to_list(None)}
        return [found.get(bearer_id) for bearer_id in bearer_ids]

    async def rotate(self, bearer: Bearer, *, was: str) -> bool:
        """Put new tokens in the place of those with the refresh hash `was`; says whether they were there.

        Uses index: _id_.
        """
        changes = to_document(bearer)
        del changes["_id"]
        result = await self._bearers.update_one(
            {"_id": bearer.id}, set_if({"$eq": ["$refresh_hash", was]}, changes)
        )
        return bool(result.modified_count)

    async def of_person(self, person_id: str) -> list[Bearer]:
        """Every device of a person, also one whose session is over. Uses index: by_person."""
        cursor = self._bearers.find({"person_id": person_id})
        return [from_document(Bearer, d) async for d in cursor]

    async def drop_spare(self, bearer_id: str) -> None:
        """The present tokens have arrived: the ones before them are over. Uses index: _id_."""
        await self._bearers.update_one({"_id": bearer_id}, {"$set": {"spare_hash": ""}})

    async def act_at(self, bearer_id: str, place_id: str) -> None:
        """They switch to another place. Uses index: _id_."""
        await self._bearers.update_one({"_id": bearer_id}, {"$set": {"acting": place_id}})

    async def end(self, bearer_id: str) -> None:
        """This device is signed out. Uses index: _id_."""
        await self._bearers.delete_one({"_id": bearer_id})
        await self._stamps.touch_sessions([bearer_id])

    async def end_all(self, person_id: str) -> int:
        """Every device of one person is signed out; returns how many. Uses index: by_person."""
        query = {"person_id": person_id}
        ended = [d["_id"] async for d in self._bearers.find(query, {"_id": 1})]
        result = await self._bearers.delete_many(query)
        await self._stamps.touch_sessions(ended)
        return int(result.deleted_count)
