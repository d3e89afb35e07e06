"""Uploading on a line that drops: announce a file, send its pieces, ask how far it is, finish."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.uploads import PIECE_BYTES, Upload
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.shapes import Attachment, uploaded
from services.files import access_owner
from services.uploads import (
    access_upload_as_owner,
    begin_upload,
    finish_upload,
    give_up_upload,
    take_piece,
)

uploads = Registry("uploads")


class UploadIn(Schema):
    """A file to come. `sha1` is what wx.getFileInfo says of it, or empty; `child` as for /files."""

    name: str = Field(min_length=1, max_length=1000)
    size_bytes: Number
    sha1: str = Field("", pattern="^([0-9a-f]{40})?$")
    child: str = Field("", max_length=200)


class UploadOut(Schema):
    """How far it is. Pieces of `piece_bytes` (the last one shorter) go to any offset that is a multiple of it;
    `missing` are the offsets of those that are not there yet. `refused` is the code of why it was not stored."""

    id: str
    size_bytes: int
    piece_bytes: int
    offset: int
    missing: list[int]
    expires_at: datetime
    file_id: str | None
    refused: str | None


class PieceQuery(Schema):
    """Where the piece begins, and the CRC-32 of its bytes in eight hexadecimal digits."""

    offset: Number
    crc32: str = Field(pattern="^[0-9a-f]{8}$")


class UploadGone(Schema):
    """It is gone."""

    id: str


def upload_out(upload: Upload) -> UploadOut:
    """How far an upload is, as every address of uploads says it."""
    absent = [n for n in range(upload.pieces) if str(n) not in upload.held]
    return UploadOut(
        id=upload.id,
        size_bytes=upload.size_bytes,
        piece_bytes=PIECE_BYTES,
        offset=upload.offset,
        missing=[n * PIECE_BYTES for n in absent],
        expires_at=upload.expires_at,
        file_id=upload.file_id,
        refused=upload.refused,
    )


async def _mine(call: Call, upload_id: str) -> Upload:
    return await access_upload_as_owner(call.ctx, call.person_id, upload_id, acting=call.acting)


@uploads("POST", "/uploads", access=Access.VISITOR, creates=True)
async def announce_upload(call: Call, body: UploadIn) -> UploadOut:
    """Announce a file that comes in pieces; it has a day to come."""
    owner = await access_owner(call.ctx, call.person_id, body.child, acting=call.acting)
    upload = await begin_upload(
        call.ctx, owner, name=body.name, size_bytes=body.size_bytes, sha1=body.sha1
    )
    return upload_out(upload)


@uploads("GET", "/uploads/{upload_id}", access=Access.VISITOR)
async def get_upload(call: Call, upload_id: str) -> UploadOut:
    """How far an upload is: asked after the line came back."""
    return upload_out(await _mine(call, upload_id))


@uploads("DELETE", "/uploads/{upload_id}", access=Access.VISITOR)
async def drop_upload(call: Call, upload_id: str) -> UploadGone:
    """Give an upload up."""
    upload = await _mine(call, upload_id)
    await give_up_upload(call.ctx, upload)
    return UploadGone(id=upload.id)


@uploads(
    "PUT",
    "/uploads/{upload_id}/pieces",
    access=Access.VISITOR,
    raw=("application/octet-stream",),
    largest=PIECE_BYTES,
)
async def put_piece(call: Call, upload_id: str, query: PieceQuery) -> UploadOut:
    """Send one piece; answered once it is durable, and as often as it is sent."""
    upload = await _mine(call, upload_id)
    taken = await take_piece(call.ctx, upload, query.offset, call.body_bytes, crc32=query.crc32)
    return upload_out(taken)


@uploads("POST", "/uploads/{upload_id}/file", access=Access.VISITOR, creates=True)
async def finish(call: Call, upload_id: str) -> Attachment:
    """All pieces are there: judge them and make a file of them."""
    return uploaded(await finish_upload(call.ctx, await _mine(call, upload_id)))
