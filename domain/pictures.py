"""What a picture tells beside itself, taken out of its file: where it was taken, by whom, with what, and when.

The pixels stay byte for byte as they were; of all notes the orientation alone is kept. Nothing is decoded here:
that it is a picture at all is found out elsewhere, by decoding it.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field


@dataclass(slots=True)
class Cleaned:
    """`kept` makes the file, `dropped` is what it said beside the picture, with whatever came after its end."""

    kept: list[bytes] = field(default_factory=list)
    dropped: list[bytes] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """The file as others see it."""
        return b"".join(self.kept)


# The high efficiency format of phones (ISO/IEC 23008-12): its brands of pictures and of bursts of them.
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def is_heic(content: bytes) -> bool:
    """Whether these bytes say that they are a picture in the format of iPhones."""
    return content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS


class BrokenError(ValueError):
    """The bytes are not laid out as their type says."""


# What a browser or a script engine would run, if it could be brought to read the file as something else.
_ACTIVE = re.compile(rb"<script|<html|<!doctype\s|<\?php|<iframe|<body\b", re.IGNORECASE)
_PDF_WITHIN = 1024  # readers of PDF look for its first line that far into a file


def hides_a_page(dropped: list[bytes]) -> bool:
    """Whether what came along beside the content is there to be run."""
    return any(_ACTIVE.search(piece) for piece in dropped)


def begins_as_pdf(content: bytes) -> bool:
    """Whether a reader of PDF would take it for one."""
    return b"%PDF-" in content[:_PDF_WITHIN]


def without_notes(content: bytes, content_type: str, orientation: int = 1) -> Cleaned:
    """A picture without EXIF, XMP, comments, embedded thumbnails and whatever follows its end.

    `orientation` (1-8, EXIF's) is written back where it says anything. Raises BrokenError.
    """
    try:
        return _CLEAN[content_type](content, orientation)
    except (IndexError, struct.error):
        raise BrokenError(content_type) from None


def _tiff(orientation: int) -> bytes:
    """A TIFF of one entry: 0x0112, orientation."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


# ----------------------------------------------------------------------------------------- JPEG

_MARKER_IN_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def _jpeg(content: bytes, orientation: int) -> Cleaned:
    cleaned, at = Cleaned([content[:2]]), 2
    notes = []
    if orientation != 1:
        exif = b"Exif\0\0" + _tiff(orientation)
        notes = [b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif]
    while True:
        if content[at] != 0xFF:
            raise BrokenError("jpeg")
        marker = content[at + 1]
        if marker == 0xFF:  # padding before a marker
            at += 1
            continue
        if marker == _EOI:
            cleaned.kept.append(content[at : at + 2])
            cleaned.dropped.append(content[at + 2 :])
            return cleaned
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if not _kept_segment(marker, content[at + 4 : at + 18]):
            cleaned.dropped.append(content[at:end])
        else:
            if marker != 0xE0:  # after JFIF, which has to come first
                cleaned.kept += notes
                notes = []
            if marker == _SOS:
                found = _MARKER_IN_SCAN.search(content, end)
                end = found.start() if found else len(content)
            cleaned.kept.append(content[at:end])
        if end >= len(content):  # the last bytes were lost on the way, the picture was not
            cleaned.kept.append(b"\xff\xd9")
            return cleaned
        at = end


def _kept_segment(marker: int, head: bytes) -> bool:
    if marker == 0xE0:
        return head.startswith(b"JFIF\0")
    if marker == 0xE2:
        return head.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return head.startswith(b"Adobe")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


# ------------------------------------------------------------------------------------------ PNG

_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT".split()
)


def _png(content: bytes, orientation: int) -> Cleaned:
    cleaned, at = Cleaned([content[:8]]), 8
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise BrokenError("png")
        (cleaned.kept if kind in _PNG_KEPT else cleaned.dropped).append(content[at:end])
        if kind == b"IHDR" and orientation != 1:
            note = b"eXIf" + _tiff(orientation)
            length_and_sum = struct.pack(">I", len(note) - 4), struct.pack(">I", zlib.crc32(note))
            cleaned.kept.append(length_and_sum[0] + note + length_and_sum[1])
        if kind == b"IEND":
            cleaned.dropped.append(content[end:])
            return cleaned
        at = end


# ----------------------------------------------------------------------------------------- WebP

_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def _webp(content: bytes, orientation: int) -> Cleaned:
    (length,) = struct.unpack_from("<I", content, 4)
    last, at = 8 + length, 12
    if last > len(content):
        raise BrokenError("webp")
    chunks: list[bytes] = []
    dropped = [content[last:]]
    while at + 8 <= last:
        kind, (size,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        end = at + 8 + size + size % 2
        chunk = content[at:end]
        if kind == b"VP8X":
            flags = chunk[8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if orientation != 1 else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        (chunks if kind in _WEBP_KEPT else dropped).append(chunk)
        at = end
    if orientation != 1:
        note = _tiff(orientation)
        chunks.append(b"EXIF" + struct.pack("<I", len(note)) + note)
    body = b"WEBP" + b"".join(chunks)
    return Cleaned([b"RIFF" + struct.pack("<I", len(body)), body], dropped)


# ------------------------------------------------------------------------------------------ GIF

_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _gif(content: bytes, orientation: int) -> Cleaned:
    if content[6:13].isascii() and content[6:13].decode().isprintable():
        raise BrokenError("gif")  # its measures are text: a script that begins like a picture
    flags = content[10]
    at = 13 + _colours(flags)
    cleaned = Cleaned([content[:at]])
    while at < len(content) and content[at] != 0x3B:
        if content[at] == 0x2C:
            end = _after_blocks(content, at + 10 + _colours(content[at + 9]) + 1)
            keep = True
        elif content[at] == 0x21:
            end, label = _after_blocks(content, at + 2), content[at + 1]
            keep = label == 0xF9 or (label == 0xFF and content[at + 3 : at + 14] in _GIF_LOOPS)
        else:
            raise BrokenError("gif")
        (cleaned.kept if keep else cleaned.dropped).append(content[at:end])
        at = end
    cleaned.kept.append(b"\x3b")
    cleaned.dropped.append(content[at + 1 :])
    return cleaned


def _colours(flags: int) -> int:
    """How many bytes the table of colours has that these flags speak of."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    """Where a run of counted blocks ends; an empty one ends it."""
    while content[at]:
        at += content[at] + 1
    return at + 1


_CLEAN = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}
