"""What people let the mini-program send them: one small document an identity and template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.subscriptions import Said, Subscription
from storage.conditions import set_if
from storage.documents import from_document, to_document


class SubscriptionStore:
    """Credits are taken one at a time and by one caller each; answers are written over the version they change."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._subscriptions = database["subscriptions"]

    async def find(self, subscription_id: str) -> Subscription | None:
        """Uses index: _id_."""
        document = await self._subscriptions.find_one({"_id": subscription_id})
        return from_document(Subscription, document) if document else None

    async def many(self, subscription_ids: Iterable[str]) -> dict[str, Subscription]:
        """Uses index: _id_."""
        cursor = self._subscriptions.find({"_id": {"$in": list(subscription_ids)}})
        return {d["_id"]: from_document(Subscription, d) async for d in cursor}

    async def put(self, changed: Subscription, *, was: int | None) -> bool:
        """Store it in the place of version `was` (None: of nothing); says whether that was still there.

        Uses index: _id_.
        """
        document = to_document(changed)
        document["version"] = 1 if was is None else was + 1
        if was is None:
            try:
                await self._subscriptions.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        del document["_id"]
        result = await self._subscriptions.update_one(
            {"_id": changed.id}, set_if({"$eq": ["$version", was]}, document)
        )
        return bool(result.modified_count)

    async def spend(self, subscription_id: str, at: datetime) -> bool:
        """Take one credit; False when none is left. Of two callers only one gets the last. Uses index: _id_."""
        result = await self._subscriptions.update_one(
            {"_id": subscription_id},
            set_if({"$gt": ["$credits", 0]}, {"touched_at": at}, add={"credits": -1, "version": 1}),
        )
        return bool(result.modified_count)

    async def give_back(self, subscription_id: str) -> None:
        """WeChat has certainly not used the credit; one that was switched off meanwhile has none.

        Uses index: _id_.
        """
        await self._subscriptions.update_one(
            {"_id": subscription_id},
            set_if({"$ne": ["$answer", Said.OFF]}, {}, add={"credits": 1, "version": 1}),
        )

    async def run_dry(self, subscription_id: str, answer: Said, at: datetime) -> None:
        """WeChat says that nothing is left (43101). Uses index: _id_."""
        await self._subscriptions.update_one(
            {"_id": subscription_id},
            {
                "$set": {"credits": 0, "answer": answer, "touched_at": at},
                "$inc": {"version": 1},
            },
        )

    async def move(self, identity: str, person_id: str) -> None:
        """All of an identity are that person's from now on. Uses index: _id_."""
        await self._subscriptions.update_many(
            {"_id": {"$gt": f"{identity}|", "$lt": f"{identity}}}"}},
            {"$set": {"person_id": person_id}, "$inc": {"version": 1}},
        )
