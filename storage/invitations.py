"""Invitations by their codes, and who came through them; what came of it stands with requests and bindings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.invitations import Invitation, Visit
from storage.conditions import set_if
from storage.documents import from_document, to_document

_DUPLICATE = 11000

People = Mapping[str, frozenset[str]]


class InvitationStore:
    """One document an invitation, one for each person who opened it."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._invitations = database["invitations"]
        self._visits = database["invitation_visits"]
        self._claims = database["claims"]
        self._bindings = database["bindings"]

    async def add(self, invitations: Sequence[Invitation]) -> list[Invitation]:
        """Store them; returns those whose code is somebody else's already."""
        if not invitations:
            return []
        documents = [to_document(invitation) for invitation in invitations]
        try:
            await self._invitations.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failed = (error.details or {}).get("writeErrors", [])
            if any(one["code"] != _DUPLICATE for one in failed):
                raise
            return [invitations[one["index"]] for one in failed]
        return []

    async def find(self, invitation_id: str) -> Invitation | None:
        """Living or not. Uses index: _id_."""
        document = await self._invitations.find_one({"_id": invitation_id})
        return from_document(Invitation, document) if document else None

    async def of_classes(self, school_id: str, class_ids: Sequence[str]) -> list[Invitation]:
        """Those of these classes as such, newest first, living or not. Uses index: by_class."""
        query = {"school_id": school_id, "class_id": {"$in": list(class_ids)}}
        return await self._found(query)

    async def of_students(self, school_id: str, student_ids: Sequence[str]) -> list[Invitation]:
        """Those of these children, newest first, living or not. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": {"$in": list(student_ids)}}
        return await self._found(query)

    async def _found(self, query: dict[str, Any]) -> list[Invitation]:
        found = [from_document(Invitation, d) async for d in self._invitations.find(query)]
        return sorted(found, key=lambda i: (i.created_at, i.id), reverse=True)

    async def note_scene(self, invitation_id: str, url: str, until: datetime) -> None:
        """WeChat has made another QR for it."""
        await self._invitations.update_one(
            {"_id": invitation_id}, {"$set": {"url": url, "url_until": until}}
        )

    async def revoke(self, invitation_ids: Sequence[str], *, by: str, at: datetime) -> int:
        """From now on they invite nobody; returns how many did until now."""
        stands = {"$not": [{"$ifNull": ["$revoked_at", False]}]}
        result = await self._invitations.update_many(
            {"_id": {"$in": list(invitation_ids)}},
            set_if(stands, {"revoked_at": at, "revoked_by": by}),
        )
        return int(result.modified_count)

    async def note_visit(self, visit: Visit) -> bool:
        """Somebody opened it; says whether it was their first time."""
        try:
            await self._visits.insert_one(to_document(visit))
        except DuplicateKeyError:
            return False
        return True

    async def visitors(self, school_id: str, invitation_ids: Sequence[str]) -> People:
        """Who opened each. Uses index: by_invitation."""
        return await _people(self._visits, school_id, invitation_ids)

    async def askers(self, school_id: str, invitation_ids: Sequence[str]) -> People:
        """Whose request came through each. Uses index: by_invitation."""
        return await _people(self._claims, school_id, invitation_ids)

    async def bound(self, school_id: str, invitation_ids: Sequence[str]) -> People:
        """Who was bound through each, whether or not it has ended since. Uses index: by_invitation."""
        return await _people(self._bindings, school_id, invitation_ids)


async def _people(collection: Any, school_id: str, invitation_ids: Sequence[str]) -> People:
    query = {"school_id": school_id, "invitation_id": {"$in": list(invitation_ids)}}
    people: dict[str, set[str]] = defaultdict(set)
    if invitation_ids:
        async for d in collection.find(query, {"invitation_id": 1, "person_id": 1}):
            people[d["invitation_id"]].add(d["person_id"])
    return {invitation: frozenset(held) for invitation, held in people.items()}
