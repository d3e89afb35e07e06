"""What became of homework: a line a homework and class, a document a class and week, one a school and week.

All of it is derived. What is to be counted again says a mark, left by whoever changes a homework, and `uncounted` of a
submission, which is set by the very write that changes it (`storage.submissions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.monitors import week_id
from domain.reports import ClassReport, Line, SchoolReport
from storage.documents import from_document, to_document, with_text_dates

_HOMEWORK, _WEEK = "homework:", "week:"


@dataclass(frozen=True, slots=True)
class ReportMark:
    """A homework, or a school's week, whose figures may have changed; `stamp` is another one after each change."""

    id: str
    stamp: str

    @property
    def homework_id(self) -> str:
        """The homework that is marked; empty when it is a week."""
        return self.id.removeprefix(_HOMEWORK) if self.id.startswith(_HOMEWORK) else ""

    @property
    def week(self) -> tuple[str, date] | None:
        """The school and Monday that are marked; None when it is a homework."""
        if not self.id.startswith(_WEEK):
            return None
        school_id, _, monday = self.id.removeprefix(_WEEK).rpartition(":")
        return school_id, date.fromisoformat(monday)


class ReportStore:
    """It can be counted again at any time."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._lines = database["report_lines"]
        self._classes = database["class_reports"]
        self._schools = database["school_reports"]
        self._marks = database["report_marks"]

    async def mark(self, homework_id: str, stamp: str) -> None:
        """This homework has changed. Uses index: _id_."""
        await self._mark(_HOMEWORK + homework_id, stamp)

    async def mark_week(self, school_id: str, monday: date, stamp: str) -> None:
        """This week of a school is to be added up. Uses index: _id_."""
        await self._mark(_WEEK + week_id(school_id, monday), stamp)

    async def _mark(self, key: str, stamp: str) -> None:
        await self._marks.update_one({"_id": key}, {"$set": {"stamp": stamp}}, upsert=True)

    async def marks(self, limit: int) -> list[ReportMark]:
        """Some of what is to be counted. Uses index: _id_."""
        cursor = self._marks.find({"_id": {"$gt": ""}}).limit(limit)
        return [ReportMark(d["_id"], d["stamp"]) async for d in cursor]

    async def unmark(self, mark: ReportMark) -> None:
        """It is counted, unless something changed since."""
        await self._marks.delete_one({"_id": mark.id, "stamp": mark.stamp})

    async def keep_lines(self, lines: Sequence[Line], gone: Sequence[str]) -> None:
        """Write lines as they were counted; those of these ids are no more. Uses index: _id_."""
        documents = [with_text_dates(to_document(line)) for line in lines]
        changes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        if changes:
            await self._lines.bulk_write(changes, ordered=False)
        if gone:
            await self._lines.delete_many({"_id": {"$in": list(gone)}})

    async def lines_of_class(
        self, school_id: str, class_id: str, first: date, last: date
    ) -> list[Line]:
        """A class's lines from one Monday's week to another's, both included. Uses index: by_class."""
        place = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        query = {"school_id": school_id, "class_id": class_id, "monday": place}
        return [from_document(Line, d) async for d in self._lines.find(query)]

    async def keep_class(self, report_id: str, report: ClassReport | None) -> None:
        """Write a class's week as it was counted; None: it has nothing any more. Uses index: _id_."""
        if report is None:
            await self._classes.delete_one({"_id": report_id})
            return
        document = with_text_dates(to_document(report))
        await self._classes.replace_one({"_id": report_id}, document, upsert=True)

    async def class_reports(self, school_id: str, first: date, last: date) -> list[ClassReport]:
        """The weeks of a school's classes, from one Monday to another, both included. Uses index: by_week."""
        place = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        cursor = self._classes.find({"school_id": school_id, "monday": place})
        return [from_document(ClassReport, d) async for d in cursor]

    async def keep_school(self, report: SchoolReport) -> None:
        """Write a school's week as it was counted. Uses index: _id_."""
        document = with_text_dates(to_document(report))
        await self._schools.replace_one({"_id": report.id}, document, upsert=True)

    async def school_reports(
        self, school_ids: Iterable[str], mondays: Sequence[date]
    ) -> list[SchoolReport]:
        """These weeks of these schools. Uses index: _id_."""
        keys = [week_id(school_id, monday) for school_id in school_ids for monday in mondays]
        cursor = self._schools.find({"_id": {"$in": keys}})
        return [from_document(SchoolReport, d) async for d in cursor]
