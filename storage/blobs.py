"""Where the bytes of files lie: in the database, or in a bucket outside, by a word in the file's record.

Both can be open at once. A new file goes to the one that the operator has chosen; an old one stays where it is.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any, Protocol

from motor.motor_asyncio import AsyncIOMotorDatabase

from domain.errors import FilesAwayError

log = logging.getLogger("yanshu.storage")

IN_DATABASE = ""  # what the records of files before there was a bucket say
IN_BUCKET = "s3"
CHUNK_BYTES = 255 * 1024
_WRITE_BYTES = 8 * CHUNK_BYTES
_READ_CHUNKS = 8
_PIECE_BYTES = 256 * 1024


class Room(Protocol):
    """A place for bytes. Whatever it cannot do it says by FilesAwayError or the driver's own errors."""

    async def check(self) -> None:
        """Look whether it is there. Raises FilesAwayError."""

    async def write(self, key: str, pieces: AsyncIterator[bytes]) -> int:
        """Keep these bytes; returns how many. What raises leaves no file that somebody could be given."""

    def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`, piece by piece."""

    async def drop(self, keys: Sequence[str]) -> None:
        """They are no longer wanted."""

    async def keys_between(self, since: str, before: str) -> set[str]:
        """Under which keys of a range there are bytes."""


class GridRoom:
    """Bytes in the database, as GridFS lays them down: the bucket `blobs`.

    Not by its driver: that asks for its indexes before every file, and holds 48 MB of a large one before it
    sends any.
    """

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._chunks = database["blobs.chunks"]
        self._heads = database["blobs.files"]

    async def check(self) -> None:
        """It is there when the database is."""

    async def write(self, key: str, pieces: AsyncIterator[bytes]) -> int:
        """See `Room`; two megabytes are in memory at a time."""
        number, length, held = 0, 0, bytearray()
        async for piece in pieces:
            held += piece
            while len(held) >= _WRITE_BYTES:
                number = await self._put(key, number, held[:_WRITE_BYTES])
                length += _WRITE_BYTES
                del held[:_WRITE_BYTES]
        length += len(held)
        await self._put(key, number, held)
        head = {"length": length, "chunkSize": CHUNK_BYTES, "uploadDate": datetime.now(UTC)}
        await self._heads.insert_one({"_id": key, **head})
        return length

    async def _put(self, key: str, number: int, content: bytearray) -> int:
        """These bytes as chunks from `number` on; returns the number of the next one."""
        chunks = [
            {
                "files_id": key,
                "n": number + start // CHUNK_BYTES,
                "data": bytes(content[start : start + CHUNK_BYTES]),
            }
            for start in range(0, len(content), CHUNK_BYTES)
        ]
        if chunks:
            await self._chunks.insert_many(chunks)
        return number + len(chunks)

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """See `Room`. Uses index: files_id_1_n_1."""
        number = start // CHUNK_BYTES
        last = 2**31 - 1 if stop is None else max(0, stop - 1) // CHUNK_BYTES
        place = {"files_id": key, "n": {"$gte": number, "$lte": last}}
        chunks = self._chunks.find(place, batch_size=_READ_CHUNKS).sort("n", 1)
        async for chunk in chunks:
            begins = chunk["n"] * CHUNK_BYTES
            end = CHUNK_BYTES if stop is None else max(0, stop - begins)
            if piece := bytes(chunk["data"])[max(0, start - begins) : end]:
                yield piece

    async def drop(self, keys: Sequence[str]) -> None:
        """See `Room`. By the bucket's own index on `files_id`."""
        for key in keys:
            await self._chunks.delete_many({"files_id": key})
            await self._heads.delete_one({"_id": key})

    async def keys_between(self, since: str, before: str) -> set[str]:
        """See `Room`. By the bucket's own index on `files_id`."""
        place = {"$gte": since, "$lt": before}
        return {
            d["files_id"] async for d in self._chunks.find({"files_id": place}, {"files_id": 1})
        }


class Blobs:
    """The rooms that are open, and which of them new files go to.

    Args:
        database: holds the one that is always there.
        bucket: the one outside, where the operator has named it.
        new_in: IN_DATABASE or IN_BUCKET.
    """

    def __init__(
        self,
        database: AsyncIOMotorDatabase[dict[str, Any]],
        bucket: Room | None = None,
        *,
        new_in: str = IN_DATABASE,
    ) -> None:
        self._rooms: dict[str, Room] = {IN_DATABASE: GridRoom(database)}
        if bucket is not None:
            self._rooms[IN_BUCKET] = bucket
        self.new_in = new_in

    def room(self, place: str) -> Room:
        """The room of this name. Raises FilesAwayError for one that the settings no longer name."""
        room = self._rooms.get(place)
        if room is None:
            log.error("a file is kept in %r, which the settings do not name", place)
            raise FilesAwayError
        return room

    @property
    def places(self) -> frozenset[str]:
        """The rooms that are open."""
        return frozenset(self._rooms)

    async def check(self) -> None:
        """Look whether every room that is open is there. Raises FilesAwayError."""
        for room in self._rooms.values():
            await room.check()

    async def drop(self, keys: Sequence[str]) -> None:
        """Out of every room that is open: a process that died may have left bytes in any."""
        for room in self._rooms.values():
            await room.drop(keys)

    async def keys_between(self, since: str, before: str) -> set[str]:
        """Under which keys of a range any room has bytes."""
        found: set[str] = set()
        for room in self._rooms.values():
            found |= await room.keys_between(since, before)
        return found


async def pieces_of(source: IO[bytes]) -> AsyncIterator[bytes]:
    """A file from its beginning, piece by piece."""
    source.seek(0)
    while piece := source.read(_PIECE_BYTES):
        yield piece


async def whole(content: bytes) -> AsyncIterator[bytes]:
    """Bytes that are all there, as what comes piece by piece."""
    yield content
