"""What an archive would grow to when somebody opens it: told by its table of contents, and not believed.

Each entry is unpacked once and thrown away, piece by piece, until it ends or is more than it said; an archive inside
is looked into once, one inside that is refused.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from domain.errors import FileRefusedError
from domain.files import MAX_FILE_BYTES, MAX_UNPACKED_BYTES

_MOST_ENTRIES = 20_000  # a presentation of three hundred slides has three thousand
_LINE = b"PK\x01\x02"  # with which each line of a table of contents begins
_HEAD = 30  # bytes of an entry's own head, before its name
_PIECE = 256 * 1024
_ENCRYPTED = 0x1


def parts_of(content: bytes) -> list[str] | None:
    """The names in an archive that unfolds to no more than it may; None for what is no archive.

    Raises FileRefusedError `unfolds`.
    """
    return _parts(content, MAX_UNPACKED_BYTES, inside=False)[0]


def _parts(content: bytes, most: int, *, inside: bool) -> tuple[list[str] | None, int]:
    """The names, and how much it all is."""
    if content.count(_LINE) > _MOST_ENTRIES:
        raise FileRefusedError("unfolds")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return None, 0
    if sum(entry.file_size for entry in entries) > most:
        raise FileRefusedError("unfolds")
    total = 0
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            return None, 0
        total += _length(content, entry, most - total, inside=inside)
    return [entry.filename for entry in entries], total


def _length(content: bytes, entry: zipfile.ZipInfo, most: int, *, inside: bool) -> int:
    """How much an entry really is, with what is packed in it once more. Raises FileRefusedError."""
    length, beginning, nested = 0, b"", bytearray()
    for piece in _unpacked(content, entry):
        beginning = beginning or piece[:4]
        length += len(piece)
        if length > entry.file_size or length > most:
            raise FileRefusedError("unfolds")
        if beginning.startswith(b"PK"):
            nested += piece
            if inside or len(nested) > MAX_FILE_BYTES:
                raise FileRefusedError("unfolds")
    if nested:
        length += _parts(bytes(nested), most - length, inside=True)[1]
    return length


def _unpacked(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's bytes as they lie in the archive, whatever its table says of them. Raises FileRefusedError."""
    head = content[entry.header_offset : entry.header_offset + _HEAD]
    if len(head) < _HEAD or not head.startswith(b"PK\x03\x04"):
        raise FileRefusedError("unfolds")
    start = entry.header_offset + _HEAD + sum(struct.unpack("<HH", head[26:30]))
    packed = memoryview(content)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _PIECE):
            yield bytes(packed[at : at + _PIECE])
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefusedError("unfolds")
    unpacker, rest = zlib.decompressobj(-zlib.MAX_WBITS), bytes(packed)
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            if not piece:
                return  # cut off
            yield piece
    except zlib.error:
        raise FileRefusedError("unfolds") from None
