"""The invitations that were made, newest first."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.invitations import Invitation
from storage.documents import from_document, to_document


class InvitationStore:
    """One document an invitation."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._invitations = database["invitations"]

    async def add(self, invitation: Invitation) -> None:
        """Store a class's QR."""
        await self._invitations.insert_one(to_document(invitation))

    async def find(self, invitation_id: str) -> Invitation | None:
        """Uses index: _id_."""
        document = await self._invitations.find_one({"_id": invitation_id})
        return from_document(Invitation, document) if document else None

    async def newest(self, school_id: str, class_id: str) -> Invitation | None:
        """Uses index: by_class."""
        document = await self._invitations.find_one(
            {"school_id": school_id, "class_id": class_id},
            sort=[("created_at", -1)],
        )
        return from_document(Invitation, document) if document else None
