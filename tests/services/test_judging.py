"""What an upload is: judged by its content, cleaned, and refused when it is two things or would unfold to too much."""

import io
import zipfile

import pytest
from PIL import Image

from domain.errors import FileRefusedError
from domain.files import FileKind
from services.judging import judge
from tests import recordings
from tests.handlers.conftest import PDF, photograph

PAGE = b"<html><script>alert(1)</script></html>"


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("run.js", "alert(1)")
    return made.getvalue()


def comment(content: bytes, words: bytes) -> bytes:
    """A JPEG with one more comment."""
    return content[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + content[2:]


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(made, "PNG")
    return made.getvalue()


TAKEN = {
    "mp3": (recordings.mp3(), FileKind.AUDIO, "audio/mpeg", 1),
    "wav": (recordings.wav(), FileKind.AUDIO, "audio/wav", 2),
    "aac": (recordings.aac(), FileKind.AUDIO, "audio/aac", 3),
    "m4a": (recordings.mp4(video=False), FileKind.AUDIO, "audio/mp4", 9),
    "silk": (recordings.silk(), FileKind.AUDIO, "audio/silk", 1),
    "amr": (recordings.amr(), FileKind.AUDIO, "audio/amr", 1),
    "mp4": (recordings.mp4(), FileKind.VIDEO, "video/mp4", 9),
    "jpeg": (recordings.jpeg_with_position(), FileKind.PICTURE, "image/jpeg", 0),
    "gif": (recordings.gif_with_notes(), FileKind.PICTURE, "image/gif", 0),
    "webp": (recordings.webp_with_notes(), FileKind.PICTURE, "image/webp", 0),
    "png": (recordings.png_with_notes(6), FileKind.PICTURE, "image/png", 0),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_tells_nothing_of_where_it_was_made(name: str) -> None:
    content, kind, content_type, seconds = TAKEN[name]
    found = judge(content)
    assert (found.kind, found.content_type, found.seconds) == (kind, content_type, seconds)
    assert recordings.MAKER.encode() not in found.content
    assert judge(found.content).content == found.content


def test_a_picture_held_sideways_is_seen_upright() -> None:
    found = judge(recordings.jpeg_with_position(orientation=6))
    with Image.open(io.BytesIO(found.content)) as picture:
        assert picture.getexif()[0x0112] == 6
        assert picture.getexif().get_ifd(0x8825) == {}


MIXED = {
    "GIF and script": b"GIF89a/*" + bytes(5) + b"*/=1;alert(1)",
    "a GIF with a page behind it": recordings.gif_with_notes() + PAGE,
    "a JPEG with a page in a comment": comment(photograph(), PAGE),
    "a JPEG with a page behind it": photograph() + PAGE,
    "a JPEG with PHP in a comment": comment(photograph(), b"<?php system($_GET[0]);"),
    "a PNG with an archive behind it": png() + archive(),
    "a JPEG that readers of PDF take": comment(photograph(), b"%PDF-1.4"),
    "PDF and ZIP": PDF + archive(),
    "a PDF with a page before it": PAGE + PDF,
    "a recording with a page in its tag": recordings.mp3().replace(
        recordings.MAKER.encode(), b"<script>x</sc"
    ),
    "a video with an archive at its end": recordings.mp4()
    + (len(archive()) + 8).to_bytes(4, "big")
    + b"free"
    + archive(),
}


@pytest.mark.parametrize("name", MIXED)
def test_two_things_in_one_are_refused(name: str) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        judge(MIXED[name])
    assert refusal.value.code in ("mixed", "wrong_type")
    assert refusal.value.code == "mixed" or name in (
        "GIF and script",
        "a PDF with a page before it",
    )


def test_a_bomb_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decoded)
    content = recordings.bomb()
    assert len(content) < 1024 * 1024
    with pytest.raises(FileRefusedError, match="too_many_pixels"):
        judge(content)


def test_a_document_that_unfolds_beyond_measure_is_refused_unopened() -> None:
    content = recordings.unfolding_document()
    assert len(content) < 2 * 1024 * 1024
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(content)


def test_the_video_of_a_photograph_that_moves_is_cut_off() -> None:
    moving = photograph() + recordings.mp4()
    assert judge(moving).content == photograph()


@pytest.mark.parametrize(
    "content", [b"x", b"\xff\xd8\xff", b"RIFF", b"PK", b"%PD", PAGE, bytes(999)]
)
def test_what_is_nothing_of_this_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefusedError, match="wrong_type"):
        judge(content)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc"])
def test_a_picture_of_an_iphone_is_refused_by_its_name(brand: bytes) -> None:
    head = (24).to_bytes(4, "big") + b"ftyp" + brand + b"\0\0\0\0mif1heic"
    with pytest.raises(FileRefusedError, match="heic"):
        judge(head + bytes(4000))
