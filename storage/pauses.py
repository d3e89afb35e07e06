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
        try:
            await self._pauses.update_one(
                {"_id": f"{app_id}:{pause.channel}", "until": {"$lt": pause.until}},
                {"$set": {"until": pause.until, "reason": pause.reason}},
                upsert=True,
            )
        except DuplicateKeyError:
            pass  # it is closed for longer already

    async def active(self, app_id: str, at: datetime) -> list[Paused]:
        """Channels that are closed at `at`. Uses index: _id_."""
        keys = [f"{app_id}:{channel}" for channel in Channel]
        cursor = self._pauses.find({"_id": {"$in": keys}})
        return [
            Paused(Channel(d["_id"].rpartition(":")[2]), Reason(d["reason"]), d["until"])
            async for d in cursor
            if at < d["until"]
        ]
