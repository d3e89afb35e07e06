"""Comments to topics of circles."""

from __future__ import annotations

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

    async def insert(self, comment: Comment) -> bool:
        """Store a new one; False when this id is there already (the same key again)."""
        document = to_document(comment)
        try:
            await self._comments.insert_one({k: v for k, v in document.items() if v is not None})
        except DuplicateKeyError:
            return False
        return True

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
        """An empty place from now on. Says whether it stood. Uses index: _id_."""
        change = {"deleted_at": at, "text": ""}
        result = await self._comments.update_one({"_id": comment_id}, set_if(_STANDS, change))
        return bool(result.modified_count)
