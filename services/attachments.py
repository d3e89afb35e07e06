"""The files of a notice for whoever may see it: the whole file, or a small picture of it for a weak line."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from PIL import Image, ImageOps

from domain.errors import NotFoundError
from domain.files import FileKind, StoredFile
from domain.notices import Attachment, Notice, NoticeState
from services.context import Context
from services.notices import access_notice_as_author
from services.people import access_teaching
from services.reading import access_notice_as_guardian

_THUMB_EDGE = 480  # pixels: half a phone's screen at its usual density
_THUMB_QUALITY = 72
_SMALL_BYTES = 24 * 1024  # smaller than this a picture is its own thumbnail
# One at a time: a camera's picture needs up to 200 MB while it is made smaller.
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="thumbnails")


async def access_notice_for_files(
    ctx: Context, person_id: str, notice_id: str, *, acting: str = ""
) -> Notice:
    """The notice, for its guardians (unless it was withdrawn) and its author. Raises NotFoundError."""
    try:
        notice = (await access_notice_as_guardian(ctx, person_id, notice_id)).notice
        if notice.state is not NoticeState.WITHDRAWN:
            return notice
    except NotFoundError:
        pass  # perhaps they wrote it
    teaching = await access_teaching(ctx, person_id, acting=acting)
    return await access_notice_as_author(ctx, teaching, notice_id)


async def sizes_of(
    ctx: Context, attachments: Sequence[Attachment]
) -> Mapping[str, tuple[int, int]]:
    """Width and height of the pictures among these, by file id, in pixels."""
    ids = [a.file_id for a in attachments if a.kind is FileKind.PICTURE]
    files = await ctx.stores.files.many(ids) if ids else {}
    return {file.id: (file.width, file.height) for file in files.values()}


async def as_thumbnail(
    ctx: Context, file: StoredFile, content: AsyncIterator[bytes]
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A small JPEG of a picture, made once and kept. Raises NotFoundError for what is no picture."""
    if file.kind is not FileKind.PICTURE:
        raise NotFoundError
    if file.size_bytes <= _SMALL_BYTES:
        return file, content
    kept = await ctx.stores.files.find_thumbnail(file.id)
    if kept is None:
        whole = b"".join([piece async for piece in content])
        kept = await asyncio.get_running_loop().run_in_executor(_DRAWING, _drawn_small, whole)
        await ctx.stores.files.keep_thumbnail(file.id, kept)
    small = replace(
        file,
        name=file.name.rsplit(".", 1)[0] + ".jpg",
        content_type="image/jpeg",
        size_bytes=len(kept),
    )
    return small, _in_one_piece(kept)


async def _in_one_piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _drawn_small(content: bytes) -> bytes:
    """Upright, on white where it is transparent; of what moves, the first picture."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (_THUMB_EDGE, _THUMB_EDGE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((_THUMB_EDGE, _THUMB_EDGE))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    made = io.BytesIO()
    paper.save(made, format="JPEG", quality=_THUMB_QUALITY, optimize=True, progressive=True)
    return made.getvalue()
