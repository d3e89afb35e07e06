"""Files in and out: a teacher's upload, and what hangs on a notice, streamed; of a picture also a small one."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from domain.files import MAX_FILE_BYTES, FileKind
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema, Stream
from miniapp.shapes import Attachment
from services.attachments import access_notice_for_files, as_thumbnail
from services.files import open_attachment, open_own_file, store_upload
from services.people import access_teaching

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
    """What the person calls the file."""

    name: str = Field("file", max_length=1000)


@files(
    "POST",
    "/files",
    access=Access.STAFF,
    right=Right.PUBLISH,
    creates=True,
    raw=("application/octet-stream",),
    largest=MAX_FILE_BYTES,
)
async def upload(call: Call, query: UploadQuery) -> Attachment:
    """Store a picture or document, whatever it calls itself: its content is judged."""
    file = await store_upload(call.ctx, call.teaching, query.name, call.body_bytes)
    picture = file.kind is FileKind.PICTURE
    return Attachment(
        file_id=file.id,
        kind=file.kind,
        name=file.name,
        size_bytes=file.size_bytes,
        width=file.width if picture else None,
        height=file.height if picture else None,
    )


@files("GET", "/files/{file_id}", access=Access.VISITOR)
async def get_file(call: Call, file_id: str, query: FileQuery) -> Stream:
    """A file of a notice, for its guardians and its author; or what one uploaded oneself."""
    ctx, person_id = call.ctx, call.person_id
    if query.notice:
        notice = await access_notice_for_files(ctx, person_id, query.notice, acting=call.acting)
        file, content = await open_attachment(ctx, notice, file_id)
    else:
        teaching = await access_teaching(ctx, person_id, acting=call.acting)
        file, content = await open_own_file(ctx, teaching, file_id)
    if query.size is Size.THUMB:
        file, content = await as_thumbnail(ctx, file, content)
    return Stream(file, content, f"{file.id}-{query.size}")
