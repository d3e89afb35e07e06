"""Files in and out: what people upload, and what hangs on a notice, streamed; of a picture also a small one."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from pydantic import Field

from domain.uploads import MAX_WHOLE_BYTES
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema, Stream
from miniapp.shapes import Attachment, uploaded
from services.attachments import access_notice_for_files
from services.files import access_owner, open_attachment, open_own_file, store_upload
from services.thumbnails import as_thumbnail

files = Registry("files")


class Size(StrEnum):
    """How large a picture is wanted."""

    THUMB = "thumb"
    FULL = "full"


class FileQuery(Schema):
    """`notice` is the one that shows it; without one it is an upload of one's own."""

    notice: str = Field("", max_length=200)
    size: Size = Size.FULL


class UploadQuery(Schema):
    """What the person calls the file, and for which of their children it is; without one it is a teacher's."""

    name: str = Field("file", max_length=1000)
    child: str = Field("", max_length=200)


@files(
    "POST",
    "/files",
    access=Access.VISITOR,
    creates=True,
    raw=("application/octet-stream",),
    largest=MAX_WHOLE_BYTES,
)
async def upload(call: Call, query: UploadQuery) -> Attachment:
    """Store a file in one piece; what is larger, or on a weak line, goes through /uploads."""
    owner = await access_owner(call.ctx, call.person_id, query.child, acting=call.acting)
    return uploaded(await store_upload(call.ctx, owner, query.name, call.body_bytes))


@files("GET", "/files/{file_id}", access=Access.VISITOR)
async def get_file(call: Call, file_id: str, query: FileQuery) -> Stream:
    """A file of a notice, for its guardians and its author; or what one uploaded oneself."""
    ctx, person_id = call.ctx, call.person_id
    if query.notice:
        notice = await access_notice_for_files(ctx, person_id, query.notice, acting=call.acting)
        file, content = await open_attachment(ctx, notice, file_id)
    else:
        file, content = await open_own_file(ctx, person_id, file_id, acting=call.acting)
    if query.size is Size.FULL:
        read = partial(ctx.stores.files.read, file.id)
        return Stream(file, content, f"{file.id}-full", part=read)
    small, content = await as_thumbnail(ctx, file, content)
    lasting = small is not file or not file.undrawn  # else the picture itself stands in
    return Stream(small, content, f"{file.id}-{'thumb' if lasting else 'full'}", lasting=lasting)
