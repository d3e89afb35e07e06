"""Filing a resource at a desk: its form, and its files, which come piece by piece and go on where they stopped."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import quote

from tornado.web import stream_request_body

from domain.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
)
from domain.files import MAX_FILE_BYTES, VIDEO_TYPES
from domain.resource_forms import form_of
from domain.resources import Claim, Resource
from domain.roles import Right
from domain.safety import SilencedError, WordsRefusedError
from domain.stages import grade_name
from domain.uploads import PIECE_BYTES, Upload
from handlers import phrases
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.base import ConsoleHandler
from handlers.console.resources import HOME, ResourcesPage
from handlers.intake import Intake
from services.resource_access import access_resource
from services.resource_files import (
    TwinError,
    access_file,
    begin_file,
    drop_file,
    files_of_form,
    finish_file,
    put_piece,
)
from services.resource_views import books_for, tabs_of
from services.resources import choices_for, file_resource, owner_at, rework_resource

_LONGEST = 4000
_LONGEST_NAME = 1000
_MOST_FILES = 30
_FIELDS = (
    "kind", "title", "summary", "claim", "whence", "grade", "subject", "book_id", "chapter", "open",
)  # fmt: skip


class ResourceFormHandler(ResourcesPage):
    """The form of a new resource; with an id, of another version of one's own."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self, resource_id: str = "") -> None:
        """First grade and subject, then the rest with the books of these."""
        owner_at(self.acting)
        held = await self._held(resource_id)
        form = form_of(held.newest.content) if held else {}
        for name in ("grade", "subject"):
            if chosen := self.get_query_argument(name, "")[:64]:
                form |= {name: chosen, "book_id": ""}
        files = [p.file_id for p in held.newest.content.parts] if held else []
        await self._show(held, form, files)

    async def post(self, resource_id: str = "") -> None:
        """File it, or hand in another version."""
        held = await self._held(resource_id)
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in _FIELDS}
        files = [one[:64] for one in self.get_body_arguments("file_ids")[:_MOST_FILES]]
        try:
            saved = await self._save(held, form, files)
        except InvalidError as error:
            wrong = resource_words.problems(error)
            await self._show(held, form, files, problems=wrong, status=422)
        except (WordsRefusedError, SilencedError) as error:
            said = phrases.error_message(error.code)
            await self._show(held, form, files, banner=said, status=422)
        except ConflictError as error:
            said = resource_words.conflict(error)
            await self._show(held, form, files, banner=said, status=409)
        else:
            done = "resource_reworked" if held else "resource_filed"
            self.go(f"{HOME}/{saved.id}?done={done}")

    async def _held(self, resource_id: str) -> Resource | None:
        if not resource_id:
            return None
        seen = await access_resource(self.ctx, self.acting, resource_id)
        if not seen.is_author or seen.resource.withdrawn_at is not None:
            raise NotFoundError
        return seen.resource

    async def _save(
        self, held: Resource | None, form: dict[str, str], files: Sequence[str]
    ) -> Resource:
        if held is not None:
            seen = self.seen_revision()
            return await rework_resource(self.ctx, self.acting, held.id, form, files, seen=seen)
        key = self.get_body_argument("key", "")[:64]
        return await file_resource(self.ctx, self.acting, form, files, key=key)

    async def _show(
        self,
        held: Resource | None,
        form: dict[str, str],
        files: Sequence[str],
        *,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        grades, subjects = choices_for(self.acting)
        grade = {str(one): one for one in grades}.get(form.get("grade", ""), 0)
        subject = form.get("subject", "") if form.get("subject") in dict(subjects) else ""
        self.page(
            "console/resource_form.html",
            status=status,
            held=held,
            form=form,
            files=await files_of_form(self.ctx, self.acting, files, held),
            chosen=bool(grade and subject),
            grades=grades,
            subjects=subjects,
            grade_name=grade_name,
            books=await books_for(self.ctx, self.acting, grade, subject),
            claims=list(Claim),
            problems=problems or {},
            banner=banner or ("有几处需要改一下，改好再提交" if problems else ""),
            key=self.get_argument("key", "")[:64] or secrets.token_urlsafe(12),
            query=f"?grade={grade}&subject={quote(subject, safe='')}",
            piece_bytes=PIECE_BYTES,
            limit_bytes=MAX_FILE_BYTES,
            film_bytes=self.ctx.policy.film_bytes,
            film_endings=tuple(VIDEO_TYPES.values()),
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class _FilePage(ConsoleHandler):
    """What the addresses of files on their way share: they are asked by a script alone."""

    def _tell(self, upload: Upload, *, status: int = 200) -> None:
        absent = [n * PIECE_BYTES for n in range(upload.pieces) if str(n) not in upload.held]
        self.data({"id": upload.id, "missing": absent, "file": upload.file_id}, status=status)


class FilesHandler(_FilePage):
    """Announces a file."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def post(self) -> None:
        """`name` and `size` of what is to come."""
        size = self.get_body_argument("size", "")
        if not (size.isascii() and size.isdecimal() and len(size) < 13):
            raise NotFoundError
        name = self.get_body_argument("name", "file")[:_LONGEST_NAME]
        upload = await begin_file(self.ctx, self.acting, name=name, size_bytes=int(size))
        self._tell(upload, status=201)


class FileHandler(_FilePage):
    """One file on its way: how far it is, finished, or given up."""

    access = Access.STAFF
    right = Right.RESOURCES

    async def get(self, upload_id: str) -> None:
        """What of it is missing."""
        self._tell(await access_file(self.ctx, self.acting, upload_id))

    async def post(self, upload_id: str) -> None:
        """All of it is there; `of` is the resource that is being worked over."""
        of = self.get_body_argument("of", "")[:64]
        try:
            file = await finish_file(self.ctx, self.acting, upload_id, of=of)
        except TwinError as error:
            self.set_status(409)
            said = {"code": error.code, "message": resource_words.twin_text(error.twin)}
            to = self.link(f"{HOME}/{error.twin.id}")
            self.finish({"error": said | {"fields": {}, "to": to}})
            return
        size = phrases.size_text(file.size_bytes)
        self.data({"id": file.id, "name": file.name, "size": size}, status=201)

    async def delete(self, upload_id: str) -> None:
        """It is no longer wanted."""
        await drop_file(self.ctx, self.acting, upload_id)
        self.data({})


@stream_request_body
class PieceHandler(_FilePage):
    """Takes one piece of a file as the request's body."""

    access = Access.STAFF
    right = Right.RESOURCES
    _intake: Intake

    async def prepare(self) -> None:
        """No more is kept than a piece has."""
        self._intake = Intake(self.request, PIECE_BYTES)
        await super().prepare()

    def data_received(self, chunk: bytes) -> None:
        """Bit by bit."""
        self._intake.add(chunk)

    async def put(self, upload_id: str) -> None:
        """Answered once it is durable, and as often as it is sent."""
        offset, crc32 = (self.get_query_argument(n, "")[:12] for n in ("offset", "crc32"))
        if not (offset.isascii() and offset.isdecimal()):
            raise NotFoundError
        upload = await put_piece(
            self.ctx, self.acting, upload_id, int(offset), self._intake.content(), crc32=crc32
        )
        self._tell(upload)
