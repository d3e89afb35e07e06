"""Lists of words that hold something back, one document a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.word_lists import WordList
from storage.conditions import set_if
from storage.documents import from_document, to_document


class WordListStore:
    """A list is replaced as a whole, over the version that was read."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._lists = database["word_lists"]

    async def digests(self, place_ids: Iterable[str]) -> dict[str, str]:
        """What stands for the words of each of these places that has any. Uses index: _id_."""
        cursor = self._lists.find({"_id": {"$in": list(place_ids)}}, {"digest": 1})
        return {d["_id"]: d["digest"] async for d in cursor}

    async def find(self, place_id: str) -> WordList | None:
        """Uses index: _id_."""
        document = await self._lists.find_one({"_id": place_id})
        return from_document(WordList, document) if document else None

    async def mark_changed(self, words: WordList) -> bool:
        """Put a list in the place of the one with its `version`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = to_document(words) | {"version": words.version + 1}
        if words.version == 0:
            try:
                await self._lists.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        del document["_id"]
        same = {"$eq": ["$version", {"$literal": words.version}]}
        result = await self._lists.update_one({"_id": words.id}, set_if(same, document))
        return bool(result.modified_count)
