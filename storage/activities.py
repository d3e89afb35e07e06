"""What is asked of families and staff: one document an activity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.activities import Activity, Kind, State
from domain.times import list_start
from storage.documents import from_document, to_document
from storage.paging import newest


class ActivityStore:
    """What it says, until when it can be answered, and whether it stands, are one conditional write each."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._activities = database["activities"]

    async def insert(self, activity: Activity) -> bool:
        """Store a new one; False when this id is there already (the same form sent twice)."""
        try:
            await self._activities.insert_one(to_document(activity))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, activity_id: str) -> Activity | None:
        """Uses index: _id_."""
        document = await self._activities.find_one({"_id": activity_id})
        return from_document(Activity, document) if document else None

    async def many(self, activity_ids: Iterable[str]) -> dict[str, Activity]:
        """Activities by id. Uses index: _id_."""
        cursor = self._activities.find({"_id": {"$in": list(set(activity_ids))}})
        return {d["_id"]: from_document(Activity, d) async for d in cursor}

    async def page_of_author(
        self, school_id: str, author_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Activity]:
        """What one person published, newest first, after the position `before`. Uses index: by_author."""
        query = {"school_id": school_id, "author_id": author_id}
        found = await newest(self._activities, query, before=before, at=at, limit=limit)
        return [from_document(Activity, d) for d in found]

    async def newest_of_class(
        self, school_id: str, class_id: str, *, at: datetime, since: datetime, limit: int
    ) -> list[Activity]:
        """What families of a class are asked, newest first. Uses index: by_class."""
        query = {"school_id": school_id, "class_ids": class_id}
        found = await newest(self._activities, query, before=None, at=at, limit=limit, since=since)
        return [from_document(Activity, d) for d in found]

    async def newest_of_staff(
        self, school_id: str, *, at: datetime, since: datetime, limit: int
    ) -> list[Activity]:
        """What everybody who works at a school is asked, newest first. Uses index: by_staff."""
        query = {"school_id": school_id, "staff": True}
        found = await newest(self._activities, query, before=None, at=at, limit=limit, since=since)
        return [from_document(Activity, d) for d in found]

    async def newest_of_school(
        self, school_id: str, *, before: str | None, at: datetime, since: datetime, limit: int
    ) -> list[Activity]:
        """Everything at a school, newest first, after the position `before`. Uses index: by_school."""
        query = {"school_id": school_id}
        found = await newest(
            self._activities, query, before=before, at=at, limit=limit, since=since
        )
        return [from_document(Activity, d) for d in found]

    async def count_themes(self, school_id: str, since: datetime, until: datetime) -> int:
        """How many theme activities of this time stand at a school. Uses index: by_kind."""
        query = _themes(school_id, since, until)
        return len(await self._activities.find(query, {"_id": 1}).to_list(None))

    async def themes_of_school(
        self, school_id: str, since: datetime, until: datetime
    ) -> list[Activity]:
        """What `count_themes` counts, newest first. Uses index: by_kind."""
        cursor = self._activities.find(_themes(school_id, since, until))
        found = [from_document(Activity, d) async for d in cursor]
        return sorted(found, key=lambda a: a.position, reverse=True)

    async def set_closing(self, activity_id: str, closes_at: datetime, at: datetime) -> bool:
        """Until when it can be answered, of one that was not withdrawn; says whether it was."""
        result = await self._activities.update_one(
            {"_id": activity_id, "state": State.PUBLISHED},
            {"$set": {"closes_at": closes_at, "unfinished_since": at}},
        )
        return bool(result.matched_count)

    async def mark_changed(self, activity: Activity) -> bool:
        """What it says now, over the wording before the last of its changes; says whether that still stood."""
        document = to_document(activity)
        names = ("title", "body", "questions", "closes_at", "changes")
        result = await self._activities.update_one(
            {
                "_id": activity.id,
                "state": State.PUBLISHED,
                "changes": {"$size": len(activity.changes) - 1},
            },
            {
                "$set": {
                    **{name: document[name] for name in names},
                    "unfinished_since": activity.changes[-1].at,
                }
            },
        )
        return bool(result.modified_count)

    async def mark_reminded(self, activity_id: str, number: int, at: datetime) -> bool:
        """The first or second reminder of a staff is asked for; says whether it was its turn."""
        result = await self._activities.update_one(
            {"_id": activity_id, "state": State.PUBLISHED, "reminders": number - 1},
            {"$set": {"reminders": number, "unfinished_since": at}},
        )
        return bool(result.modified_count)

    async def mark_withdrawn(self, activity_id: str, at: datetime) -> bool:
        """Withdraw once; says whether it stood."""
        result = await self._activities.update_one(
            {"_id": activity_id, "state": State.PUBLISHED},
            {"$set": {"state": State.WITHDRAWN, "withdrawn_at": at, "unfinished_since": at}},
        )
        return bool(result.modified_count)

    async def mark_finished(self, activity: Activity) -> None:
        """Nothing is left to do for what was seen; something new since then stands."""
        await self._activities.update_one(
            {
                "_id": activity.id,
                "state": activity.state,
                "unfinished_since": activity.unfinished_since,
            },
            {"$unset": {"unfinished_since": ""}},
        )

    async def unfinished(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of those for which something is left to do since before then. Uses index: unfinished."""
        query = {"unfinished_since": {"$lt": before}}
        cursor = self._activities.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def old(self, before: datetime, limit: int) -> list[Activity]:
        """Published before then. Uses index: by_age."""
        cursor = self._activities.find({"created_at": {"$lt": before}}).limit(limit)
        return [from_document(Activity, d) async for d in cursor]


def _themes(school_id: str, since: datetime, until: datetime) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "kind": Kind.THEME,
        "state": State.PUBLISHED,
        "position": {"$gte": list_start(since), "$lt": list_start(until)},
    }
