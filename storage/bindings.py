"""Bindings: made once, ended once, and over by themselves when their time has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.bindings import BARRING, Binding, BindingState, Ending, EndReason
from domain.errors import ConflictError
from storage.batching import Batcher
from storage.clocks import utc_now
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value
from storage.registrations import RegistrationMarks

# Between taking a line and making the binding lie milliseconds; after this long nobody is at it any more.
_BEING_MADE = timedelta(minutes=1)


class BindingStore:
    """One document for each adult and child; its key makes a second one impossible.

    The one store with a clock: a binding whose `until` has come is left out by every way of asking for
    active ones, so nobody above can forget to look at the time, and no late job keeps it alive.
    """

    def __init__(
        self,
        database: AsyncIOMotorDatabase[dict[str, Any]],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._bindings = database["bindings"]
        self._lines = database["lines"]
        self._changed = RegistrationMarks(database)
        self._now = clock
        self._guardians: Batcher[str, list[Binding]] = Batcher(self._load_of_people)
        self._standing: Batcher[str, Binding | None] = Batcher(self._load_standing)

    async def save(self, binding: Binding, *, decided_at: datetime | None = None) -> bool:
        """Make it active; says whether this changed anything. An ended one becomes active again.

        Without a decision (`decided_at` None), unless it was ended for a reason of BARRING; by a
        person's decision at `decided_at`, unless it was ended after that (a decision carried out late
        undoes no ending), or the family decides what is the school's to decide. A decision takes no line
        of the list away from anybody. Raises ConflictError when there is no decision and one is needed, or
        another adult is bound through this line.
        """
        held = await self.find(binding.id)
        if held is not None and held.state is BindingState.ACTIVE:
            if held.stands(self._now()):
                return False
            await self.lapse(held.id)
        if decided_at is None and held is not None and held.barred:
            raise ConflictError
        if binding.contact_id is not None:
            try:
                await self._hold_line(binding.contact_id, binding.id, binding.bound_at)
            except ConflictError:
                if decided_at is None:
                    raise
        try:
            await self._bindings.insert_one(_document(binding))
        except DuplicateKeyError:
            if not await self._make_again(binding, decided_at):
                return False
        await self._changed.student(binding.student_id, binding.school_id)
        return True

    async def save_first(self, binding: Binding) -> bool:
        """By the list alone, for a child that nobody is bound to; says whether this changed anything.

        Of several at the same moment one is first: the seat is a document of its own, as a line is.
        Raises ConflictError when somebody else is bound to the child, besides what `save` raises it for.
        """
        await self._hold_line(f"first:{binding.student_id}", binding.id, binding.bound_at)
        others = await self.active_of_students(binding.school_id, [binding.student_id])
        if any(not b.trial and b.id != binding.id for b in others):
            raise ConflictError
        return await self.save(binding)

    async def _make_again(self, binding: Binding, decided_at: datetime | None) -> bool:
        """The conditions stand in the update once more: somebody may be ending it this moment."""
        may_be: list[dict[str, Any]] = [{"$eq": ["$state", BindingState.ENDED]}]
        if decided_at is None or binding.by_family:
            may_be.append({"$not": [{"$in": ["$ending.reason", sorted(BARRING)]}]})
        if decided_at is not None:
            may_be.append({"$not": [{"$gte": ["$ending.at", decided_at]}]})
        changes = {k: v for k, v in _document(binding).items() if k not in ("_id", "ending")}
        result = await self._bindings.update_one(
            {"_id": binding.id}, set_if({"$and": may_be}, changes)
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
            "runs_out": False,
        }
        result = await self._bindings.update_one({"_id": binding_id}, set_if(is_active, changes))
        if not result.modified_count:
            return False
        await self._lines.delete_many({"binding_id": binding_id})
        held = await self.find(binding_id)
        if held is not None:
            await self._changed.student(held.student_id, held.school_id)
        return True

    async def lapse(self, binding_id: str) -> bool:
        """Write down that a binding's time has come, as of then; says whether it had, and nobody had written it."""
        held = await self.find(binding_id)
        if held is None or held.until is None or held.stands(self._now()):
            return False
        return await self.end(binding_id, Ending(at=held.until, by="", reason=EndReason.EXPIRED))

    async def change(self, binding_id: str, changes: Mapping[str, Any]) -> bool:
        """Set fields (relation, order, custody, until) of an active binding; says whether this changed anything."""
        is_active = {"$eq": ["$state", BindingState.ACTIVE]}
        more = {"runs_out": changes["until"] is not None} if "until" in changes else {}
        result = await self._bindings.update_one(
            {"_id": binding_id}, set_if(is_active, {**changes, **more})
        )
        held = await self.find(binding_id) if result.modified_count else None
        if held is not None:
            await self._changed.student(held.student_id, held.school_id)
        return held is not None

    async def run_out(self, limit: int = 200) -> list[str]:
        """Ids of bindings that are active on paper though their time has come. Uses index: runs_out."""
        query = {"runs_out": True, "until": {"$lte": self._now()}}
        cursor = self._bindings.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

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
                binding = from_document(Binding, document)
                if binding.stands(self._now()):
                    found[binding.person_id].append(binding)
        return [sorted(found[p], key=lambda b: (b.bound_at, b.id)) for p in person_ids]

    async def active_of_students(self, school_id: str, student_ids: Sequence[str]) -> list[Binding]:
        """The guardians of these children. Uses index: by_student."""
        cursor = self._bindings.find(
            {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        )
        found = [from_document(Binding, d) async for d in cursor]
        return [b for b in found if b.stands(self._now())]

    async def is_active(self, binding_id: str) -> bool:
        """Whether this binding counts now; asked for together with what others ask. Uses index: _id_."""
        return await self.find_active(binding_id) is not None

    async def find_active(self, binding_id: str) -> Binding | None:
        """A binding that counts now; asked for together with what others ask. Uses index: _id_."""
        return await self._standing.add(binding_id)

    async def _load_standing(self, binding_ids: Sequence[str]) -> list[Binding | Exception | None]:
        active = await self.active(binding_ids)
        return [active.get(binding_id) for binding_id in binding_ids]

    async def active(self, binding_ids: Iterable[str]) -> dict[str, Binding]:
        """Those of these bindings that are active now, by id. Uses index: _id_."""
        cursor = self._bindings.find({"_id": {"$in": list(set(binding_ids))}})
        found = [from_document(Binding, d) async for d in cursor]
        return {b.id: b for b in found if b.stands(self._now())}

    async def barred(self, binding_ids: Iterable[str]) -> frozenset[str]:
        """Those of these bindings that were ended for a reason of BARRING. Uses index: _id_."""
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
            if b.contact_id and b.stands(self._now()) and b.person_id != besides
        )

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


def _document(binding: Binding) -> dict[str, Any]:
    """`runs_out` marks the few that end by themselves: an index of its own finds them."""
    return {**to_document(binding), "runs_out": binding.until is not None}
