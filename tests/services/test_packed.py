"""A ZIP that is given out while it is made: whole, read by other programs, and never ahead of who takes it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import AsyncIterator

import pytest

from services.packed import zipped
from storage.blobs import whole

PIECE = 64 * 1024


async def test_what_went_in_comes_out() -> None:
    contents = {
        "manifest.json": b"{}",
        "resources/1/教案.docx": bytes(range(256)) * 2000,
        "空": b"",
    }
    made = b"".join([piece async for piece in zipped((n, whole(c)) for n, c in contents.items())])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents


async def test_who_reads_it_from_its_beginning_finds_the_ends_of_its_entries() -> None:
    """Such a program takes a length that comes afterwards only for what is deflated (method 8)."""
    made = b"".join([piece async for piece in zipped([("a", whole(b"x" * 10))])])
    flags, method = struct.unpack_from("<HH", made, 6)
    assert flags & 0x08
    assert method == zipfile.ZIP_DEFLATED


async def test_nothing_is_read_before_what_came_before_it_was_taken() -> None:
    asked = taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal asked
        for _ in range(200):
            asked += 1
            yield bytes(PIECE)

    async for piece in zipped([("a", pieces()), ("b", pieces())]):
        taken += len(piece)
        assert asked * PIECE - taken < 2 * PIECE
        assert len(piece) < 2 * PIECE
    assert asked == 400
    assert taken > 400 * PIECE


async def test_what_breaks_off_is_no_zip() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(PIECE)
        raise OSError("the store is gone")

    made = bytearray()

    async def take() -> None:
        async for piece in zipped([("a", whole(b"first")), ("b", broken())]):
            made.extend(piece)

    with pytest.raises(OSError, match="the store is gone"):
        await take()
    assert len(made) > PIECE
    assert not zipfile.is_zipfile(io.BytesIO(bytes(made)))
