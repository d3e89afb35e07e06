"""Files in and out: a head teacher's upload, and the pictures and documents of a notice for whoever may see it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from urllib.parse import unquote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, stream_request_body

from domain.errors import FileRefusedError, fault_text
from domain.files import MAX_FILE_BYTES, SHOWN_KINDS, StoredFile
from domain.roles import Right
from handlers.base import Access, BaseHandler, PageHandler
from handlers.downloads import disposition
from handlers.intake import Intake
from handlers.phrases import size_text
from services.attachments import access_notice_for_files
from services.files import Owner, open_attachment, open_own_file, store_upload

log = logging.getLogger("yanshu.handlers")

_LONGEST_NAME = 1000
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
Part = Callable[[int, int], AsyncIterator[bytes]]


@stream_request_body
class UploadPage(PageHandler):
    """Takes one file as the request's body; its name comes percent-encoded in X-File-Name."""

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

    async def take(self, owner: Owner) -> None:
        """Store it as theirs, if its content is of a kind that we take, and say what it is. Raises FileRefusedError."""
        if self._intake.is_too_large:
            raise FileRefusedError("too_large")
        try:
            name = unquote(self.request.headers.get("X-File-Name", "file"), errors="strict")
        except UnicodeDecodeError:
            raise HTTPError(400) from None
        file = await store_upload(self.ctx, owner, name[:_LONGEST_NAME], self._intake.content())
        self.data(
            {
                "id": file.id,
                "name": file.name,
                "kind": file.kind,
                "size": size_text(file.size_bytes),
            },
            status=201,
        )


class UploadHandler(UploadPage):
    """What a teacher puts beside what they write."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def post(self) -> None:
        """It is of who writes to these classes."""
        await self.take(Owner.of(self.teaching))


async def send_file(
    handler: BaseHandler,
    file: StoredFile,
    content: AsyncIterator[bytes],
    part: Part | None = None,
) -> None:
    """Answer with a stored file, piece by piece; what is neither shown nor played in place is a download.

    With `part`, which reads from one byte to before another, a player may ask for a range (RFC 9110, one at a
    time): phones play no sound and no video otherwise.
    """
    handler.set_header("Content-Type", file.content_type)
    shown = disposition(file.name, inline=file.kind in SHOWN_KINDS)
    handler.set_header("Content-Disposition", shown)
    length = file.size_bytes
    if part is not None:
        handler.set_header("Accept-Ranges", "bytes")
        wanted = handler.request.headers.get("Range", "")
        # Who comes back with another version's tag gets all of this one.
        if wanted and handler.request.headers.get("If-Range") in (None, _tag(handler)):
            place = _place(wanted, length)
            if place is not None:
                start, stop = place
                if start >= stop:
                    handler.set_header("Content-Range", f"bytes */{length}")
                    handler.set_status(416)
                    return
                handler.set_header("Content-Range", f"bytes {start}-{stop - 1}/{length}")
                handler.set_status(206)
                content, length = part(start, stop), stop - start
    handler.set_header("Content-Length", str(length))
    if handler.request.method == "HEAD":
        return
    try:
        async for piece in content:
            handler.write(piece)
            await handler.flush()
    except StreamClosedError:
        return  # they went away


async def send_made(
    handler: BaseHandler, name: str, content_type: str, content: AsyncIterator[bytes]
) -> None:
    """Answer with what is made while it is sent, at the pace at which it is taken.

    Its length is not known before, so what breaks off says so by its connection: a last piece would call it whole.
    """
    handler.set_header("Content-Type", content_type)
    handler.set_header("Content-Disposition", disposition(name))
    started = False
    try:
        async for piece in content:
            if piece:
                handler.write(piece)
                await handler.flush()
                started = True
    except StreamClosedError:
        return  # they went away
    except Exception as error:
        if not started:
            raise
        log.error("%s broke off: %s", handler.request.path, fault_text(error))
        handler.detach().close()


def _tag(handler: BaseHandler) -> str | None:
    return handler._headers.get("Etag")


def _place(wanted: str, length: int) -> tuple[int, int] | None:
    """From where to before where; an empty range cannot be had, and None is no range of ours: all of it then."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, length - int(last)), length
    stop = min(length, int(last) + 1) if last else length
    return (int(first), stop) if not last or int(last) >= int(first) else None


class AttachmentHandler(PageHandler):
    """A file of a notice, for its guardians and its author, as they are at this moment."""

    access = Access.VISITOR

    async def get(self, notice_id: str, file_id: str) -> None:
        """Look who asks, then stream."""
        session = self.session
        notice = await access_notice_for_files(
            self.ctx, session.person_id, notice_id, acting=session.acting
        )
        file, content = await open_attachment(self.ctx, notice, file_id)
        await send_file(self, file, content, partial(self.ctx.stores.files.read, file.id))


class OwnFileHandler(PageHandler):
    """What the head teacher uploaded a moment ago, for the form's preview."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, file_id: str) -> None:
        """Stream it."""
        session = self.session
        file, content = await open_own_file(
            self.ctx, session.person_id, file_id, acting=session.acting
        )
        await send_file(self, file, content, partial(self.ctx.stores.files.read, file.id))
