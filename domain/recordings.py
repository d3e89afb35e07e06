"""Voice and short videos: what they are by how their bytes are laid out, how long they play, and without what
they say of where they were made.

Nothing is decoded. A file is taken for a recording only when its frames or boxes follow one another to its end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from domain.movies import movie_of

_LEAST_FRAMES = 3  # one or two may look like a frame by chance
_MOST_JUNK = (
    10  # per cent of a recording that may be something else: a tag, a frame that was cut off
)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as others get it, and what was taken out of it."""

    content_type: str
    content: bytes
    seconds: float
    dropped: tuple[bytes, ...] = ()


def recording_of(content: bytes) -> Recording | None:
    """The recording that these bytes are; None for anything else. Raises FileRefusedError as `movie_of` does."""
    for read in (_mp4, _wav, _silk, _amr, _aac, _mp3):
        try:
            found = read(content)
        except (IndexError, struct.error):
            continue
        if found is not None:
            return found
    return None


# ----------------------------------------------------------------------- mp3 and aac: frame by frame

_MP3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # MPEG 1, layer III
_MP3_KBPS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG 2 and 2.5
_MP3_HERTZ = (44100, 48000, 32000)
_AAC_HERTZ = (
    96000,
    88200,
    64000,
    48000,
    44100,
    32000,
    24000,
    22050,
    16000,
    12000,
    11025,
    8000,
    7350,
)
_Frame = tuple[int, float]  # bytes, seconds
_FrameAt = Callable[[bytes, int], _Frame | None]


def _mp3_frame(content: bytes, at: int) -> _Frame | None:
    if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] & 0xE6 != 0xE2:
        return None
    version = content[at + 1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
    rate, speed = content[at + 2] >> 4, content[at + 2] >> 2 & 3
    if version == 1 or speed == 3 or rate in (0, 15):
        return None
    hertz = _MP3_HERTZ[speed] >> {3: 0, 2: 1, 0: 2}[version]
    samples, kbps = (1152, _MP3_KBPS[rate]) if version == 3 else (576, _MP3_KBPS_LOW[rate])
    return samples // 8 * kbps * 1000 // hertz + (content[at + 2] >> 1 & 1), samples / hertz


def _aac_frame(content: bytes, at: int) -> _Frame | None:
    if at + 7 > len(content) or content[at] != 0xFF or content[at + 1] & 0xF6 != 0xF0:
        return None
    speed = content[at + 2] >> 2 & 15
    length = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
    return (length, 1024 / _AAC_HERTZ[speed]) if speed < 13 and length > 7 else None


def _mp3(content: bytes) -> Recording | None:
    return _framed(content, "audio/mpeg", _mp3_frame)


def _aac(content: bytes) -> Recording | None:
    return _framed(content, "audio/aac", _aac_frame)


def _framed(content: bytes, content_type: str, frame_at: _FrameAt) -> Recording | None:
    """The frames alone: tags before and after them (pictures, comments) are dropped."""
    start = at = _after_id3(content)
    seconds, frames = 0.0, 0
    while (frame := frame_at(content, at)) is not None:
        if at + frame[0] > len(content):
            break
        at, seconds, frames = at + frame[0], seconds + frame[1], frames + 1
    if frames < _LEAST_FRAMES or (len(content) - at) * 100 > (len(content) - start) * _MOST_JUNK:
        return None
    return Recording(content_type, content[start:at], seconds, (content[:start], content[at:]))


def _after_id3(content: bytes) -> int:
    if not content.startswith(b"ID3"):
        return 0
    length = 0
    for byte in content[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length


# ------------------------------------------------------------------------------- what WeChat makes of voice

_SILK, _SILK_SECONDS = b"#!SILK_V3", 0.02
_AMR, _AMR_SECONDS = b"#!AMR\n", 0.02
_AMR_NOTHING = 15  # a frame of silence: its type alone
_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)  # by the frame's type, its first byte counted


def _silk(content: bytes) -> Recording | None:
    at = content.find(_SILK, 0, len(_SILK) + 1) + len(_SILK)  # WeChat's begins with a byte 2
    if at < len(_SILK):
        return None
    packets = 0
    while at < len(content):
        (length,) = struct.unpack_from("<H", content, at)
        if length == 0xFFFF:  # the end
            at += 2
            break
        at, packets = at + 2 + length, packets + 1
    if at != len(content) or not packets:
        return None
    return Recording("audio/silk", content, packets * _SILK_SECONDS)


def _amr(content: bytes) -> Recording | None:
    if not content.startswith(_AMR):
        return None
    at, frames = len(_AMR), 0
    while at < len(content):
        kind = content[at] >> 3 & 15
        if content[at] & 0x83 or 9 <= kind < _AMR_NOTHING:
            return None
        at, frames = at + (1 if kind == _AMR_NOTHING else _AMR_BYTES[kind]), frames + 1
    if at != len(content) or not frames:
        return None
    return Recording("audio/amr", content, frames * _AMR_SECONDS)


# ------------------------------------------------------------------------------------------ wav

_WAV_KINDS = (1, 3, 6, 7, 0xFFFE)  # PCM, float, A-law, mu-law, "see the extension"


def _wav(content: bytes) -> Recording | None:
    """Format and samples; lists of notes are dropped. A length that was never filled in means: to the end."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return None
    at, described, dropped = 12, b"", []
    while at + 8 <= len(content):
        kind, (size,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        body = content[at + 8 : at + 8 + size]
        if kind == b"data" and len(described) >= 16:
            if not size or at + 8 + size > len(content):
                body = content[at + 8 :]
            dropped.append(content[at + 8 + len(body) :])
            return _made_wav(described, body, dropped)
        if kind == b"fmt ":
            described = body
        else:
            dropped.append(body)
        at += 8 + size + size % 2
    return None


def _made_wav(described: bytes, samples: bytes, dropped: list[bytes]) -> Recording | None:
    (kind,) = struct.unpack_from("<H", described)
    (bytes_per_second,) = struct.unpack_from("<I", described, 8)
    if kind not in _WAV_KINDS or not bytes_per_second or not samples:
        return None
    form = b"fmt " + struct.pack("<I", len(described)) + described + bytes(len(described) % 2)
    data = b"data" + struct.pack("<I", len(samples)) + samples + bytes(len(samples) % 2)
    whole = b"RIFF" + struct.pack("<I", 4 + len(form) + len(data)) + b"WAVE" + form + data
    return Recording("audio/wav", whole, len(samples) / bytes_per_second, tuple(dropped))


# ------------------------------------------------------------------------------------------ mp4


def _mp4(content: bytes) -> Recording | None:
    """Phones write where a video was taken into `udta` and `meta`: these become empty boxes of the same size,
    so that nothing else moves."""
    movie = movie_of(content)
    if movie is None:
        return None
    made = bytearray(content)
    for box in movie.telling:
        made[box.at + 4 : box.at + 8] = b"free"
        made[box.body : box.end] = bytes(box.end - box.body)
    dropped = tuple(content[box.body : box.end] for box in movie.telling)
    return Recording(movie.content_type, bytes(made), movie.seconds, dropped)
