"""The pictures and documents of a notice, streamed; of a picture also a small one."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema, Stream
from services.attachments import access_notice_for_files, as_thumbnail
from services.files import open_attachment, open_own_file
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
