"""Uploading on a line that drops: announce, send pieces in any order and as often as it takes, finish.

A piece is acknowledged by the write that notes it (`uploads.held`), after its bytes are stored. What died before
that is sent again; what comes twice changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from tempfile import TemporaryFile

from domain.errors import (
    ConflictError,
    FileRefusedError,
    InvalidError,
    NotFoundError,
    Problem,
)
from domain.files import MAX_FILE_BYTES, StoredFile
from domain.uploads import FINISHING, LIFE, MOST_OPEN, Upload, check_announced
from services.context import Context
from services.files import Owner, access_owner, count_upload, store_judged, store_movie
from services.judging import judged
from services.movies import judged_movie
from services.promises import settle_promises
from services.thumbnails import draw_what_was_left

log = logging.getLogger("yanshu.services")

_TENDING, _TENDING_SECONDS = "tend-uploads", 300.0
_BATCH = 100


async def begin_upload(
    ctx: Context,
    owner: Owner,
    *,
    name: str,
    size_bytes: int,
    sha1: str = "",
    most: int = MAX_FILE_BYTES,
) -> Upload:
    """Announce a file of `most` bytes at most. Nothing is promised of its content, which is judged when it is there.

    Raises what `check_announced` does; TooManyError; ConflictError `uploads_open` for more at a time than
    anybody needs.
    """
    check_announced(size_bytes, sha1, most=most)
    await count_upload(ctx, owner.person_id)
    now = ctx.now()
    mine = await ctx.stores.uploads.of_person(owner.person_id)
    if len([u for u in mine if not u.is_over and u.expires_at > now]) >= MOST_OPEN:
        raise ConflictError("uploads_open")
    upload = Upload(
        id=ctx.new_id(),
        school_id=owner.school_id,
        person_id=owner.person_id,
        student_id=owner.student_id,
        name=name,
        size_bytes=size_bytes,
        sha1=sha1,
        created_at=now,
        expires_at=now + LIFE,
    )
    await ctx.stores.uploads.add(upload)
    return upload


async def access_upload_as_owner(
    ctx: Context, person_id: str, upload_id: str, *, acting: str = ""
) -> Upload:
    """An upload of theirs that is still wanted, by who they are now. Raises NotFoundError."""
    upload = await ctx.stores.uploads.find(upload_id)
    if upload is None or upload.person_id != person_id or upload.expires_at <= ctx.now():
        raise NotFoundError
    owner = await access_owner(ctx, person_id, upload.student_id, acting=acting)
    if owner.school_id != upload.school_id:
        raise NotFoundError
    return upload


async def take_piece(
    ctx: Context, upload: Upload, offset: int, content: bytes, *, crc32: str
) -> Upload:
    """Take the piece that begins at `offset`; returns the upload with it, which is durable then.

    Raises ConflictError: `wrong_offset` (no piece begins there, or one with other bytes is held), `upload_over`;
    InvalidError for one that was cut or damaged on the way.
    """
    number = upload.number_at(offset)
    if number is None:
        raise ConflictError("wrong_offset")
    if len(content) != upload.length_of(number) or f"{zlib.crc32(content):08x}" != crc32:
        raise InvalidError({"crc32": Problem("damaged")})
    digest = hashlib.sha256(content).hexdigest()
    held = upload.held.get(str(number))
    if held is None and not upload.is_over:
        if not await ctx.stores.uploads.put_piece(upload, number, content, digest):
            raise ConflictError("wrong_offset")
        if not await ctx.stores.uploads.hold(upload.id, number, digest):
            await _drop_if_over(ctx, upload.id)
    elif held != digest:
        raise ConflictError("upload_over" if held is None else "wrong_offset")
    now = await ctx.stores.uploads.find(upload.id)
    if now is None or str(number) not in now.held:
        raise ConflictError("upload_over")
    return now


async def _drop_if_over(ctx: Context, upload_id: str) -> None:
    """Bytes that came while it ended belong to nothing."""
    upload = await ctx.stores.uploads.find(upload_id)
    if upload is None or upload.is_over:
        await ctx.stores.uploads.drop_pieces(upload_id)


async def finish_upload(ctx: Context, upload: Upload) -> StoredFile:
    """Put the pieces together and judge them; again gives the same file, or the same refusal.

    Raises ConflictError: `incomplete`, `in_progress` while somebody is at it; InvalidError for a whole that is not
    what was announced; FileRefusedError as `judged` does.
    """
    if not upload.is_complete:
        raise ConflictError("incomplete")
    now = ctx.now()
    if not upload.is_over and await ctx.stores.uploads.take_turn(upload.id, now, now + FINISHING):
        try:
            return await _put_together(ctx, upload)
        finally:
            await ctx.stores.uploads.give_back(upload.id)
    over = await ctx.stores.uploads.find(upload.id)
    if over is not None and over.refused is not None:
        raise _refusal(over.refused)
    if over is None or over.file_id is None:
        raise ConflictError("in_progress")
    file = await ctx.stores.files.find(over.file_id)
    if file is None:
        raise ConflictError("upload_over")
    return file


async def _put_together(ctx: Context, upload: Upload) -> StoredFile:
    owner = Owner(upload.school_id, upload.person_id, upload.student_id)
    try:
        if upload.size_bytes > MAX_FILE_BYTES:
            file = await _large(ctx, owner, upload)
        else:
            content = b"".join([piece async for piece in ctx.stores.uploads.read(upload)])
            digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            if upload.sha1 and upload.sha1 != digest:
                raise InvalidError({"sha1": Problem("damaged")})
            file = await store_judged(ctx, owner, upload.name, await judged(content))
    except LookupError:  # given up at this moment
        raise ConflictError("upload_over") from None
    except (FileRefusedError, InvalidError) as error:
        await ctx.stores.uploads.mark_over(upload.id, refused=error.code)
        await ctx.stores.uploads.drop_pieces(upload.id)
        raise
    if not await ctx.stores.uploads.mark_over(upload.id, file_id=file.id):
        # Given up meanwhile, or its turn had passed to another: one file of it is enough.
        await ctx.stores.forgetting.drop_files([file.id])
        raise ConflictError("in_progress")
    await ctx.stores.uploads.drop_pieces(upload.id)
    return file


async def _large(ctx: Context, owner: Owner, upload: Upload) -> StoredFile:
    """A film that is never in memory: by way of a file of no name, which goes with the process."""
    digest = hashlib.sha1(usedforsecurity=False)
    with TemporaryFile() as film:
        async for piece in ctx.stores.uploads.read(upload):
            digest.update(piece)
            film.write(piece)
        if upload.sha1 and upload.sha1 != digest.hexdigest():
            raise InvalidError({"sha1": Problem("damaged")})
        found = await judged_movie(film)
        return await store_movie(ctx, owner, upload.name, found, film, upload.size_bytes)


def _refusal(code: str) -> Exception:
    if code == InvalidError.code:
        return InvalidError({"sha1": Problem("damaged")})
    return FileRefusedError(code)


async def give_up_upload(ctx: Context, upload: Upload) -> None:
    """It is no longer wanted; a file that it became stays. A second time changes nothing."""
    await ctx.stores.uploads.drop(upload.id)


async def tend_uploads(ctx: Context) -> None:
    """Every minute: clear away what nobody carried on, draw what a lost job left, look for
    what files were promised to. One worker at a time."""
    owner = ctx.new_id()
    if not await ctx.stores.locks.take([_TENDING], owner=owner, seconds=_TENDING_SECONDS):
        return
    try:
        dropped = [
            await ctx.stores.uploads.drop(i)
            for i in await ctx.stores.uploads.expired(ctx.now(), _BATCH)
        ]
        if dropped:
            log.info("%d uploads were never finished", len(dropped))
        await draw_what_was_left(ctx)
        await settle_promises(ctx)
    finally:
        await ctx.stores.locks.drop([_TENDING], owner=owner)
