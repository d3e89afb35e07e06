"""Bindings, and requests for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.bindings import (
    Binding,
    BindingState,
    Claim,
    ClaimState,
    Ending,
    EndReason,
)
from domain.errors import ConflictError
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value

# Between taking a line and making the binding lie milliseconds; after this long nobody is at it any more.
_BEING_MADE = timedelta(minutes=1)


class BindingStore:
    """One document for each adult and child; its key makes a second one impossible."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._bindings = database["bindings"]
        self._lines = database["lines"]
        self._claims = database["claims"]
        self._guardians: Batcher[str, list[Binding]] = Batcher(self._load_of_people)
        self._standing: Batcher[str, bool] = Batcher(self._load_standing)

    async def save(self, binding: Binding, *, decided_at: datetime | None = None) -> bool:
        """Make it active; says whether this changed anything. An ended one becomes active again.

        By the list alone (`decided_at` None), unless it was ended as wrong; by a head teacher's decision
        at `decided_at`, unless it was ended after that: a decision carried out late undoes no ending.
        Raises ConflictError when the list alone does not do: another adult is bound through this line,
        or it was ended as wrong.
        """
        held = await self.find(binding.id)
        if held is not None and held.state is BindingState.ACTIVE:
            return False
        if decided_at is None and held is not None and held.barred:
            raise ConflictError
        if binding.contact_id is not None:
            await self._hold_line(binding.contact_id, binding.id, binding.bound_at)
        try:
            await self._bindings.insert_one(to_document(binding))
        except DuplicateKeyError:
            return await self._make_again(binding, decided_at)
        return True

    async def _make_again(self, binding: Binding, decided_at: datetime | None) -> bool:
        """The conditions stand in the update once more: somebody may be ending it this moment."""
        may_be = (
            {"$ne": ["$ending.reason", EndReason.WRONG]}
            if decided_at is None
            else {"$not": [{"$gte": ["$ending.at", decided_at]}]}
        )
        is_ended = {"$eq": ["$state", BindingState.ENDED]}
        changes = {k: v for k, v in to_document(binding).items() if k not in ("_id", "ending")}
        result = await self._bindings.update_one(
            {"_id": binding.id}, set_if({"$and": [is_ended, may_be]}, changes)
        )
        if result.modified_count:
            return True
        held = await self.find(binding.id)
        if decided_at is None and held is not None and held.barred:
            raise ConflictError
        return False

    async def _hold_line(self, contact_id: str, binding_id: str, at: datetime) -> None:
        """A line of the list belongs to one binding: two strangers cannot both be bound through it.

        A document of its own with the line as its key, because that holds also at the same moment.
        """
        try:
            await self._lines.insert_one({"_id": contact_id, "binding_id": binding_id, "at": at})
        except DuplicateKeyError:
            line = await self._lines.find_one({"_id": contact_id})
            holder = line["binding_id"] if line else ""
            if holder == binding_id:
                return
            fresh = line is not None and at - line["at"] < _BEING_MADE
            if fresh or await self.active([holder]):
                raise ConflictError from None
            # Its holder ended or was never made: a process died in between.
            result = await self._lines.replace_one(
                {"_id": contact_id, "binding_id": holder}, {"binding_id": binding_id, "at": at}
            )
            if not result.modified_count:
                raise ConflictError from None

    async def end(self, binding_id: str, ending: Ending) -> bool:
        """End an active binding; says whether it was active. Ended by staff, the adult has to be told."""
        is_active = {"$eq": ["$state", BindingState.ACTIVE]}
        changes = {
            "state": BindingState.ENDED,
            "ending": to_value(ending),
            "untold": ending.reason is not EndReason.OWN,
        }
        result = await self._bindings.update_one({"_id": binding_id}, set_if(is_active, changes))
        if not result.modified_count:
            return False
        await self._lines.delete_one({"binding_id": binding_id})
        return True

    async def find(self, binding_id: str) -> Binding | None:
        """A binding, ended or not. Uses index: _id_."""
        document = await self._bindings.find_one({"_id": binding_id})
        return from_document(Binding, document) if document else None

    async def ended_of_person(self, person_id: str) -> list[Binding]:
        """What this adult is no longer bound to, last ended first. Uses index: by_person."""
        cursor = self._bindings.find({"person_id": person_id})
        found = [from_document(Binding, d) async for d in cursor]
        ended = [(b.ending.at, b) for b in found if b.state is BindingState.ENDED and b.ending]
        return [b for _, b in sorted(ended, key=lambda pair: pair[0], reverse=True)]

    async def active_of_person(self, person_id: str) -> list[Binding]:
        """The children of one adult, oldest binding first; asked for together with what others ask.

        Uses index: by_person.
        """
        return await self._guardians.add(person_id)

    async def _load_of_people(self, person_ids: Sequence[str]) -> list[list[Binding] | Exception]:
        cursor = self._bindings.find({"person_id": {"$in": list(set(person_ids))}})
        found: dict[str, list[Binding]] = {person_id: [] for person_id in person_ids}
        for document in await cursor.to_list(None):
            if document["state"] == BindingState.ACTIVE:
                found[document["person_id"]].append(from_document(Binding, document))
        return [sorted(found[p], key=lambda b: (b.bound_at, b.id)) for p in person_ids]

    async def active_of_students(self, school_id: str, student_ids: Sequence[str]) -> list[Binding]:
        """The guardians of these children. Uses index: by_student."""
        cursor = self._bindings.find(
            {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        )
        found = [from_document(Binding, d) async for d in cursor]
        return [b for b in found if b.state is BindingState.ACTIVE]

    async def is_active(self, binding_id: str) -> bool:
        """Whether this binding counts now; asked for together with what others ask. Uses index: _id_."""
        return await self._standing.add(binding_id)

    async def _load_standing(self, binding_ids: Sequence[str]) -> list[bool | Exception]:
        active = await self.active(binding_ids)
        return [binding_id in active for binding_id in binding_ids]

    async def active(self, binding_ids: Iterable[str]) -> dict[str, Binding]:
        """Those of these bindings that are active now, by id. Uses index: _id_."""
        cursor = self._bindings.find({"_id": {"$in": list(set(binding_ids))}})
        found = [from_document(Binding, d) async for d in cursor]
        return {b.id: b for b in found if b.state is BindingState.ACTIVE}

    async def barred(self, binding_ids: Iterable[str]) -> frozenset[str]:
        """Those of these bindings that were ended as wrong. Uses index: _id_."""
        cursor = self._bindings.find({"_id": {"$in": list(set(binding_ids))}})
        found = [from_document(Binding, d) async for d in cursor]
        return frozenset(b.id for b in found if b.barred)

    async def taken_contacts(
        self, school_id: str, contact_ids: Sequence[str], *, besides: str
    ) -> frozenset[str]:
        """Lines of the list through which somebody other than `besides` is bound. Uses index: by_contact."""
        cursor = self._bindings.find(
            {"school_id": school_id, "contact_id": {"$in": list(contact_ids)}}
        )
        found = [from_document(Binding, d) async for d in cursor]
        return frozenset(
            b.contact_id
            for b in found
            if b.contact_id and b.state is BindingState.ACTIVE and b.person_id != besides
        )

    async def add_claim(self, claim: Claim) -> bool:
        """Store a request; its id says who asks for whom. False when the same one waits already."""
        try:
            await self._claims.replace_one(
                {"_id": claim.id, "state": {"$ne": ClaimState.WAITING}},
                to_document(claim),
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def find_claim(self, claim_id: str) -> Claim | None:
        """Uses index: _id_."""
        document = await self._claims.find_one({"_id": claim_id})
        return from_document(Claim, document) if document else None

    async def waiting_claims(self, school_id: str, class_ids: Sequence[str]) -> list[Claim]:
        """What waits for the head teachers of these classes: the newest 200, newest first. Uses index: by_class."""
        query = {
            "school_id": school_id,
            "class_ids": {"$in": list(class_ids)},
            "state": ClaimState.WAITING,
        }
        cursor = self._claims.find(query).sort("created_at", -1).limit(200)
        found = {d["_id"]: from_document(Claim, d) async for d in cursor}
        return list(found.values())

    async def claims_of_person(self, person_id: str) -> list[Claim]:
        """What this adult still waits for. Uses index: by_person."""
        query = {"person_id": person_id, "state": ClaimState.WAITING}
        cursor = self._claims.find(query).limit(20)
        return [from_document(Claim, d) async for d in cursor]

    async def mark_claim(
        self, claim_id: str, state: ClaimState, *, by: str, at: datetime, student_id: str | None
    ) -> bool:
        """Decide a waiting request; says whether it still waited."""
        result = await self._claims.update_one(
            {"_id": claim_id, "state": ClaimState.WAITING},
            {
                "$set": {
                    "state": state,
                    "decided_by": by,
                    "decided_at": at,
                    "student_id": student_id,
                    "untold": True,
                }
            },
        )
        return bool(result.modified_count)

    async def withdraw_claim(self, claim_id: str, at: datetime) -> bool:
        """Take a waiting request back; says whether it still waited. Nobody has to be told."""
        result = await self._claims.update_one(
            {"_id": claim_id, "state": ClaimState.WAITING},
            {"$set": {"state": ClaimState.WITHDRAWN, "decided_at": at, "untold": False}},
        )
        return bool(result.modified_count)

    async def mark_told(self, claim_id: str, state: ClaimState) -> None:
        """Whoever waits for this state of the request was written to."""
        await self._claims.update_one(
            {"_id": claim_id, "state": state}, {"$set": {"untold": False}}
        )

    async def untold_claims(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of requests older than `before` about which somebody still has to hear. Uses index: untold."""
        query = {"untold": True, "created_at": {"$lte": before}}
        cursor = self._claims.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def mark_end_told(self, binding_id: str, ended_at: datetime) -> None:
        """The adult has heard of this ending."""
        this_one = {"$eq": ["$ending.at", ended_at]}
        await self._bindings.update_one({"_id": binding_id}, set_if(this_one, {"untold": False}))

    async def untold_endings(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of bindings ended before then of which the adult still has to hear. Uses index: untold."""
        query = {"untold": True, "ending.at": {"$lte": before}}
        cursor = self._bindings.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def mark_settled(self, binding_id: str) -> None:
        """The class's recent notices are in the adult's list."""
        await self._bindings.update_one({"_id": binding_id}, {"$set": {"unsettled": False}})

    async def unsettled(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of bindings older than `before` that still lack the recent notices. Uses index: unsettled."""
        query = {"unsettled": True, "bound_at": {"$lte": before}}
        cursor = self._bindings.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]
