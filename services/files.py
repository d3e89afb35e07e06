"""Taking in what people attach: judged by its content, before anything is stored."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Sequence

import puremagic
from PIL import Image

from domain.errors import FileRefusedError, InvalidError, NotFoundError, Problem
from domain.files import (
    DOCUMENT_TYPES,
    MAX_FILE_BYTES,
    MAX_PIXELS,
    MAX_SIGNATURE_BYTES,
    MAX_SIGNATURE_PIXELS,
    PICTURE_TYPES,
    FileKind,
    StoredFile,
    offered_name,
)
from domain.notices import Attachment, Notice
from services.context import Context
from services.people import Teaching

_OFFICE = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}  # the folder each program writes to
_BY_ENDING = {ending: kind for kind, ending in (DOCUMENT_TYPES | PICTURE_TYPES).items()}


async def store_upload(ctx: Context, teaching: Teaching, name: str, content: bytes) -> StoredFile:
    """Store a picture or document of a head teacher.

    Raises FileRefusedError: `empty`, `too_large` (over 20 MB), `wrong_type` (judged by content, never by name).
    """
    if len(content) > MAX_FILE_BYTES:
        raise FileRefusedError("too_large")
    kind, content_type, size = await asyncio.to_thread(_judge, content, MAX_PIXELS)
    return await _store(
        ctx, teaching.school.id, teaching.person_id, name, content, kind, content_type, size
    )


async def store_signature(
    ctx: Context, school_id: str, person_id: str, content: bytes
) -> StoredFile:
    """Store a signature drawn with a finger: a PNG.

    Raises FileRefusedError: `empty`, `too_large` (bytes or pixels), `wrong_type` (no PNG, or nothing drawn).
    """
    if len(content) > MAX_SIGNATURE_BYTES:
        raise FileRefusedError("too_large")
    _, content_type, size = await asyncio.to_thread(_judge, content, MAX_SIGNATURE_PIXELS)
    if content_type != "image/png" or not await asyncio.to_thread(_has_ink, content):
        raise FileRefusedError("wrong_type")
    return await _store(
        ctx, school_id, person_id, "signature", content, FileKind.SIGNATURE, content_type, size
    )


async def _store(
    ctx: Context,
    school_id: str,
    owner_id: str,
    name: str,
    content: bytes,
    kind: FileKind,
    content_type: str,
    size: tuple[int, int],
) -> StoredFile:
    ending = (DOCUMENT_TYPES | PICTURE_TYPES)[content_type]
    file = StoredFile(
        id=ctx.new_id(),
        school_id=school_id,
        owner_id=owner_id,
        kind=kind,
        name=offered_name(name, ending),
        content_type=content_type,
        size_bytes=len(content),
        created_at=ctx.now(),
        width=size[0],
        height=size[1],
        loose=kind is not FileKind.SIGNATURE,
    )
    await ctx.stores.files.add(file, content)
    return file


def _judge(content: bytes, max_pixels: int) -> tuple[FileKind, str, tuple[int, int]]:
    """What the bytes are: (kind, content type, width and height of a picture). Runs off the loop.

    A picture of more than `max_pixels` is refused by its header: nothing of it is decoded.
    """
    if not content:
        raise FileRefusedError("empty")
    picture = _picture_type(content, max_pixels)
    if picture is not None:
        return FileKind.PICTURE, picture[0], picture[1]
    content_type = _office_type(content) if content.startswith(b"PK") else _named_type(content)
    if content_type not in DOCUMENT_TYPES:
        raise FileRefusedError("wrong_type")
    return FileKind.DOCUMENT, content_type, (0, 0)


def _named_type(content: bytes) -> str | None:
    """The type by the bytes that name it (PDF, the old Office formats)."""
    try:
        ending = puremagic.from_string(content)
    except (puremagic.PureError, ValueError):
        return None
    return _BY_ENDING.get(ending.lower())


def _office_type(content: bytes) -> str | None:
    """Which Office program wrote this zip; None when none did. Only its table of contents is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    endings = [e for folder, e in _OFFICE.items() if any(n.startswith(folder) for n in names)]
    return _BY_ENDING[endings[0]] if len(endings) == 1 else None


def _picture_type(content: bytes, max_pixels: int) -> tuple[str, tuple[int, int]] | None:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
            if picture.width * picture.height > max_pixels:
                raise FileRefusedError("too_large")
            content_type = Image.MIME[str(picture.format)]
            size = picture.size
            picture.load()  # a picture that cannot be decoded is not one
    except FileRefusedError:
        raise
    except Exception:  # Pillow raises many kinds for broken or hostile files
        return None
    return content_type, size


def _has_ink(content: bytes) -> bool:
    """Whether somebody drew something: an empty canvas is no signature. Only for a PNG that was judged before."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        low, high = picture.convert("LA").getchannel("A").getextrema()
        if low != high:
            return True
        low, high = picture.convert("L").getextrema()
        return low != high


async def attachments_of(
    ctx: Context, teaching: Teaching, file_ids: Sequence[str]
) -> tuple[Attachment, ...]:
    """The teacher's own uploads as attachments, in their order. Raises InvalidError for one that isn't theirs."""
    files = await ctx.stores.files.many(file_ids)
    mine = {
        file_id: file
        for file_id, file in files.items()
        if (file.school_id, file.owner_id) == (teaching.school.id, teaching.person_id)
    }
    if any(file_id not in mine for file_id in file_ids):
        raise InvalidError({"file_ids": Problem("not_found")})
    # Before the notice that shows them: what is attached to nothing is cleared away one night.
    if not await ctx.stores.files.mark_attached(file_ids):
        raise InvalidError({"file_ids": Problem("not_found")})
    return tuple(
        Attachment(file_id=f.id, kind=f.kind, name=f.name, size_bytes=f.size_bytes)
        for f in (mine[file_id] for file_id in file_ids)
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
    ctx: Context, teaching: Teaching, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file that the teacher uploaded a moment ago, for the preview. Raises NotFoundError."""
    file = await ctx.stores.files.find(file_id)
    if file is None or (file.school_id, file.owner_id) != (teaching.school.id, teaching.person_id):
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)
