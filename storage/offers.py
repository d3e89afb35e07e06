"""Offers of roles: made, taken once, or revoked."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.offers import Offer, OfferState
from storage.conditions import set_if
from storage.documents import from_document, to_document
from storage.registrations import RegistrationMarks


class OfferStore:
    """Only the hash of a link is kept: who reads the database cannot take an offer."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._offers = database["offers"]
        self._changed = RegistrationMarks(database)

    async def add(self, offer: Offer) -> bool:
        """Make it; False when it is there already."""
        try:
            await self._offers.insert_one(to_document(offer))
        except DuplicateKeyError:
            return False
        await self._changed.schools([offer.school_id])
        return True

    async def find(self, offer_id: str) -> Offer | None:
        """Uses index: _id_."""
        document = await self._offers.find_one({"_id": offer_id})
        return from_document(Offer, document) if document else None

    async def of_place(self, *, school_id: str = "", region_id: str = "") -> list[Offer]:
        """What a school or a region itself has offered, newest first. Uses index: by_place."""
        cursor = self._offers.find({"school_id": school_id, "region_id": region_id})
        found = [from_document(Offer, d) async for d in cursor]
        return sorted(found, key=lambda o: o.created_at, reverse=True)

    async def mark(self, offer_id: str, state: OfferState, *, taken_by: str = "") -> bool:
        """Take or revoke an open offer; says whether it was open. Uses index: _id_."""
        is_open = {"$eq": ["$state", OfferState.OPEN]}
        result = await self._offers.update_one(
            {"_id": offer_id}, set_if(is_open, {"state": state, "taken_by": taken_by})
        )
        if not result.modified_count:
            return False
        marked = await self.find(offer_id)
        await self._changed.schools([marked.school_id] if marked else [])
        return True
