"""What schools have decided about their groups, and whom somebody put into one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.groups import Enrolment, GroupRules
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document
from storage.stamps import Stamps


class GroupStore:
    """One document a school for its rules, one for each person in a group by somebody's decision."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._rules = database["group_rules"]
        self._enrolments = database["enrolments"]
        self._stamps = Stamps(database)
        self._wanted: Batcher[str, GroupRules] = Batcher(self._load_rules)

    async def rules(self, school_id: str) -> GroupRules:
        """A school's rules, the usual ones where it has decided nothing; asked for together with what others ask.

        Uses index: _id_.
        """
        return await self._wanted.add(school_id)

    async def _load_rules(self, school_ids: Iterable[str]) -> list[GroupRules | Exception]:
        wanted = list(school_ids)
        cursor = self._rules.find({"_id": {"$in": list(set(wanted))}})
        found = {d["_id"]: from_document(GroupRules, d) for d in await cursor.to_list(None)}
        return [found.get(school_id) or GroupRules(id=school_id) for school_id in wanted]

    async def change_rules(self, rules: GroupRules) -> bool:
        """Write rules that were made of the version before; False when somebody else changed them meanwhile."""
        document = to_document(rules)
        if rules.version == 1:
            try:
                await self._rules.insert_one(document)
            except DuplicateKeyError:
                return False
            await self._stamps.touch([rules.id])
            return True
        seen = {"_id": document["_id"], "version": rules.version - 1}
        result = await self._rules.replace_one(seen, document)
        await self._stamps.touch([rules.id])
        return bool(result.modified_count)

    async def enrol(self, enrolment: Enrolment) -> None:
        """Write it as it is: who is put into a group again is in it once. Uses index: _id_."""
        document = to_document(enrolment)
        await self._enrolments.replace_one({"_id": document["_id"]}, document, upsert=True)
        await self._stamps.touch([enrolment.school_id])

    async def end_enrolment(self, enrolment_id: str, at: datetime) -> bool:
        """End it; says whether it stood. Uses index: _id_."""
        stands = {"$eq": [{"$ifNull": ["$ended_at", None]}, None]}
        result = await self._enrolments.update_one(
            {"_id": enrolment_id}, set_if(stands, {"ended_at": at})
        )
        held = await self.find_enrolment(enrolment_id) if result.modified_count else None
        if held is not None:
            await self._stamps.touch([held.school_id])
        return held is not None

    async def find_enrolment(self, enrolment_id: str) -> Enrolment | None:
        """Uses index: _id_."""
        document = await self._enrolments.find_one({"_id": enrolment_id})
        return from_document(Enrolment, document) if document else None

    async def enrolments_of_group(self, school_id: str, group_id: str) -> list[Enrolment]:
        """Everybody who is or was put into a group. Uses index: by_group."""
        query = {"school_id": school_id, "group_id": group_id}
        return [from_document(Enrolment, d) async for d in self._enrolments.find(query)]

    async def enrolments_of_school(self, school_id: str) -> list[Enrolment]:
        """Everybody who is or was put into any group of a school. Uses index: by_group."""
        cursor = self._enrolments.find({"school_id": school_id})
        return [from_document(Enrolment, d) async for d in cursor]

    async def enrolments_of_person(self, person_id: str) -> list[Enrolment]:
        """Every group this person is or was put into. Uses index: by_person."""
        cursor = self._enrolments.find({"person_id": person_id})
        return [from_document(Enrolment, d) async for d in cursor]
