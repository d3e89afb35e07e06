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
from services.work_files import (
    Opened,
    open_answered,
    open_handed_in,
    open_mistake,
    open_of_leave,
    open_of_tasklist,
    open_of_topic,
    open_praised,
)

files = Registry("files")


class Size(StrEnum):
    """How large a picture is wanted."""

    THUMB = "thumb"
    FULL = "full"


class FileQuery(Schema):
    """What shows it: a notice; what was handed in for a `homework` by `child`, to its family and teachers; the
    good work of a homework that is `praised`, to the family of `child` in that class; a `mistake` in the book of
    `child`; what was given to an `activity` for `child` (an adult's answer: by their id), to its family and to whoever
    published it; of a `leave`, to the family and the head teacher; a `tasklist`'s steps, what was handed in for it,
    what the group of `child` shares; a `topic` of a circle, to whoever is in it. Without any of them
    it is an upload of one's own."""

    notice: str = Field("", max_length=200)
    homework: str = Field("", max_length=64)
    praised: str = Field("", max_length=64)
    mistake: str = Field("", max_length=64)
    activity: str = Field("", max_length=64)
    leave: str = Field("", max_length=64)
    tasklist: str = Field("", max_length=64)
    topic: str = Field("", max_length=64)
    child: str = Field("", max_length=200)
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
    """A file, for whoever may see what it hangs on; or what one uploaded oneself."""
    ctx = call.ctx
    (file, content), fleeting = await _open(call, file_id, query)
    if fleeting and query.size is Size.FULL:
        return Stream(file, content)  # nobody keeps it: its family may think better of it
    if query.size is Size.FULL:
        read = partial(ctx.stores.files.read, file.id)
        return Stream(file, content, f"{file.id}-full", part=read)
    small, content = await as_thumbnail(ctx, file, content)
    if fleeting:
        return Stream(small, content)
    lasting = small is not file or not file.undrawn  # else the picture itself stands in
    return Stream(small, content, f"{file.id}-{'thumb' if lasting else 'full'}", lasting=lasting)


async def _open(call: Call, file_id: str, query: FileQuery) -> tuple[Opened, bool]:
    """The file, and whether it is another family's: then it is shown and not kept."""
    ctx, person_id, acting = call.ctx, call.person_id, call.acting
    if query.topic:
        return await open_of_topic(ctx, person_id, query.topic, file_id), True
    if query.tasklist:
        return await open_of_tasklist(
            ctx, person_id, query.tasklist, query.child, file_id, acting=acting
        )
    if query.praised:
        return await open_praised(ctx, person_id, query.praised, query.child, file_id), True
    if query.notice:
        notice = await access_notice_for_files(ctx, person_id, query.notice, acting=acting)
        return await open_attachment(ctx, notice, file_id), False
    if query.homework:
        found = await open_handed_in(
            ctx, person_id, query.homework, query.child, file_id, acting=acting
        )
        return found, False
    if query.mistake:
        return await open_mistake(ctx, person_id, query.child, query.mistake, file_id), False
    if query.activity:
        found = await open_answered(
            ctx, person_id, query.activity, query.child, file_id, acting=acting
        )
        return found, False
    if query.leave:
        found = await open_of_leave(ctx, person_id, query.leave, file_id, acting=acting)
        return found, False
    return await open_own_file(ctx, person_id, file_id, acting=acting), False
