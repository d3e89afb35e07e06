"""What people upload: a file exists once its record does, which also says where its bytes lie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.files import StoredFile
from storage.blobs import IN_DATABASE, Blobs, whole
from storage.conditions import set_if
from storage.documents import from_document, to_document

_EACH = 200  # records that are in memory while all are gone through


class FileStore:
    """Records in `files`, each with `kept_in`, the room of its bytes; small pictures of pictures in `thumbnails`."""

    def __init__(
        self, database: AsyncIOMotorDatabase[dict[str, Any]], blobs: Blobs | None = None
    ) -> None:
        self._files = database["files"]
        self._thumbnails = database["thumbnails"]
        self._blobs = blobs or Blobs(database)

    async def add(self, file: StoredFile, content: bytes) -> None:
        """Store bytes first, then the record that makes them visible. Raises FilesAwayError."""
        await self.write(file, whole(content))

    async def write(self, file: StoredFile, pieces: AsyncIterator[bytes]) -> None:
        """The same for bytes that come piece by piece; a few megabytes are in memory at a time."""
        place = self._blobs.new_in
        await self._blobs.room(place).write(file.id, pieces)
        await self._files.insert_one(to_document(file) | {"kept_in": place})

    async def find(self, file_id: str) -> StoredFile | None:
        """Uses index: _id_."""
        document = await self._files.find_one({"_id": file_id})
        return from_document(StoredFile, document) if document else None

    async def many(self, file_ids: Iterable[str]) -> dict[str, StoredFile]:
        """Uses index: _id_."""
        cursor = self._files.find({"_id": {"$in": list(file_ids)}})
        return {d["_id"]: from_document(StoredFile, d) async for d in cursor}

    async def mark_attached(self, file_ids: Sequence[str], promise: str, at: datetime) -> bool:
        """They are about to be shown by what `promise` names; says whether all of them are still there.

        What something is known to show stays as it is. Uses index: _id_.
        """
        is_open = {"$or": ["$loose", {"$ne": [{"$ifNull": ["$promised_at", None]}, None]}]}
        promises = {"$setUnion": [{"$ifNull": ["$promised_to", []]}, [{"$literal": promise}]]}
        changes: dict[str, Any] = {
            "promised_to": {"$cond": [is_open, promises, "$promised_to"]},
            "promised_at": {"$cond": [is_open, {"$literal": at}, "$promised_at"]},
            "loose": False,
        }
        found = {"_id": {"$in": list(set(file_ids))}}
        result = await self._files.update_many(found, [{"$set": changes}])
        return bool(result.matched_count == len(set(file_ids)))

    async def promised(self, before: datetime, limit: int) -> list[StoredFile]:
        """Attached before then to what nobody has looked for since. Uses index: promised."""
        cursor = self._files.find({"promised_at": {"$lt": before}}).limit(limit)
        return [from_document(StoredFile, d) async for d in cursor]

    async def mark_shown(self, file_ids: Sequence[str], before: datetime) -> None:
        """What they were promised to is there. Not those that were promised anew since. Uses index: _id_."""
        await self._settle(file_ids, before, {"promised_to": [], "promised_at": None})

    async def mark_loose(self, file_ids: Sequence[str], before: datetime) -> None:
        """What they were promised to never came. Not those that were promised anew since. Uses index: _id_."""
        await self._settle(
            file_ids, before, {"promised_to": [], "promised_at": None, "loose": True}
        )

    async def put_off(self, file_ids: Sequence[str], before: datetime, at: datetime) -> None:
        """What shows them may still change: to be looked at again, counted from `at`. Uses index: _id_."""
        await self._settle(file_ids, before, {"promised_at": at})

    async def _settle(
        self, file_ids: Sequence[str], before: datetime, changes: dict[str, Any]
    ) -> None:
        if file_ids:
            since_then = {"$lt": ["$promised_at", {"$literal": before}]}
            found = {"_id": {"$in": list(file_ids)}}
            await self._files.update_many(found, set_if(since_then, changes))

    async def read(
        self, file_id: str, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`, piece by piece; none without a record. Raises FilesAwayError."""
        held = await self._files.find_one({"_id": file_id}, {"kept_in": 1})
        if held is not None:
            room = self._blobs.room(held.get("kept_in", IN_DATABASE))
            async for piece in room.read(file_id, start, stop):
                yield piece

    async def each(self) -> AsyncIterator[tuple[StoredFile, str]]:
        """Every file, the oldest first, and in which room its bytes lie. Uses index: _id_."""
        after = ""
        while True:
            cursor = self._files.find({"_id": {"$gt": after}}).sort("_id", 1).limit(_EACH)
            found = [d async for d in cursor]
            for document in found:
                yield from_document(StoredFile, document), document.get("kept_in", IN_DATABASE)
            if len(found) < _EACH:
                return
            after = found[-1]["_id"]

    async def mark_kept(self, file_id: str, place: str) -> bool:
        """Its bytes lie there now; False for a file that is gone. Uses index: _id_."""
        result = await self._files.update_one({"_id": file_id}, {"$set": {"kept_in": place}})
        return bool(result.matched_count)

    async def undrawn(self, limit: int) -> list[StoredFile]:
        """Pictures whose small one is still to be made. Uses index: undrawn."""
        cursor = self._files.find({"undrawn": True}).limit(limit)
        return [from_document(StoredFile, d) async for d in cursor]

    async def mark_drawn(self, file_id: str) -> bool:
        """There is nothing left to draw; says whether the file is still there. Uses index: _id_."""
        change = {"$set": {"undrawn": False}}
        result = await self._files.update_one({"_id": file_id}, change)
        return bool(result.matched_count)

    async def find_thumbnail(self, file_id: str) -> bytes | None:
        """The small picture of a picture, once it was made. Uses index: _id_."""
        document = await self._thumbnails.find_one({"_id": file_id})
        return bytes(document["content"]) if document else None

    async def keep_thumbnail(self, file_id: str, content: bytes) -> None:
        """It was made; when two made it, one is kept."""
        try:
            await self._thumbnails.insert_one({"_id": file_id, "content": content})
        except DuplicateKeyError:
            return
