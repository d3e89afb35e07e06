"""Taking people out of conversations, and clearing away what is old. Numbers stay in their order: a word that goes
leaves its place empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.messages import Message
from storage.documents import from_document
from storage.forgetting import BATCH, ERASED

_WORDS = ("text", "urgent", "files", "link", "card", "card_id", "mentions", "author_name")


class TalkForgetStore:
    """Reads by subject, and deletes; every method may be repeated."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._db = database

    async def files_of_author(self, person_id: str) -> list[str]:
        """Ids of the files this adult sent. Uses index: by_author."""
        cursor = self._db["messages"].find({"author_id": person_id}, {"files": 1})
        return _files([d async for d in cursor])

    async def of_author(self, person_id: str) -> list[Message]:
        """Everything this adult said. Uses index: by_author."""
        cursor = self._db["messages"].find({"author_id": person_id})
        return [from_document(Message, d) async for d in cursor]

    async def of_thread(self, thread_id: str) -> list[Message]:
        """Everything that was said in a thread. Uses index: by_thread."""
        cursor = self._db["messages"].find({"thread_id": thread_id})
        return [from_document(Message, d) async for d in cursor]

    async def unname_child(self, person_id: str, child_name: str) -> int:
        """This adult is called by this child no more where they said something. Uses index: by_author."""
        cursor = self._db["messages"].find({"author_id": person_id}, {"author_name": 1})
        ids = [d["_id"] async for d in cursor if child_name in d.get("author_name", "")]
        for start in range(0, len(ids), BATCH):
            await self._db["messages"].update_many(
                {"_id": {"$in": ids[start : start + BATCH]}}, {"$set": {"author_name": ""}}
            )
        return len(ids)

    async def unsay(self, person_id: str, at: datetime) -> int:
        """What this adult said is as if taken back, by nobody. Uses index: by_author."""
        blank = {
            "author_id": ERASED,
            "recalled_at": at,
            "recalled_by": ERASED,
            "changed_at": at,
        }
        result = await self._db["messages"].update_many(
            {"author_id": person_id},
            {
                "$set": {**blank, "author_name": ""},
                "$unset": dict.fromkeys((*_WORDS[:-1], "taken_back"), ""),
            },
        )
        return int(result.modified_count)

    async def unmention(self, person_id: str) -> int:
        """Nobody calls them any more. Uses index: by_mention."""
        result = await self._db["messages"].update_many(
            {"mentions": person_id}, {"$pull": {"mentions": person_id}}
        )
        return int(result.modified_count)

    async def own_threads(self, person_id: str) -> list[str]:
        """Ids of the questions and the feedback of an adult. Uses index: by_person."""
        return await self._threads({"person_id": person_id})

    async def threads_about(self, school_id: str, student_id: str) -> list[str]:
        """Ids of what was talked about a child. Uses index: by_student."""
        return await self._threads({"school_id": school_id, "student_id": student_id})

    async def _threads(self, query: dict[str, Any]) -> list[str]:
        return [d["_id"] async for d in self._db["threads"].find(query, {"_id": 1})]

    async def take_messages(self, thread_id: str) -> tuple[list[str], list[str]]:
        """Some messages of a thread, and the files in them; none when it is empty. Uses index: by_thread."""
        cursor = self._db["messages"].find({"thread_id": thread_id}, {"files": 1}).limit(BATCH)
        found = [d async for d in cursor]
        return [d["_id"] for d in found], _files(found)

    async def old_messages(self, before: datetime, limit: int) -> tuple[list[str], list[str]]:
        """Messages from before then, and the files in them. Uses index: by_age."""
        cursor = self._db["messages"].find({"at": {"$lt": before}}, {"files": 1}).limit(limit)
        found = [d async for d in cursor]
        return [d["_id"] for d in found], _files(found)

    async def drop_counts(self, message_ids: Sequence[str]) -> int:
        """Who has counted what of these. Uses index: by_message."""
        result = await self._db["message_marks"].delete_many(
            {"message_id": {"$in": list(message_ids)}}
        )
        return int(result.deleted_count)

    async def drop_read_marks(self, thread_id: str) -> int:
        """How far anybody has read a thread. Uses index: by_thread."""
        result = await self._db["thread_marks"].delete_many({"thread_id": thread_id})
        return int(result.deleted_count)


def _files(found: Sequence[dict[str, Any]]) -> list[str]:
    return [f["file_id"] for d in found for f in d.get("files", ())]
