"""Files are moved from one room to the other: whole, or not at all, whatever dies on the way."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from domain.errors import FilesAwayError
from services.moving import run_move
from settings import BucketAt
from storage.blobs import IN_BUCKET, IN_DATABASE
from tests.buckets import badly_reached, settings_of
from tests.domain.samples import a_file
from tests.dying import Killed, after_each_write, dying_after
from tests.town import Town, open_town

CONTENTS = {f"file-{n}": random.Random(n).randbytes(n * 300_000) for n in range(4)}
PLACES = (IN_DATABASE, IN_BUCKET)


@pytest.fixture
async def town(
    s3_server: BucketAt, mongodb_uri: str, redis_url: str, database_name: str
) -> AsyncIterator[Town]:
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
        **settings_of(s3_server),
    ) as town:
        yield town
        await town.ctx.stores.forgetting.drop_files([*CONTENTS])


async def settle(town: Town, place: str) -> None:
    """All files lie there, and are to go to the other room."""
    blobs = town.ctx.stores.blobs
    blobs.new_in = place
    for file_id, content in CONTENTS.items():
        await town.ctx.stores.files.add(a_file(id=file_id, size_bytes=len(content)), content)
    blobs.new_in = next(one for one in PLACES if one != place)


async def read(town: Town, file_id: str) -> bytes:
    return b"".join([piece async for piece in town.ctx.stores.files.read(file_id)])


async def lying_in(town: Town, place: str) -> set[str]:
    found: set[str] = await town.ctx.stores.blobs.room(place).keys_between("file-", "file-~")
    return found


@pytest.mark.parametrize("place", PLACES, ids=["out of the database", "back into it"])
async def test_every_file_comes_along_and_leaves_nothing_behind(town: Town, place: str) -> None:
    await settle(town, place)
    said: list[str] = []
    assert await run_move(town.ctx, said.append, said.append)
    for file_id, content in CONTENTS.items():
        assert await read(town, file_id) == content
    assert await lying_in(town, place) == set()
    assert said[-1] == "4 files moved, 0 were there already"
    assert await run_move(town.ctx, said.append, said.append)
    assert said[-1] == "0 files moved, 4 were there already"


async def test_a_damaged_file_stays_and_is_named(town: Town) -> None:
    await settle(town, IN_DATABASE)
    chunks = town.ctx.stores.database["blobs.chunks"]
    await chunks.delete_one({"files_id": "file-2", "n": 1})
    said: list[str] = []
    assert not await run_move(town.ctx, said.append, lambda _: None)
    assert said[0] == "3 files moved, 0 were there already"
    assert said[1].startswith("file-2 stays")
    assert await lying_in(town, IN_DATABASE) == {"file-2"}
    assert "file-2" not in await lying_in(town, IN_BUCKET)


async def test_dead_after_any_write_every_file_is_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settle(town, IN_BUCKET)
    deaths = 0
    for last in range(1, 60):
        try:
            with after_each_write(monkeypatch, dying_after(last)):
                await run_move(town.ctx, lambda _: None, lambda _: None)
            break
        except Killed:
            deaths += 1
            for file_id, content in CONTENTS.items():
                assert await read(town, file_id) == content, (last, file_id)
    assert deaths > 4
    assert await lying_in(town, IN_BUCKET) == set()


async def test_a_bucket_that_is_away_takes_nothing_along(
    s3_server: BucketAt, mongodb_uri: str, redis_url: str, database_name: str
) -> None:
    async with (
        badly_reached(s3_server) as (line, at),
        open_town(
            mongodb_uri=mongodb_uri,
            redis_url=redis_url,
            database=database_name,
            **settings_of(at),
        ) as town,
    ):
        await settle(town, IN_DATABASE)
        line.trouble = lambda request: 403 if request.method == "PUT" else None
        with pytest.raises(FilesAwayError):
            await run_move(town.ctx, lambda _: None, lambda _: None)
        for file_id, content in CONTENTS.items():
            assert await read(town, file_id) == content
