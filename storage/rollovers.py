"""The roll-overs of schools: what was planned, how far it is, and whose turn it is to carry it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.rollovers import BUSY, Rollover, RolloverState
from storage.conditions import set_if
from storage.documents import from_document, to_document

_REPLACEABLE = [RolloverState.PLANNED, RolloverState.UNDONE]
_TO_DO = [RolloverState.RUNNING, RolloverState.UNDOING, RolloverState.DONE]


class RolloverStore:
    """One document a school and year; every change says from which state it starts."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._rollovers = database["rollovers"]

    async def find(self, rollover_id: str) -> Rollover | None:
        """Uses index: _id_."""
        document = await self._rollovers.find_one({"_id": rollover_id})
        return from_document(Rollover, document) if document else None

    async def of_school(self, school_id: str) -> list[Rollover]:
        """Every year's, the newest first. Uses index: by_school."""
        cursor = self._rollovers.find({"school_id": school_id})
        found = [from_document(Rollover, d) async for d in cursor]
        return sorted(found, key=lambda r: r.year, reverse=True)

    async def is_busy(self, school_id: str) -> bool:
        """Whether the school is being changed at this moment. Uses index: by_school."""
        cursor = self._rollovers.find({"school_id": school_id}, {"state": 1})
        return any([d["state"] in BUSY async for d in cursor])

    async def due(self, before: datetime, limit: int = 20) -> list[str]:
        """Ids of those about which something is to be done, longest due first. Uses index: due."""
        cursor = self._rollovers.find({"due_at": {"$lte": before}}, {"_id": 1})
        return [d["_id"] async for d in cursor.sort("due_at", 1).limit(limit)]

    async def plan(self, rollover: Rollover) -> bool:
        """Write a plan down, in the place of one that nobody has begun; says whether it is there now."""
        document = to_document(rollover)
        try:
            await self._rollovers.insert_one(document)
        except DuplicateKeyError:
            changes = {name: value for name, value in document.items() if name != "_id"}
            free = {"$in": ["$state", _REPLACEABLE]}
            await self._rollovers.update_one({"_id": rollover.id}, set_if(free, changes))
            return await self.find(rollover.id) == rollover
        return True

    async def begin(self, rollover: Rollover, *, by: str, at: datetime) -> bool:
        """From this very plan; once. Says whether it is this call that began it. Uses index: _id_."""
        planned = {
            "$and": [
                {"$eq": ["$state", RolloverState.PLANNED]},
                {"$eq": ["$planned_at", {"$literal": rollover.planned_at}]},
            ]
        }
        changes = {"state": RolloverState.RUNNING, "by": by, "at": at, "step": 0, "due_at": at}
        return await self._change(rollover.id, planned, changes)

    async def begin_undo(self, rollover_id: str, at: datetime) -> bool:
        """If it is done and its time to be undone is not over; says whether this call began it. Uses index: _id_."""
        may = {
            "$and": [
                {"$eq": ["$state", RolloverState.DONE]},
                {"$gt": ["$undo_until", {"$literal": at}]},
            ]
        }
        changes = {"state": RolloverState.UNDOING, "step": 0, "due_at": at}
        return await self._change(rollover_id, may, changes)

    async def take_turn(
        self, rollover_id: str, *, run: str, at: datetime, lease: timedelta
    ) -> Rollover | None:
        """This run's turn to carry it on, or None: another run has it, or nothing is to be done. Uses index: _id_."""
        free = {
            "$and": [
                {"$in": ["$state", _TO_DO]},
                {
                    "$or": [
                        {"$eq": [{"$ifNull": ["$held_until", None]}, None]},
                        {"$lte": ["$held_until", {"$literal": at}]},
                    ]
                },
            ]
        }
        if await self._change(rollover_id, free, {"run": run, "held_until": at + lease}):
            return await self.find(rollover_id)
        return None

    async def note_step(
        self, rollover_id: str, *, run: str, step: int, held_until: datetime
    ) -> bool:
        """So many steps are done; False when the turn is no longer this run's. Uses index: _id_."""
        return await self._ours(rollover_id, run, {"step": step, "held_until": held_until})

    async def finish(self, rollover_id: str, *, run: str, changes: Mapping[str, Any]) -> bool:
        """Give the turn back with what has become of it; False when it was no longer this run's. Uses index: _id_."""
        return await self._ours(rollover_id, run, {**changes, "run": "", "held_until": None})

    async def _ours(self, rollover_id: str, run: str, changes: Mapping[str, Any]) -> bool:
        return await self._change(rollover_id, {"$eq": ["$run", {"$literal": run}]}, changes)

    async def _change(
        self, rollover_id: str, condition: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> bool:
        result = await self._rollovers.update_one({"_id": rollover_id}, set_if(condition, changes))
        return bool(result.modified_count)
