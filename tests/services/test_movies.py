"""Large films of resources, in both rooms for bytes: cleaned where they lie, given by ranges, and never in memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from tempfile import TemporaryFile

import pytest

from domain.errors import FileRefusedError
from domain.files import MAX_FILE_BYTES, FileKind
from services import uploads
from services.movies import judge_movie
from services.people import Post
from services.resource_files import begin_file
from settings import BucketAt
from tests.buckets import settings_of
from tests.office import settle_city, settle_staff
from tests.recordings import box, film, mp4
from tests.resourcing import a_document, post_of, put_file
from tests.services.test_judging import archive
from tests.town import Town, open_town

SMALL = 1024 * 1024  # what counts as large here
FILM = film(b"", length=2 * SMALL)


@pytest.fixture
async def town(
    kept_at: BucketAt | None, mongodb_uri: str, redis_url: str, database_name: str
) -> AsyncIterator[Town]:
    where = settings_of(kept_at) if kept_at else {}
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name, **where
    ) as town:
        await settle_city(town)
        await settle_staff(town)
        yield town


@pytest.fixture
async def teacher(town: Town, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", SMALL)
    return await post_of(town, "zhou")


async def read(town: Town, file_id: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([piece async for piece in town.ctx.stores.files.read(file_id, start, stop)])


async def test_a_large_film_is_kept_without_where_it_was_made(town: Town, teacher: Post) -> None:
    file_id = await put_file(town.ctx, teacher, FILM, name="微课.mp4")
    file = await town.ctx.stores.files.find(file_id)
    assert file is not None
    content = await read(town, file_id)
    assert (file.kind, file.content_type, file.seconds) == (FileKind.VIDEO, "video/mp4", 9)
    assert (file.size_bytes, file.sha256) == (len(FILM), hashlib.sha256(content).hexdigest())
    assert b"+36.6171" in FILM
    assert content == FILM.replace(b"udta", b"free").replace(
        FILM[FILM.index(b"udta") + 4 : FILM.index(b"mdat") - 4],
        bytes(FILM.index(b"mdat") - 8 - FILM.index(b"udta")),
    )
    assert await read(town, file_id, SMALL, SMALL + 9) == content[SMALL : SMALL + 9]
    kept = await town.ctx.stores.database["pieces"].count_documents({})
    assert kept == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_document("x") + bytes(SMALL), "too_large"),
        (mp4(video=False) + box(b"mdat", bytes(SMALL)), "too_large"),
        (FILM + archive(), "mixed"),
        (FILM + box(b"free", b"<script>alert(1)</script>"), "mixed"),
        (mp4(seconds=10**6) + box(b"mdat", bytes(SMALL)), "too_long"),
    ],
    ids=["a document", "sound", "an archive behind it", "a page in it", "without end"],
)
async def test_what_is_no_film_leaves_nothing(
    town: Town, teacher: Post, content: bytes, code: str
) -> None:
    with pytest.raises(FileRefusedError, match=code):
        await put_file(town.ctx, teacher, content, name="微课.mp4")
    for name in ("files", "pieces", "blobs.chunks"):
        assert await town.ctx.stores.database[name].count_documents({}) == 0


async def test_only_a_film_may_be_announced_as_large(town: Town, teacher: Post) -> None:
    most = town.ctx.policy.film_bytes
    assert most > MAX_FILE_BYTES
    await begin_file(town.ctx, teacher, name="微课.MP4", size_bytes=most)
    for name, size in (("微课.mp4", most + 1), ("教案.pdf", MAX_FILE_BYTES + 1)):
        with pytest.raises(FileRefusedError, match="too_large"):
            await begin_file(town.ctx, teacher, name=name, size_bytes=size)


def test_the_size_of_a_film_costs_no_memory() -> None:
    with TemporaryFile() as file:
        file.write(film(b"", length=0)[:-8])
        start, length = file.tell(), 150_000_000
        file.write((length + 8).to_bytes(4, "big") + b"mdat")
        file.truncate(start + 8 + length)
        tracemalloc.start()
        try:
            found = judge_movie(file)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert found.content_type == "video/mp4"
    assert most < 8_000_000
