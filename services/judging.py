"""What an upload is, by its content and never by its name, and that content without what it must not tell.

Runs in threads of its own, two at a time: a camera's picture takes up to 200 MB while it is decoded. Whatever is
not refused here is exactly one thing: no page, archive or second document hides in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import puremagic
from PIL import Image, ImageOps

from domain.errors import FileRefusedError
from domain.files import (
    AUDIO_TYPES,
    DOCUMENT_TYPES,
    MAX_PIXELS,
    MAX_SECONDS,
    FileKind,
)
from domain.mistakes import SIDE, Cut
from domain.pictures import BrokenError, begins_as_pdf, hides_a_page, is_heic, without_notes
from domain.recordings import recording_of
from services.unfolding import parts_of

_OFFICE = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}  # the folder each program writes to
_BY_ENDING = {ending: kind for kind, ending in DOCUMENT_TYPES.items()}
_ORIENTATION = 0x0112
_UPRIGHT = 1
_CUT_QUALITY = 85
JUDGES = ThreadPoolExecutor(max_workers=2, thread_name_prefix="judging")


@dataclass(frozen=True, slots=True)
class Judged:
    """An upload that may be stored: `content` is what others will see of it."""

    kind: FileKind
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0
    seconds: int = 0
    sha256: str = ""  # of the content


async def judged(content: bytes, *, max_pixels: int = MAX_PIXELS) -> Judged:
    """The verdict on these bytes.

    Raises FileRefusedError: `empty`; `wrong_type`; `heic`; `too_many_pixels` (by its header, nothing is decoded);
    `unfolds` (an archive that would grow beyond measure); `too_long` (a recording of many hours); `mixed` (two
    things in one).
    """
    return await asyncio.get_running_loop().run_in_executor(JUDGES, judge, content, max_pixels)


async def cut_out(content: bytes, cut: Cut) -> Judged:
    """The rectangle of a picture, held upright, as a JPEG of its own. Raises FileRefusedError."""
    return await asyncio.get_running_loop().run_in_executor(JUDGES, _cut, content, cut)


def _cut(content: bytes, cut: Cut) -> Judged:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
            upright = ImageOps.exif_transpose(picture)
        across, down = upright.width / SIDE, upright.height / SIDE
        left, top = round(cut.x * across), round(cut.y * down)
        right, bottom = round((cut.x + cut.width) * across), round((cut.y + cut.height) * down)
        box = (left, top, max(right, left + 1), max(bottom, top + 1))
        piece = upright.crop(box).convert("RGB")
    except Exception:  # Pillow raises many kinds for what it cannot read
        raise FileRefusedError("wrong_type") from None
    made = io.BytesIO()
    piece.save(made, "JPEG", quality=_CUT_QUALITY)
    return Judged(
        FileKind.PICTURE, "image/jpeg", made.getvalue(), width=piece.width, height=piece.height
    )


def judge(content: bytes, max_pixels: int = MAX_PIXELS) -> Judged:
    """See `judged`. Takes its time: not for the loop."""
    if not content:
        raise FileRefusedError("empty")
    if is_heic(content):
        raise FileRefusedError("heic")
    found = _picture(content, max_pixels) or _recording(content) or _document(content)
    if found is None:
        raise FileRefusedError("wrong_type")
    if found.content_type != "application/pdf" and begins_as_pdf(content):
        raise FileRefusedError("mixed")
    is_zip = content.startswith(b"PK")
    if not is_zip and zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefusedError("mixed")
    return replace(found, sha256=hashlib.sha256(found.content).hexdigest())


def _picture(content: bytes, max_pixels: int) -> Judged | None:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP")) as picture:
            width, height = picture.size
            if width * height > max_pixels:
                raise FileRefusedError("too_many_pixels")
            content_type = Image.MIME[str(picture.format)]
            orientation = int(picture.getexif().get(_ORIENTATION, _UPRIGHT))
            if content_type == "image/jpeg":  # reads all of it, and unfolds an eighth
                picture.draft("RGB", (width // 8, height // 8))
            picture.load()  # a picture that cannot be decoded is not one
    except FileRefusedError:
        raise
    except Image.DecompressionBombError:  # by Pillow's own measure, which is larger than ours
        raise FileRefusedError("too_many_pixels") from None
    except Exception:  # Pillow raises many kinds for broken or hostile files
        return None
    if orientation not in range(1, 9):
        orientation = _UPRIGHT
    try:
        cleaned = without_notes(content, content_type, orientation)
    except BrokenError:
        raise FileRefusedError("wrong_type") from None
    if hides_a_page(cleaned.dropped):
        raise FileRefusedError("mixed")
    return Judged(FileKind.PICTURE, content_type, cleaned.content, width, height)


def _recording(content: bytes) -> Judged | None:
    found = recording_of(content)
    if found is None:
        return None
    if hides_a_page(list(found.dropped)):
        raise FileRefusedError("mixed")
    if found.seconds > MAX_SECONDS:
        raise FileRefusedError("too_long")
    kind = FileKind.AUDIO if found.content_type in AUDIO_TYPES else FileKind.VIDEO
    return Judged(kind, found.content_type, found.content, seconds=max(1, round(found.seconds)))


def _document(content: bytes) -> Judged | None:
    content_type = _office_type(content) if content.startswith(b"PK") else _named_type(content)
    if content_type not in DOCUMENT_TYPES:
        return None
    if content_type == "application/pdf" and not content.startswith(b"%PDF-"):
        raise FileRefusedError("mixed")
    return Judged(FileKind.DOCUMENT, content_type, content)


def _named_type(content: bytes) -> str | None:
    """The type by the bytes that name it (PDF, the old Office formats)."""
    try:
        ending = puremagic.from_string(content)
    except (puremagic.PureError, ValueError):
        return None
    return _BY_ENDING.get(ending.lower())


def _office_type(content: bytes) -> str | None:
    """Which Office program wrote this zip; None when none did. Raises FileRefusedError `unfolds`."""
    names = parts_of(content)
    if names is None:
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    endings = [e for folder, e in _OFFICE.items() if any(n.startswith(folder) for n in names)]
    return _BY_ENDING[endings[0]] if len(endings) == 1 else None
