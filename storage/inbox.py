"""A trace of every message that WeChat brought: when, of what kind, never what it said. Kept for a week."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError

from storage.batching import Batcher


class InboxStore:
    """One document a message; its key is the message's, so a message is traced once."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._inbox = database["inbox"]
        self._traces: Batcher[dict[str, Any], None] = Batcher(self._write)

    async def add(self, key: str, *, kind: str, at: datetime) -> None:
        """Trace one message; written together with what others bring at the same moment.

        Who sent it is not kept: an event's key, which names them, is kept as a hash.
        """
        if not key.startswith("m:"):
            key = "e:" + hashlib.sha256(key.encode()).hexdigest()[:32]
        await self._traces.add({"_id": key, "kind": kind, "at": at})

    async def _write(self, traces: Sequence[dict[str, Any]]) -> list[Exception | None]:
        try:
            await self._inbox.insert_many(traces, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != 11000 for e in error.details["writeErrors"]):
                raise
        return [None] * len(traces)
