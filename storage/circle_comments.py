"""Comments to topics of circles."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.circles import Comment
from domain.safety import Outcome
from storage.conditions import set_if
from storage.documents import from_document, to_document

_MOVED_AT_ONCE = 20
_STANDS = {"$eq": [{"$ifNull": ["$deleted_at", None]}, None]}


class CircleCommentStore:
    """One document a comment; a topic has some hundreds at most (`domain.circles.MOST_COMMENTS`)."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._comments = database["topic_comments"]

    async def insert(self, comment: Comment, most: int, *, empty: int) -> bool:
        """Keep it in one of the `most` places of its topic; the same id again changes nothing. False: none is free.

        A place is taken by the insert itself (unique index `place`): however many write at once, in however many
        processes, nobody is beyond the last one, and nobody is refused before. Where none is free, deleted comments
        make room, as long as no more than `empty` lines of them are left. Uses index: by_topic.
        """
        while free := await self._free_places(comment.topic_id, most, empty):
            while free:
                # Any of them: those who write at the same moment seldom choose the same.
                place = secrets.choice(free)
                try:
                    await self._comments.insert_one(_document(replace(comment, place=place)))
                except DuplicateKeyError:
                    if await self.find(comment.id) is not None:
                        return True
                    free.remove(place)  # somebody was quicker
                else:
                    return True
        return await self.find(comment.id) is not None

    async def _free_places(self, topic_id: str, most: int, empty: int) -> list[int]:
        held = await self.of_topic(topic_id)
        taken = {comment.place for comment in held}
        if free := [place for place in range(1, most + 1) if place not in taken]:
            return free
        gone = [comment for comment in held if comment.deleted_at is not None]
        lines = sum(comment.place == 0 for comment in gone)
        room = max(0, min(empty - lines, _MOVED_AT_ONCE))
        moving = [comment for comment in gone if comment.place][:room]
        for comment in moving:
            await self._make_room(comment)
        return [comment.place for comment in moving]

    async def _make_room(self, comment: Comment) -> None:
        """What is left of a deleted one has a name of its own and no place; first that is kept, then the other goes.

        Taken away and not changed: the embedded engine gives a place free with its document alone.
        """
        with suppress(DuplicateKeyError):  # another process is at it, too, or died over it
            await self._comments.insert_one(
                _document(replace(comment, id=_gone(comment.id), place=0))
            )
        await self._comments.delete_one({"_id": comment.id})

    async def drop_if_gone(self, comment_id: str) -> None:
        """Said twice at once under one key, and deleted before the second was kept: it stays deleted.

        Uses index: _id_.
        """
        if await self._comments.find_one({"_id": _gone(comment_id)}) is not None:
            await self._comments.delete_one({"_id": comment_id})

    async def find(self, comment_id: str) -> Comment | None:
        """A comment, or what is left of a deleted one. Uses index: _id_."""
        cursor = self._comments.find({"_id": {"$in": [comment_id, _gone(comment_id)]}})
        found = {d["_id"]: from_document(Comment, d) for d in await cursor.to_list(None)}
        if comment_id in found:
            return found[comment_id]
        left = found.get(_gone(comment_id))
        return replace(left, id=comment_id) if left else None

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


def _document(comment: Comment) -> dict[str, Any]:
    return {k: v for k, v in to_document(comment).items() if v is not None}


def _gone(comment_id: str) -> str:
    return f"{comment_id}:gone"
