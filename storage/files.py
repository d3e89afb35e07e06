"""Bytes that people upload, in GridFS; a file exists once its record does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase, AsyncIOMotorGridFSBucket

from domain.files import StoredFile
from storage.documents import from_document, to_document

_CHUNK_BYTES = 255 * 1024


class FileStore:
    """Records in `files`, bytes in the bucket `blobs`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._files = database["files"]
        self._blobs = AsyncIOMotorGridFSBucket(
            database, bucket_name="blobs", chunk_size_bytes=_CHUNK_BYTES
        )

    async def add(self, file: StoredFile, content: bytes) -> None:
        """Store bytes first, then the record that makes them visible."""
        await self._blobs.upload_from_stream_with_id(file.id, file.name, content)
        await self._files.insert_one(to_document(file))

    async def write(self, file: StoredFile, pieces: AsyncIterator[bytes]) -> None:
        """The same for bytes that come piece by piece; a piece is what must fit into memory."""
        async with self._blobs.open_upload_stream_with_id(file.id, file.name) as stream:
            async for piece in pieces:
                await stream.write(piece)
        await self._files.insert_one(to_document(file))

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

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes, piece by piece."""
        stream = await self._blobs.open_download_stream(file_id)
        while chunk := await stream.readchunk():
            yield chunk
