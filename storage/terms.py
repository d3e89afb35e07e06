"""The calendars of schools and regions: each place's terms, stored and replaced as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.terms import Calendar
from storage.conditions import set_if
from storage.documents import from_document, to_document, with_text_dates


class TermStore:
    """One document a place. A date is stored as `2026-09-01`: it is a day of school time, no moment."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._calendars = database["calendars"]

    async def calendars(self, calendar_ids: Iterable[str]) -> dict[str, Calendar]:
        """Those of these places that have written down any terms, by id. Uses index: _id_."""
        cursor = self._calendars.find({"_id": {"$in": list(set(calendar_ids))}})
        return {d["_id"]: from_document(Calendar, d) async for d in cursor}

    async def mark_changed(self, calendar: Calendar) -> bool:
        """Write a changed calendar in place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = with_text_dates(to_document(calendar))
        changes = {"terms": document["terms"], "version": calendar.version + 1}
        if calendar.version == 0:
            try:
                await self._calendars.insert_one({"_id": calendar.id, **changes})
            except DuplicateKeyError:
                return False
            return True
        same = {"$eq": ["$version", {"$literal": calendar.version}]}
        result = await self._calendars.update_one({"_id": calendar.id}, set_if(same, changes))
        return bool(result.modified_count)
