"""What a roll-over does to a school's records, a class at a time: ending in a batch, and taking back what it ended.

Every change finds its documents by id and changes those alone that the roll-over may change: what it ended carries
its moment (`at`), a binding also its `tag`. What a person did since is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError

from domain.bindings import Binding, BindingState, Ending
from domain.schools import SchoolClass, Student
from domain.stages import Stage, System
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value

_DUPLICATE = 11000


class PromotionStore:
    """Changes of many records at once; one class, at most a few hundred documents, to a call."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._schools = database["schools"]
        self._classes = database["classes"]
        self._students = database["students"]
        self._contacts = database["contacts"]
        self._bindings = database["bindings"]
        self._lines = database["lines"]
        self._appointments = database["appointments"]

    # ------------------------------------------------------------------------------- reading

    async def count_pupils(self, school_id: str, class_ids: Sequence[str]) -> Counter[str]:
        """How many children are in each of these classes now. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        cursor = self._students.find(query, {"class_id": 1, "left_at": 1})
        return Counter([d["class_id"] async for d in cursor if d.get("left_at") is None])

    async def everybody_in(self, school_id: str, class_id: str) -> list[Student]:
        """The children of a class, those who left included. Uses index: by_class."""
        cursor = self._students.find({"school_id": school_id, "class_id": class_id})
        return [from_document(Student, d) async for d in cursor]

    async def ended_under(
        self, school_id: str, student_ids: Sequence[str], tag: str
    ) -> list[Binding]:
        """Bindings to these children that this roll-over ended and nobody has made again. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        found = [from_document(Binding, d) async for d in self._bindings.find(query)]
        return [
            b
            for b in found
            if b.state is BindingState.ENDED and b.ending is not None and b.ending.by == tag
        ]

    # ----------------------------------------------------------------------------- bindings

    async def end_bindings(self, binding_ids: Sequence[str], ending: Ending) -> int:
        """End those that are active, and keep with the ending what it takes the place of. Nobody is to be told yet.

        Returns how many it ended. Uses index: _id_.
        """
        is_active = {"$eq": ["$state", BindingState.ACTIVE]}
        was = {
            "ending": {"$ifNull": ["$ending", None]},
            "untold": {"$ifNull": ["$untold", False]},
            "runs_out": {"$ifNull": ["$runs_out", False]},
        }
        named = {name: {"$literal": value} for name, value in to_value(ending).items()}
        changes = {
            "state": {"$literal": BindingState.ENDED},
            "ending": {**named, "was": was},
            "untold": False,
            "runs_out": False,
        }
        return await self._change_bindings(binding_ids, is_active, changes)

    async def restore_bindings(self, binding_ids: Sequence[str], tag: str) -> int:
        """Make those active again that this roll-over ended, as they were. Uses index: _id_."""
        changes = {
            "state": {"$literal": BindingState.ACTIVE},
            "untold": "$ending.was.untold",
            "runs_out": "$ending.was.runs_out",
            "ending": "$ending.was.ending",
        }
        return await self._change_bindings(binding_ids, _is_ended_under(tag), changes)

    async def mark_untold(self, binding_ids: Sequence[str], tag: str) -> int:
        """It is for good: the adults have to hear of it, and nothing is to be restored. Uses index: _id_."""
        named = {name: f"$ending.{name}" for name in ("at", "by", "reason")}
        changes = {"untold": True, "ending": named}
        return await self._change_bindings(binding_ids, _is_ended_under(tag), changes)

    async def _change_bindings(
        self, binding_ids: Sequence[str], condition: dict[str, Any], changes: dict[str, Any]
    ) -> int:
        values = {n: {"$cond": [condition, v, f"${n}"]} for n, v in changes.items()}
        result = await self._bindings.update_many(
            {"_id": {"$in": list(binding_ids)}}, [{"$set": values}]
        )
        return result.modified_count

    async def hold_lines(self, bindings: Iterable[Binding], at: datetime) -> None:
        """The lines of the list belong to these bindings again, where nobody else took one meanwhile."""
        lines = [
            {"_id": b.contact_id, "binding_id": b.id, "at": at} for b in bindings if b.contact_id
        ]
        await _insert_missing(self._lines, lines)

    async def drop_lines(self, binding_ids: Sequence[str]) -> None:
        """The lines are free. Uses index: by_binding."""
        await self._lines.delete_many({"binding_id": {"$in": list(binding_ids)}})

    async def drop_contacts_of(self, school_id: str, student_ids: Sequence[str]) -> None:
        """The school's list knows these children's adults no more. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        await self._contacts.delete_many(query)

    # --------------------------------------------------------------------- pupils and classes

    async def mark_left(self, student_ids: Sequence[str], at: datetime) -> None:
        """Those who are here have left. Uses index: _id_."""
        is_here = {"$eq": [{"$ifNull": ["$left_at", None]}, None]}
        await self._students.update_many(
            {"_id": {"$in": list(student_ids)}}, set_if(is_here, {"left_at": at})
        )

    async def mark_back(self, student_ids: Sequence[str], at: datetime) -> None:
        """Those who left at that very moment are here again. Uses index: _id_."""
        await self._students.update_many(
            {"_id": {"$in": list(student_ids)}}, set_if(_was("left_at", at), {"left_at": None})
        )

    async def end_class(self, class_id: str, at: datetime) -> None:
        """Its children have graduated. Uses index: _id_."""
        stands = {"$eq": [{"$ifNull": ["$ended_at", None]}, None]}
        await self._classes.update_one({"_id": class_id}, set_if(stands, {"ended_at": at}))

    async def reopen_class(self, class_id: str, at: datetime) -> None:
        """If it ended at that very moment. Uses index: _id_."""
        await self._classes.update_one(
            {"_id": class_id}, set_if(_was("ended_at", at), {"ended_at": None})
        )

    async def found_classes(self, classes: Iterable[SchoolClass]) -> None:
        """Those that are not there yet."""
        await _insert_missing(self._classes, [to_document(c) for c in classes])

    async def drop_classes(self, class_ids: Sequence[str]) -> None:
        """Classes that were founded and taken back. Uses index: _id_."""
        await self._classes.delete_many({"_id": {"$in": list(class_ids)}})

    # ---------------------------------------------------------------- appointments and school

    async def drop_appointment(self, appointment_id: str) -> None:
        """One that a roll-over made and takes back. Uses index: _id_."""
        await self._appointments.delete_one({"_id": appointment_id})

    async def change_year(self, school_id: str, year: int, *, was: int) -> None:
        """The school year the classes stand for, if it is still `was`. Uses index: _id_."""
        is_it = {"$eq": [{"$ifNull": ["$year", 0]}, was]}
        await self._schools.update_one({"_id": school_id}, set_if(is_it, {"year": year}))

    async def describe_school(
        self, school_id: str, *, stages: Sequence[Stage], system: System, year: int
    ) -> None:
        """What kind of school it is, and which year its classes stand for. Uses index: _id_."""
        changes = {"stages": list(stages), "system": system, "year": year}
        await self._schools.update_one({"_id": school_id}, {"$set": changes})


def _is_ended_under(tag: str) -> dict[str, Any]:
    return {
        "$and": [
            {"$eq": ["$state", BindingState.ENDED]},
            {"$eq": ["$ending.by", {"$literal": tag}]},
        ]
    }


def _was(field: str, at: datetime) -> dict[str, Any]:
    return {"$eq": [f"${field}", {"$literal": at}]}


async def _insert_missing(collection: Any, documents: Sequence[dict[str, Any]]) -> None:
    if not documents:
        return
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if any(e["code"] != _DUPLICATE for e in error.details["writeErrors"]):
            raise
