"""Topics of circles, who was there when one was posted, and who has read it.

A like is the person's id in the topic itself, so that liking is one write and counting none. Reads are documents,
one a person and topic; the topic carries their number for lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.circle_figures import TOPIC_COUNTED, TopicCount
from domain.circles import Audience, Read, Topic
from domain.safety import Outcome
from domain.times import list_start
from storage.conditions import set_if
from storage.documents import from_document, to_document
from storage.paging import newest

_STANDS = {"$eq": [{"$ifNull": ["$deleted_at", None]}, None]}


class CircleStore:
    """One document a topic, one for who was in the circle then, one a reader."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._topics = database["topics"]
        self._audiences = database["topic_audiences"]
        self._reads = database["topic_reads"]

    async def insert(self, topic: Topic) -> bool:
        """Store a new one; False when this id is there already (the same key again)."""
        return await self._insert(self._topics, topic)

    async def _insert(self, collection: Any, thing: Any) -> bool:
        document = to_document(thing)
        try:
            await collection.insert_one({k: v for k, v in document.items() if v is not None})
        except DuplicateKeyError:
            return False
        return True

    async def find(self, topic_id: str) -> Topic | None:
        """Uses index: _id_."""
        document = await self._topics.find_one({"_id": topic_id})
        return from_document(Topic, document) if document else None

    async def many(self, topic_ids: Iterable[str]) -> dict[str, Topic]:
        """Topics by id. Uses index: _id_."""
        cursor = self._topics.find({"_id": {"$in": list(set(topic_ids))}})
        return {d["_id"]: from_document(Topic, d) async for d in cursor}

    async def page(
        self, school_id: str, circle_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Topic]:
        """A circle's topics, newest first, after the position `before`. Uses index: by_circle."""
        query = {"school_id": school_id, "circle_id": circle_id}
        found = await newest(self._topics, query, before=before, at=at, limit=limit)
        return [from_document(Topic, d) for d in found]

    async def counts(self, school_id: str, since: datetime, until: datetime) -> list[TopicCount]:
        """The figures of all topics of a school from this time, the oldest first. Uses index: by_school."""
        query = {
            "school_id": school_id,
            "position": {"$gte": list_start(since), "$lt": list_start(until)},
        }
        wanted = dict.fromkeys(TOPIC_COUNTED, 1)
        cursor = self._topics.find(query, wanted).sort("position", 1)
        return [from_document(TopicCount, d) for d in await cursor.to_list(None)]

    async def shows(self, file_id: str) -> bool:
        """Whether a topic shows this file. Uses index: by_file."""
        query = {"pictures.file.file_id": file_id}
        return await self._topics.find_one(query, {"_id": 1}) is not None

    async def mark_state(self, topic_id: str, state: Outcome) -> bool:
        """Whether the others may see it; says whether that is news. Uses index: _id_."""
        news = {"$ne": ["$state", state]}
        result = await self._topics.update_one({"_id": topic_id}, set_if(news, {"state": state}))
        return bool(result.modified_count)

    async def like(self, topic_id: str, person_id: str) -> None:
        """Once a person. Uses index: _id_."""
        await self._topics.update_one({"_id": topic_id}, {"$addToSet": {"liked_by": person_id}})

    async def unlike(self, topic_id: str, person_id: str) -> None:
        """They take it back. Uses index: _id_."""
        await self._topics.update_one({"_id": topic_id}, {"$pull": {"liked_by": person_id}})

    async def set_hidden(self, topic_id: str, at: datetime | None, why: str) -> None:
        """Who leads the circle hides it, or shows it again (`at` None). Uses index: _id_."""
        change = {"hidden_at": at, "hidden_why": why}
        await self._topics.update_one({"_id": topic_id}, set_if(_STANDS, change))

    async def mark_deleted(self, topic_id: str, at: datetime) -> bool:
        """Nobody sees it from now on; what hangs on it goes next. Says whether it stood. Uses index: _id_."""
        change = {"deleted_at": at, "untidy_since": at}
        result = await self._topics.update_one({"_id": topic_id}, set_if(_STANDS, change))
        return bool(result.modified_count)

    async def mark_tidy(self, topic_id: str) -> None:
        """Nothing is left of a deleted one but that it was there. Uses index: _id_."""
        gone = {"text": "", "pictures": [], "student_ids": [], "liked_by": []}
        await self._topics.update_one(
            {"_id": topic_id}, {"$set": gone, "$unset": {"untidy_since": ""}}
        )

    async def mark_counted(self, topic: Topic, comments: int, replies: int) -> bool:
        """How many comments it has, counted since `topic` was read; False when somebody counted meanwhile.

        Uses index: _id_.
        """
        unchanged = {"$eq": ["$tally", topic.tally]}
        change = {"comments": comments, "replies": replies}
        result = await self._topics.update_one(
            {"_id": topic.id}, set_if(unchanged, change, add={"tally": 1})
        )
        return bool(result.modified_count)

    # -- reading ------------------------------------------------------------------------------

    async def keep_audience(self, audience: Audience) -> None:
        """Who is in the circle now; the first time counts."""
        await self._insert(self._audiences, audience)

    async def audience(self, topic_id: str) -> Audience | None:
        """Who was in the circle when a topic was posted. Uses index: _id_."""
        document = await self._audiences.find_one({"_id": topic_id})
        return from_document(Audience, document) if document else None

    async def find_read(self, read_id: str) -> Read | None:
        """Uses index: _id_."""
        document = await self._reads.find_one({"_id": read_id})
        return from_document(Read, document) if document else None

    async def record_read(self, read: Read) -> None:
        """The first time counts."""
        await self._insert(self._reads, read)

    async def readers(self, topic_id: str) -> list[Read]:
        """Who has read a topic, the first first. Uses index: by_topic."""
        found = [from_document(Read, d) async for d in self._reads.find({"topic_id": topic_id})]
        return sorted(found, key=lambda r: (r.at, r.id))

    async def set_reads(self, topic_id: str, reads: int, reached: int) -> None:
        """The numbers for lists: they never go back. Uses index: _id_."""
        change = {"reads": reads, "reached": reached}
        await self._topics.update_one({"_id": topic_id}, {"$max": change})
