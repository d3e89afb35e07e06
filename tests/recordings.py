"""Small true recordings and pictures, made as phones make them, for the tests of uploads."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

# 青禾小学's gate, as a phone notes it: what nobody else may learn.
PLACE = (36.6171, 101.7782)
MAKER = "CanaryPhone 9"


def jpeg_with_position(*, orientation: int = 6, size: tuple[int, int] = (64, 48)) -> bytes:
    """A photograph with EXIF: place, phone, and how the phone was held."""
    picture = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = MAKER, MAKER, orientation
    exif[0x8825] = {1: "N", 2: (36.0, 37.0, 1.5), 3: "E", 4: (101.0, 46.0, 41.5)}
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=MAKER.encode(), quality=85)
    return made.getvalue()


def png_with_notes(orientation: int = 1) -> bytes:
    """A PNG with EXIF and text."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MAKER, orientation
    made = io.BytesIO()
    Image.new("RGBA", (30, 20), (20, 120, 60, 200)).save(made, "PNG", exif=exif)
    content = made.getvalue()
    note = b"tEXt" + b"Author\0" + MAKER.encode()
    chunk = struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
    return content[:33] + chunk + content[33:]


def webp_with_notes(orientation: int = 3) -> bytes:
    """A WebP with EXIF and XMP."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MAKER, orientation
    made = io.BytesIO()
    picture = Image.effect_noise((30, 20), 60).convert("RGB")
    picture.save(made, "WEBP", exif=exif, xmp=f"<x>{MAKER}</x>".encode(), lossless=True)
    return made.getvalue()


def gif_with_notes() -> bytes:
    """A GIF that moves, with a comment."""
    frames = [Image.new("P", (16, 12), colour) for colour in (1, 2, 3)]
    made = io.BytesIO()
    frames[0].save(
        made, "GIF", save_all=True, append_images=frames[1:], comment=MAKER.encode(), loop=0
    )
    return made.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of 900 million pixels in about a megabyte: made row by row, as nobody would decode it."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def unfolding_document() -> bytes:
    """An Office document of a megabyte that says of itself that it unfolds to a gigabyte."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        zipped.writestr("[Content_Types].xml", "x")
        with zipped.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(1000):
                part.write(bytes(1_000_000))
    return made.getvalue()


def mp3(frames: int = 40, *, tag: bool = True) -> bytes:
    """32 kbit/s at 16 kHz, as wx.getRecorderManager makes it: 36 ms a frame."""
    frame = b"\xff\xf3\x48\xc4" + bytes(140)
    head = b"ID3\x03\0\0\0\0\0\x14" + MAKER.encode().ljust(20, b"\0") if tag else b""
    return head + frame * frames


def aac(frames: int = 50) -> bytes:
    """ADTS at 16 kHz: 64 ms a frame."""
    length = 7 + 100
    head = bytes([0xFF, 0xF1, 0x60, 0x40, length >> 3, (length & 7) << 5 | 0x1F, 0xFC])
    return (head + bytes(100)) * frames


def wav(seconds: int = 2, *, told: bool = True) -> bytes:
    """8 kHz, 16 bits; with `told` off the length was never filled in."""
    samples = bytes(16_000 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)
    note = b"INFOIART" + struct.pack("<I", 14) + MAKER.encode().ljust(14, b"\0")
    parts = b"fmt " + struct.pack("<I", 16) + form + b"LIST" + struct.pack("<I", len(note)) + note
    length = len(samples) if told else 0
    parts += b"data" + struct.pack("<I", length) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


def silk(packets: int = 60) -> bytes:
    """As WeChat keeps voice: 20 ms a packet."""
    return b"\x02#!SILK_V3" + (struct.pack("<H", 20) + bytes(20)) * packets


def amr(frames: int = 60) -> bytes:
    """The official account's voice, 12.2 kbit/s: 20 ms a frame."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def box(kind: bytes, *bodies: bytes) -> bytes:
    """A box of MP4."""
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(*, video: bool = True, brand: bytes = b"isom", seconds: int = 9) -> bytes:
    """A video as a phone lays it down, with the place in `udta`; without pictures it is an m4a."""
    return _laid_down(b"vide" if video else b"soun", brand, seconds, b"", b"", bytes(4000))


def film(samples: bytes, of_track: bytes = b"", *, length: int = 4000) -> bytes:
    """A video with these boxes in its track's table of samples, and in its track; `length` bytes of pictures."""
    stbl = box(b"minf", box(b"stbl", samples))
    return _laid_down(b"vide", b"isom", 9, stbl, of_track, bytes(length))


def _laid_down(
    kind: bytes, brand: bytes, seconds: int, of_media: bytes, of_track: bytes, data: bytes
) -> bytes:
    handler = box(b"hdlr", bytes(8) + kind + bytes(12) + b"\0")
    header = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    place = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7) + b"+36.6171+101.7782/"))
    trak = box(b"trak", of_track, box(b"mdia", handler, of_media))
    moov = box(b"moov", header, trak, place)
    return box(b"ftyp", brand + bytes(4) + b"isommp42") + moov + box(b"mdat", data)
