"""Requests to let a homework go over the budget: each is decided once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.overruns import Overrun, OverrunState
from storage.documents import from_document, to_document, with_text_dates


class OverrunStore:
    """One document for each attempt and class that was asked for."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._overruns = database["overruns"]

    async def add(self, overrun: Overrun) -> bool:
        """Store a request; False when this one is there already."""
        try:
            await self._overruns.insert_one(with_text_dates(to_document(overrun)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, overrun_id: str) -> Overrun | None:
        """Uses index: _id_."""
        document = await self._overruns.find_one({"_id": overrun_id})
        return from_document(Overrun, document) if document else None

    async def waiting_in_school(self, school_id: str) -> list[Overrun]:
        """What was asked and not decided, also what is over by now, oldest first. Uses index: by_school."""
        query = {"school_id": school_id, "state": OverrunState.WAITING}
        found = [from_document(Overrun, d) async for d in self._overruns.find(query)]
        return sorted(found, key=lambda o: o.asked_at)

    async def of_homework(self, school_id: str, homework_id: str) -> list[Overrun]:
        """Everything that was asked for a homework. Uses index: by_homework."""
        cursor = self._overruns.find({"school_id": school_id, "homework_id": homework_id})
        return [from_document(Overrun, d) async for d in cursor]

    async def decide(
        self, overrun_id: str, state: OverrunState, *, by: str, name: str, reason: str, at: datetime
    ) -> bool:
        """Decide one that waits and is not over; says whether it did."""
        result = await self._overruns.update_one(
            {"_id": overrun_id, "state": OverrunState.WAITING, "expires_at": {"$gt": at}},
            {
                "$set": {
                    "state": state,
                    "decided_by": by,
                    "decided_name": name,
                    "decided_at": at,
                    "reason": reason,
                    "untold_since": at,
                }
            },
        )
        return bool(result.modified_count)

    async def mark_told(self, overrun: Overrun) -> None:
        """Whoever had to hear of this state has heard; of another one since then they have not."""
        await self._overruns.update_one(
            {"_id": overrun.id, "state": overrun.state}, {"$unset": {"untold_since": ""}}
        )

    async def untold(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of those that somebody should have heard of since before then. Uses index: untold."""
        query = {"untold_since": {"$lt": before}}
        cursor = self._overruns.find(query, {"_id": 1}).sort("untold_since", 1).limit(limit)
        return [d["_id"] async for d in cursor]
