"""What was answered to activities: one document an activity and subject."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.answers import Answer, Reply, Version
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value, with_text_dates


class AnswerStore:
    """Every act is one conditional write."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._answers = database["answers"]

    async def insert(self, answer: Answer) -> bool:
        """Answered for the first time; False when something is there already."""
        try:
            await self._answers.insert_one(with_text_dates(to_document(answer)))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, answer_id: str) -> Answer | None:
        """Uses index: _id_."""
        document = await self._answers.find_one({"_id": answer_id})
        return from_document(Answer, document) if document else None

    async def many(self, answer_ids: Iterable[str]) -> dict[str, Answer]:
        """Those of these that are there, by id. Uses index: _id_."""
        cursor = self._answers.find({"_id": {"$in": list(set(answer_ids))}})
        return {d["_id"]: from_document(Answer, d) async for d in cursor}

    async def mark_answered(self, answer: Answer, version: Version, class_id: str) -> bool:
        """Answered anew over what was seen of it; False when something has happened since. Uses index: _id_."""
        changes = {
            "versions": [with_text_dates(to_value(v)) for v in (*answer.versions, version)],
            "withdrawn_at": None,
            "class_id": class_id,
        }
        change = set_if(_as_seen(answer), changes)
        result = await self._answers.update_one({"_id": answer.id}, change)
        return bool(result.modified_count)

    async def mark_withdrawn(self, answer: Answer, at: datetime) -> bool:
        """Taken back, over what was seen of it; says whether it was. Uses index: _id_."""
        change = set_if(_as_seen(answer), {"withdrawn_at": at})
        result = await self._answers.update_one({"_id": answer.id}, change)
        return bool(result.modified_count)

    async def note_notice(self, answer_id: str, notice_id: str) -> None:
        """This family alone is told by this notice. Uses index: _id_."""
        await self._answers.update_one({"_id": answer_id}, {"$addToSet": {"notices": notice_id}})

    async def of_activity(self, school_id: str, activity_id: str) -> list[Answer]:
        """All of an activity's. Uses index: by_activity."""
        cursor = self._answers.find({"school_id": school_id, "activity_id": activity_id})
        return [from_document(Answer, d) async for d in cursor]

    async def replies_to(self, school_id: str, activity_id: str) -> list[Reply]:
        """Who has answered an activity, without what. Uses index: by_activity."""
        fields = {"person_id": 1, "student_id": 1, "class_id": 1, "withdrawn_at": 1}
        query = {"school_id": school_id, "activity_id": activity_id}
        cursor = self._answers.find(query, fields)
        return [
            Reply(d["person_id"] or d["student_id"], d["class_id"])
            async for d in cursor
            if d.get("withdrawn_at") is None
        ]

    async def of_student(self, school_id: str, student_id: str) -> list[Answer]:
        """What was answered for a child, or by an adult as its guardian. Uses index: by_student."""
        cursor = self._answers.find({"school_id": school_id, "student_id": student_id})
        return [from_document(Answer, d) async for d in cursor]

    async def of_person(self, person_id: str) -> list[Answer]:
        """What an adult answered for themselves. Uses index: by_person."""
        cursor = self._answers.find({"person_id": person_id})
        return [from_document(Answer, d) async for d in cursor]


def _as_seen(answer: Answer) -> dict[str, Any]:
    return {
        "$and": [
            {"$eq": [{"$size": "$versions"}, len(answer.versions)]},
            {"$eq": [{"$ifNull": ["$withdrawn_at", None]}, {"$literal": answer.withdrawn_at}]},
        ]
    }
