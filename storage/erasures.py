"""Erasures that wait or run, and the reports of those that are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.erasures import Erasure, ErasureReport, Origin, Stage
from storage.conditions import set_if
from storage.documents import from_document, to_document


class ErasureStore:
    """One document an erasure under its subject's key; a report holds nothing of the subject."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._erasures = database["erasures"]
        self._reports = database["erasure_reports"]

    async def ask(self, erasure: Erasure) -> Erasure:
        """Note that it is wanted; where it was wanted before, the earlier time counts. Returns what stands.

        Uses index: _id_.
        """
        try:
            await self._erasures.insert_one(to_document(erasure))
        except DuplicateKeyError:
            sooner = {"$gt": ["$due_at", {"$literal": erasure.due_at}]}
            changes = {"due_at": erasure.due_at, "origin": erasure.origin}
            await self._erasures.update_one(
                {"_id": erasure.id}, set_if({"$and": [_IS_WAITING, sooner]}, changes)
            )
        return await self.find(erasure.id) or erasure

    async def find(self, erasure_id: str) -> Erasure | None:
        """Uses index: _id_."""
        document = await self._erasures.find_one({"_id": erasure_id})
        return from_document(Erasure, document) if document else None

    async def take_back(self, erasure_id: str, origins: Sequence[Origin]) -> bool:
        """Forget that it was wanted, if it was for one of these reasons and has not begun; says whether.

        Uses index: _id_.
        """
        held = await self.find(erasure_id)
        if held is None or held.origin not in origins:
            return False
        result = await self._erasures.delete_one(
            {"_id": erasure_id, "stage": Stage.WAITING, "origin": held.origin}
        )
        return bool(result.deleted_count)

    async def begin(
        self,
        erasure_id: str,
        *,
        openids: Sequence[str],
        people: Sequence[str],
        words: Sequence[str],
    ) -> bool:
        """From here on it cannot be taken back. Says whether it was still waiting. Uses index: _id_."""
        changes = {
            "stage": Stage.ERASING,
            "openids": list(openids),
            "people": list(people),
            "words": list(words),
        }
        result = await self._erasures.update_one({"_id": erasure_id}, set_if(_IS_WAITING, changes))
        return bool(result.modified_count)

    async def settle(self, erasure_id: str, due_at: datetime) -> None:
        """A pass is over; another one follows at `due_at`. Uses index: _id_."""
        change = {"stage": Stage.SETTLING, "due_at": due_at}
        await self._erasures.update_one({"_id": erasure_id}, {"$set": change})

    async def count(self, erasure_id: str, counts: Mapping[str, int]) -> None:
        """So many records more are gone, by collection. Uses index: _id_."""
        more = {f"counts.{name}": number for name, number in counts.items() if number}
        if more:
            await self._erasures.update_one({"_id": erasure_id}, {"$inc": more})

    async def due(self, before: datetime, limit: int = 20) -> list[str]:
        """Ids of erasures whose next step may be taken, longest due first. Uses index: due."""
        cursor = self._erasures.find({"due_at": {"$lte": before}}).sort("due_at", 1).limit(limit)
        return [d["_id"] async for d in cursor]

    async def finish(self, erasure_id: str, report: ErasureReport) -> None:
        """The report takes its place; a report that is there already stays."""
        try:
            await self._reports.insert_one(to_document(report))
        except DuplicateKeyError:
            pass  # a process died between these two writes
        await self._erasures.delete_one({"_id": erasure_id})

    async def report(self, report_id: str) -> ErasureReport | None:
        """Uses index: _id_."""
        document = await self._reports.find_one({"_id": report_id})
        return from_document(ErasureReport, document) if document else None

    async def reports_of_school(self, school_id: str, limit: int = 100) -> list[ErasureReport]:
        """What the office erased, newest first. Uses index: by_school."""
        cursor = self._reports.find({"school_id": school_id}).sort("done_at", -1).limit(limit)
        return [from_document(ErasureReport, d) async for d in cursor]


_IS_WAITING = {"$eq": ["$stage", Stage.WAITING]}
