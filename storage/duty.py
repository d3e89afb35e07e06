"""Who is on duty when: one document a shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.duty import Shift
from storage.documents import from_document, to_document


class DutyStore:
    """Shifts of a school; one that is long over goes by itself."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._duty = database["duty"]

    async def put(self, shifts: Sequence[Shift]) -> None:
        """Write them down; the same shift again has the hours it is given now."""
        for shift in shifts:
            await self._duty.replace_one({"_id": shift.id}, to_document(shift), upsert=True)

    async def find(self, shift_id: str) -> Shift | None:
        """One shift. Uses index: _id_."""
        document = await self._duty.find_one({"_id": shift_id})
        return from_document(Shift, document) if document else None

    async def between(self, school_id: str, first: str, last: str) -> list[Shift]:
        """A school's, from one day to another, both included, in order. Uses index: by_day."""
        query = {"school_id": school_id, "day": {"$gte": first, "$lte": last}}
        found = [from_document(Shift, d) for d in await self._duty.find(query).to_list(None)]
        return sorted(found, key=lambda s: (s.day, s.start, s.name))

    async def drop(self, shift_id: str) -> bool:
        """Take it off; says whether there was one. Uses index: _id_."""
        result = await self._duty.delete_one({"_id": shift_id})
        return bool(result.deleted_count)
