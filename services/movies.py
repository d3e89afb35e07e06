"""Films that are too large to be held in memory: judged and cleaned where they lie, in a file of no name.

Of such a file only what describes it is read; its bytes are reckoned and handed on piece by piece.
"""

from __future__ import annotations

import asyncio
import hashlib
import mmap
import zipfile
from typing import IO

from domain.errors import FileRefusedError
from domain.files import VIDEO_TYPES, FileKind
from domain.movies import Box, Movie, movie_of
from domain.pictures import begins_as_pdf, hides_a_page
from services.judging import JUDGES, Judged

_WINDOW = 1024 * 1024


async def judged_movie(file: IO[bytes]) -> Judged:
    """The verdict on a large file, which is cleaned in its place; `content` stays empty.

    Raises FileRefusedError: `too_large` for anything but a film, and what `judged` does.
    """
    return await asyncio.get_running_loop().run_in_executor(JUDGES, judge_movie, file)


def judge_movie(file: IO[bytes]) -> Judged:
    """See `judged_movie`. Takes its time: not for the loop."""
    file.flush()
    if zipfile.is_zipfile(file):
        raise FileRefusedError("mixed")
    with mmap.mmap(file.fileno(), 0) as content:
        movie = movie_of(content)
        if movie is None or movie.content_type not in VIDEO_TYPES:
            raise FileRefusedError("too_large")
        if begins_as_pdf(content[:_WINDOW]) or hides_a_page(_told(content, movie)):
            raise FileRefusedError("mixed")
        for box in movie.telling:
            _empty(content, box)
        content.flush()
        digest = hashlib.sha256()
        for at in range(0, len(content), _WINDOW):
            digest.update(content[at : at + _WINDOW])
    return Judged(
        FileKind.VIDEO,
        movie.content_type,
        b"",
        seconds=max(1, round(movie.seconds)),
        sha256=digest.hexdigest(),
    )


def _told(content: mmap.mmap, movie: Movie) -> list[bytes]:
    return [content[box.body : box.end] for box in movie.telling]


def _empty(content: mmap.mmap, box: Box) -> None:
    content[box.at + 4 : box.at + 8] = b"free"
    for at in range(box.body, box.end, _WINDOW):
        end = min(at + _WINDOW, box.end)
        content[at:end] = bytes(end - at)
