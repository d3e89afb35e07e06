"""Reviews: what waits for a decision and what became of it, one document a subject."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.reviews import Review, ReviewState
from storage.conditions import set_if
from storage.documents import from_document, to_document


class ReviewStore:
    """Each change is made over the version that was read, so that of two at once one counts."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._reviews = database["reviews"]
        self._looks = database["looks"]

    async def find(self, review_id: str) -> Review | None:
        """Uses index: _id_."""
        document = await self._reviews.find_one({"_id": review_id})
        return from_document(Review, document) if document else None

    async def add(self, review: Review) -> bool:
        """Store a new one; False when there is one of this subject."""
        try:
            await self._reviews.insert_one(to_document(review))
        except DuplicateKeyError:
            return False
        return True

    async def mark_changed(self, review: Review) -> bool:
        """Put it in the place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        changes = to_document(review) | {"version": review.version + 1}
        del changes["_id"]
        same = {"$eq": ["$version", {"$literal": review.version}]}
        result = await self._reviews.update_one({"_id": review.id}, set_if(same, changes))
        return bool(result.modified_count)

    async def mark_settled(self, review: Review) -> bool:
        """What has changed has reached the thing and its author; False when it has changed again since.

        It is no change of its own: whoever looks at it decides about the same. Uses index: _id_.
        """
        same = {"$eq": ["$version", {"$literal": review.version}]}
        result = await self._reviews.update_one(
            {"_id": review.id}, set_if(same, {"unsettled_since": None})
        )
        return bool(result.modified_count)

    async def waiting(self, school_id: str) -> list[Review]:
        """What waits for a person at a school, oldest first. Uses index: by_state."""
        cursor = self._reviews.find({"school_id": school_id, "state": ReviewState.WAITING})
        found = [from_document(Review, d) async for d in cursor]
        return sorted(found, key=lambda r: r.waits_since)

    async def unsettled(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of those that were decided before then and have not reached subject or author. Uses index: unsettled."""
        cursor = self._reviews.find({"unsettled_since": {"$lt": before}}, {"_id": 1})
        return [d["_id"] async for d in cursor.sort("unsettled_since", 1).limit(limit)]

    async def find_by_trace(self, trace_id: str) -> Review | None:
        """The review of a picture that WeChat names so. Uses index: by_trace."""
        document = await self._reviews.find_one({"checks.trace_id": trace_id})
        return from_document(Review, document) if document else None

    async def find_by_door(self, door: str) -> Review | None:
        """The review of a picture that is fetched through this door. Uses index: by_door."""
        document = await self._reviews.find_one({"checks.door": door})
        return from_document(Review, document) if document else None

    async def under_check(self, before: datetime, limit: int = 500) -> list[Review]:
        """Those at whose pictures WeChat looks until before then, the oldest first. Uses index: by_check."""
        cursor = self._reviews.find({"checked_until": {"$lt": before}})
        return [
            from_document(Review, d) async for d in cursor.sort("checked_until", 1).limit(limit)
        ]

    async def keep_look(self, trace_id: str, *, good: bool, label: int, at: datetime) -> None:
        """What WeChat said; the first time counts."""
        look = {"_id": trace_id, "good": good, "label": label, "at": at}
        with suppress(DuplicateKeyError):
            await self._looks.insert_one(look)

    async def find_look(self, trace_id: str) -> tuple[bool, int] | None:
        """Whether WeChat found a picture good, and its label; None before it said anything. Uses index: _id_."""
        look = await self._looks.find_one({"_id": trace_id})
        return (bool(look["good"]), int(look["label"])) if look else None

    async def unname(self, person_id: str, child_name: str) -> int:
        """An adult is called by this child no more where what they wrote was looked at. Uses index: by_writer."""
        cursor = self._reviews.find({"author_id": person_id}, {"author_name": 1})
        ids = [d["_id"] async for d in cursor if child_name in d["author_name"]]
        if ids:
            await self._reviews.update_many({"_id": {"$in": ids}}, {"$set": {"author_name": ""}})
        return len(ids)

    async def of_author(self, person_id: str) -> list[str]:
        """Ids of all that one person wrote. Uses index: by_writer."""
        cursor = self._reviews.find({"author_id": person_id}, {"_id": 1})
        return [d["_id"] async for d in cursor]

    async def forget_reporter(self, person_id: str) -> int:
        """What this person said about others' words goes; returns of how many. Uses index: by_reporter."""
        result = await self._reviews.update_many(
            {"reports.person_id": person_id}, {"$pull": {"reports": {"person_id": person_id}}}
        )
        return int(result.modified_count)

    async def old(self, before: datetime, limit: int) -> list[str]:
        """Ids of those that were decided before then. Uses index: by_age."""
        cursor = self._reviews.find({"decided_at": {"$lt": before}}, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]
