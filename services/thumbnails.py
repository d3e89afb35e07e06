"""Small pictures of pictures, for lists and weak lines: made by a job, never while somebody waits for an answer."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from PIL import Image, ImageOps

from domain.errors import ConflictError, NotFoundError
from domain.files import FileKind, StoredFile
from services.context import Context

log = logging.getLogger("yanshu.services")

DRAW = "files.draw"
_EDGE = 480  # pixels: half a phone's screen at its usual density
_QUALITY = 72
_SMALL_BYTES = 24 * 1024  # smaller than this a picture is its own thumbnail
# What a list may cost on a weak line while the small picture is not there yet.
_STANDS_IN_BYTES = 256 * 1024
# One at a time: a camera's picture needs up to 200 MB while it is made smaller.
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="thumbnails")
_BATCH = 20


def needs_thumbnail(size_bytes: int) -> bool:
    """Whether a picture of so many bytes is too large to be its own small one."""
    return size_bytes > _SMALL_BYTES


async def enqueue_drawing(ctx: Context, file_id: str) -> None:
    """Have it made soon; `undrawn` in its record says that it must be."""
    await ctx.enqueue(DRAW, {"file_id": file_id}, key=f"draw:{file_id}")


async def draw_thumbnail(ctx: Context, file_id: str) -> None:
    """Make the small picture of a picture; a second time changes nothing, and a file that is gone is no matter."""
    file = await ctx.stores.files.find(file_id)
    if file is None or not file.undrawn:
        return
    content = b"".join([piece async for piece in ctx.stores.files.read(file_id)])
    try:
        small = await asyncio.get_running_loop().run_in_executor(_DRAWING, _drawn_small, content)
    except Exception as error:  # judged before, yet there may be one that cannot be drawn
        log.warning("no small picture of file %s (%s)", file_id, type(error).__name__)
    else:
        await ctx.stores.files.keep_thumbnail(file_id, small)
    if not await ctx.stores.files.mark_drawn(file_id):  # erased while it was drawn
        await ctx.stores.forgetting.drop("thumbnails", [file_id])


async def draw_what_was_left(ctx: Context) -> None:
    """Make what a lost job has left undone."""
    for file in await ctx.stores.files.undrawn(_BATCH):
        await draw_thumbnail(ctx, file.id)


async def as_thumbnail(
    ctx: Context, file: StoredFile, content: AsyncIterator[bytes]
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """The small JPEG of a picture; of a small picture itself, also where none could be drawn.

    Raises NotFoundError for what is no picture, ConflictError `not_ready` while it is still to be made, unless
    the picture itself is light enough to stand in.
    """
    if file.kind is not FileKind.PICTURE:
        raise NotFoundError
    if not needs_thumbnail(file.size_bytes):
        return file, content
    kept = await ctx.stores.files.find_thumbnail(file.id)
    if kept is None:
        if file.undrawn and file.size_bytes > _STANDS_IN_BYTES:
            await enqueue_drawing(ctx, file.id)
            raise ConflictError("not_ready")
        return file, content
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
        picture.draft("RGB", (_EDGE, _EDGE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((_EDGE, _EDGE))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    made = io.BytesIO()
    paper.save(made, format="JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return made.getvalue()
