"""Files on their way: what has come of each, and the pieces' bytes until they are one file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.uploads import Upload
from storage.conditions import set_if
from storage.documents import from_document, to_document

_OPEN = {"$and": [{"$not": ["$file_id"]}, {"$not": ["$refused"]}]}


class UploadStore:
    """Records in `uploads`, bytes in `pieces` under `upload:number`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._uploads = database["uploads"]
        self._pieces = database["pieces"]

    async def add(self, upload: Upload) -> None:
        """It was announced."""
        await self._uploads.insert_one(to_document(upload))

    async def find(self, upload_id: str) -> Upload | None:
        """Uses index: _id_."""
        document = await self._uploads.find_one({"_id": upload_id})
        return from_document(Upload, document) if document else None

    async def of_person(self, person_id: str) -> list[Upload]:
        """All that are not cleared away yet. Uses index: by_person."""
        cursor = self._uploads.find({"person_id": person_id})
        return [from_document(Upload, d) async for d in cursor]

    async def put_piece(self, upload: Upload, number: int, content: bytes, digest: str) -> bool:
        """Store a piece's bytes; says whether those stored under its number are these.

        They count once `hold` has noted them: a piece that a dead process left is found again here.
        Uses index: _id_.
        """
        key = _key(upload.id, number)
        piece = {"_id": key, "digest": digest, "expires_at": upload.expires_at, "content": content}
        try:
            await self._pieces.insert_one(piece)
        except DuplicateKeyError:
            held = await self._pieces.find_one({"_id": key})
            return held is not None and held["digest"] == digest
        return True

    async def hold(self, upload_id: str, number: int, digest: str) -> bool:
        """The piece is there: from now on it is acknowledged. False when the upload is over or gone.

        Uses index: _id_.
        """
        change = set_if(_OPEN, {f"held.{number}": digest})
        result = await self._uploads.update_one({"_id": upload_id}, change)
        return bool(result.modified_count)

    async def take_turn(self, upload_id: str, now: datetime, until: datetime) -> bool:
        """Nobody else puts it together before then; False when somebody does, or it is over. Uses index: _id_."""
        free = {"$lte": [{"$ifNull": ["$finishing_until", now]}, now]}
        change = set_if({"$and": [free, _OPEN]}, {"finishing_until": until})
        result = await self._uploads.update_one({"_id": upload_id}, change)
        return bool(result.modified_count)

    async def give_back(self, upload_id: str) -> None:
        """Somebody else may put it together. Uses index: _id_."""
        await self._uploads.update_one({"_id": upload_id}, {"$set": {"finishing_until": None}})

    async def mark_over(
        self, upload_id: str, *, file_id: str | None = None, refused: str | None = None
    ) -> bool:
        """It became a file, or is refused; the first time counts. Uses index: _id_."""
        change = set_if(_OPEN, {"file_id": file_id, "refused": refused})
        result = await self._uploads.update_one({"_id": upload_id}, change)
        return bool(result.modified_count)

    async def read(self, upload: Upload) -> AsyncIterator[bytes]:
        """Its bytes, piece by piece. Raises LookupError when one is gone. Uses index: _id_."""
        for number in range(upload.pieces):
            piece = await self._pieces.find_one({"_id": _key(upload.id, number)})
            if piece is None:
                raise LookupError(upload.id)
            yield bytes(piece["content"])

    async def drop_pieces(self, upload_id: str) -> None:
        """Their bytes are one file now, or no longer wanted. Uses index: _id_."""
        await self._pieces.delete_many({"_id": {"$gt": f"{upload_id}:", "$lt": f"{upload_id};"}})

    async def drop(self, upload_id: str) -> bool:
        """Pieces first, then what leads to them; says whether there was an upload. Uses index: _id_."""
        await self.drop_pieces(upload_id)
        result = await self._uploads.delete_one({"_id": upload_id})
        return bool(result.deleted_count)

    async def expired(self, now: datetime, limit: int) -> list[str]:
        """Ids of what nobody has carried on in time. Uses index: expiry."""
        cursor = self._uploads.find({"expires_at": {"$lte": now}}).limit(limit)
        return [d["_id"] async for d in cursor]


def _key(upload_id: str, number: int) -> str:
    return f"{upload_id}:{number:05d}"
