"""Uploaded bytes: what comes back is what went in, and a file exists once its record does.

The same of both rooms for bytes: the database, and a bucket at a real server.
"""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pymongo.database import Database

from domain.errors import FilesAwayError
from settings import BucketAt
from storage.ageing import id_at
from storage.blobs import IN_BUCKET
from storage.files import FileStore
from storage.stores import Stores
from tests import buckets
from tests.domain.samples import NOW, a_file
from tests.storage.conftest import opened

CHUNK = 255 * 1024


@pytest.fixture
async def rooms(kept_at: BucketAt | None) -> AsyncIterator[dict[str, Any]]:
    """Where files lie, as `open_stores` is told."""
    if kept_at is None:
        yield {}
        return
    async with buckets.opened(kept_at) as bucket:
        yield {"bucket": bucket, "new_files_in": IN_BUCKET}


@pytest.fixture
async def both(
    rooms: dict[str, Any], mongodb_uri: str, redis_url: str, own_keys: str
) -> AsyncIterator[tuple[Stores, Stores]]:
    """Two processes' stores over the same data."""
    async with AsyncExitStack() as stack:
        places = (mongodb_uri, redis_url, own_keys)
        first = await stack.enter_async_context(opened(*places, **rooms))
        await first.ensure_indexes()
        yield first, await stack.enter_async_context(opened(*places, **rooms))
        for file in await first.database["files"].find({}).to_list(None):
            await first.forgetting.drop_files([file["_id"]])


@pytest.fixture
def stores(both: tuple[Stores, Stores]) -> Stores:
    """One process's."""
    return both[0]


@pytest.fixture
def twin(both: tuple[Stores, Stores]) -> Stores:
    """The other one's."""
    return both[1]


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
    assert sum(pieces) == 2 * CHUNK + 1
    assert max(pieces) <= 256 * 1024


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


@pytest.mark.parametrize("place", [(0, 1), (1, 3), (CHUNK - 1, CHUNK + 1), (CHUNK, None), (5, 5)])
async def test_a_range_is_what_lies_between(stores: Stores, place: tuple[int, int | None]) -> None:
    content = random.Random(1).randbytes(2 * CHUNK + 9)
    await stores.files.add(a_file(size_bytes=len(content)), content)
    found = [piece async for piece in stores.files.read("file-1", *place)]
    assert b"".join(found) == content[place[0] : place[1]]


async def test_what_breaks_off_while_it_comes_is_no_file(stores: Stores) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield bytes(CHUNK * 40)
        raise OSError

    with pytest.raises(OSError):
        await stores.files.write(a_file(), pieces())
    assert await stores.files.find("file-1") is None
    assert await read(stores.files, "file-1") == b""


async def test_bytes_that_a_dead_process_left_are_found_by_their_time(stores: Stores) -> None:
    before, since = id_at(NOW), f"{id_at(NOW)[:-4]}0000"
    kept, lost = f"{since}-kept", f"{since}-lost"
    for file_id in (kept, lost):
        await stores.files.add(a_file(id=file_id), b"abc")
    await stores.database["files"].delete_one({"_id": lost})
    assert await stores.ageing.lost_bytes(since, f"{before}~") == [lost]
    await stores.forgetting.drop_files([lost])
    assert await stores.ageing.lost_bytes(since, f"{before}~") == []


async def test_what_is_forgotten_leaves_nothing(stores: Stores) -> None:
    await stores.files.add(a_file(), b"abc")
    assert await stores.forgetting.drop_files(["file-1", "nobody"]) == 1
    assert await stores.files.find("file-1") is None
    with pytest.raises((FilesAwayError, StopAsyncIteration)):
        await anext(stores.blobs.room(stores.blobs.new_in).read("file-1"))


async def test_files_of_both_rooms_are_read_side_by_side(
    s3_server: BucketAt, mongodb_uri: str, redis_url: str, own_keys: str,
    behind: Database[dict[str, Any]],
) -> None:  # fmt: skip
    """The setting says where new ones go; an old one stays where it is, and is found there."""
    places = (mongodb_uri, redis_url, own_keys)
    async with buckets.opened(s3_server) as bucket:
        async with opened(*places) as before:
            await before.files.add(a_file(id="old"), b"in the database")
        async with opened(*places, bucket=bucket, new_files_in=IN_BUCKET) as now:
            await now.files.add(a_file(id="new"), b"in the bucket")
            assert await read(now.files, "old") == b"in the database"
            assert await read(now.files, "new") == b"in the bucket"
        assert behind["blobs.chunks"].distinct("files_id") == ["old"]
        async with opened(*places, bucket=bucket) as back:
            assert await read(back.files, "new") == b"in the bucket"
        async with opened(*places) as without:
            with pytest.raises(FilesAwayError):
                await read(without.files, "new")
            with pytest.raises(FilesAwayError):
                await without.forgetting.drop_files(["new"])
            assert await without.files.find("new") is not None
        async with opened(*places, bucket=bucket) as back:
            assert await back.forgetting.drop_files(["old", "new"]) == 2


async def test_where_the_bucket_is_away_nothing_is_stored_and_nothing_forgotten(
    s3_server: BucketAt, mongodb_uri: str, redis_url: str, own_keys: str
) -> None:
    async with (
        buckets.badly_reached(s3_server) as (line, at),
        buckets.opened(at) as bucket,
        opened(mongodb_uri, redis_url, own_keys, bucket=bucket, new_files_in=IN_BUCKET) as stores,
    ):
        await stores.files.add(a_file(id="kept"), b"abc")
        line.trouble = lambda _: 503
        for failing in (
            stores.files.add(a_file(id="new"), b"abc"),
            stores.forgetting.drop_files(["kept"]),
            read(stores.files, "kept"),
        ):
            with pytest.raises(FilesAwayError):
                await failing
        assert await stores.files.find("new") is None
        assert await stores.files.find("kept") is not None
        line.trouble = lambda _: None
        assert await read(stores.files, "kept") == b"abc"
        assert await stores.forgetting.drop_files(["kept"]) == 1
