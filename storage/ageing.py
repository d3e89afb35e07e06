"""What is old: found by age in small batches, and how far a walk through old notices has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.bindings import Binding, BindingState, Claim, ClaimState
from domain.files import StoredFile
from domain.homework import Homework
from domain.notices import Figures, Notice
from storage.blobs import Blobs
from storage.conditions import set_once
from storage.documents import from_document, to_value

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class AgeStore:
    """Reads across schools: age is the only question here."""

    def __init__(
        self, database: AsyncIOMotorDatabase[dict[str, Any]], blobs: Blobs | None = None
    ) -> None:
        self._db = database
        self._blobs = blobs or Blobs(database)

    async def notices(self, since: datetime, before: datetime, limit: int) -> list[Notice]:
        """Published from `since` to before `before`, oldest first. Uses index: by_age."""
        place = {"$gte": since, "$lt": before}
        cursor = self._db["notices"].find({"publish_at": place}).sort("publish_at", 1).limit(limit)
        return [from_document(Notice, d) async for d in cursor]

    async def set_figures(self, notice_id: str, figures: Figures) -> None:
        """What stays of its deliveries; the first time counts. Uses index: _id_."""
        change = set_once(figures=to_value(figures))
        await self._db["notices"].update_one({"_id": notice_id}, change)

    async def bookmark(self, walk: str) -> datetime:
        """How far a walk has come. Uses index: _id_."""
        document = await self._db["bookmarks"].find_one({"_id": walk})
        return document["at"] if document else BEGINNING

    async def set_bookmark(self, walk: str, at: datetime) -> None:
        """It has come so far. Uses index: _id_."""
        await self._db["bookmarks"].update_one({"_id": walk}, {"$set": {"at": at}}, upsert=True)

    async def settled_claims(self, before: datetime, limit: int) -> list[str]:
        """Ids of requests asked before then that wait no more. Uses index: by_age."""
        cursor = self._db["claims"].find({"created_at": {"$lt": before}}).limit(limit)
        found = [from_document(Claim, d) async for d in cursor]
        return [c.id for c in found if c.state is not ClaimState.WAITING]

    async def ended_bindings(self, before: datetime, limit: int) -> list[Binding]:
        """Ended before then and not made again; those that bar somebody are kept. Uses index: by_ending."""
        cursor = self._db["bindings"].find({"ending.at": {"$lt": before}}).limit(limit)
        found = [from_document(Binding, d) async for d in cursor]
        return [b for b in found if b.state is BindingState.ENDED and not b.barred]

    async def drop_ended_binding(self, binding_id: str) -> int:
        """Unless it was made again this moment. Uses index: _id_."""
        result = await self._db["bindings"].delete_one(
            {"_id": binding_id, "state": BindingState.ENDED}
        )
        return int(result.deleted_count)

    async def homework(self, before: datetime, limit: int) -> list[Homework]:
        """Written before then. Uses index: by_age."""
        query = {"created_at": {"$lt": before}}
        cursor = self._db["homework"].find(query).sort("created_at", 1).limit(limit)
        return [from_document(Homework, d) async for d in cursor]

    async def drop_overruns(self, school_id: str, homework_id: str) -> int:
        """With the homework goes what was asked for it. Uses index: by_homework."""
        query = {"school_id": school_id, "homework_id": homework_id}
        return int((await self._db["overruns"].delete_many(query)).deleted_count)

    async def evenings(self, before: date, limit: int) -> list[str]:
        """Ids of those before a day. Uses index: by_age."""
        query = {"day": {"$lt": before.isoformat()}}
        cursor = self._db["evenings"].find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def drop_weeks(self, collection: str, before: date) -> int:
        """Figures of weeks that began before a day. Uses index: by_age."""
        query = {"monday": {"$lt": before.isoformat()}}
        return int((await self._db[collection].delete_many(query)).deleted_count)

    async def timings(self, before: datetime, limit: int) -> list[str]:
        """Ids of answers given before then. Uses index: by_age."""
        cursor = self._db["timings"].find({"at": {"$lt": before}}, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def loose_uploads(self, before: datetime, limit: int) -> list[StoredFile]:
        """Uploaded before then and attached to nothing. Uses index: loose."""
        query = {"loose": True, "created_at": {"$lt": before}}
        cursor = self._db["files"].find(query).limit(limit)
        return [from_document(StoredFile, d) async for d in cursor]

    async def take_loose(self, file_id: str) -> bool:
        """Its record goes first, unless it was attached this moment; says whether. Uses index: _id_."""
        result = await self._db["files"].delete_one({"_id": file_id, "loose": True})
        return bool(result.deleted_count)

    async def lost_bytes(self, since_id: str, before_id: str) -> list[str]:
        """Ids in a range (they begin with their time) under which there are bytes and no record.

        A process that died while it stored a file leaves them.
        """
        held = await self._blobs.keys_between(since_id, before_id)
        records = self._db["files"].find({"_id": {"$in": sorted(held)}}, {"_id": 1})
        return sorted(held - {d["_id"] async for d in records})


def id_at(at: datetime) -> str:
    """The smallest id that is made from then on."""
    return f"{int(at.timestamp() * 1000):012x}"


LOST_WITHIN = timedelta(days=3)  # bytes older than this were looked at in a night before
