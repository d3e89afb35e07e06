"""Requests for leave: each is decided once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.leaves import LONGEST, Leave, LeaveState
from storage.documents import from_document, to_document, with_text_dates


class LeaveStore:
    """One document a request."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._leaves = database["leaves"]

    async def add(self, leave: Leave) -> bool:
        """Store a request; False when this one is there already."""
        try:
            await self._leaves.insert_one(with_text_dates(to_document(leave)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, leave_id: str) -> Leave | None:
        """Uses index: _id_."""
        document = await self._leaves.find_one({"_id": leave_id})
        return from_document(Leave, document) if document else None

    async def many(self, leave_ids: Iterable[str]) -> dict[str, Leave]:
        """Requests by id. Uses index: _id_."""
        cursor = self._leaves.find({"_id": {"$in": list(set(leave_ids))}})
        return {d["_id"]: from_document(Leave, d) async for d in cursor}

    async def of_student(self, school_id: str, student_id: str) -> list[Leave]:
        """All of a child's, newest first. Uses index: by_student."""
        cursor = self._leaves.find({"school_id": school_id, "student_id": student_id})
        found = [from_document(Leave, d) async for d in cursor]
        return sorted(found, key=lambda one: one.asked_at, reverse=True)

    async def lasting_until(self, school_id: str, day: date) -> list[Leave]:
        """A school's that are not over before a day. Uses index: by_last."""
        query = {"school_id": school_id, "last": {"$gte": day.isoformat()}}
        found = [from_document(Leave, d) async for d in self._leaves.find(query)]
        return sorted(found, key=lambda one: one.asked_at)

    async def waiting(self, school_id: str, class_ids: Iterable[str], day: date) -> list[Leave]:
        """Of some classes of a school those that wait and are not over before a day. Uses index: waiting."""
        query = {
            "school_id": school_id,
            "state": LeaveState.WAITING,
            "class_id": {"$in": list(class_ids)},
            "last": {"$gte": day.isoformat()},
        }
        found = [from_document(Leave, d) async for d in self._leaves.find(query)]
        return sorted(found, key=lambda one: one.asked_at)

    async def between(self, school_id: str, first: date, last: date) -> list[Leave]:
        """A school's of which some day lies between these, by their first day. Uses index: by_last."""
        bounds = {"$gte": first.isoformat(), "$lte": (last + LONGEST).isoformat()}
        query = {"school_id": school_id, "last": bounds}
        found = [from_document(Leave, d) async for d in self._leaves.find(query)]
        met = [leave for leave in found if leave.span.first <= last]
        return sorted(met, key=lambda one: (one.span.first, one.asked_at))

    async def decide(
        self, leave_id: str, state: LeaveState, *, by: str, name: str, reply: str, at: datetime
    ) -> bool:
        """Decide one that waits; says whether it did."""
        result = await self._leaves.update_one(
            {"_id": leave_id, "state": LeaveState.WAITING},
            {
                "$set": {
                    "state": state,
                    "decided_by": by,
                    "decided_name": name,
                    "decided_at": at,
                    "reply": reply,
                    "untold_since": at,
                }
            },
        )
        return bool(result.modified_count)

    async def mark_withdrawn(self, leave: Leave, at: datetime) -> bool:
        """The family needs it no more, if it is as it was seen; says whether it was withdrawn."""
        result = await self._leaves.update_one(
            {"_id": leave.id, "state": leave.state},
            {"$set": {"state": LeaveState.WITHDRAWN, "withdrawn_at": at, "untold_since": at}},
        )
        return bool(result.modified_count)

    async def mark_told(self, leave: Leave) -> None:
        """Whoever had to hear of this state has heard; of another one since then not."""
        await self._leaves.update_one(
            {"_id": leave.id, "state": leave.state}, {"$unset": {"untold_since": ""}}
        )

    async def untold(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of those that somebody should have heard of since before then. Uses index: untold."""
        query = {"untold_since": {"$lt": before}}
        cursor = self._leaves.find(query, {"_id": 1}).sort("untold_since", 1).limit(limit)
        return [d["_id"] async for d in cursor]

    async def unname(self, person_id: str, nobody: str) -> int:
        """It is no longer said which adult asked. Uses index: by_person."""
        result = await self._leaves.update_many(
            {"person_id": person_id}, {"$set": {"person_id": nobody}}
        )
        return int(result.modified_count)

    async def old(self, before: date, limit: int) -> list[Leave]:
        """Over before a day. Uses index: by_age."""
        cursor = self._leaves.find({"last": {"$lt": before.isoformat()}}).limit(limit)
        return [from_document(Leave, d) async for d in cursor]
