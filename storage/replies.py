"""Remembered answers of the JSON API, gone by themselves after two days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.replies import Reply
from storage.conditions import set_if
from storage.documents import from_document, to_document


class ReplyStore:
    """One document a key; whoever inserts it answers."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._replies = database["replies"]

    async def take(self, reply: Reply) -> bool:
        """Take the key; says whether it was free."""
        try:
            await self._replies.insert_one(to_document(reply))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, reply_id: str) -> Reply | None:
        """What is under a key. Uses index: _id_."""
        document = await self._replies.find_one({"_id": reply_id})
        return from_document(Reply, document) if document else None

    async def take_over(self, reply: Reply, *, since: datetime) -> bool:
        """Take a key that somebody took at `since` and never answered; says whether it was still so.

        Uses index: _id_.
        """
        result = await self._replies.update_one(
            {"_id": reply.id},
            set_if({"$eq": ["$taken_at", since]}, {"taken_at": reply.taken_at}),
        )
        return bool(result.modified_count)

    async def answer(self, reply_id: str, status: int, body: str) -> None:
        """Remember. Uses index: _id_."""
        await self._replies.update_one(
            {"_id": reply_id}, {"$set": {"status": status, "body": body}}
        )

    async def forget(self, reply_id: str) -> None:
        """It was refused: the key is free for a better request. Uses index: _id_."""
        await self._replies.delete_one({"_id": reply_id})
