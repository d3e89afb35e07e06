"""MP4 as it should not be: absurd sizes and lengths, boxes without end, tables that claim what they do not hold."""

from __future__ import annotations

import struct

import pytest

from domain.errors import FileRefusedError
from domain.movies import MAX_TELLING_BYTES, movie_of
from tests.recordings import box, film, mp4

ENTRY = bytes(24)  # of a table of samples, before width and height


def entry(width: int, height: int) -> bytes:
    """What tells a decoder how large the pictures are."""
    one = box(b"avc1", ENTRY + struct.pack(">HH", width, height) + bytes(50))
    return box(b"stsd", bytes(4) + struct.pack(">I", 1) + one)


def track(width: int, height: int, *, version: int = 0) -> bytes:
    """How large a track is shown, in 65536ths."""
    sides = struct.pack(">II", width << 16, height << 16)
    return box(b"tkhd", bytes([version]) + bytes(87 if version else 75) + sides)


def table(kind: bytes, count: int, lines: bytes = b"") -> bytes:
    return box(kind, bytes(4) + struct.pack(">I", count) + lines)


def sound(rate: int) -> bytes:
    one = box(b"mp4a", bytes(24) + struct.pack(">II", rate << 16, 0))
    return box(b"stsd", bytes(4) + struct.pack(">I", 1) + one)


def test_a_film_of_a_good_camera_is_one() -> None:
    within = [
        entry(7680, 4320), sound(48_000), table(b"stts", 2, bytes(16)), table(b"stco", 1, bytes(4)),
        box(b"stsz", bytes(4) + struct.pack(">II", 0, 2) + bytes(8)),
    ]  # fmt: skip
    found = movie_of(film(b"".join(within), track(7680, 4320)))
    assert found is not None
    assert (found.content_type, found.seconds) == ("video/mp4", 9)
    assert movie_of(film(entry(1920, 1080), track(1920, 1080, version=1))) is not None


@pytest.mark.parametrize(
    "content",
    [
        film(entry(65_535, 65_535)),
        film(b"", track(60_000, 60_000)),
        film(b"", track(8000, 8000, version=1)),
    ],
)
def test_frames_beyond_measure(content: bytes) -> None:
    with pytest.raises(FileRefusedError, match="too_many_pixels"):
        movie_of(content)


@pytest.mark.parametrize("scale", [1, 1000, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", [b"mvhd", b"mdhd"])
def test_lengths_beyond_measure(kind: bytes, scale: int) -> None:
    endless = box(kind, b"\1" + bytes(19) + struct.pack(">IQ", scale, 2**64 - 2) + bytes(80))
    with pytest.raises(FileRefusedError, match="too_long"):
        movie_of(film(endless))
    with pytest.raises(FileRefusedError, match="too_long"):
        movie_of(mp4(seconds=4 * 3600 + 1))


def test_a_length_that_the_recorder_did_not_know_is_none() -> None:
    unknown = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 0xFFFFFFFF) + bytes(80))
    found = movie_of(film(unknown))
    assert found is not None
    assert found.seconds == 0


@pytest.mark.parametrize(
    "within",
    [
        table(b"stts", 0xFFFFFFFF),
        table(b"ctts", 3, bytes(16)),
        table(b"stsc", 2, bytes(20)),
        table(b"stco", 0x40000000, bytes(8)),
        table(b"co64", 2, bytes(8)),
        table(b"stss", 0xFFFFFFFF, bytes(4)),
        box(b"stsz", bytes(4) + struct.pack(">II", 0, 0xFFFFFFFF)),
        box(b"stsz", bytes(4) + struct.pack(">II", 1, 0xFFFFFFFF)),
        table(b"stsd", 0xFFFFFFFF),
        table(b"stsd", 1, struct.pack(">I", 0xFFFFFFF0) + b"avc1"),
        struct.pack(">I", 1) + b"mdhd" + struct.pack(">Q", 2**63),
        struct.pack(">I", 7) + b"mdhd",
        box(b"stts"),
    ],
    ids=lambda within: within[4:8].decode(),
)
def test_what_claims_more_than_it_holds_is_no_film(within: bytes) -> None:
    assert movie_of(film(within)) is None


def test_boxes_without_end_are_no_film() -> None:
    many = box(b"edts") * 50_000
    deep = b"".join(struct.pack(">I", 8 * n) + b"moov" for n in range(200_000, 0, -1))
    for content in (film(many), mp4() + many, mp4() + deep):
        assert movie_of(content) is None


def test_what_is_emptied_is_no_large_part_of_a_film() -> None:
    assert movie_of(mp4() + box(b"free", bytes(MAX_TELLING_BYTES + 1))) is None
