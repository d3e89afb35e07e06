"""Uploading on a line that drops (断点续传): a file comes in numbered pieces, each acknowledged once it is durable.

Modelled on tus 1.0 (offset, checksum, expiration), with what wx.request can send: it knows no PATCH. Pieces have a
fixed size, so a piece's number says where it belongs, and the same bytes can be stored once only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.errors import FileRefusedError, InvalidError, Problem
from domain.files import MAX_FILE_BYTES

PIECE_BYTES = 256 * 1024  # some seconds of a poor mobile line
MAX_WHOLE_BYTES = 20 * 1024 * 1024  # what is larger has to come in pieces
LIFE = timedelta(days=1)
MOST_OPEN = 20  # of one person at a time: two homeworks of nine pictures
FINISHING = timedelta(minutes=2)  # after which somebody else may judge what was being judged
_SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that is on its way. `held` is the SHA-256 of each piece that is there, by its number.

    It ends with a `file_id`, or with `refused`, the code of why its content is not stored. `sha1`: of the whole
    file, as wx.getFileInfo says it, or empty. `finishing_until`: somebody puts it together.
    """

    id: str
    school_id: str
    person_id: str
    student_id: str
    name: str
    size_bytes: int
    sha1: str
    created_at: datetime
    expires_at: datetime
    held: Mapping[str, str] = field(default_factory=dict)
    file_id: str | None = None
    refused: str | None = None
    finishing_until: datetime | None = None

    @property
    def pieces(self) -> int:
        """How many pieces it has."""
        return -(-self.size_bytes // PIECE_BYTES)

    @property
    def offset(self) -> int:
        """How many bytes are there from the beginning: where to go on."""
        number = 0
        while str(number) in self.held:
            number += 1
        return min(number * PIECE_BYTES, self.size_bytes)

    @property
    def is_complete(self) -> bool:
        """Whether every piece is there."""
        return len(self.held) == self.pieces

    @property
    def is_over(self) -> bool:
        """Whether it has become a file or was refused."""
        return self.file_id is not None or self.refused is not None

    def number_at(self, offset: int) -> int | None:
        """The number of the piece that begins there; None where none does."""
        inside = 0 <= offset < self.size_bytes and offset % PIECE_BYTES == 0
        return offset // PIECE_BYTES if inside else None

    def length_of(self, number: int) -> int:
        """How many bytes a piece has: the last one what is left."""
        return min(PIECE_BYTES, self.size_bytes - number * PIECE_BYTES)


def check_announced(size_bytes: int, sha1: str, *, most: int = MAX_FILE_BYTES) -> None:
    """What is said of a file before it comes. Raises FileRefusedError `empty` or `too_large`, InvalidError."""
    if size_bytes < 1:
        raise FileRefusedError("empty")
    if size_bytes > most:
        raise FileRefusedError("too_large")
    if sha1 and not _SHA1.fullmatch(sha1):
        raise InvalidError({"sha1": Problem("unknown")})
