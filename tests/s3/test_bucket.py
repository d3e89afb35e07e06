"""A bucket at a real server, over lines that fail: whole or not there, gone on with, given up clearly."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from domain.errors import FilesAwayError
from s3.bucket import PART_BYTES, Bucket
from settings import BucketAt
from tests.buckets import BadLine, badly_reached, opened

SIZES = (0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 7)


@pytest.fixture
async def bucket(s3_server: BucketAt) -> AsyncIterator[Bucket]:
    async with opened(s3_server) as bucket:
        yield bucket


@pytest.fixture
async def line(s3_server: BucketAt) -> AsyncIterator[tuple[BadLine, Bucket]]:
    """A bad line, and the bucket as it is reached over it: short of patience."""
    async with badly_reached(s3_server) as (bad, at), opened(at, patience_seconds=5) as far:
        yield bad, far


def some(size: int) -> bytes:
    return random.Random(size).randbytes(size)


async def pieces_of(content: bytes, piece: int = 300_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece):
        yield content[start : start + piece]


async def read(bucket: Bucket, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([piece async for piece in bucket.read(key, start, stop)])


async def test_it_opens_with_the_right_keys_alone(s3_server: BucketAt) -> None:
    async with opened(s3_server) as bucket:
        await bucket.check()
    for wrong in (
        replace(s3_server, secret="another"),
        replace(s3_server, key_id="nobody"),
        replace(s3_server, bucket="no-such-bucket"),
    ):
        async with opened(wrong) as bucket:
            with pytest.raises(FilesAwayError):
                await bucket.check()


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_written_in_parts_is_read_by_any_range(bucket: Bucket, size: int) -> None:
    key, content = f"whole-{size}", some(size)
    assert await bucket.write(key, pieces_of(content)) == size
    assert await read(bucket, key) == content
    for start, stop in ((0, 1), (size // 2, size), (size - 1, None), (size, None), (5, 5)):
        if start >= 0:
            assert await read(bucket, key, start, stop) == content[start:stop]
    await bucket.drop([key, "never-there"])
    with pytest.raises(FilesAwayError):
        await read(bucket, key)


async def test_only_parts_are_in_memory(bucket: Bucket) -> None:
    """A part goes out before the pieces of the next but one are asked for."""
    asked = 0
    sent: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal asked
        for _ in range(40):
            asked += 1_000_000
            yield bytes(1_000_000)

    part = bucket._part

    async def counting(key: str, upload: str, number: int, content: bytearray) -> str:
        assert asked - sum(sent) < PART_BYTES + 1_000_001
        sent.append(len(content))
        return await part(key, upload, number, content)

    bucket._part = counting  # type: ignore[method-assign]
    assert await bucket.write("large", pieces()) == 40_000_000
    assert len(sent) == 5
    await bucket.drop(["large"])


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_server_that_is_tired_for_a_moment_is_asked_again(
    line: tuple[BadLine, Bucket], bucket: Bucket, status: int
) -> None:
    bad, far = line
    refused: set[str] = set()

    def once_each(request: web.Request) -> int | None:
        key = f"{request.method} {request.query_string}"
        if key in refused:
            return None
        refused.add(key)
        return status

    bad.trouble = once_each
    content = some(PART_BYTES + 1)
    await far.write("tired", pieces_of(content))
    assert await read(bucket, "tired") == content
    assert len(refused) > 3
    await bucket.drop(["tired"])


@pytest.mark.parametrize("size", [1000, PART_BYTES + 1])
@pytest.mark.parametrize("trouble", [500, 403, "silent"])
async def test_what_cannot_be_kept_is_said_and_is_not_half_there(
    s3_server: BucketAt, bucket: Bucket, trouble: int | str, size: int
) -> None:
    async with (
        badly_reached(s3_server) as (bad, at),
        opened(at, patience_seconds=1 if trouble == "silent" else 30) as far,
    ):
        bad.trouble = lambda request: trouble if request.method == "PUT" else None
        with pytest.raises(FilesAwayError):
            await far.write("half", pieces_of(some(size)))
    with pytest.raises(FilesAwayError):
        await read(bucket, "half")
    assert list(await bucket._begun()) == []


async def test_an_answer_that_was_lost_is_found_out(line: tuple[BadLine, Bucket]) -> None:
    """The server put it together, and nobody heard: asked again it knows the upload no more, but has the file."""
    bad, far = line
    lost: list[str] = []

    def lose_the_end(request: web.Request) -> str | None:
        if request.method == "POST" and "uploads" not in request.query and not lost:
            lost.append(request.query_string)
            return "lost"
        return None

    bad.trouble = lose_the_end
    content = some(PART_BYTES + 1)
    await far.write("found-out", pieces_of(content))
    assert lost
    assert await read(far, "found-out") == content
    await far.drop(["found-out"])


async def test_a_line_that_breaks_off_is_gone_on_with_where_it_did(
    line: tuple[BadLine, Bucket], bucket: Bucket
) -> None:
    bad, far = line
    content = some(1_000_000)
    await bucket.write("broken", pieces_of(content))
    cuts = ["cut", None, "cut", "cut", None]
    bad.trouble = lambda request: cuts.pop(0)
    assert await read(far, "broken") == content
    assert await read(far, "broken", 10, 900_000) == content[10:900_000]
    bad.trouble = lambda _: "cut"
    with pytest.raises(FilesAwayError):
        await read(far, "broken")
    await bucket.drop(["broken"])


async def test_bytes_of_another_place_are_never_taken_for_those_asked_for(
    line: tuple[BadLine, Bucket],
) -> None:
    """A server that does not know ranges answers 200 with all of it."""
    bad, far = line
    bad.trouble = lambda _: 200
    with pytest.raises(FilesAwayError):
        await read(far, "anything", 5, 10)


async def test_a_redirect_leads_nowhere(line: tuple[BadLine, Bucket]) -> None:
    bad, far = line
    bad.trouble = lambda _: 307
    with pytest.raises(FilesAwayError):
        await far.check()
    with pytest.raises(FilesAwayError):
        await read(far, "anything")


async def test_a_server_that_is_not_there(s3_server: BucketAt) -> None:
    async with opened(replace(s3_server, endpoint="http://127.0.0.1:1")) as bucket:
        for failing in (bucket.check(), bucket.write("k", pieces_of(b"x")), read(bucket, "k")):
            with pytest.raises(FilesAwayError):
                await failing


async def test_keys_of_a_time_are_found_and_what_was_never_finished_is_given_up(
    bucket: Bucket,
) -> None:
    for key in ("0001a", "0002a", "0002b", "0003a"):
        await bucket.write(key, pieces_of(b"x"))
    await bucket._begin("0002c")
    await bucket._begin("0009")
    assert await bucket.keys_between("0002", "0003") == {"0002a", "0002b"}
    assert [key for key, _ in await bucket._begun()] == ["0009"]
    assert await bucket.keys_between("0009", "0010") == set()
    await bucket.drop(["0001a", "0002a", "0002b", "0003a"])


async def test_more_keys_than_one_answer_lists(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = bucket._transport.ask

    async def few(method: str, key: str, **more: object) -> object:
        query = more.get("query")
        if isinstance(query, dict) and "list-type" in query:
            query["max-keys"] = "2"
        return await ask(method, key, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(bucket._transport, "ask", few)
    keys = [f"page-{n}" for n in range(5)]
    for key in keys:
        await bucket.write(key, pieces_of(b"x"))
    assert await bucket.keys_between("page-", "page~") == set(keys)
    await bucket.drop(keys)
