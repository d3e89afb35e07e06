"""Schools, classes, pupils, the school's list of adults, and who is head teacher where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.schools import Appointment, Contact, Role, Roster, School, SchoolClass, Student
from storage.batching import Batcher
from storage.documents import from_document, to_document


class SchoolStore:
    """One store for what the school office hands in; written as a whole, read in small pieces."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._schools = database["schools"]
        self._classes = database["classes"]
        self._students = database["students"]
        self._contacts = database["contacts"]
        self._appointments = database["appointments"]
        self._wanted_classes: Batcher[frozenset[str], dict[str, SchoolClass]] = Batcher(
            self._load_classes
        )
        self._wanted_students: Batcher[frozenset[str], dict[str, Student]] = Batcher(
            self._load_students
        )

    async def save_roster(self, roster: Roster) -> None:
        """Write a list as it is; the same list twice is the same as once."""
        await self._schools.replace_one(
            {"_id": roster.school.id}, to_document(roster.school), upsert=True
        )
        for collection, things in (
            (self._classes, roster.classes),
            (self._students, roster.students),
            (self._contacts, roster.contacts),
            (self._appointments, roster.appointments),
        ):
            documents = [to_document(thing) for thing in things]
            for start in range(0, len(documents), 500):
                chunk = documents[start : start + 500]
                await collection.bulk_write(
                    [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in chunk], ordered=False
                )

    async def find_school(self, school_id: str) -> School | None:
        """Uses index: _id_."""
        document = await self._schools.find_one({"_id": school_id})
        return from_document(School, document) if document else None

    async def classes(self, class_ids: Iterable[str]) -> list[SchoolClass]:
        """Classes by id, in the school's order; asked for together with what others ask. Uses index: _id_."""
        found = await self._wanted_classes.add(frozenset(class_ids))
        return sorted(found.values(), key=lambda c: (c.school_id, c.grade, c.name))

    async def students_of(self, school_id: str, class_ids: Sequence[str]) -> list[Student]:
        """All pupils of these classes, by class and number. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        cursor = self._students.find(query)
        found = [from_document(Student, d) async for d in cursor]
        return sorted(found, key=lambda s: (class_ids.index(s.class_id), s.number, s.id))

    async def students(self, student_ids: Iterable[str]) -> dict[str, Student]:
        """Pupils by id; asked for together with what others ask. Uses index: _id_."""
        return await self._wanted_students.add(frozenset(student_ids))

    async def _load_classes(
        self, wanted: Sequence[frozenset[str]]
    ) -> list[dict[str, SchoolClass] | Exception]:
        cursor = self._classes.find({"_id": {"$in": list(frozenset().union(*wanted))}})
        found = {d["_id"]: from_document(SchoolClass, d) for d in await cursor.to_list(None)}
        return [{key: found[key] for key in keys if key in found} for keys in wanted]

    async def _load_students(
        self, wanted: Sequence[frozenset[str]]
    ) -> list[dict[str, Student] | Exception]:
        cursor = self._students.find({"_id": {"$in": list(frozenset().union(*wanted))}})
        found = {d["_id"]: from_document(Student, d) for d in await cursor.to_list(None)}
        return [{key: found[key] for key in keys if key in found} for keys in wanted]

    async def contacts_named(self, student_name: str, phone_last4: str) -> list[Contact]:
        """Lines of any school's list with this child (folded name) and these digits. Uses index: by_child."""
        query = {"student_name": student_name, "phone_last4": phone_last4}
        cursor = self._contacts.find(query).limit(20)
        return [from_document(Contact, d) async for d in cursor]

    async def appointments_of(self, person_id: str) -> list[Appointment]:
        """What this person is, everywhere. Uses index: by_person."""
        cursor = self._appointments.find({"person_id": person_id})
        return [from_document(Appointment, d) async for d in cursor]

    async def head_teachers_of(self, school_id: str, class_ids: Sequence[str]) -> list[Appointment]:
        """The head teachers of these classes. Uses index: by_class."""
        query = {
            "school_id": school_id,
            "class_id": {"$in": list(class_ids)},
            "role": Role.HEAD_TEACHER,
        }
        cursor = self._appointments.find(query)
        return [from_document(Appointment, d) async for d in cursor]
