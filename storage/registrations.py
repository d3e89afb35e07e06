"""Figures of who has registered, one small document a class and one a school, and marks of what is to be counted.

A mark is left by the store that changes what is counted (`RegistrationMarks`), so that nobody who writes has to
think of it. It is taken off by whoever has counted, unless something changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from domain.bindings import Binding
from domain.registration import ClassCount, SchoolCount
from domain.schools import Contact
from storage.batching import Batcher
from storage.documents import from_document, to_value
from storage.stamps import Stamps

_COLLECTION = "registration_marks"
_NIGHT = "last"
_SCHOOL, _STUDENT, _CLASS = "school:", "student:", "class:"
_READ_BATCH = 2000
_TRIES = 5
_DUPLICATE = 11000


@dataclass(frozen=True, slots=True)
class Mark:
    """A school or a child whose figures may have changed; `stamp` is another one after each change."""

    id: str
    stamp: ObjectId

    @property
    def school_id(self) -> str:
        """The school that is marked; empty when it is a child."""
        return self.id.removeprefix(_SCHOOL) if self.id.startswith(_SCHOOL) else ""

    @property
    def student_id(self) -> str:
        """The child that is marked; empty when it is a school."""
        return self.id.removeprefix(_STUDENT) if self.id.startswith(_STUDENT) else ""


class RegistrationMarks:
    """Leaves marks, after the change they are about; marks of one moment are one batch."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._marks = database[_COLLECTION]
        self._batch: Batcher[str, None] = Batcher(self._write)
        self._stamps = Stamps(database)

    async def student(self, student_id: str, school_id: str) -> None:
        """Bindings of this child have changed."""
        await self._stamps.touch([school_id])
        await self._batch.add(_STUDENT + student_id)

    async def schools(self, school_ids: Iterable[str]) -> None:
        """Classes, pupils, roles or offers of these schools have changed; places that are none are left out."""
        wanted = sorted(set(school_ids) - {""})
        await self._stamps.touch(wanted)
        for school_id in wanted:
            await self._batch.add(_SCHOOL + school_id)

    async def _write(self, keys: Sequence[str]) -> list[Exception | None]:
        wanted = set(keys)
        for _ in range(_TRIES):
            stamp = {"$set": {"stamp": ObjectId()}}
            updates = [UpdateOne({"_id": key}, stamp, upsert=True) for key in sorted(wanted)]
            try:
                await self._marks.bulk_write(updates, ordered=False)
                break
            except BulkWriteError as error:
                # Somebody else made it this moment, and it may be taken off for their change alone: say ours too.
                if {e["code"] for e in (error.details or {})["writeErrors"]} != {_DUPLICATE}:
                    raise
        return [None] * len(keys)


class RegistrationStore:
    """What is kept can be counted again at any time."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._counts = database["registrations"]
        self._marks = database[_COLLECTION]
        self._nights = database["registration_nights"]
        self._students = database["students"]
        self._contacts = database["contacts"]
        self._bindings = database["bindings"]
        self._schools = database["schools"]
        self.mark = RegistrationMarks(database)

    async def marks(self, limit: int) -> list[Mark]:
        """Some of what has to be counted again. Uses index: _id_."""
        cursor = self._marks.find({"_id": {"$gt": ""}}).limit(limit)
        return [Mark(d["_id"], d["stamp"]) async for d in cursor]

    async def unmark(self, mark: Mark) -> None:
        """It was counted after this mark was read; a newer change keeps its mark."""
        await self._marks.delete_one({"_id": mark.id, "stamp": mark.stamp})

    async def forget_student(self, school_id: str, student_id: str) -> None:
        """This child is no more: its mark goes, its school is counted again. Uses index: _id_."""
        await self.mark.schools([school_id])
        await self._marks.delete_one({"_id": _STUDENT + student_id})

    async def school_ids(self) -> list[str]:
        """Every school there is. Uses index: _id_."""
        return [d["_id"] async for d in self._schools.find({"_id": {"$gt": ""}}, {"_id": 1})]

    async def begin_night(self, night: str) -> bool:
        """Say that everything is counted again for this night; says whether nobody had yet. Uses index: _id_."""
        kept = await self._nights.find_one({"_id": _NIGHT})
        if kept is not None and kept["night"] == night:
            return False
        await self._nights.replace_one({"_id": _NIGHT}, {"night": night}, upsert=True)
        return True

    async def pupils(self, school_id: str) -> list[tuple[str, str]]:
        """(student, class) of everybody who has not left. Uses index: by_class."""
        cursor = self._students.find(
            {"school_id": school_id}, {"class_id": 1, "left_at": 1}, batch_size=_READ_BATCH
        )
        return [(d["_id"], d["class_id"]) async for d in cursor if d.get("left_at") is None]

    async def bindings_of_school(self, school_id: str) -> list[Binding]:
        """Every binding a school ever had. Uses index: by_student."""
        cursor = self._bindings.find({"school_id": school_id}, batch_size=_READ_BATCH)
        return [from_document(Binding, d) async for d in cursor]

    async def bindings_of(self, school_id: str, student_ids: Sequence[str]) -> list[Binding]:
        """All bindings these children ever had. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        return [from_document(Binding, d) async for d in self._bindings.find(query)]

    async def contacts_of(self, school_id: str, student_ids: Sequence[str]) -> list[Contact]:
        """The school's list for these children. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        return [from_document(Contact, d) async for d in self._contacts.find(query)]

    async def keep(self, counts: Sequence[ClassCount | SchoolCount]) -> None:
        """Keep figures in place of those that were kept."""
        documents = [{"_id": _key(count), **to_value(count)} for count in counts]
        replaced = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
        if replaced:
            await self._counts.bulk_write(replaced, ordered=False)

    async def drop_classes(self, class_ids: Sequence[str]) -> None:
        """Classes that are no more. Uses index: _id_."""
        if class_ids:
            await self._counts.delete_many({"_id": {"$in": [_CLASS + c for c in class_ids]}})

    async def of_school(self, school_id: str) -> tuple[SchoolCount | None, list[ClassCount]]:
        """What is kept of a school and of its classes. Uses index: by_school."""
        school, classes = None, []
        async for d in self._counts.find({"school_id": school_id}):
            if d["_id"].startswith(_CLASS):
                classes.append(from_document(ClassCount, d))
            else:
                school = from_document(SchoolCount, d)
        return school, classes

    async def of_schools(self, school_ids: Iterable[str]) -> dict[str, SchoolCount]:
        """What is kept of these schools, one document each. Uses index: _id_."""
        wanted = [_SCHOOL + school_id for school_id in school_ids]
        cursor = self._counts.find({"_id": {"$in": wanted}})
        return {d["school_id"]: from_document(SchoolCount, d) for d in await cursor.to_list(None)}


def _key(count: ClassCount | SchoolCount) -> str:
    if isinstance(count, ClassCount):
        return _CLASS + count.class_id
    return _SCHOOL + count.school_id
