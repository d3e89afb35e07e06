"""Evenings: what is reserved of a class's minutes on one day, stored and replaced as one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.budgets import Evening
from storage.conditions import set_if
from storage.documents import from_document, to_document, with_text_dates


class EveningStore:
    """One small document a class and evening; it never grows with history."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._evenings = database["evenings"]

    async def many(self, evening_ids: Iterable[str]) -> dict[str, Evening]:
        """Those of these that anything was ever reserved of, by id. Uses index: _id_."""
        cursor = self._evenings.find({"_id": {"$in": list(set(evening_ids))}})
        return {d["_id"]: from_document(Evening, d) async for d in cursor}

    async def of_day(self, school_id: str, day: date) -> list[Evening]:
        """Every class of a school on one evening. Uses index: by_day."""
        cursor = self._evenings.find({"school_id": school_id, "day": day.isoformat()})
        return [from_document(Evening, d) async for d in cursor]

    async def of_days(self, school_id: str, first: date, last: date) -> list[Evening]:
        """Every class of a school between two days, both included. Uses index: by_day."""
        place = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        cursor = self._evenings.find({"school_id": school_id, "day": place})
        return [from_document(Evening, d) async for d in cursor]

    async def mark_changed(self, evening: Evening) -> bool:
        """Write a changed evening in place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = with_text_dates(to_document(evening)) | {"version": evening.version + 1}
        if evening.version == 0:
            try:
                await self._evenings.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        same = {"$eq": ["$version", {"$literal": evening.version}]}
        changes = {n: document[n] for n in ("limits", "reservations", "barred", "version")}
        result = await self._evenings.update_one({"_id": evening.id}, set_if(same, changes))
        return bool(result.modified_count)
