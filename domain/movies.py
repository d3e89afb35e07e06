"""MP4 and QuickTime by how their boxes lie: what plays, how long, how large, and which boxes tell where it was made.

Nothing is decoded, and no more is read than what describes it, so a film may lie on a disk. What a player would trip
over is refused: boxes beyond number or depth, tables that claim more than they hold, sizes and lengths of no film.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from domain.errors import FileRefusedError
from domain.files import MAX_PIXELS, MAX_SECONDS

MAX_TELLING_BYTES = 16 * 1024 * 1024  # of boxes that are emptied; phones write some kilobytes
_MOST_BOXES = 20_000  # a film of an hour in pieces of two seconds has four thousand
_DEEPEST = 6
_TELLING = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"})
_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
# Tables of samples: how many bytes each line of them has.
_TABLES = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stss": 4}
_NO_LENGTH = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}  # what a recorder writes that does not know it


class Bytes(Protocol):
    """What can be looked into by slices: bytes, or a file that is mapped."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where it begins, where its body does, and where it ends."""

    kind: bytes
    at: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Movie:
    """What plays, and the boxes that are to be emptied before others get it."""

    content_type: str
    seconds: float
    telling: tuple[Box, ...]


class Layout(Exception):
    """These are no boxes."""


@dataclass(slots=True)
class _Found:
    kinds: set[bytes] = field(default_factory=set)
    handlers: set[bytes] = field(default_factory=set)
    telling: list[Box] = field(default_factory=list)
    seconds: float = 0.0


def movie_of(content: Bytes) -> Movie | None:
    """The film or sound that these bytes are; None for what is none.

    Raises FileRefusedError: `too_many_pixels`, `too_long`.
    """
    if content[4:8] != b"ftyp":
        return None
    found = _Found()
    try:
        for box in _boxes(content):
            found.kinds.add(box.kind)
            _note(content, box, found)
    except (Layout, struct.error):
        return None
    if sum(box.end - box.body for box in found.telling) > MAX_TELLING_BYTES:
        return None
    if not {b"moov", b"mdat"} <= found.kinds or not found.handlers & {b"vide", b"soun"}:
        return None
    if b"vide" not in found.handlers:
        content_type = "audio/mp4"
    else:
        content_type = "video/quicktime" if content[8:12] == b"qt  " else "video/mp4"
    return Movie(content_type, found.seconds, tuple(found.telling))


def _boxes(content: Bytes) -> Iterator[Box]:
    """Every box of the file, folders before what lies in them. Raises Layout."""
    open_until = [len(content)]
    at = count = 0
    while open_until:
        if at == open_until[-1]:
            open_until.pop()
            continue
        box, count = _box(content, at, open_until[-1]), count + 1
        if count > _MOST_BOXES:
            raise Layout
        yield box
        if box.kind in _FOLDERS:
            if len(open_until) == _DEEPEST:
                raise Layout
            open_until.append(box.end)
            at = box.body
        else:
            at = box.end


def _box(content: Bytes, at: int, stop: int) -> Box:
    if at + 8 > stop:
        raise Layout
    (size,) = struct.unpack(">I", content[at : at + 4])
    body = at + 8
    if size == 1:
        (size,) = struct.unpack(">Q", content[body : body + 8])
        body += 8
    elif size == 0:
        size = stop - at
    if size < body - at or at + size > stop:
        raise Layout
    return Box(content[at + 4 : at + 8], at, body, at + size)


def _note(content: Bytes, box: Box, found: _Found) -> None:
    """What one box says. Raises Layout, FileRefusedError."""
    if box.kind in _TELLING:
        found.telling.append(box)
    elif box.kind == b"hdlr":
        found.handlers.add(content[box.body + 8 : box.body + 12])
    elif box.kind == b"mvhd":
        found.seconds = _seconds(content, box)
    elif box.kind == b"mdhd":
        _seconds(content, box)
    elif box.kind == b"tkhd":
        at = box.body + (88 if content[box.body : box.body + 1] == b"\1" else 76)
        width, height = struct.unpack(">II", content[at : at + 8])  # in 65536ths
        _check_side(width >> 16, height >> 16)
    elif box.kind == b"stsd":
        _check_entries(content, box)
    elif box.kind in _TABLES:
        (count,) = struct.unpack(">I", content[box.body + 4 : box.body + 8])
        if box.body + 8 + count * _TABLES[box.kind] > box.end:
            raise Layout
    elif box.kind == b"stsz":
        size, count = struct.unpack(">II", content[box.body + 4 : box.body + 12])
        if count > len(content) or (not size and box.body + 12 + count * 4 > box.end):
            raise Layout


def _seconds(content: Bytes, box: Box) -> float:
    if content[box.body : box.body + 1] == b"\1":
        scale, length = struct.unpack(">IQ", content[box.body + 20 : box.body + 32])
    else:
        scale, length = struct.unpack(">II", content[box.body + 12 : box.body + 20])
    if length in _NO_LENGTH or not scale:
        return 0.0
    if length > scale * MAX_SECONDS:
        raise FileRefusedError("too_long")
    return float(length / scale)


def _check_entries(content: Bytes, box: Box) -> None:
    """How large the pictures are that a decoder is told of; of sound the same places make nothing together."""
    (count,) = struct.unpack(">I", content[box.body + 4 : box.body + 8])
    at = box.body + 8
    for _ in range(min(count, _MOST_BOXES)):
        entry = _box(content, at, box.end)
        if entry.end - entry.at >= 36:
            _check_side(*struct.unpack(">HH", content[entry.at + 32 : entry.at + 36]))
        at = entry.end
    if at > box.end or count > _MOST_BOXES:
        raise Layout


def _check_side(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise FileRefusedError("too_many_pixels")
