"""Figures of homework, one small document a class and week and one a school and week, and marks of what to count.

A mark is left by whoever has changed an evening, and taken off by whoever has counted, unless something changed
meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.monitors import ClassWeek, SchoolWeek, week_id
from storage.documents import from_document, to_document, with_text_dates


@dataclass(frozen=True, slots=True)
class WeekMark:
    """A school's week whose figures may have changed; `stamp` is another one after each change."""

    id: str
    school_id: str
    monday: date
    stamp: str


class MonitorStore:
    """What is derived from evenings; it can be counted again at any time."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._class_weeks = database["class_weeks"]
        self._school_weeks = database["school_weeks"]
        self._marks = database["week_marks"]

    async def mark(self, school_id: str, monday: date, stamp: str) -> None:
        """Evenings of this week have changed. Uses index: _id_."""
        change = {"school_id": school_id, "monday": monday.isoformat(), "stamp": stamp}
        key = week_id(school_id, monday)
        await self._marks.update_one({"_id": key}, {"$set": change}, upsert=True)

    async def marks(self, limit: int) -> list[WeekMark]:
        """What is to be counted. Uses index: _id_."""
        cursor = self._marks.find({"_id": {"$gt": ""}}).limit(limit)
        return [
            WeekMark(d["_id"], d["school_id"], date.fromisoformat(d["monday"]), d["stamp"])
            async for d in cursor
        ]

    async def unmark(self, mark: WeekMark) -> None:
        """It is counted, unless something changed since."""
        await self._marks.delete_one({"_id": mark.id, "stamp": mark.stamp})

    async def keep(self, weeks: Sequence[ClassWeek], school: SchoolWeek) -> None:
        """Write a school's week as it was counted; a class that has nothing any more has no week."""
        query = {"school_id": school.school_id, "monday": school.monday.isoformat()}
        found = self._class_weeks.find(query, {"_id": 1})
        gone = {d["_id"] async for d in found} - {week.id for week in weeks}
        documents = [with_text_dates(to_document(week)) for week in weeks]
        changes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        if changes:
            await self._class_weeks.bulk_write(changes, ordered=False)
        if gone:
            await self._class_weeks.delete_many({"_id": {"$in": sorted(gone)}})
        document = with_text_dates(to_document(school))
        await self._school_weeks.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def class_weeks(self, school_id: str, first: date, last: date) -> list[ClassWeek]:
        """The weeks of a school's classes, from one Monday to another, both included. Uses index: by_week."""
        place = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        cursor = self._class_weeks.find({"school_id": school_id, "monday": place})
        return [from_document(ClassWeek, d) async for d in cursor]

    async def school_weeks(
        self, school_ids: Iterable[str], mondays: Sequence[date]
    ) -> list[SchoolWeek]:
        """These weeks of these schools. Uses index: _id_."""
        keys = [week_id(school_id, monday) for school_id in school_ids for monday in mondays]
        cursor = self._school_weeks.find({"_id": {"$in": keys}})
        return [from_document(SchoolWeek, d) async for d in cursor]
