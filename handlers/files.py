"""Files in and out: a head teacher's upload, and the pictures and documents of a notice for whoever may see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote, unquote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, stream_request_body

from domain.errors import FileRefusedError
from domain.files import MAX_FILE_BYTES, FileKind, StoredFile
from domain.roles import Right
from handlers.base import Access, BaseHandler, PageHandler
from handlers.intake import Intake
from handlers.phrases import size_text
from services.attachments import access_notice_for_files
from services.files import open_attachment, open_own_file, store_upload

_LONGEST_NAME = 1000
_SHOWN = (FileKind.PICTURE, FileKind.SIGNATURE)


@stream_request_body
class UploadHandler(PageHandler):
    """Takes one file as the request's body; its name comes percent-encoded in X-File-Name."""

    access = Access.STAFF
    right = Right.PUBLISH
    _intake: Intake

    async def prepare(self) -> None:
        """Refuse before the first byte what says itself that it is too large."""
        self._intake = Intake(self.request, MAX_FILE_BYTES)
        await super().prepare()
        if self._intake.is_too_large:
            raise FileRefusedError("too_large")

    def data_received(self, chunk: bytes) -> None:
        """Piece by piece."""
        self._intake.add(chunk)

    async def post(self) -> None:
        """Store it, if its content is of a kind that we take."""
        if self._intake.is_too_large:
            raise FileRefusedError("too_large")
        try:
            name = unquote(self.request.headers.get("X-File-Name", "file"), errors="strict")
        except UnicodeDecodeError:
            raise HTTPError(400) from None
        file = await store_upload(
            self.ctx, self.teaching, name[:_LONGEST_NAME], self._intake.content()
        )
        self.data(
            {
                "id": file.id,
                "name": file.name,
                "kind": file.kind,
                "size": size_text(file.size_bytes),
            },
            status=201,
        )


async def send_file(handler: BaseHandler, file: StoredFile, content: AsyncIterator[bytes]) -> None:
    """Answer with a stored file, piece by piece. Only pictures are shown in place; the rest are downloads."""
    shown = "inline" if file.kind in _SHOWN else "attachment"
    handler.set_header("Content-Type", file.content_type)
    handler.set_header("Content-Length", str(file.size_bytes))
    # RFC 5987: the true name for today's browsers, a plain one for the rest.
    ending = file.name.rsplit(".", 1)[-1]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    name = quote(file.name, safe="")
    handler.set_header(
        "Content-Disposition", f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{name}"
    )
    try:
        async for piece in content:
            handler.write(piece)
            await handler.flush()
    except StreamClosedError:
        return  # they went away


class AttachmentHandler(PageHandler):
    """A file of a notice, for its guardians and its author, as they are at this moment."""

    access = Access.VISITOR

    async def get(self, notice_id: str, file_id: str) -> None:
        """Look who asks, then stream."""
        session = self.session
        notice = await access_notice_for_files(
            self.ctx, session.person_id, notice_id, acting=session.acting
        )
        await send_file(self, *await open_attachment(self.ctx, notice, file_id))


class OwnFileHandler(PageHandler):
    """What the head teacher uploaded a moment ago, for the form's preview."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, file_id: str) -> None:
        """Stream it."""
        await send_file(self, *await open_own_file(self.ctx, self.teaching, file_id))
