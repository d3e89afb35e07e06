"""Voice and videos: known by how they are laid out, as long as they play, and without where they were made."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import FileRefusedError
from domain.recordings import recording_of
from tests import recordings

KINDS = {
    "mp3": (recordings.mp3(), "audio/mpeg", 1.44),
    "mp3 without a tag": (recordings.mp3(tag=False), "audio/mpeg", 1.44),
    "aac": (recordings.aac(), "audio/aac", 3.2),
    "wav": (recordings.wav(), "audio/wav", 2.0),
    "wav that was never closed": (recordings.wav(told=False), "audio/wav", 2.0),
    "silk": (recordings.silk(), "audio/silk", 1.2),
    "amr": (recordings.amr(), "audio/amr", 1.2),
    "m4a": (recordings.mp4(video=False), "audio/mp4", 9.0),
    "mp4": (recordings.mp4(), "video/mp4", 9.0),
    "mov": (recordings.mp4(brand=b"qt  "), "video/quicktime", 9.0),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_it_is_and_how_long_it_plays(name: str) -> None:
    content, content_type, seconds = KINDS[name]
    found = recording_of(content)
    assert found is not None
    assert (found.content_type, round(found.seconds, 2)) == (content_type, seconds)
    for told in (recordings.MAKER.encode(), b"36.6171"):
        assert told not in found.content


@pytest.mark.parametrize("name", KINDS)
def test_what_was_cleaned_is_clean(name: str) -> None:
    once = recording_of(KINDS[name][0])
    assert once is not None
    again = recording_of(once.content)
    assert again is not None
    assert (again.content, again.content_type) == (once.content, once.content_type)


def test_a_video_keeps_its_length_and_its_frames() -> None:
    content = recordings.mp4()
    found = recording_of(content)
    assert found is not None
    assert len(found.content) == len(content)
    assert found.content[-4000:] == content[-4000:]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3",
        b"ID3\x03\0\0\x7f\x7f\x7f\x7f",
        recordings.mp3(frames=2),
        recordings.mp3(tag=False) + bytes(3000),
        recordings.aac()[1:],
        recordings.silk() + b"<script>",
        recordings.amr()[:-5] + b"\xff" * 40,
        recordings.mp4()[:-1],
        recordings.mp4() + b"junk",
        recordings.wav()[:40],
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypheic" + bytes(12),
    ],
)
def test_what_only_looks_like_one_is_none(content: bytes) -> None:
    assert recording_of(content) is None


@given(st.binary(max_size=400), st.sampled_from(sorted(KINDS)), st.integers(0, 400))
def test_no_bytes_break_it(junk: bytes, name: str, at: int) -> None:
    content = KINDS[name][0]
    for damaged in (junk, content[:at] + junk + content[at:], content[at:], junk + content):
        with suppress(FileRefusedError):  # that it plays for years, or its pictures are too large
            found = recording_of(damaged)
            assert found is None or found.seconds >= 0
