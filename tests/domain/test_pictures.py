"""A picture's notes go, its pixels stay as they were."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps, ImageSequence

from domain.pictures import BrokenError, hides_a_page, without_notes
from tests import recordings

TYPES = {
    "image/jpeg": recordings.jpeg_with_position(),
    "image/png": recordings.png_with_notes(8),
    "image/webp": recordings.webp_with_notes(),
    "image/gif": recordings.gif_with_notes(),
}


def frames(content: bytes) -> list[bytes]:
    """What is seen, held upright, frame by frame."""
    with Image.open(io.BytesIO(content)) as picture:
        return [
            ImageOps.exif_transpose(frame.convert("RGBA") if frame.mode == "P" else frame).tobytes()
            for frame in ImageSequence.Iterator(picture)
        ]


def orientation(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as picture:
        return int(picture.getexif().get(0x0112, 1))


@pytest.mark.parametrize("content_type", TYPES)
def test_who_looks_sees_the_same_and_learns_nothing_else(content_type: str) -> None:
    content = TYPES[content_type]
    assert recordings.MAKER.encode() in content, "a canary that never sang"
    cleaned = without_notes(content, content_type, orientation(content)).content
    assert recordings.MAKER.encode() not in cleaned
    assert frames(cleaned) == frames(content)
    assert orientation(cleaned) == orientation(content)
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert set(picture.getexif()) <= {0x0112}
        assert picture.getexif().get_ifd(0x8825) == {}
        assert "xmp" not in picture.info
        assert "comment" not in picture.info
    assert without_notes(cleaned, content_type, orientation(cleaned)).content == cleaned


@pytest.mark.parametrize("held", range(1, 9))
def test_a_phone_held_any_way(held: int) -> None:
    content = recordings.jpeg_with_position(orientation=held)
    cleaned = without_notes(content, "image/jpeg", held).content
    assert orientation(cleaned) == held
    assert frames(cleaned) == frames(content)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_without_notes_stays_byte_for_byte(mode: str, progressive: bool) -> None:
    made = io.BytesIO()
    picture = Image.effect_noise((80, 60), 60).convert(mode)
    picture.save(made, "JPEG", progressive=progressive, icc_profile=b"\0" * 200)
    assert without_notes(made.getvalue(), "image/jpeg").content == made.getvalue()


@pytest.mark.parametrize("content_type", TYPES)
def test_what_follows_the_end_is_cut_off(content_type: str) -> None:
    content = TYPES[content_type]
    cleaned = without_notes(content + b"PK\x03\x04 and more", content_type)
    assert cleaned.content == without_notes(content, content_type).content
    assert b"PK\x03\x04 and more" in cleaned.dropped


def test_a_script_that_begins_like_a_picture() -> None:
    for start in (b"GIF89a/*<svg/o", b"GIF89a=1;alert(1)"):
        with pytest.raises(BrokenError):
            without_notes(start + bytes(40), "image/gif")


def test_what_would_run_is_seen_in_what_is_dropped() -> None:
    content = TYPES["image/jpeg"]
    page = b"<ScRiPt>alert(1)</script>"
    comment = b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page
    assert hides_a_page(without_notes(content[:2] + comment + content[2:], "image/jpeg").dropped)
    assert hides_a_page(without_notes(content + page, "image/jpeg").dropped)
    assert not hides_a_page(without_notes(content, "image/jpeg").dropped)


@given(st.sampled_from(sorted(TYPES)), st.integers(0, 2000), st.binary(max_size=60))
def test_no_bytes_break_it(content_type: str, at: int, junk: bytes) -> None:
    content = TYPES[content_type]
    for damaged in (content[:at], content[:at] + junk + content[at:], content[:13] + junk):
        try:
            cleaned = without_notes(damaged, content_type)
        except BrokenError:
            continue
        assert len(cleaned.content) <= len(damaged) + 2  # an end that was lost
