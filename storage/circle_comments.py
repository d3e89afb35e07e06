"""Comments to topics of circles."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.circles import Comment
from domain.safety import Outcome
from storage.conditions import set_if
from storage.documents import from_document, to_document

_STANDS = {"$eq": [{"$ifNull": ["$deleted_at", None]}, None]}


class CircleCommentStore:
    """One document a comment; a topic has some hundreds at most (`domain.circles.MOST_COMMENTS`)."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._comments = database["topic_comments"]

    async def insert(self, comment: Comment, most: int) -> bool:
        """Keep it in one of the `most` places of its topic; the same id again changes nothing. False: none is free.

        A place is taken by the insert itself (unique index `place`): however many write at once, in however many
        processes, nobody is beyond the last one, and nobody is refused before. Uses index: by_topic.
        """
        free = await self._free_places(comment.topic_id, most)
        while free:
            # Any of them: those who write at the same moment seldom choose the same.
            place = secrets.choice(free)
            document = to_document(replace(comment, place=place))
            try:
                await self._comments.insert_one(
                    {k: v for k, v in document.items() if v is not None}
                )
            except DuplicateKeyError:
                if await self.find(comment.id) is not None:
                    return True
                free.remove(place)  # somebody was quicker
            else:
                return True
        return await self.find(comment.id) is not None

    async def _free_places(self, topic_id: str, most: int) -> list[int]:
        cursor = self._comments.find({"topic_id": topic_id}, {"place": 1})
        taken = {d.get("place") async for d in cursor}
        return [place for place in range(1, most + 1) if place not in taken]

    async def find(self, comment_id: str) -> Comment | None:
        """Uses index: _id_."""
        document = await self._comments.find_one({"_id": comment_id})
        return from_document(Comment, document) if document else None

    async def page(self, topic_id: str, *, after: str | None, limit: int) -> list[Comment]:
        """A topic's comments in order, after a position. Uses index: by_topic."""
        query = {"topic_id": topic_id, "position": {"$gt": after or ""}}
        cursor = self._comments.find(query).sort("position", 1).limit(limit)
        return [from_document(Comment, d) for d in await cursor.to_list(None)]

    async def of_topic(self, topic_id: str) -> list[Comment]:
        """All of them. Uses index: by_topic."""
        cursor = self._comments.find({"topic_id": topic_id})
        return [from_document(Comment, d) for d in await cursor.to_list(None)]

    async def mark_state(self, comment_id: str, state: Outcome) -> bool:
        """Whether the others may see it; says whether that is news. Uses index: _id_."""
        news = {"$ne": ["$state", state]}
        result = await self._comments.update_one(
            {"_id": comment_id}, set_if(news, {"state": state})
        )
        return bool(result.modified_count)

    async def set_hidden(self, comment_id: str, at: datetime | None, why: str) -> None:
        """Who leads the circle hides it, or shows it again (`at` None). Uses index: _id_."""
        change = {"hidden_at": at, "hidden_why": why}
        await self._comments.update_one({"_id": comment_id}, set_if(_STANDS, change))

    async def mark_deleted(self, comment_id: str, at: datetime) -> bool:
        """An empty line from now on. Says whether it stood. Uses index: _id_."""
        change = {"deleted_at": at, "text": ""}
        result = await self._comments.update_one({"_id": comment_id}, set_if(_STANDS, change))
        return bool(result.modified_count)
