"""Uploading on a line that drops: the file is whole, stored once, and nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import random
import zlib
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.errors import ConflictError
from domain.uploads import LIFE, MOST_OPEN, PIECE_BYTES
from services.context import Context
from services.families import end_own_binding
from services.files import Owner
from services.uploads import begin_upload, finish_upload, take_piece, tend_uploads
from storage.files import FileStore
from storage.uploads import UploadStore
from tests import recordings
from tests.handlers.conftest import PDF
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.village import Village, camera_picture
from tests.town import SCHOOL, Town, school_class

CHILD = f"{school_class(1).id}-0001"
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


class DroppedError(Exception):
    """The line was gone before the answer came."""


@dataclass
class BadLine:
    """A phone in a lift: what is sent is lost before it arrives, or its answer is, or it arrives twice."""

    mini: MiniClient
    chance: random.Random

    async def call(self, *arguments: object, **options: str) -> Answer:
        fate = self.chance.random()
        if fate < 0.25:
            raise DroppedError
        answer = await self.mini.call(*arguments, **options)  # type: ignore[arg-type]
        if fate < 0.4:
            answer = await self.mini.call(*arguments, **options)  # type: ignore[arg-type]
        if fate < 0.6:
            raise DroppedError
        return answer


def a_document(size: int, seed: int = 1) -> bytes:
    return PDF + random.Random(seed).randbytes(size - len(PDF))


async def announce(mini: MiniClient, content: bytes, **fields: str) -> Answer:
    body = {"name": "作业.pdf", "size_bytes": len(content), "child": CHILD, **fields}
    return await mini.call("POST", "/uploads", body)


async def put(line: MiniClient | BadLine, upload: str, content: bytes, offset: int) -> Answer:
    piece = content[offset : offset + PIECE_BYTES]
    path = f"/uploads/{upload}/pieces?offset={offset}&crc32={zlib.crc32(piece):08x}"
    return await line.call("PUT", path, piece, **BYTES)


async def until_answered(line: BadLine, method: str, path: str, key: str = "") -> Answer:
    while True:
        try:
            return await line.call(method, path, key=key)
        except DroppedError:
            continue


async def send_over(line: BadLine, content: bytes) -> str:
    """The file's id, however often it takes."""
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    upload = str((await announce(line.mini, content, sha1=sha1)).data["id"])
    acknowledged: set[int] = set()
    while True:
        now = (await until_answered(line, "GET", f"/uploads/{upload}")).data
        assert not acknowledged & set(now["missing"]), "what was acknowledged is lost"
        if not now["missing"]:
            break
        offset = line.chance.choice(now["missing"])
        try:
            await put(line, upload, content, offset)
            acknowledged.add(offset)
        except DroppedError:
            continue
    done = await until_answered(line, "POST", f"/uploads/{upload}/file", key=upload[:40])
    assert done.data["size_bytes"] == len(content)
    return str(done.data["file_id"])


async def test_whatever_the_line_does_the_file_is_whole_and_there_once(
    village: Village, mother: MiniClient
) -> None:
    for seed in range(6):
        chance = random.Random(seed)
        content = a_document(chance.choice([300_000, 4 * PIECE_BYTES, 1_100_000]), seed)
        file_id = await send_over(BadLine(mother, chance), content)
        assert (await fetch(mother, f"/files/{file_id}"))[:2] == (200, content)
        assert len(await village.documents("files")) == seed + 1
    assert await village.documents("pieces") == []


async def test_what_is_wrong_changes_nothing(village: Village, mother: MiniClient) -> None:
    content = a_document(2 * PIECE_BYTES + 10)
    upload = (await announce(mother, content)).data["id"]
    path = f"/uploads/{upload}/pieces"
    good = f"{zlib.crc32(content[:PIECE_BYTES]):08x}"
    for query, piece, status, code in [
        (f"offset=7&crc32={good}", content[:PIECE_BYTES], 409, "wrong_offset"),
        (f"offset={3 * PIECE_BYTES}&crc32={good}", content[:PIECE_BYTES], 409, "wrong_offset"),
        (f"offset=0&crc32={good}", content[:-1][:100], 422, "invalid"),
        ("offset=0&crc32=00000000", content[:PIECE_BYTES], 422, "invalid"),
        (f"offset=0&crc32={good}", b"", 422, "invalid"),
        (f"offset=0&crc32={good}", content[: PIECE_BYTES + 1], 413, "too_large"),
        ("offset=0", content[:PIECE_BYTES], 422, "invalid"),
    ]:
        answer = await mother.call("PUT", f"{path}?{query}", piece, **BYTES)
        assert (answer.status, answer.code) == (status, code)
    assert (await village.documents("uploads"))[0]["held"] == {}
    assert await village.documents("pieces") == []
    early = await mother.call("POST", f"/uploads/{upload}/file")
    assert (early.status, early.code) == (409, "incomplete")
    for size, code in [(0, "empty"), (50 * 1024 * 1024 + 1, "too_large")]:
        body = {"name": "a.pdf", "size_bytes": size, "child": CHILD}
        assert (await mother.call("POST", "/uploads", body)).code == code
    assert len(await village.documents("uploads")) == 1


async def test_other_bytes_do_not_replace_what_is_held(
    village: Village, mother: MiniClient
) -> None:
    content, other = a_document(PIECE_BYTES, 1), a_document(PIECE_BYTES, 2)
    upload = (await announce(mother, content)).data["id"]
    assert (await put(mother, upload, content, 0)).data["offset"] == PIECE_BYTES
    assert (await put(mother, upload, other, 0)).code == "wrong_offset"
    assert (await put(mother, upload, content, 0)).status == 200
    file_id = (await mother.call("POST", f"/uploads/{upload}/file")).data["file_id"]
    assert (await fetch(mother, f"/files/{file_id}"))[1] == content
    assert (await put(mother, upload, other, 0)).code == "wrong_offset"
    again = await mother.call("POST", f"/uploads/{upload}/file")
    assert again.data["file_id"] == file_id


async def test_a_refused_whole_leaves_no_file_and_says_the_same_again(
    village: Village, mother: MiniClient
) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    for content, fields, code in [
        (page, {}, "wrong_type"),
        (recordings.bomb(), {}, "too_many_pixels"),
        (PDF, {"sha1": "0" * 40}, "invalid"),
    ]:
        upload = (await announce(mother, content, **fields)).data["id"]
        for offset in range(0, len(content), PIECE_BYTES):
            await put(mother, upload, content, offset)
        for _ in range(2):
            answer = await mother.call("POST", f"/uploads/{upload}/file")
            assert answer.code == code
        assert (await mother.call("GET", f"/uploads/{upload}")).data["refused"] == code
    assert await village.documents("files") == await village.documents("pieces") == []


async def test_only_who_began_it_and_only_while_they_are_bound(
    village: Village, mother: MiniClient
) -> None:
    father, stranger = await village.guardian("father", 2), await village.somebody("stranger")
    upload = (await announce(mother, PDF)).data["id"]
    for other in (father, stranger):
        assert (await announce(other, PDF)).status == 404
        assert (await other.call("GET", f"/uploads/{upload}")).status == 404
        assert (await put(other, upload, PDF, 0)).status == 404
        assert (await other.call("POST", f"/uploads/{upload}/file")).status == 404
        assert (await other.call("DELETE", f"/uploads/{upload}")).status == 404
    await put(mother, upload, PDF, 0)
    file_id = (await mother.call("POST", f"/uploads/{upload}/file")).data["file_id"]
    assert (await fetch(mother, f"/files/{file_id}"))[0] == 200
    assert (await fetch(father, f"/files/{file_id}"))[0] == 404
    await end_own_binding(village.town.ctx, await village.person("mother"), CHILD)
    assert (await fetch(mother, f"/files/{file_id}"))[0] == 404
    assert (await mother.call("GET", f"/uploads/{upload}")).status == 404


async def test_nobody_holds_more_open_than_anybody_needs(
    village: Village, mother: MiniClient
) -> None:
    uploads = [(await announce(mother, PDF)).data["id"] for _ in range(MOST_OPEN)]
    assert (await announce(mother, PDF)).code == "uploads_open"
    assert (await mother.call("DELETE", f"/uploads/{uploads[0]}")).status == 200
    assert (await announce(mother, PDF)).status == 201
    assert len(await village.documents("uploads")) == MOST_OPEN


async def test_a_process_that_dies_anywhere_loses_and_doubles_nothing(
    village: Village, mother: MiniClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, content = village.town.ctx, a_document(PIECE_BYTES + 5)
    owner = Owner(SCHOOL.id, await village.person("mother"), CHILD)
    upload = await begin_upload(ctx, owner, name="a.pdf", size_bytes=len(content))

    async def take(offset: int) -> None:
        nonlocal upload
        piece = content[offset : offset + PIECE_BYTES]
        crc32 = f"{zlib.crc32(piece):08x}"
        upload = await take_piece(ctx, upload, offset, piece, crc32=crc32)

    class KilledError(BaseException):
        pass

    async def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:  # the bytes are stored, and not noted
        patch.setattr(UploadStore, "hold", die)
        with pytest.raises(KilledError):
            await take(0)
    await take(0)
    await take(PIECE_BYTES)
    for store, write in [(FileStore, "add"), (UploadStore, "mark_over")]:
        with monkeypatch.context() as patch:
            patch.setattr(store, write, die)
            patch.setattr(UploadStore, "give_back", die)
            with pytest.raises(KilledError):
                await finish_upload(ctx, upload)
        with pytest.raises(ConflictError, match="in_progress"):
            await finish_upload(ctx, upload)
        ctx = later(ctx, timedelta(minutes=3))
    file = await finish_upload(ctx, upload)
    assert await finish_upload(ctx, upload) == file
    held = await ctx.stores.uploads.find(upload.id)
    assert held is not None
    assert held.file_id == file.id
    # What died before it was noted is attached to nothing, and is swept with other such files.
    loose = await ctx.stores.ageing.loose_uploads(ctx.now() + timedelta(days=1), 10)
    assert len(loose) == 2
    assert [p async for p in ctx.stores.files.read(file.id)] != []


def later(ctx: Context, by: timedelta) -> Context:
    was = ctx.now
    return replace(ctx, now=lambda: was() + by)


async def test_what_nobody_finished_is_swept_by_one_worker(
    village: Village, mother: MiniClient
) -> None:
    await village.town.stop_worker()
    content, ctx = a_document(2 * PIECE_BYTES), village.town.ctx
    upload = (await announce(mother, content)).data["id"]
    await put(mother, upload, content, 0)
    await tend_uploads(ctx)
    assert len(await village.documents("pieces")) == 1
    after = later(ctx, LIFE + timedelta(minutes=1))
    await ctx.stores.locks.take(["tend-uploads"], owner="another", seconds=60)
    await tend_uploads(after)
    assert len(await village.documents("uploads")) == 1
    await ctx.stores.locks.drop(["tend-uploads"], owner="another")
    await tend_uploads(after)
    assert await village.documents("uploads") == await village.documents("pieces") == []
    assert (await mother.call("GET", f"/uploads/{upload}")).status == 404


async def test_a_small_picture_goes_in_one_piece_and_its_position_goes_no_further(
    village: Village, mother: MiniClient
) -> None:
    content = recordings.jpeg_with_position(size=(900, 700))
    path, key = f"/files?name=%E4%BD%9C%E4%B8%9A.jpg&child={CHILD}", "the-same-key"
    first = await mother.call("POST", path, content, key=key, **BYTES)
    again = await mother.call("POST", path, content, key=key, **BYTES)
    assert first.data == again.data
    assert (first.data["name"], first.data["kind"]) == ("作业.jpg", "picture")
    assert len(await village.documents("files")) == 1
    status, stored, _ = await fetch(mother, f"/files/{first.data['file_id']}")
    assert status == 200
    assert recordings.MAKER.encode() in content
    assert recordings.MAKER.encode() not in stored
    stranger = await village.somebody("stranger")
    assert (await stranger.call("POST", path, content, **BYTES)).status == 404
    large = await mother.call("POST", path, bytes(21 * 1024 * 1024), **BYTES)
    assert (large.status, large.code) == (413, "too_large")


async def test_before_a_small_picture_is_made_it_is_said_so(
    village: Village, mother: MiniClient
) -> None:
    await village.town.stop_worker()
    light = await village.upload(camera_picture((400, 300)))
    heavy = await village.upload(camera_picture((1600, 1200)))
    teacher = await village.somebody("teacher")
    status, _, headers = await fetch(teacher, f"/files/{light}?size=thumb")
    assert (status, headers["Cache-Control"]) == (200, "private, no-cache")
    assert (await fetch(teacher, f"/files/{heavy}?size=thumb"))[0] == 409
    assert (await fetch(teacher, f"/files/{heavy}"))[0] == 200
    await tend_uploads(village.town.ctx)
    for file_id in (light, heavy):
        status, small, headers = await fetch(teacher, f"/files/{file_id}?size=thumb")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        assert "immutable" in headers["Cache-Control"]
        assert len(small) < 60_000


async def test_a_player_asks_for_a_part_of_a_recording(village: Village) -> None:
    content = recordings.wav(30)
    file_id = await village.upload(content)
    teacher = await village.somebody("teacher")
    path = f"/files/{file_id}"
    status, whole, headers = await fetch(teacher, path)
    assert (status, headers["Accept-Ranges"]) == (200, "bytes")
    assert headers["Content-Type"] == "audio/wav"
    length = len(whole)
    for wanted, start, stop in [
        ("bytes=0-1", 0, 2),
        ("bytes=261119-261121", 261119, 261122),
        ("bytes=300000-", 300_000, length),
        ("bytes=-10", length - 10, length),
        (f"bytes=5-{length + 99}", 5, length),
    ]:
        status, part, headers = await fetch(teacher, path, Range=wanted)
        assert (status, part) == (206, whole[start:stop])
        assert headers["Content-Range"] == f"bytes {start}-{stop - 1}/{length}"
    status, none, headers = await fetch(teacher, path, Range=f"bytes={length}-")
    assert (status, none, headers["Content-Range"]) == (416, b"", f"bytes */{length}")
    for nonsense in ("bytes=-", "bytes=9-1", "words=0-1", "bytes=0-1,4-5"):
        assert (await fetch(teacher, path, Range=nonsense))[:2] == (200, whole)
