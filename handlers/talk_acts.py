"""Beginning a private conversation, sending pictures and files in one, handing it over, and where feedback stands.

Plain forms, in WeChat's browser and at a desk (`handlers.console.messages`).
"""

from __future__ import annotations

import hmac

from tornado.httputil import HTTPServerRequest, parse_body_arguments
from tornado.web import stream_request_body

from domain.errors import FileRefusedError, InvalidError, NotFoundError, Problem, YanshuError
from domain.files import MAX_FILE_BYTES, FileKind, StoredFile
from domain.messages import FILE_LIMIT
from domain.names import teacher_name
from domain.threads import TITLE_LIMIT, FeedbackState
from handlers import phrases
from handlers.base import Access, status_of
from handlers.intake import Intake
from handlers.messages import TalkPage, key_from
from handlers.writing import key_with
from services.feedback import file_feedback, hand_over, mark_feedback
from services.files import Owner, store_upload
from services.messages import send_in_time
from services.people import children_of
from services.threads import ThreadLine, open_child_thread, teachers_for

_NAME_LIMIT = 1000


class NewThreadHandler(TalkPage):
    """To whom a guardian can write: each child's teachers, and the school."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show them."""
        await self._show()

    async def post(self) -> None:
        """`child` and `teacher`: their conversation. `child`, `title`, `text` and `key`: feedback to the school."""
        child = self.get_body_argument("child", "")
        teacher, me = self.get_body_argument("teacher", ""), self.session.person_id
        if teacher:
            thread = await open_child_thread(self.ctx, me, child, teacher)
            self.go(self.address(thread.id))
            return
        form = {name: self.get_body_argument(name, "") for name in ("title", "text")}
        key = key_from(self.get_body_argument("key", ""), self)
        try:
            thread = await file_feedback(
                self.ctx, me, child, **form, key=key_with(key, child, *form.values())
            )
        except InvalidError as error:
            await self._show({**form, "child": child}, error)
            return
        self.go(self.address(thread.id))

    async def _show(
        self, form: dict[str, str] | None = None, refused: InvalidError | None = None
    ) -> None:
        me = self.session.person_id
        children = [c for c in await children_of(self.ctx, me) if c.binding.may_confirm]
        teachers = []
        for child in children:
            found = await teachers_for(self.ctx, me, child.student.id)
            people = [(ref, teacher_name(seat.name), seat.leads) for ref, seat in found]
            teachers.append((child, people))
        self.page(
            "h5/messages_new.html",
            status=422 if refused else 200,
            teachers=teachers,
            form=form or {"title": "", "text": "", "child": ""},
            problems=_told(refused) if refused else {},
            limit=TITLE_LIMIT,
            key=self.ctx.new_id(),
            root=self.root,
        )


@stream_request_body
class ThreadFilesHandler(TalkPage):
    """Pictures, or one file, said in a conversation: a form of its own, so that it works without a script."""

    access = Access.VISITOR

    async def prepare(self) -> None:
        """Refuse a stranger before anything is read."""
        self._intake = Intake(self.request, MAX_FILE_BYTES)
        await super().prepare()

    def _check_csrf(self) -> None:
        """The form's token stands in its address: the body is not read yet."""
        given = self.get_query_argument("csrf", "")
        if not hmac.compare_digest(given.encode(), self.session.csrf.encode()):
            super()._check_csrf()

    def data_received(self, chunk: bytes) -> None:
        """Piece by piece."""
        self._intake.add(chunk)

    async def post(self, thread_id: str) -> None:
        """`files`, `text`, `key`."""
        if self._intake.is_too_large:
            raise FileRefusedError("too_large")
        _read_form(self.request, self._intake.content())
        line = await self.access_line(thread_id)
        if not line.place.may_post:
            raise NotFoundError
        try:
            seq = await self._say(line)
        except NotFoundError:
            raise
        except YanshuError as error:
            if self.wants_json:
                raise
            await self._show_refused(thread_id, error)
            return
        if self.wants_json:
            self.data({"seq": seq, "key": self.ctx.new_id()})
            return
        self.go(self.address(thread_id) + "#end")

    async def _show_refused(self, thread_id: str, error: YanshuError) -> None:
        """The conversation, with what was wrong."""
        fields = phrases.field_messages(error) if isinstance(error, InvalidError) else {}
        told = next(iter(fields.values()), "") or phrases.error_message(error.code)
        self.page(
            "talk/refused.html",
            status=status_of(error) or 400,
            told=told,
            back=self.address(thread_id),
            shell=self.template,
        )

    async def _say(self, line: ThreadLine) -> int | None:
        given = self.request.files.get("files", [])
        given = [one for one in given if one["body"]]
        if not 1 <= len(given) <= FILE_LIMIT:
            code = "too_many" if given else "missing"
            raise InvalidError({"file_ids": Problem(code, FILE_LIMIT)})
        text, key = self.get_body_argument("text", ""), self.get_body_argument("key", "")
        sizes = [f"{one['filename']}:{len(one['body'])}" for one in given]
        owner = await self._owner(line)
        stored = [
            await store_upload(self.ctx, owner, one["filename"][:_NAME_LIMIT], one["body"])
            for one in given
        ]
        sent = await send_in_time(
            self.ctx,
            self.session.person_id,
            line.thread.id,
            {
                "kind": _kind_of(stored),
                "file_ids": [file.id for file in stored],
                "text": text,
            },
            key=key_with(key_from(key, self), text, *sizes),
        )
        return sent.message.seq if sent.message else None

    async def _owner(self, line: ThreadLine) -> Owner:
        """As staff of the school, or for the child whom it is about; in a group for the first of theirs there."""
        thread, me = line.thread, self.session.person_id
        if line.place.as_staff:
            return Owner(thread.school_id, me)
        children = await children_of(self.ctx, me)
        here = [c.student.id for c in children if c.student.school_id == thread.school_id]
        if not here:
            raise NotFoundError
        return Owner(thread.school_id, me, thread.student_id or here[0])


def _told(refused: InvalidError) -> dict[str, str]:
    """What is wrong by field; that nothing was written is said in this form's own words."""
    told = phrases.field_messages(refused)
    missing = "text" in refused.fields and refused.fields["text"].code == "missing"
    return told | ({"text": "请写下想说的"} if missing else {})


def _kind_of(files: list[StoredFile]) -> str:
    kinds = {file.kind for file in files}
    if kinds == {FileKind.PICTURE}:
        return "picture"
    return "voice" if kinds == {FileKind.AUDIO} and len(files) == 1 else "file"


def _read_form(request: HTTPServerRequest, body: bytes) -> None:
    parse_body_arguments(
        request.headers.get("Content-Type", ""), body, request.body_arguments, request.files
    )
    request.arguments.update(request.body_arguments)


class FeedbackStateHandler(TalkPage):
    """Where feedback stands: said by the office."""

    access = Access.VISITOR

    async def post(self, thread_id: str) -> None:
        """`state`."""
        await self.access_line(thread_id)
        wanted = self.get_body_argument("state", "")
        state = next((known for known in FeedbackState if known == wanted), None)
        if state is None:
            raise NotFoundError
        await mark_feedback(self.ctx, self.session.person_id, thread_id, state)
        self.go(self.address(thread_id) + "#end")


class HandOverHandler(TalkPage):
    """A private conversation goes to a colleague."""

    access = Access.VISITOR

    async def post(self, thread_id: str) -> None:
        """`colleague`, by the ref that the page gave. Who hands it over may be out of it then."""
        await self.access_line(thread_id)
        colleague = self.get_body_argument("colleague", "")
        await hand_over(self.ctx, self.session.person_id, thread_id, colleague)
        self.go(self.root)
