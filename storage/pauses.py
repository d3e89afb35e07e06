"""Channels that WeChat has closed for everybody for a while: a quota used up, a capability taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.channels import Channel, Paused, Reason


class PauseStore:
    """One document an account and channel."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._pauses = database["pauses"]

    async def add(self, app_id: str, pause: Paused) -> None:
        """Close a channel until a time; the latest time wins, with its reason."""
        shorter = {"_id": f"{app_id}:{pause.channel}", "until": {"$lt": pause.until}}
        change = {"$set": {"until": pause.until, "reason": pause.reason}}
        try:
            await self._pauses.update_one(shorter, change, upsert=True)
        except DuplicateKeyError:
            # It is closed already: for longer, or by another process this very moment.
            await self._pauses.update_one(shorter, change)

    async def active(self, app_id: str, at: datetime) -> list[Paused]:
        """Channels that are closed at `at`. Uses index: _id_."""
        keys = [f"{app_id}:{channel}" for channel in Channel]
        cursor = self._pauses.find({"_id": {"$in": keys}})
        return [
            Paused(Channel(d["_id"].rpartition(":")[2]), Reason(d["reason"]), d["until"])
            async for d in cursor
            if at < d["until"]
        ]
