"""Places of activities: one document an activity, changed as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.seats import WAITING_LIMIT, Holder, Seats
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value


class SeatStore:
    """`take` and `wait` are one statement each, so that five hundred at once cost five hundred writes.

    Whatever is rarer is made of what was read, and replaced over its version.
    """

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._seats = database["seats"]

    async def ensure(self, seats: Seats) -> None:
        """Lay them out, unless they are."""
        try:
            await self._seats.insert_one(to_document(seats))
        except DuplicateKeyError:
            return

    async def find(self, activity_id: str) -> Seats | None:
        """Uses index: _id_."""
        document = await self._seats.find_one({"_id": activity_id})
        return from_document(Seats, document) if document else None

    async def many(self, activity_ids: Iterable[str]) -> dict[str, Seats]:
        """Those of these that have places, by id. Uses index: _id_."""
        cursor = self._seats.find({"_id": {"$in": list(set(activity_ids))}})
        return {d["_id"]: from_document(Seats, d) async for d in cursor}

    async def take(self, activity_id: str, holder: Holder, seats: int) -> bool:
        """A place of an option that has so many, for who has none and does not wait; says whether they have it now.

        Uses index: _id_.
        """
        fits = {"$and": [_is_new(holder.subject_id), {"$lt": [_taken(holder.option_id), seats]}]}
        return await self._append(activity_id, "holders", holder, fits)

    async def wait(self, activity_id: str, holder: Holder, seats: int) -> bool:
        """The end of the line for an option without a place left; says whether they stand there now.

        Uses index: _id_.
        """
        full = {"$gte": [_taken(holder.option_id), seats]}
        short = {"$lt": [{"$size": "$waiting"}, WAITING_LIMIT]}
        fits = {"$and": [_is_new(holder.subject_id), full, short]}
        return await self._append(activity_id, "waiting", holder, fits)

    async def _append(
        self, activity_id: str, name: str, holder: Holder, fits: dict[str, Any]
    ) -> bool:
        more = {"$concatArrays": [f"${name}", [{"$literal": to_value(holder)}]]}
        changes = {name: more, "version": {"$add": ["$version", 1]}}
        change = {field: {"$cond": [fits, value, f"${field}"]} for field, value in changes.items()}
        result = await self._seats.update_one({"_id": activity_id}, [{"$set": change}])
        return bool(result.modified_count)

    async def mark_changed(self, seats: Seats) -> bool:
        """Write changed places over the ones with their `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed them meanwhile. Uses index: _id_.
        """
        same = {"$eq": ["$version", {"$literal": seats.version}]}
        document = to_document(seats) | {"version": seats.version + 1}
        names = ("places", "holders", "waiting", "moved", "untold_since", "version")
        change = set_if(same, {name: document[name] for name in names})
        result = await self._seats.update_one({"_id": seats.id}, change)
        return bool(result.modified_count)

    async def untold(self, before: datetime, limit: int) -> list[str]:
        """Ids of activities in which somebody moved up before then and was not told. Uses index: untold."""
        query = {"untold_since": {"$lt": before}}
        cursor = self._seats.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]


def _is_new(subject_id: str) -> dict[str, Any]:
    me = {"$literal": subject_id}
    return {
        "$and": [
            {"$not": [{"$in": [me, {"$map": {"input": f"${name}", "as": "one", "in": "$$one.subject_id"}}]}]}
            for name in ("holders", "waiting")
        ]
    }  # fmt: skip


def _taken(option_id: str) -> dict[str, Any]:
    of_it = {"$eq": ["$$one.option_id", {"$literal": option_id}]}
    return {"$size": {"$filter": {"input": "$holders", "as": "one", "cond": of_it}}}
