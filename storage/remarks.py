"""What is said about task lists: comments between families, and questions to the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.remarks import Comment, CommentState, Question
from domain.safety import Outcome
from storage.conditions import set_if
from storage.documents import from_document, to_document


class RemarkStore:
    """A list has a handful of a child each, and they are read together."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._comments = database["task_comments"]
        self._questions = database["task_questions"]

    async def add_comment(self, comment: Comment) -> None:
        """It waits; the same id again changes nothing."""
        try:
            await self._comments.insert_one(to_document(comment))
        except DuplicateKeyError:
            return

    async def comments(self, school_id: str, list_id: str) -> list[Comment]:
        """Those of a list, oldest first. Uses index: by_list."""
        cursor = self._comments.find({"school_id": school_id, "list_id": list_id})
        found = [from_document(Comment, d) async for d in cursor]
        return sorted(found, key=lambda c: (c.written_at, c.id))

    async def mark_decided(self, comment_id: str, state: CommentState, at: datetime) -> bool:
        """Allow or refuse; says whether that was new. Uses index: _id_."""
        other = {"$ne": ["$state", state.value]}
        change = set_if(other, {"state": state.value, "decided_at": at})
        result = await self._comments.update_one({"_id": comment_id}, change)
        return bool(result.modified_count)

    async def find_comment(self, comment_id: str) -> Comment | None:
        """Uses index: _id_."""
        document = await self._comments.find_one({"_id": comment_id})
        return from_document(Comment, document) if document else None

    async def set_verdict(self, comment_id: str, verdict: Outcome) -> None:
        """What its words are judged to be. Uses index: _id_."""
        await self._comments.update_one({"_id": comment_id}, {"$set": {"verdict": verdict.value}})

    async def set_question_verdict(self, question_id: str, verdict: Outcome) -> None:
        """What its words are judged to be. Uses index: _id_."""
        await self._questions.update_one({"_id": question_id}, {"$set": {"verdict": verdict.value}})

    async def drop_comments(self, comment_ids: Sequence[str]) -> int:
        """They are gone. Uses index: _id_."""
        result = await self._comments.delete_many({"_id": {"$in": list(comment_ids)}})
        return int(result.deleted_count)

    async def comments_by(self, school_id: str, author_id: str) -> list[Comment]:
        """What was written for a child. Uses index: by_author."""
        cursor = self._comments.find({"school_id": school_id, "author_id": author_id})
        return [from_document(Comment, d) async for d in cursor]

    async def comments_on(self, school_id: str, student_id: str) -> list[Comment]:
        """What was written to a child's pieces. Uses index: by_student."""
        cursor = self._comments.find({"school_id": school_id, "student_id": student_id})
        return [from_document(Comment, d) async for d in cursor]

    async def add_question(self, question: Question) -> None:
        """A new one; the same id again changes nothing."""
        try:
            await self._questions.insert_one(to_document(question))
        except DuplicateKeyError:
            return

    async def find_question(self, question_id: str) -> Question | None:
        """Uses index: _id_."""
        document = await self._questions.find_one({"_id": question_id})
        return from_document(Question, document) if document else None

    async def questions(self, school_id: str, list_id: str) -> list[Question]:
        """Those of a list, oldest first. Uses index: by_list."""
        cursor = self._questions.find({"school_id": school_id, "list_id": list_id})
        found = [from_document(Question, d) async for d in cursor]
        return sorted(found, key=lambda q: (q.asked_at, q.id))

    async def questions_of(self, school_id: str, student_id: str) -> list[Question]:
        """What was asked for a child. Uses index: by_student."""
        cursor = self._questions.find({"school_id": school_id, "student_id": student_id})
        return [from_document(Question, d) async for d in cursor]

    async def mark_answered(self, question: Question, text: str, by: str, at: datetime) -> bool:
        """Answer what was seen; the first answer carries the promise to tell. What is shown of it already stays.

        False when another answer came since. Uses index: _id_.
        """
        same = {"$eq": ["$answer", {"$literal": question.answer}]}
        changes = {"answer": text, "answered_by": by, "answered_at": at}
        if question.answered_at is None:
            changes["untold_since"] = at
        result = await self._questions.update_one({"_id": question.id}, set_if(same, changes))
        return bool(result.modified_count)

    async def set_shown(self, question_id: str, at: datetime | None) -> None:
        """On the list, or no more; only with an answer. Uses index: _id_."""
        answered = {"$ne": ["$answer", ""]}
        await self._questions.update_one({"_id": question_id}, set_if(answered, {"shown_at": at}))

    async def untold(self, before: datetime, limit: int) -> list[str]:
        """Ids of those answered before then, of which no family heard. Uses index: untold."""
        query = {"untold_since": {"$lt": before}}
        cursor = self._questions.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def mark_told(self, question_id: str) -> None:
        """The family hears of the answer. Uses index: _id_."""
        await self._questions.update_one({"_id": question_id}, {"$set": {"untold_since": None}})
