"""Making a family file: in little memory, once, whoever makes it at the same moment."""

from __future__ import annotations

import asyncio
import io
import os
import tracemalloc
import zipfile
from typing import Any

import pytest

from domain.family_files import FamilyFile
from domain.files import MAX_FILE_BYTES
from services.family_files import ask_family_file, build_family_file
from services.files import Owner, store_upload
from tests.handlers.conftest import PDF, Village, village
from tests.town import school_class
from tests.waiting import wait_until

__all__ = ["village"]

CHILD = f"{school_class(1).id}-0003"
_LARGE = 8 * 1024 * 1024
# A cursor over a file's chunks brings up to 16 MB at once: MongoDB's limit for one answer.
_LITTLE = 20 * 1024 * 1024


async def wanted(village: Village, *, files: int = 0) -> FamilyFile:
    """A family file that waits to be made, with so many large attachments."""
    teaching = await village.teaching()
    attached = [
        await store_upload(
            village.town.ctx, Owner.of(teaching), f"{n}.pdf", PDF + os.urandom(_LARGE)
        )
        for n in range(files)
    ]
    notice = await village.publish(files=tuple(file.id for file in attached))

    async def there() -> bool:
        return bool(await village.count_where("deliveries", notice_id=notice.id, push=None))

    await wait_until(there, description="the notice is delivered")
    await village.town.stop_worker()
    return await ask_family_file(village.town.ctx, await village.person(village.mother), CHILD)


async def made(village: Village, file: FamilyFile) -> zipfile.ZipFile:
    ready = await village.town.ctx.stores.family_files.find(file.id)
    assert ready is not None
    assert ready.file_id is not None
    pieces = [p async for p in village.town.ctx.stores.files.read(ready.file_id)]
    assert sum(map(len, pieces)) == ready.size_bytes
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


async def test_an_archive_far_larger_than_what_it_is_made_in(village: Village) -> None:
    assert _LARGE < MAX_FILE_BYTES
    file = await wanted(village, files=4)
    tracemalloc.start()
    try:
        await build_family_file(village.town.ctx, file.id)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    archive = await made(village, file)
    assert sum(info.file_size for info in archive.infolist()) > 4 * _LARGE
    assert peak < _LITTLE


async def test_made_by_two_at_once_there_is_one(village: Village) -> None:
    file, ctx = await wanted(village), village.town.ctx
    await asyncio.gather(build_family_file(ctx, file.id), build_family_file(ctx, file.id))
    assert await village.count_where("files", kind="archive") == 1
    assert (await made(village, file)).testzip() is None
    held = await village.count("blobs.files")
    await build_family_file(ctx, file.id)  # a job may run twice
    assert await village.count("blobs.files") == held


async def test_erased_while_it_was_being_made_it_is_not_left_behind(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, ctx = await wanted(village), village.town.ctx
    store = type(ctx.stores.family_files)
    note_blob = store.note_blob

    async def note_and_erase(self: Any, file_id: str, blob_id: str) -> None:
        await note_blob(self, file_id, blob_id)
        await ctx.stores.forgetting.drop("family_files", [file_id])

    monkeypatch.setattr(store, "note_blob", note_and_erase)
    await build_family_file(ctx, file.id)
    assert await village.count_where("files", kind="archive") == 0
    assert await village.count("blobs.chunks") == 0
