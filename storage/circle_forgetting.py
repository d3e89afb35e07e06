"""Taking people out of circles, and clearing away what is old; every method may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.circles import Comment, Topic
from storage.documents import from_document


class CircleForgetStore:
    """Reads by subject, and deletes."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._topics = database["topics"]
        self._comments = database["topic_comments"]
        self._reads = database["topic_reads"]
        self._audiences = database["topic_audiences"]

    async def drop_around(self, topic_ids: Sequence[str]) -> int:
        """The comments and reads of these topics, and who was there. Uses index: by_topic."""
        query = {"topic_id": {"$in": list(topic_ids)}}
        gone = await self._comments.delete_many(query)
        gone_reads = await self._reads.delete_many(query)
        for topic_id in topic_ids:
            await self._audiences.delete_one({"_id": topic_id})
        return int(gone.deleted_count + gone_reads.deleted_count)

    async def topics_of_author(self, person_id: str) -> list[Topic]:
        """What an adult put into circles. Uses index: by_author."""
        cursor = self._topics.find({"author_id": person_id})
        return [from_document(Topic, d) async for d in cursor]

    async def comments_of_author(self, person_id: str) -> list[Comment]:
        """What an adult said to topics. Uses index: by_author."""
        cursor = self._comments.find({"author_id": person_id})
        return [from_document(Comment, d) async for d in cursor]

    async def topics_with(self, school_id: str, student_id: str) -> list[Topic]:
        """Topics with pictures of a child. Uses index: by_child."""
        cursor = self._topics.find({"school_id": school_id, "student_ids": student_id})
        return [from_document(Topic, d) async for d in cursor]

    async def unlike_all(self, person_id: str) -> int:
        """An adult likes nothing any more. Uses index: by_liker."""
        result = await self._topics.update_many(
            {"liked_by": person_id}, {"$pull": {"liked_by": person_id}}
        )
        return int(result.modified_count)

    async def leave_audiences(self, person_id: str) -> int:
        """Nothing says any more that an adult was there; how many there were stays. Uses index: by_member."""
        result = await self._audiences.update_many(
            {"members.person_id": person_id}, {"$pull": {"members": {"person_id": person_id}}}
        )
        return int(result.modified_count)

    async def leave_child(self, school_id: str, student_id: str) -> int:
        """Nothing says any more that somebody was there for a child. Uses index: by_child."""
        query = {"school_id": school_id, "members.student_ids": student_id}
        found = [d async for d in self._audiences.find(query)]
        for document in found:
            for member in document["members"]:
                held = member["student_ids"]
                member["student_ids"] = [s for s in held if s != student_id]
            change = {"$set": {"members": document["members"]}}
            await self._audiences.update_one({"_id": document["_id"]}, change)
        return len(found)

    async def unname(self, person_id: str, child_name: str) -> int:
        """An adult is called by this child no more where they wrote. Uses index: by_author."""
        gone = 0
        for collection in (self._topics, self._comments):
            cursor = collection.find({"author_id": person_id}, {"author_name": 1})
            ids = [d["_id"] async for d in cursor if child_name in d["author_name"]]
            if ids:
                await collection.update_many({"_id": {"$in": ids}}, {"$set": {"author_name": ""}})
            gone += len(ids)
        return gone

    async def drop_pictures(self, topic: Topic, student_id: str) -> None:
        """A child's pictures are in a topic no more, nor is the child. Uses index: _id_."""
        files = [p.file.file_id for p in topic.pictures if student_id in p.student_ids]
        pulled = {"pictures": {"file.file_id": {"$in": files}}, "student_ids": student_id}
        await self._topics.update_one({"_id": topic.id}, {"$pull": pulled})

    async def old(self, before: datetime, limit: int) -> list[Topic]:
        """Posted before then. Uses index: by_age."""
        cursor = self._topics.find({"created_at": {"$lt": before}}).limit(limit)
        return [from_document(Topic, d) async for d in cursor]

    async def untidy(self, before: datetime, limit: int) -> list[Topic]:
        """Deleted before then, with something left to go. Uses index: untidy."""
        cursor = self._topics.find({"untidy_since": {"$lt": before}}).limit(limit)
        return [from_document(Topic, d) async for d in cursor]
