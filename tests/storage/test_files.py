"""Uploaded bytes: what comes back is what went in, and a file exists once its record does."""

import random
from collections.abc import AsyncIterator

import pytest

from storage.files import FileStore
from storage.stores import Stores
from tests.domain.samples import a_file

CHUNK = 255 * 1024


async def read(files: FileStore, file_id: str) -> bytes:
    return b"".join([piece async for piece in files.read(file_id)])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
async def test_the_bytes_come_back_as_they_were(stores: Stores, twin: Stores, size: int) -> None:
    content = random.Random(size).randbytes(size)
    file = a_file(size_bytes=size)
    await stores.files.add(file, content)
    assert await twin.files.find(file.id) == file
    assert await read(twin.files, file.id) == content


@pytest.mark.parametrize("size", [0, 1, 8 * CHUNK - 1, 8 * CHUNK, 17 * CHUNK + 3])
async def test_what_is_written_in_pieces_is_the_same_file(stores: Stores, size: int) -> None:
    content = random.Random(size).randbytes(size)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, size, 100_000):
            yield content[start : start + 100_000]

    await stores.files.write(a_file(size_bytes=size), pieces())
    assert await read(stores.files, "file-1") == content
    assert await stores.files.find("file-1") == a_file(size_bytes=size)


async def test_a_large_file_comes_in_pieces(stores: Stores) -> None:
    await stores.files.add(a_file(), b"x" * (2 * CHUNK + 1))
    pieces = [len(piece) async for piece in stores.files.read("file-1")]
    assert pieces == [CHUNK, CHUNK, 1]


async def test_several_at_once_each_keep_their_own(stores: Stores) -> None:
    for number in range(3):
        await stores.files.add(a_file(id=f"f{number}"), bytes([number]) * 10)
    found = await stores.files.many(["f0", "f2", "f9"])
    assert found == {"f0": a_file(id="f0"), "f2": a_file(id="f2")}
    assert [await read(stores.files, f"f{n}") for n in range(3)] == [
        bytes([n]) * 10 for n in range(3)
    ]


async def test_bytes_without_their_record_are_no_file(stores: Stores) -> None:
    await stores.files.add(a_file(), b"abc")
    await stores.database["files"].delete_one({"_id": "file-1"})  # as if it died in between
    assert await stores.files.find("file-1") is None
    assert await stores.files.many(["file-1"]) == {}


async def test_a_file_that_is_not_there(stores: Stores) -> None:
    assert await stores.files.find("nobody") is None
    assert await stores.files.many(["nobody"]) == await stores.files.many([]) == {}
