"""`move-files`: the bytes of every file are brought to where new ones go, one file after the other.

A file is copied, compared, then its record says where it lies, and only then the old bytes go. Whatever dies in
between, the record leads to bytes that are whole; the next run takes up what was left.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from domain.files import StoredFile
from services.context import Context

Say = Callable[[str], None]


@dataclass(slots=True)
class _Copy:
    """Bytes on their way, reckoned as they pass."""

    length: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    async def passing(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in pieces:
            self.length += len(piece)
            self.digest.update(piece)
            yield piece

    def is_of(self, file: StoredFile) -> bool:
        """Whether they are all of a file, as far as its record knows."""
        same = not file.sha256 or file.sha256 == self.digest.hexdigest()
        return same and self.length == file.size_bytes


async def run_move(ctx: Context, say: Say, progress: Say) -> bool:
    """Move all, and say how it went; whether nothing stayed behind. Raises FilesAwayError."""
    target = ctx.stores.blobs.new_in
    moved, there, damaged = 0, 0, list[str]()
    async for file, place in ctx.stores.files.each():
        if place != target and not await _move(ctx, file, place, target):
            damaged.append(file.id)
            continue
        moved, there = moved + (place != target), there + (place == target)
        # Here also what a run that died had copied and not cleared away.
        for other in ctx.stores.blobs.places - {target}:
            await ctx.stores.blobs.room(other).drop([file.id])
        progress(f"{moved} moved, {there} there already")
    say(f"{moved} files moved, {there} were there already")
    for file_id in damaged:
        say(f"{file_id} stays: its bytes are not what its record says")
    return not damaged


async def _move(ctx: Context, file: StoredFile, place: str, target: str) -> bool:
    """False where the bytes that are there are not the file's; then nothing has changed."""
    to, copy = ctx.stores.blobs.room(target), _Copy()
    await to.drop([file.id])  # what a run that died has left
    await to.write(file.id, copy.passing(ctx.stores.blobs.room(place).read(file.id)))
    whole = copy.is_of(file)
    if not whole or not await ctx.stores.files.mark_kept(file.id, target):
        await to.drop([file.id])  # damaged, or erased meanwhile
    return whole
