"""Taking in what people attach, and giving it back to whom it belongs. What it is, `judging` says."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

from PIL import Image

from domain.errors import FileRefusedError, InvalidError, NotFoundError, Problem, TooManyError
from domain.files import (
    ENDINGS,
    MAX_FILE_BYTES,
    MAX_SIGNATURE_BYTES,
    MAX_SIGNATURE_PIXELS,
    FileKind,
    StoredFile,
    offered_name,
)
from domain.notices import Attachment, Notice
from services.context import Context
from services.families import access_own_child
from services.judging import Judged, judged
from services.people import Teaching, access_teaching
from services.thumbnails import enqueue_drawing, needs_thumbnail
from storage.blobs import pieces_of


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an upload is: a teacher's at a school, or a guardian's for a child."""

    school_id: str
    person_id: str
    student_id: str = ""

    @staticmethod
    def of(teaching: Teaching) -> Owner:
        """Who may act on these classes."""
        return Owner(teaching.school.id, teaching.person_id)

    def owns(self, file: StoredFile) -> bool:
        """Whether they uploaded it, as who they are now."""
        mine = (file.school_id, file.owner_id, file.student_id)
        return mine == (self.school_id, self.person_id, self.student_id)


async def access_owner(
    ctx: Context, person_id: str, student_id: str = "", *, acting: str = ""
) -> Owner:
    """Who uploads: for a child they are bound to now, or as staff. Raises NotFoundError."""
    if student_id:
        child = await access_own_child(ctx, person_id, student_id)
        return Owner(child.student.school_id, person_id, student_id)
    return Owner.of(await access_teaching(ctx, person_id, acting=acting))


async def count_upload(ctx: Context, person_id: str) -> None:
    """Raises TooManyError for more uploads in an hour than anybody makes by hand."""
    wait = await ctx.stores.limits.hit("uploads", person_id, per_hour=ctx.policy.uploads_per_hour)
    if wait:
        raise TooManyError(wait)


async def store_upload(ctx: Context, owner: Owner, name: str, content: bytes) -> StoredFile:
    """Store what somebody attaches: a picture, a document, voice or a short video.

    Raises FileRefusedError: `too_large` (over 50 MB), and what `judged` refuses; TooManyError.
    """
    await count_upload(ctx, owner.person_id)
    if len(content) > MAX_FILE_BYTES:
        raise FileRefusedError("too_large")
    return await store_judged(ctx, owner, name, await judged(content))


async def store_judged(ctx: Context, owner: Owner, name: str, found: Judged) -> StoredFile:
    """Store what was judged before; of a picture a small one is made, outside of any request."""
    file = _file(ctx, owner, name, found, loose=True)
    await ctx.stores.files.add(file, found.content)
    if file.undrawn:
        await enqueue_drawing(ctx, file.id)
    return file


async def store_movie(
    ctx: Context, owner: Owner, name: str, found: Judged, film: IO[bytes], size_bytes: int
) -> StoredFile:
    """Store a film that was judged where it lies (`services.movies`)."""
    file = replace(_file(ctx, owner, name, found, loose=True), size_bytes=size_bytes)
    await ctx.stores.files.write(file, pieces_of(film))
    return file


async def store_signature(
    ctx: Context, school_id: str, person_id: str, content: bytes, *, promises: Sequence[str]
) -> StoredFile:
    """Store a signature drawn with a finger, a PNG, promised to what is about to show it (`promise_to`).

    Raises FileRefusedError: `too_large`, `wrong_type` (no PNG, or nothing drawn), and what `judged` refuses.
    """
    if len(content) > MAX_SIGNATURE_BYTES:
        raise FileRefusedError("too_large")
    found = await judged(content, max_pixels=MAX_SIGNATURE_PIXELS)
    if found.content_type != "image/png" or not await asyncio.to_thread(_has_ink, content):
        raise FileRefusedError("wrong_type")
    signature = replace(found, kind=FileKind.SIGNATURE)
    made = _file(ctx, Owner(school_id, person_id), "signature", signature, loose=False)
    file = replace(made, promised_to=tuple(promises), promised_at=ctx.now())
    await ctx.stores.files.add(file, found.content)
    return file


async def is_drawn(ctx: Context, file: StoredFile) -> bool:
    """Whether a stored file is what a signature pad makes: a small PNG with ink on it."""
    if file.content_type != "image/png" or file.size_bytes > MAX_SIGNATURE_BYTES:
        return False
    if (file.width or 0) * (file.height or 0) > MAX_SIGNATURE_PIXELS:
        return False
    content = b"".join([chunk async for chunk in ctx.stores.files.read(file.id)])
    return await asyncio.to_thread(_has_ink, content)


def _file(ctx: Context, owner: Owner, name: str, found: Judged, *, loose: bool) -> StoredFile:
    return StoredFile(
        id=ctx.new_id(),
        school_id=owner.school_id,
        owner_id=owner.person_id,
        student_id=owner.student_id,
        kind=found.kind,
        name=offered_name(name, ENDINGS[found.content_type]),
        content_type=found.content_type,
        size_bytes=len(found.content),
        created_at=ctx.now(),
        width=found.width,
        height=found.height,
        seconds=found.seconds,
        loose=loose,
        sha256=found.sha256,
        undrawn=found.kind is FileKind.PICTURE and needs_thumbnail(len(found.content)),
    )


def _has_ink(content: bytes) -> bool:
    """Whether somebody drew something: an empty canvas is no signature. Only for a PNG that was judged before."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        low, high = picture.convert("LA").getchannel("A").getextrema()
        if low != high:
            return True
        low, high = picture.convert("L").getextrema()
        return low != high


async def attachments_of(
    ctx: Context, teaching: Teaching, file_ids: Sequence[str], promise: str
) -> tuple[Attachment, ...]:
    """The teacher's own uploads as attachments, in their order. Raises InvalidError for one that isn't theirs."""
    return await attach(ctx, await uploads_of(ctx, Owner.of(teaching), file_ids), promise)


async def uploads_of(ctx: Context, owner: Owner, file_ids: Sequence[str]) -> list[StoredFile]:
    """What they uploaded, in their order. Raises InvalidError for one that isn't theirs."""
    files = await ctx.stores.files.many(file_ids)
    mine = {file_id: file for file_id, file in files.items() if owner.owns(file)}
    if any(file_id not in mine for file_id in file_ids):
        raise InvalidError({"file_ids": Problem("not_found")})
    return [mine[file_id] for file_id in file_ids]


async def attach(ctx: Context, files: Sequence[StoredFile], promise: str) -> tuple[Attachment, ...]:
    """Files as attachments of what is about to be stored, named by `promise`.

    Whether it was stored is looked at a day later (`services.promises`). Raises InvalidError for a file that was
    swept meanwhile.
    """
    # Before the notice that shows them: what is attached to nothing is cleared away one night.
    ids = [file.id for file in files]
    if ids and not await ctx.stores.files.mark_attached(ids, promise, ctx.now()):
        raise InvalidError({"file_ids": Problem("not_found")})
    return as_attachments(files)


def as_attachments(files: Sequence[StoredFile]) -> tuple[Attachment, ...]:
    """Files as they are shown."""
    return tuple(
        Attachment(file_id=f.id, kind=f.kind, name=f.name, size_bytes=f.size_bytes) for f in files
    )


async def open_attachment(
    ctx: Context, notice: Notice, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file of a notice that the caller was already let into, and its bytes. Raises NotFoundError."""
    shown = {a.file_id for version in notice.versions for a in version.attachments}
    file = await ctx.stores.files.find(file_id) if file_id in shown else None
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)


async def open_own_file(
    ctx: Context, person_id: str, file_id: str, *, acting: str = ""
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file that they uploaded, for the preview; who is not bound to its child any more sees it no more.

    What a circle shows is seen there alone: a family may take its consent back. Raises NotFoundError.
    """
    file = await ctx.stores.files.find(file_id)
    if file is None or file.owner_id != person_id:
        raise NotFoundError
    owner = await access_owner(ctx, person_id, file.student_id, acting=acting)
    if not owner.owns(file) or await ctx.stores.circles.shows(file_id):
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)
