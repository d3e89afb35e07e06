"""Pupils as the office looks for them: by the beginning of a name, by class with those who left; and their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.bindings import Binding, Claim
from domain.schools import Contact, Student
from storage.documents import from_document

_LAST = "\U0010ffff"  # behind every name that begins alike
_READ_BATCH = 2000


class PupilStore:
    """Reads only; pupils and lines are written by `SchoolStore`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._students = database["students"]
        self._contacts = database["contacts"]
        self._bindings = database["bindings"]
        self._claims = database["claims"]

    async def named(self, school_id: str, beginning: str, limit: int) -> list[Student]:
        """Pupils whose folded name begins so, those who left included, by name. Uses index: by_name."""
        names = {"$gte": beginning, "$lt": beginning + _LAST}
        cursor = self._students.find({"school_id": school_id, "folded_name": names})
        found = await cursor.sort("folded_name", 1).limit(limit).to_list(None)
        return [from_document(Student, d) for d in found]

    async def of_classes(self, school_id: str, class_ids: Sequence[str]) -> list[Student]:
        """Everybody whose class is or last was one of these, by class and number. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        found = [from_document(Student, d) async for d in self._students.find(query)]
        return sorted(found, key=lambda s: (class_ids.index(s.class_id), s.number, s.id))

    async def count_by_class(self, school_id: str) -> Counter[str]:
        """How many pupils each class of a school has now. Uses index: by_class."""
        cursor = self._students.find(
            {"school_id": school_id}, {"class_id": 1, "left_at": 1}, batch_size=_READ_BATCH
        )
        return Counter([d["class_id"] async for d in cursor if d.get("left_at") is None])

    async def lines_of(self, school_id: str, student_ids: Sequence[str]) -> list[Contact]:
        """The school's list for these pupils, quarantine included. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        found = [from_document(Contact, d) async for d in self._contacts.find(query)]
        return sorted(found, key=lambda line: line.id)

    async def bindings_of(self, school_id: str, student_ids: Sequence[str]) -> list[Binding]:
        """Every binding these pupils ever had, ended or not. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        return [from_document(Binding, d) async for d in self._bindings.find(query)]

    async def claims_about(self, school_id: str, student_id: str) -> list[Claim]:
        """Every request that means or may mean a pupil, decided or not, newest first. Uses index: by_candidate."""
        cursor = self._claims.find({"school_id": school_id, "candidates": student_id})
        found = [from_document(Claim, d) async for d in cursor]
        return sorted(found, key=lambda c: (c.created_at, c.id), reverse=True)
