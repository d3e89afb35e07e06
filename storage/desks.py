"""Sign-ins at a desk, from the QR to the session; gone by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.desks import Desk, DeskState
from storage.conditions import set_if
from storage.documents import from_document, to_document


class DeskStore:
    """One document a sign-in; each step is taken once."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._desks = database["desks"]

    async def add(self, desk: Desk) -> None:
        """A browser has asked."""
        await self._desks.insert_one(to_document(desk))

    async def find(self, desk_id: str, at: datetime) -> Desk | None:
        """A sign-in that is not too old. Uses index: _id_."""
        document = await self._desks.find_one({"_id": desk_id})
        desk = from_document(Desk, document) if document else None
        return desk if desk is not None and at < desk.expires_at else None

    async def mark(self, desk_id: str, *, was: DeskState, state: DeskState, person_id: str) -> bool:
        """From one state to the next; says whether it was there. Uses index: _id_."""
        is_there = {"$eq": ["$state", was]}
        result = await self._desks.update_one(
            {"_id": desk_id}, set_if(is_there, {"state": state, "person_id": person_id})
        )
        return bool(result.modified_count)
