"""Who has which role where. An appointment is never deleted by ending it: who was what, and when, stays known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.roles import Appointment, Role
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document
from storage.registrations import RegistrationMarks


class AppointmentStore:
    """One document an appointment; its id says who is what where."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._appointments = database["appointments"]
        self._changed = RegistrationMarks(database)
        self._of_people: Batcher[str, list[Appointment]] = Batcher(self._load_of_people)

    async def save(self, appointment: Appointment) -> None:
        """Write it as it is: a person appointed again is appointed once."""
        document = to_document(appointment)
        await self._appointments.replace_one({"_id": document["_id"]}, document, upsert=True)
        await self._changed.schools([appointment.school_id])

    async def end(self, appointment_id: str, at: datetime) -> bool:
        """End it; says whether it stood. Uses index: _id_."""
        stands = {"$eq": [{"$ifNull": ["$ended_at", None]}, None]}
        result = await self._appointments.update_one(
            {"_id": appointment_id}, set_if(stands, {"ended_at": at})
        )
        if not result.modified_count:
            return False
        await self._mark(appointment_id)
        return True

    async def reinstate(self, appointment_id: str, ended_at: datetime) -> bool:
        """Undo this very ending; says whether it was undone. Uses index: _id_."""
        ended_then = {"$eq": ["$ended_at", {"$literal": ended_at}]}
        result = await self._appointments.update_one(
            {"_id": appointment_id}, set_if(ended_then, {"ended_at": None})
        )
        if not result.modified_count:
            return False
        await self._mark(appointment_id)
        return True

    async def _mark(self, appointment_id: str) -> None:
        changed = await self.find(appointment_id)
        await self._changed.schools([changed.school_id] if changed else [])

    async def find(self, appointment_id: str) -> Appointment | None:
        """Uses index: _id_."""
        document = await self._appointments.find_one({"_id": appointment_id})
        return from_document(Appointment, document) if document else None

    async def of_person(self, person_id: str, at: datetime) -> list[Appointment]:
        """What this person is at `at`, everywhere, by id; asked for together with what others ask.

        Uses index: by_person.
        """
        found = await self._of_people.add(person_id)
        return sorted((a for a in found if a.stands(at)), key=lambda a: a.id)

    async def _load_of_people(
        self, person_ids: Sequence[str]
    ) -> list[list[Appointment] | Exception]:
        cursor = self._appointments.find({"person_id": {"$in": list(set(person_ids))}})
        found: dict[str, list[Appointment]] = {person_id: [] for person_id in person_ids}
        for document in await cursor.to_list(None):
            found[document["person_id"]].append(from_document(Appointment, document))
        return [found[person_id] for person_id in person_ids]

    async def of_classes(
        self, school_id: str, class_ids: Sequence[str], at: datetime
    ) -> list[Appointment]:
        """Who has a role at `at` in these very classes; `""` stands for the school itself. Uses index: by_place."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        cursor = self._appointments.find(query)
        return [a async for d in cursor if (a := from_document(Appointment, d)).stands(at)]

    async def of_school(self, school_id: str) -> list[Appointment]:
        """Everybody who has or had a role in a school. Uses index: by_place."""
        cursor = self._appointments.find({"school_id": school_id})
        return [from_document(Appointment, d) async for d in cursor]

    async def of_region(self, region_id: str) -> list[Appointment]:
        """Everybody who has or had a role in a region itself. Uses index: by_region."""
        cursor = self._appointments.find({"region_id": region_id})
        return [from_document(Appointment, d) async for d in cursor]

    async def of_regions(self, region_ids: Sequence[str]) -> list[Appointment]:
        """Everybody who has or had a role in one of these regions. Uses index: by_region."""
        cursor = self._appointments.find({"region_id": {"$in": list(region_ids)}})
        return [from_document(Appointment, d) async for d in cursor]

    async def in_role(self, role: Role, school_ids: Sequence[str]) -> list[Appointment]:
        """Everybody who has or had one role in one of these schools. Uses index: by_role."""
        cursor = self._appointments.find({"role": role, "school_id": {"$in": list(school_ids)}})
        return [from_document(Appointment, d) async for d in cursor]
