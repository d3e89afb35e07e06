"""Notices with their versions and their work. Every act of a teacher is one conditional write here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.notices import Notice, NoticeState, Version, Work, reminder_purpose
from storage.documents import from_document, to_document, to_value
from storage.paging import newest


class NoticeStore:
    """One document a notice."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._notices = database["notices"]

    async def insert(self, notice: Notice) -> bool:
        """Store a new notice; False when this id is there already (the same form sent twice)."""
        document = to_document(notice)
        if notice.current.links:
            document["uncounted"] = "new"
        try:
            await self._notices.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def find(self, notice_id: str) -> Notice | None:
        """Uses index: _id_."""
        document = await self._notices.find_one({"_id": notice_id})
        return from_document(Notice, document) if document else None

    async def many(self, notice_ids: Iterable[str]) -> dict[str, Notice]:
        """Notices by id. Uses index: _id_."""
        cursor = self._notices.find({"_id": {"$in": list(set(notice_ids))}})
        return {d["_id"]: from_document(Notice, d) async for d in cursor}

    async def page_of_author(
        self, school_id: str, author_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Notice]:
        """What one teacher wrote, newest first; `before` is the position of the last one seen.

        Uses index: by_author.
        """
        query = {"school_id": school_id, "author_id": author_id}
        found = await newest(self._notices, query, before=before, at=at, limit=limit)
        return [from_document(Notice, d) for d in found]

    async def published_since(self, school_id: str, class_id: str, since: datetime) -> list[Notice]:
        """What a class was told lately, for an adult bound since. Uses index: by_class."""
        query = {
            "school_id": school_id,
            "class_ids": class_id,
            "publish_at": {"$gte": since},
        }
        cursor = self._notices.find(query).sort("publish_at", -1).limit(100)
        found = [from_document(Notice, d) async for d in cursor]
        return [n for n in found if n.state is NoticeState.PUBLISHED]

    async def mark_published(self, notice_id: str) -> bool:
        """A scheduled notice's time has come; says whether it was still scheduled."""
        result = await self._notices.update_one(
            {"_id": notice_id, "state": NoticeState.SCHEDULED},
            {"$set": {"state": NoticeState.PUBLISHED, "uncounted": "published"}},
        )
        return bool(result.modified_count)

    async def mark_edited(self, notice_id: str, version: Version, work: Work | None) -> bool:
        """Add a version, if the one it follows is still the newest; says whether it was."""
        change: dict[str, Any] = {"versions": to_value(version)}
        if work is not None:
            change["work"] = to_value(work)
        result = await self._notices.update_one(
            {
                "_id": notice_id,
                "state": {"$ne": NoticeState.WITHDRAWN},
                "versions": {"$size": version.number - 1},
            },
            {"$push": change, "$set": {"uncounted": f"edit-{version.number}"}},
        )
        return bool(result.modified_count)

    async def mark_withdrawn(self, notice_id: str, at: datetime, work: Work) -> bool:
        """Withdraw once; whatever else it still wanted to send is dropped. Says whether it stood."""
        result = await self._notices.update_one(
            {"_id": notice_id, "state": {"$ne": NoticeState.WITHDRAWN}},
            {
                "$set": {
                    "state": NoticeState.WITHDRAWN,
                    "withdrawn_at": at,
                    "work": [to_value(work)],
                    "uncounted": "withdrawn",
                }
            },
        )
        return bool(result.modified_count)

    async def of_school(self, school_id: str, begin: datetime, end: datetime) -> list[Notice]:
        """What a school published, or will have, from a moment to another. Uses index: by_day."""
        query = {"school_id": school_id, "publish_at": {"$gte": begin, "$lt": end}}
        return [from_document(Notice, d) async for d in self._notices.find(query)]

    async def of_class(
        self, school_id: str, class_id: str, begin: datetime, end: datetime
    ) -> list[Notice]:
        """The same of one class. Uses index: by_class."""
        span = {"$gte": begin, "$lt": end}
        query = {"school_id": school_id, "class_ids": class_id, "publish_at": span}
        return [from_document(Notice, d) async for d in self._notices.find(query)]

    async def uncounted(self, limit: int) -> list[tuple[Notice, str]]:
        """Some that the figures of use do not know of, each with what changed last. Uses index: uncounted."""
        cursor = self._notices.find({"uncounted": {"$gt": ""}}).limit(limit)
        return [(from_document(Notice, d), d["uncounted"]) async for d in cursor]

    async def mark_counted(self, seen: Sequence[tuple[str, str]]) -> None:
        """The figures know of these as they were seen; what changed since is uncounted."""
        changes = [
            UpdateOne({"_id": notice_id, "uncounted": last}, {"$unset": {"uncounted": ""}})
            for notice_id, last in seen
        ]
        if changes:
            await self._notices.bulk_write(changes, ordered=False)

    async def set_deadline(self, notice_id: str, deadline_at: datetime) -> None:
        """Until when it is to be answered. Uses index: _id_."""
        await self._notices.update_one({"_id": notice_id}, {"$set": {"deadline_at": deadline_at}})

    async def mark_reminded(self, notice_id: str, number: int, work: Work) -> bool:
        """Ask for reminder `number`, once, and not while the one before it still waits.

        Says whether it is this call that did.
        """
        result = await self._notices.update_one(
            {
                "_id": notice_id,
                "state": NoticeState.PUBLISHED,
                "reminders": number - 1,
                "work.purpose": {"$ne": reminder_purpose(number - 1)},
            },
            {"$set": {"reminders": number}, "$push": {"work": to_value(work)}},
        )
        return bool(result.modified_count)

    async def finish_work(self, notice_id: str, purpose: str) -> None:
        """The work is carried out for every recipient."""
        await self._notices.update_one(
            {"_id": notice_id}, {"$pull": {"work": {"purpose": purpose}}}
        )

    async def with_due_work(self, now: datetime, limit: int = 100) -> list[Notice]:
        """Notices whose work should have been done, longest due first. Uses index: by_work."""
        cursor = (
            self._notices.find({"work.due_at": {"$lte": now}}).sort("work.due_at", 1).limit(limit)
        )
        return [from_document(Notice, d) async for d in cursor]
