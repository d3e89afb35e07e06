"""How much links are used: a document a class and week, one a school and week, one a shelf, week, and school or region.

All of it is derived. What is to be counted again says `uncounted` of a line of `link_days` and of a notice, set by the
very write that changes them, or a mark for a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.monitors import week_id
from domain.shelf_uses import ShelfUse
from domain.use import ClassUse, SchoolUse
from storage.documents import from_document, to_document, with_text_dates


@dataclass(frozen=True, slots=True)
class UseMark:
    """A school's week that is to be counted; `stamp` is another one after each mark."""

    id: str
    stamp: str

    @property
    def week(self) -> tuple[str, date]:
        """The school and the Monday."""
        school_id, _, monday = self.id.rpartition(":")
        return school_id, date.fromisoformat(monday)


class UseStore:
    """It can be counted again at any time."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._classes = database["class_uses"]
        self._schools = database["school_uses"]
        self._shelves = database["shelf_uses"]
        self._marks = database["use_marks"]

    async def mark_week(self, school_id: str, monday: date, stamp: str) -> None:
        """This week of a school is to be added up. Uses index: _id_."""
        key = week_id(school_id, monday)
        await self._marks.update_one({"_id": key}, {"$set": {"stamp": stamp}}, upsert=True)

    async def marks(self, limit: int) -> list[UseMark]:
        """Some of what is to be counted. Uses index: _id_."""
        cursor = self._marks.find({"_id": {"$gt": ""}}).limit(limit)
        return [UseMark(d["_id"], d["stamp"]) async for d in cursor]

    async def unmark(self, mark: UseMark) -> None:
        """It is counted, unless it was marked anew."""
        await self._marks.delete_one({"_id": mark.id, "stamp": mark.stamp})

    async def class_uses(self, school_id: str, first: date, last: date) -> list[ClassUse]:
        """The weeks of a school's classes, from one Monday to another, both included. Uses index: by_week."""
        place = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        cursor = self._classes.find({"school_id": school_id, "monday": place})
        return [from_document(ClassUse, d) async for d in cursor]

    async def keep_classes(self, uses: Sequence[ClassUse], gone: Sequence[str]) -> None:
        """Write classes' weeks as they were counted; those of these ids are no more. Uses index: _id_."""
        documents = [with_text_dates(to_document(use)) for use in uses]
        changes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        if changes:
            await self._classes.bulk_write(changes, ordered=False)
        if gone:
            await self._classes.delete_many({"_id": {"$in": list(gone)}})

    async def keep_school(self, use: SchoolUse) -> None:
        """Write a school's week as it was counted. Uses index: _id_."""
        document = with_text_dates(to_document(use))
        await self._schools.replace_one({"_id": use.id}, document, upsert=True)

    async def school_uses(
        self, school_ids: Iterable[str], mondays: Sequence[date]
    ) -> list[SchoolUse]:
        """These weeks of these schools. Uses index: _id_."""
        keys = [week_id(school_id, monday) for school_id in school_ids for monday in mondays]
        cursor = self._schools.find({"_id": {"$in": keys}})
        return [from_document(SchoolUse, d) async for d in cursor]

    async def schools_in_no_sum(self, since: date) -> list[tuple[str, date]]:
        """Schools' weeks from a Monday on that an older version counted, for no region's sum. Uses index: by_age."""
        cursor = self._schools.find(
            {"monday": {"$gte": since.isoformat()}}, {"school_id": 1, "monday": 1, "in_sums": 1}
        )
        return [
            (d["school_id"], date.fromisoformat(d["monday"]))
            async for d in cursor
            if not d.get("in_sums")
        ]

    async def shelf_uses(self, place: str, within: str, first: date, last: date) -> list[ShelfUse]:
        """The weeks of a shelf at all that is directly in a region (`ShelfUse.within`), from one Monday to another.
        Uses index: by_region."""
        weeks = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        cursor = self._shelves.find({"place": place, "within": within, "monday": weeks})
        return [from_document(ShelfUse, d) async for d in cursor]

    async def shelf_uses_by_key(self, keys: Iterable[str]) -> list[ShelfUse]:
        """These weeks of shelves, as far as anything was opened in them. Uses index: _id_."""
        cursor = self._shelves.find({"_id": {"$in": list(keys)}})
        return [from_document(ShelfUse, d) async for d in cursor]

    async def shelf_uses_of(self, school_id: str) -> list[ShelfUse]:
        """Every week of a school, shelf by shelf. Uses index: by_week."""
        cursor = self._shelves.find({"school_id": school_id})
        return [from_document(ShelfUse, d) async for d in cursor]

    async def shelf_uses_at(self, school_id: str, monday: date) -> list[ShelfUse]:
        """A school's week, shelf by shelf. Uses index: by_week."""
        cursor = self._shelves.find({"school_id": school_id, "monday": monday.isoformat()})
        return [from_document(ShelfUse, d) async for d in cursor]

    async def keep_shelves(self, uses: Sequence[ShelfUse], gone: Sequence[str]) -> None:
        """Write the weeks of shelves as they were counted; those of these ids are no more. Uses index: _id_."""
        documents = [with_text_dates(to_document(use)) for use in uses]
        changes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        if changes:
            await self._shelves.bulk_write(changes, ordered=False)
        if gone:
            await self._shelves.delete_many({"_id": {"$in": list(gone)}})
