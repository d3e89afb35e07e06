"""Schools, classes, pupils, and the school's list of adults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.names import folded_name
from domain.schools import Contact, Roster, School, SchoolClass, Student
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value
from storage.registrations import RegistrationMarks

_WRITE_BATCH = 500
_READ_BATCH = 2000


async def _replace(
    collection: Any, things: Sequence[Any], document: Callable[[Any], dict[str, Any]] = to_document
) -> None:
    for start in range(0, len(things), _WRITE_BATCH):
        documents = [document(thing) for thing in things[start : start + _WRITE_BATCH]]
        # An upsert that inserts is many times as dear to the embedded engine as an insert.
        ids = {"_id": {"$in": [d["_id"] for d in documents]}}
        held = {d["_id"] async for d in collection.find(ids, {"_id": 1})}
        again = [d for d in documents if d["_id"] in held]
        try:
            if len(again) < len(documents):
                new = [d for d in documents if d["_id"] not in held]
                await collection.insert_many(new, ordered=False)
        except BulkWriteError:
            again = documents  # somebody else wrote some of them this moment
        if again:
            replacements = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in again]
            await collection.bulk_write(replacements, ordered=False)


class SchoolStore:
    """One store for what the school office hands in; written as a whole, read in small pieces."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._schools = database["schools"]
        self._classes = database["classes"]
        self._students = database["students"]
        self._contacts = database["contacts"]
        self._appointments = database["appointments"]
        self._changed = RegistrationMarks(database)
        self._wanted_classes: Batcher[frozenset[str], dict[str, SchoolClass]] = Batcher(
            self._load_classes
        )
        self._wanted_students: Batcher[frozenset[str], dict[str, Student]] = Batcher(
            self._load_students
        )

    async def save_roster(self, roster: Roster) -> None:
        """Write a list as it is; the same list twice is the same as once."""
        await self.save_school(roster.school)
        await self.save_classes(roster.classes)
        await self.save_contacts(roster.contacts)
        await self.save_students(roster.students)
        await _replace(self._appointments, roster.appointments)
        await self._changed.schools(a.school_id for a in roster.appointments)

    async def save_school(self, school: School) -> None:
        """Write it as it is."""
        await _replace(self._schools, [school])
        await self._changed.schools([school.id])

    async def add_school(self, school: School) -> bool:
        """Found it; False when there is one of this id."""
        try:
            await self._schools.insert_one(to_document(school))
        except DuplicateKeyError:
            return False
        await self._changed.schools([school.id])
        return True

    async def change_school(self, school_id: str, changes: Mapping[str, Any]) -> None:
        """Set these fields and leave the others, which somebody else may be changing. Uses index: _id_."""
        values = {n: to_value(v) if is_dataclass(v) else v for n, v in changes.items()}
        await self._schools.update_one({"_id": school_id}, {"$set": values})
        await self._changed.schools([school_id])

    async def set_year(self, school_id: str, year: int) -> None:
        """The school year that its classes stand for; nothing else of it changes. Uses index: _id_."""
        await self._schools.update_one({"_id": school_id}, {"$set": {"year": year}})

    async def save_classes(self, classes: Sequence[SchoolClass]) -> None:
        """Write them as they are."""
        await _replace(self._classes, classes)
        await self._changed.schools(c.school_id for c in classes)

    async def save_students(self, students: Sequence[Student]) -> None:
        """Write them as they are; one with `left_at` is found no more, except as part of the whole school."""
        await _replace(self._students, students, _student_document)
        await self._changed.schools(s.school_id for s in students)

    async def save_contacts(self, contacts: Sequence[Contact]) -> None:
        """Write lines of the list as they are."""
        await _replace(self._contacts, contacts)

    async def drop_contacts(self, contact_ids: Sequence[str]) -> None:
        """Take lines off the list; the bindings made through them are not touched. Uses index: _id_."""
        await self._contacts.delete_many({"_id": {"$in": list(contact_ids)}})

    async def classes_of_school(self, school_id: str) -> list[SchoolClass]:
        """All it ever had, those that have ended included. Uses index: by_school."""
        cursor = self._classes.find({"school_id": school_id})
        return [from_document(SchoolClass, d) async for d in cursor]

    async def student_batches(self, school_id: str) -> AsyncIterator[bytes]:
        """Everybody a school ever had, those who left included, for `documents.from_batch`. Uses index: by_class."""
        query = {"school_id": school_id}
        async for batch in self._students.find_raw_batches(query, batch_size=_READ_BATCH):
            yield batch

    async def contact_batches(self, school_id: str) -> AsyncIterator[bytes]:
        """The school's whole list, for `documents.from_batch`. Uses index: by_school."""
        query = {"school_id": school_id}
        async for batch in self._contacts.find_raw_batches(query, batch_size=_READ_BATCH):
            yield batch

    async def quarantined_contacts(self, school_id: str) -> list[Contact]:
        """The lines of a school that bind nobody. Uses index: quarantined."""
        cursor = self._contacts.find({"school_id": school_id, "quarantine": True})
        return [from_document(Contact, d) async for d in cursor]

    async def schools_below(self, region_id: str) -> list[School]:
        """The schools of a region, by name. Uses index: by_region."""
        cursor = self._schools.find({"region_ids": region_id})
        return sorted([from_document(School, d) async for d in cursor], key=lambda s: s.name)

    async def schools(self, school_ids: Iterable[str]) -> list[School]:
        """Schools by id. Uses index: _id_."""
        cursor = self._schools.find({"_id": {"$in": list(school_ids)}})
        return [from_document(School, d) async for d in cursor]

    async def moved(self, limit: int) -> list[School]:
        """Some that were moved out of a region which still has their share. Uses index: moved."""
        cursor = self._schools.find({"left": {"$gte": ""}}).limit(limit)
        return [from_document(School, d) async for d in cursor]

    async def forget_left(self, seen: School) -> None:
        """The regions that it left have its share no more, unless it was moved again since. Uses index: _id_."""
        held = {"left": list(seen.left), "region_ids": list(seen.region_ids)}
        same = [{"$eq": [f"${name}", {"$literal": value}]} for name, value in held.items()]
        await self._schools.update_one({"_id": seen.id}, set_if({"$and": same}, {"left": []}))

    async def find_school(self, school_id: str) -> School | None:
        """Uses index: _id_."""
        document = await self._schools.find_one({"_id": school_id})
        return from_document(School, document) if document else None

    async def classes(self, class_ids: Iterable[str]) -> list[SchoolClass]:
        """Classes by id, in the school's order; asked for together with what others ask. Uses index: _id_."""
        found = await self._wanted_classes.add(frozenset(class_ids))
        return sorted(found.values(), key=lambda c: (c.school_id, c.grade, c.name))

    async def students_of(self, school_id: str, class_ids: Sequence[str]) -> list[Student]:
        """The pupils of these classes now, by class and number. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        cursor = self._students.find(query)
        students = [from_document(Student, d) async for d in cursor]
        found = [student for student in students if student.left_at is None]
        return sorted(found, key=lambda s: (class_ids.index(s.class_id), s.number, s.id))

    async def students(self, student_ids: Iterable[str]) -> dict[str, Student]:
        """Pupils by id who have not left; asked for together with what others ask. Uses index: _id_."""
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
        students = [from_document(Student, d) for d in await cursor.to_list(None)]
        found = {student.id: student for student in students if student.left_at is None}
        return [{key: found[key] for key in keys if key in found} for keys in wanted]

    async def find_contact(self, contact_id: str) -> Contact | None:
        """A line of the list, in quarantine or not. Uses index: _id_."""
        document = await self._contacts.find_one({"_id": contact_id})
        return from_document(Contact, document) if document else None

    async def contacts_named(self, student_name: str, phone_last4: str) -> list[Contact]:
        """Lines of any school's list with this child (folded name) and these digits.

        Where one is in quarantine, that school's others tell no child apart either. Uses index: by_child.
        """
        query = {"student_name": student_name, "phone_last4": phone_last4}
        cursor = self._contacts.find(query).limit(20)
        found = [from_document(Contact, d) async for d in cursor]
        closed = {line.school_id for line in found if line.quarantine}
        return [line for line in found if line.school_id not in closed]


def _student_document(student: Student) -> dict[str, Any]:
    """`folded_name` is what `PupilStore.named` looks for."""
    return {**to_document(student), "folded_name": folded_name(student.name)}
