"""A ZIP that is given out while it is made: nothing of it lies on a disk, and no more than a piece in memory.

What it holds is packed already (pictures, documents, videos) and stored as it is, in the form that also programs
which read a ZIP from its beginning can take.
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Iterable
from typing import IO, cast

Entry = tuple[str, AsyncIterator[bytes]]


class _Outlet:
    """Takes what the ZIP writes and hands it on; it can be neither read nor sought in."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, content: bytes) -> int:
        """The next bytes."""
        self._held += content
        return len(content)

    def flush(self) -> None:
        """Nothing to do: `take` says when."""

    def take(self) -> bytes:
        """All since the last time."""
        content = bytes(self._held)
        self._held.clear()
        return content


async def zipped(entries: Iterable[Entry]) -> AsyncIterator[bytes]:
    """The ZIP of these entries, each a path and its bytes; an entry is asked for its bytes when its turn comes.

    What raises while it is read ends the ZIP where it is, without the table of contents that would make it one.
    """
    outlet = _Outlet()
    # Deflated without being compressed: a stored entry has to say its checksum before its bytes are there.
    archive = zipfile.ZipFile(
        cast(IO[bytes], outlet), "w", zipfile.ZIP_DEFLATED, compresslevel=0, allowZip64=True
    )
    for path, pieces in entries:
        with archive.open(path, "w", force_zip64=True) as entry:
            async for piece in pieces:
                entry.write(piece)
                yield outlet.take()
        yield outlet.take()
    archive.close()
    yield outlet.take()
