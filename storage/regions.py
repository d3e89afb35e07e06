"""Provinces, cities and districts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.regions import Region
from storage.documents import from_document, to_document, to_value


class RegionStore:
    """One document a region."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._regions = database["regions"]

    async def save(self, region: Region) -> None:
        """Write it as it is."""
        document = to_document(region)
        await self._regions.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def add(self, region: Region) -> bool:
        """Found it; False when there is one of this id."""
        try:
            await self._regions.insert_one(to_document(region))
        except DuplicateKeyError:
            return False
        return True

    async def change(self, region_id: str, changes: Mapping[str, Any]) -> None:
        """Set these fields and leave the others. Uses index: _id_."""
        values = {n: to_value(v) if is_dataclass(v) else v for n, v in changes.items()}
        await self._regions.update_one({"_id": region_id}, {"$set": values})

    async def find(self, region_id: str) -> Region | None:
        """Uses index: _id_."""
        document = await self._regions.find_one({"_id": region_id})
        return from_document(Region, document) if document else None

    async def regions(self, region_ids: Iterable[str]) -> dict[str, Region]:
        """Regions by id. Uses index: _id_."""
        cursor = self._regions.find({"_id": {"$in": list(set(region_ids))}})
        return {d["_id"]: from_document(Region, d) async for d in cursor}

    async def below(self, region_id: str) -> list[Region]:
        """A region and all below it, by name. Uses index: by_region."""
        cursor = self._regions.find({"region_ids": region_id})
        return sorted([from_document(Region, d) async for d in cursor], key=lambda r: r.name)
