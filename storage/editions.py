"""Which textbooks a grade or a class uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.editions import Editions
from storage.conditions import set_if
from storage.documents import from_document, to_document


class EditionStore:
    """One small document a grade, and one for a class that differs from its grade."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._editions = database["editions"]

    async def many(self, keys: Iterable[str]) -> dict[str, Editions]:
        """Those of these that have chosen anything, by id. Uses index: _id_."""
        cursor = self._editions.find({"_id": {"$in": list(set(keys))}})
        return {d["_id"]: from_document(Editions, d) async for d in cursor}

    async def mark_changed(self, editions: Editions) -> bool:
        """Write it in place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = to_document(editions) | {"version": editions.version + 1}
        if editions.version == 0:
            try:
                await self._editions.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        same = {"$eq": ["$version", {"$literal": editions.version}]}
        changes = {"chosen": document["chosen"], "version": document["version"]}
        result = await self._editions.update_one({"_id": editions.id}, set_if(same, changes))
        return bool(result.modified_count)
