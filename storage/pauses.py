"""Channels that WeChat has closed for everybody for a while: a quota used up, a capability taken away."""

from __future__ import annotations

from contextlib import suppress
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

    async def add_check(self, app_id: str, name: str, until: datetime) -> None:
        """Ask WeChat nothing of this kind until then."""
        change = {"$max": {"until": until}}
        with suppress(DuplicateKeyError):  # another process says so this very moment
            await self._pauses.update_one({"_id": f"{app_id}:{name}"}, change, upsert=True)

    async def is_check_paused(self, app_id: str, name: str, at: datetime) -> bool:
        """Whether WeChat is not to be asked this now. Uses index: _id_."""
        document = await self._pauses.find_one({"_id": f"{app_id}:{name}"})
        return document is not None and at < document["until"]

    async def active(self, app_id: str, at: datetime) -> list[Paused]:
        """Channels that are closed at `at`. Uses index: _id_."""
        keys = [f"{app_id}:{channel}" for channel in Channel]
        cursor = self._pauses.find({"_id": {"$in": keys}})
        return [
            Paused(Channel(d["_id"].rpartition(":")[2]), Reason(d["reason"]), d["until"])
            async for d in cursor
            if at < d["until"]
        ]
