"""Files of resources at a desk: they come piece by piece, and what is there already is told at once and not kept."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import ConflictError, NotFoundError
from domain.files import MAX_FILE_BYTES, VIDEO_TYPES, StoredFile
from domain.resources import Resource
from domain.uploads import Upload
from services.context import Context
from services.people import Post
from services.resources import owner_at, twins_of
from services.uploads import begin_upload, finish_upload, give_up_upload, take_piece


class TwinError(ConflictError):
    """The same content is in a resource that this person may see."""

    def __init__(self, twin: Resource) -> None:
        super().__init__("duplicate")
        self.twin = twin


async def begin_file(ctx: Context, post: Post, *, name: str, size_bytes: int) -> Upload:
    """Announce a file, a film may be larger. Raises NotFoundError in a region, and what `begin_upload` does."""
    is_film = name.lower().endswith(tuple(VIDEO_TYPES.values()))
    most = ctx.policy.film_bytes if is_film else MAX_FILE_BYTES
    return await begin_upload(ctx, owner_at(post), name=name, size_bytes=size_bytes, most=most)


async def access_file(ctx: Context, post: Post, upload_id: str) -> Upload:
    """An upload of this person at this school that is still wanted. Raises NotFoundError."""
    owner = owner_at(post)
    upload = await ctx.stores.uploads.find(upload_id)
    if upload is None or upload.expires_at <= ctx.now():
        raise NotFoundError
    mine = (owner.person_id, owner.school_id, "")
    if (upload.person_id, upload.school_id, upload.student_id) != mine:
        raise NotFoundError
    return upload


async def put_piece(
    ctx: Context, post: Post, upload_id: str, offset: int, content: bytes, *, crc32: str
) -> Upload:
    """One piece. Raises what `take_piece` does, NotFoundError."""
    upload = await access_file(ctx, post, upload_id)
    return await take_piece(ctx, upload, offset, content, crc32=crc32)


async def finish_file(ctx: Context, post: Post, upload_id: str, *, of: str = "") -> StoredFile:
    """Judge the whole; `of` is the resource that is being worked over.

    Raises TwinError, and then nothing of it is kept; NotFoundError, and what `finish_upload` does.
    """
    file = await finish_upload(ctx, await access_file(ctx, post, upload_id))
    twins = await twins_of(ctx, post, [file.sha256], but=of)
    if twins:
        if await ctx.stores.ageing.take_loose(file.id):
            await ctx.stores.forgetting.drop_files([file.id])
        raise TwinError(twins[0])
    return file


async def drop_file(ctx: Context, post: Post, upload_id: str) -> None:
    """It is no longer wanted. Raises NotFoundError."""
    await give_up_upload(ctx, await access_file(ctx, post, upload_id))


async def files_of_form(
    ctx: Context, post: Post, file_ids: Sequence[str], held: Resource | None = None
) -> list[StoredFile]:
    """What a form that comes back shows of its files: those that are this person's, or the resource's."""
    owner = owner_at(post)
    kept = held.files() if held else set()
    files = await ctx.stores.files.many(dict.fromkeys(file_ids))
    return [f for i, f in files.items() if i in kept or owner.owns(f)]
