"""Bytes that people upload, in GridFS; a file exists once its record does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.files import StoredFile
from storage.documents import from_document, to_document

_CHUNK_BYTES = 255 * 1024
_WRITE_BYTES = 8 * _CHUNK_BYTES
_READ_CHUNKS = 8


class FileStore:
    """Records in `files`, bytes in the bucket `blobs`, small pictures of pictures in `thumbnails`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._database = database
        self._files = database["files"]
        self._thumbnails = database["thumbnails"]

    async def add(self, file: StoredFile, content: bytes) -> None:
        """Store bytes first, then the record that makes them visible.

        Written as GridFS lays it down, not by its driver: that asks for its indexes before every file, and holds
        48 MB of a large one before it sends any.
        """
        number = 0
        for start in range(0, len(content), _WRITE_BYTES):
            number = await self._put(file.id, number, content[start : start + _WRITE_BYTES])
        await self._finish(file, len(content))

    async def write(self, file: StoredFile, pieces: AsyncIterator[bytes]) -> None:
        """The same for bytes that come piece by piece; two megabytes are in memory at a time."""
        number, length, held = 0, 0, bytearray()
        async for piece in pieces:
            held += piece
            while len(held) >= _WRITE_BYTES:
                number = await self._put(file.id, number, held[:_WRITE_BYTES])
                length += _WRITE_BYTES
                del held[:_WRITE_BYTES]
        length += len(held)
        await self._put(file.id, number, held)
        await self._finish(file, length)

    async def _finish(self, file: StoredFile, length: int) -> None:
        await self._database["blobs.files"].insert_one(
            {
                "_id": file.id,
                "filename": file.name,
                "length": length,
                "chunkSize": _CHUNK_BYTES,
                "uploadDate": file.created_at,
            }
        )
        await self._files.insert_one(to_document(file))

    async def _put(self, file_id: str, number: int, content: bytes | bytearray) -> int:
        """These bytes as chunks from `number` on; returns the number of the next one."""
        chunks = [
            {
                "files_id": file_id,
                "n": number + start // _CHUNK_BYTES,
                "data": bytes(content[start : start + _CHUNK_BYTES]),
            }
            for start in range(0, len(content), _CHUNK_BYTES)
        ]
        if chunks:
            await self._database["blobs.chunks"].insert_many(chunks)
        return number + len(chunks)

    async def find(self, file_id: str) -> StoredFile | None:
        """Uses index: _id_."""
        document = await self._files.find_one({"_id": file_id})
        return from_document(StoredFile, document) if document else None

    async def many(self, file_ids: Iterable[str]) -> dict[str, StoredFile]:
        """Uses index: _id_."""
        cursor = self._files.find({"_id": {"$in": list(file_ids)}})
        return {d["_id"]: from_document(StoredFile, d) async for d in cursor}

    async def mark_attached(self, file_ids: Sequence[str]) -> bool:
        """They are about to be shown; says whether all of them are still there. Uses index: _id_."""
        found = {"_id": {"$in": list(set(file_ids))}}
        result = await self._files.update_many(found, {"$set": {"loose": False}})
        return bool(result.matched_count == len(set(file_ids)))

    async def read(
        self, file_id: str, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`, piece by piece. Uses index: files_id_1_n_1."""
        number = start // _CHUNK_BYTES
        last = 2**31 - 1 if stop is None else max(0, stop - 1) // _CHUNK_BYTES
        place = {"files_id": file_id, "n": {"$gte": number, "$lte": last}}
        chunks = self._database["blobs.chunks"].find(place, batch_size=_READ_CHUNKS).sort("n", 1)
        async for chunk in chunks:
            begins = chunk["n"] * _CHUNK_BYTES
            end = _CHUNK_BYTES if stop is None else max(0, stop - begins)
            if piece := bytes(chunk["data"])[max(0, start - begins) : end]:
                yield piece

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
