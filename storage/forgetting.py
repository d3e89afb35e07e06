"""Taking people out of the collections: one place that reaches into all of them, by subject and in batches.

Nothing is decided here. Every method may be repeated: what is gone already does not count. Where a
record leads to others, the others go first, so that who comes after an interruption still finds them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.bindings import Binding, Claim
from domain.budgets import evening_id
from domain.consents import ConsentEvent
from domain.deliveries import Delivery, Group
from domain.homework import Homework
from domain.identities import Identity
from domain.schools import Contact, Student
from storage.blobs import IN_DATABASE, Blobs
from storage.conditions import set_if
from storage.deliveries import insert_ignoring_duplicates
from storage.documents import from_document, to_document
from storage.sessions import Session

BATCH = 200
_ROUNDS = 500
ERASED = "erased"  # stands where a person was named


class ForgetStore:
    """Reads by subject, also what is ended, and deletes."""

    def __init__(
        self, database: AsyncIOMotorDatabase[dict[str, Any]], blobs: Blobs | None = None
    ) -> None:
        self._db = database
        self._blobs = blobs or Blobs(database)

    # -- what there is ------------------------------------------------------------------------

    async def identities_of(self, person_ids: Sequence[str]) -> list[Identity]:
        """Of these people under every account. Uses index: by_person."""
        cursor = self._db["identities"].find({"person_id": {"$in": list(person_ids)}})
        return [from_document(Identity, d) async for d in cursor]

    async def bindings_of_person(self, person_id: str) -> list[Binding]:
        """All of them, ended or not. Uses index: by_person."""
        cursor = self._db["bindings"].find({"person_id": person_id})
        return [from_document(Binding, d) async for d in cursor]

    async def bindings_of_student(self, school_id: str, student_id: str) -> list[Binding]:
        """All of them, ended or not. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        cursor = self._db["bindings"].find(query)
        return [from_document(Binding, d) async for d in cursor]

    async def claims_of_person(self, person_id: str) -> list[Claim]:
        """All of them, decided or not. Uses index: by_person."""
        cursor = self._db["claims"].find({"person_id": person_id})
        return [from_document(Claim, d) async for d in cursor]

    async def sessions_of(self, person_id: str) -> list[Session]:
        """Every session of an adult that is not over by time. Uses index: by_person."""
        cursor = self._db["sessions"].find({"person_id": person_id})
        return [from_document(Session, d) async for d in cursor]

    async def contacts_by_id(self, contact_ids: Sequence[str]) -> list[Contact]:
        """Lines of the list. Uses index: _id_."""
        cursor = self._db["contacts"].find({"_id": {"$in": list(contact_ids)}})
        return [from_document(Contact, d) async for d in cursor]

    async def find_student(self, student_id: str) -> Student | None:
        """A pupil, also one who left. Uses index: _id_."""
        document = await self._db["students"].find_one({"_id": student_id})
        return from_document(Student, document) if document else None

    async def deliveries_of(
        self, person_id: str, student_id: str | None = None
    ) -> AsyncIterator[list[Delivery]]:
        """Batches of what an adult was sent, about one child where one is named. Uses index: by_person."""
        batch: list[Delivery] = []
        cursor = self._db["deliveries"].find({"person_id": person_id}, batch_size=BATCH)
        async for document in cursor:
            if student_id in (None, document["student_id"]):
                batch.append(from_document(Delivery, document))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def consents_of_student(self, school_id: str, student_id: str) -> list[ConsentEvent]:
        """What anybody decided about a child. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        cursor = self._db["consents"].find(query)
        return [from_document(ConsentEvent, d) async for d in cursor]

    async def files_of(self, owner_id: str) -> list[str]:
        """Ids of the files this adult brought. Uses index: by_owner."""
        cursor = self._db["files"].find({"owner_id": owner_id}, {"_id": 1})
        return [d["_id"] async for d in cursor]

    async def files_of_student(self, school_id: str, student_id: str) -> list[str]:
        """Ids of what was handed in for a child. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        return [d["_id"] async for d in self._db["files"].find(query, {"_id": 1})]

    # -- what goes ----------------------------------------------------------------------------

    async def put_deliveries(self, nameless: Sequence[Delivery]) -> None:
        """Store what stays of deliveries that are about to be dropped."""
        await insert_ignoring_duplicates(self._db["deliveries"], [to_document(d) for d in nameless])

    async def put_consents(self, nameless: Sequence[ConsentEvent]) -> None:
        """Store what stays of decisions that are about to be dropped."""
        await insert_ignoring_duplicates(self._db["consents"], [to_document(e) for e in nameless])

    async def drop_ledger(self, delivery_id: str) -> int:
        """The ledger of one delivery, or of all of a notice by the notice's id. Uses index: _id_."""
        lines = {"$gt": f"{delivery_id}:", "$lt": f"{delivery_id};"}
        return await self._drop("attempts", {"_id": lines})

    async def drop_deliveries_of_notice(self, notice_id: str) -> int:
        """Uses index: _id_."""
        return await self._drop(
            "deliveries", {"_id": {"$gt": f"{notice_id}:", "$lt": f"{notice_id};"}}
        )

    async def leave_round(self, group: Group, delivery_ids: Sequence[str]) -> None:
        """A run that may have these on their way need not look at them again. Uses index: _id_."""
        await self._db["rounds"].update_one(
            {"_id": f"{group.notice_id}:{group.class_id}"},
            {"$pull": {"sending": {"$in": list(delivery_ids)}}},
        )

    async def drop(self, collection: str, ids: Sequence[str]) -> int:
        """Records by id. Uses index: _id_."""
        return await self._drop(collection, {"_id": {"$in": list(ids)}}) if ids else 0

    async def drop_lines_of(self, binding_ids: Sequence[str]) -> int:
        """What holds lines of the list for these bindings. Uses index: by_binding."""
        if not binding_ids:
            return 0
        return await self._drop("lines", {"binding_id": {"$in": list(binding_ids)}})

    async def drop_of_person(self, collection: str, person_id: str) -> int:
        """Records of an adult in a collection with that index. Uses index: by_person."""
        return await self._drop(collection, {"person_id": person_id})

    async def drop_contacts(self, school_id: str, student_id: str) -> int:
        """A child's lines of the list, and who holds them. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        found = [d["_id"] async for d in self._db["contacts"].find(query, {"_id": 1})]
        await self.drop("lines", found)
        return await self._drop("contacts", query)

    async def drop_invitations(self, school_id: str, student_id: str) -> int:
        """A child's cards. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        return await self._drop("invitations", query)

    async def drop_timings(self, school_id: str, student_id: str) -> int:
        """What was said about how long a child needs. Uses index: by_student."""
        return await self._drop("timings", {"school_id": school_id, "student_id": student_id})

    async def drop_enrolments(self, school_id: str, student_id: str) -> int:
        """Who was in a group for a child. Uses index: by_student."""
        return await self._drop("enrolments", {"school_id": school_id, "student_id": student_id})

    async def drop_claims_about(self, school_id: str, student_id: str) -> int:
        """Requests that mean this child, or may mean it. Uses index: by_candidate."""
        return await self._drop("claims", {"school_id": school_id, "candidates": student_id})

    async def unname(self, school_id: str, student_id: str, person_id: str) -> dict[str, int]:
        """Where this adult decided about another one of the child, it is no longer said who did."""
        query = {"school_id": school_id, "student_id": student_id}
        by_them = {"$eq": ["$approved_by", {"$literal": person_id}]}
        bindings = await self._db["bindings"].update_many(
            query, set_if(by_them, {"approved_by": ERASED})
        )
        asked = {"school_id": school_id, "candidates": student_id}
        decided = {"$eq": ["$decided_by", {"$literal": person_id}]}
        claims = await self._db["claims"].update_many(
            asked, set_if(decided, {"decided_by": ERASED})
        )
        return {"unnamed": bindings.modified_count + claims.modified_count}

    async def leave_groups(self, school_id: str, student_id: str) -> int:
        """Where a child was in a group of a homework, somebody nameless is: an empty group would be the whole class.

        Evenings and notices first, by the homework that leads to them. Uses index: by_pupil.
        """
        query = {"school_id": school_id, "student_ids": student_id}
        found = [from_document(Homework, d) async for d in self._db["homework"].find(query)]
        for homework in found:
            tasks = [*homework.versions, *([homework.proposed] if homework.proposed else [])]
            for key in {evening_id(c, t.evening) for c in homework.class_ids for t in tasks}:
                await self._leave_evening(key, student_id)
            for collection in ("notices", "homework"):
                await self._db[collection].update_one(
                    {"_id": homework.id, "student_ids": student_id},
                    {"$set": {"student_ids": _without(homework.student_ids, student_id)}},
                )
        return len(found)

    async def _leave_evening(self, key: str, student_id: str) -> None:
        """Written over the version that was read, as whoever reserves does."""
        for _ in range(_ROUNDS):
            document = await self._db["evenings"].find_one({"_id": key})
            if document is None:
                return
            held = [
                {**r, "student_ids": _without(r["student_ids"], student_id)}
                for r in document["reservations"]
            ]
            same = {"$eq": ["$version", {"$literal": document["version"]}]}
            changes = {"reservations": held, "version": document["version"] + 1}
            done = await self._db["evenings"].update_one({"_id": key}, set_if(same, changes))
            if done.modified_count:
                return

    async def unname_files(self, file_ids: Sequence[str]) -> int:
        """It is no longer said who handed them in. Uses index: _id_."""
        if not file_ids:
            return 0
        change = {"$set": {"owner_id": ERASED}}
        result = await self._db["files"].update_many({"_id": {"$in": list(file_ids)}}, change)
        return int(result.modified_count)

    async def leave_promises(self, file_ids: Sequence[str], promises: Sequence[str]) -> None:
        """Files that stay are no longer said to have been promised to these. Uses index: _id_."""
        if file_ids:
            await self._db["files"].update_many(
                {"_id": {"$in": list(file_ids)}},
                {"$pull": {"promised_to": {"$in": list(promises)}}},
            )

    async def drop_files(self, file_ids: Sequence[str]) -> int:
        """Bytes and small pictures, then the records that lead to them. Raises FilesAwayError."""
        held = self._db["files"].find({"_id": {"$in": list(file_ids)}}, {"kept_in": 1})
        for place in {d.get("kept_in", IN_DATABASE) async for d in held}:
            self._blobs.room(place)  # one that is not open keeps the records that lead there
        await self._blobs.drop(file_ids)
        await self.drop("thumbnails", file_ids)
        return await self.drop("files", file_ids)

    async def _drop(self, collection: str, query: dict[str, Any]) -> int:
        result = await self._db[collection].delete_many(query)
        return int(result.deleted_count)


def _without(student_ids: Sequence[str], student_id: str) -> list[str]:
    return [ERASED if held == student_id else held for held in student_ids]
