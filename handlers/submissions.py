"""A child's work in WeChat's browser: handing in, what was handed in, and what the teacher said to it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.files import StoredFile
from domain.homework import HandIn
from domain.notices import Attachment
from domain.subjects import subject_name
from domain.submissions import SIDE, Mark, Submission, Version
from handlers import homework_phrases, phrases, submission_phrases
from handlers.base import Access, PageHandler
from handlers.files import UploadPage, send_file
from handlers.writing import WritingPage, key_with
from services.attachments import stored_of
from services.context import Context
from services.files import as_attachments, uploads_of
from services.given_links import for_family
from services.submissions import (
    Work,
    access_work_as_guardian,
    brought_for,
    hand_in,
    may_hand_in,
    owner_of,
)
from services.work_files import open_handed_in

_IMAGES, _VOICES = "image/*", "audio/*"
_ALL = "image/*,audio/*,video/*,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx"
_ACCEPT = {HandIn.PICTURES: _IMAGES, HandIn.VOICE: _VOICES}
_MOST = 9


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a finger as SVG has it."""

    colour: str
    width: float
    points: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with what was drawn over it, in its own pixels."""

    file: Attachment
    width: int
    height: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One version with what was said to it: the pictures that were drawn on stand apart from the other files."""

    number: int
    version: Version
    marks: tuple[Mark, ...]
    drawn: tuple[Drawn, ...]
    files: tuple[Attachment, ...]


async def said_of(ctx: Context, submission: Submission | None) -> list[Said]:
    """Every version with its marks, the newest first."""
    if submission is None:
        return []
    stored = await stored_of(ctx, list(submission.files().values()))
    found = []
    for number, version in enumerate(submission.versions, start=1):
        marks = tuple(mark for mark in submission.marks if mark.version == number)
        strokes = {d.file_id: d.strokes for mark in marks for d in mark.drawings}
        drawn = []
        for file in version.files:
            held = stored.get(file.file_id)
            if file.file_id in strokes and held is not None and held.width and held.height:
                lines = (_line(s.colour, s.width, s.points, held) for s in strokes[file.file_id])
                drawn.append(Drawn(file, held.width, held.height, tuple(lines)))
        apart = {one.file.file_id for one in drawn}
        files = tuple(file for file in version.files if file.file_id not in apart)
        found.append(Said(number, version, marks, tuple(drawn), files))
    return found[::-1]


def _line(colour: str, width: int, points: Sequence[int], held: StoredFile) -> Line:
    pairs = zip(points[::2], points[1::2], strict=True)
    spots = (f"{x * held.width / SIDE:.0f},{y * held.height / SIDE:.0f}" for x, y in pairs)
    return Line(colour, round(width * held.width / SIDE, 1), " ".join(spots))


class WorkHandler(WritingPage):
    """A homework for one child."""

    access = Access.VISITOR

    async def get(self, homework_id: str, student_id: str) -> None:
        """What is asked for, what was handed in, and the form while it may be handed in."""
        await self.show(await self._access(homework_id, student_id))

    async def post(self, homework_id: str, student_id: str) -> None:
        """Hand in `text` and `file_ids`; the same form once more is the same version."""
        work = await self._access(homework_id, student_id)
        text, file_ids = self.long_text("text").strip(), self.get_body_arguments("file_ids")
        key = self.form_key()
        try:
            held = await hand_in(
                self.ctx,
                work,
                self.session.person_id,
                text=text,
                file_ids=file_ids,
                key=key_with(key, text, *file_ids),
            )
        except InvalidError as error:
            how, problems = work.homework.task.hand_in, phrases.field_messages(error)
            missing = [name for name, problem in error.fields.items() if problem.code == "missing"]
            problems |= dict.fromkeys(missing, submission_phrases.MISSING[how])
            await self.show(work, typed=(text, file_ids), key=key, problems=problems, status=422)
            return
        except ConflictError as error:
            newest = await self._access(homework_id, student_id)
            message = phrases.error_message(error.code)
            await self.show(newest, typed=(text, file_ids), key=key, message=message, status=409)
            return
        done = "handed_in_again" if held.marks else "handed_in"
        self.go(f"{self._path(work)}?done={done}{'_late' if held.current.late else ''}")

    async def show(
        self,
        work: Work,
        *,
        typed: tuple[str, Sequence[str]] | None = None,
        key: str = "",
        problems: dict[str, str] | None = None,
        message: str = "",
        status: int = 200,
    ) -> None:
        """The page; `typed` are the words and files that were refused."""
        ctx, homework, held = self.ctx, work.homework, work.submission
        school = await ctx.stores.schools.find_school(homework.school_id)
        self.page(
            "h5/work.html",
            status=status,
            work=work,
            homework=homework,
            task=homework.task,
            subject=subject_name(homework.subject, school.rules.local_subjects if school else ()),
            links=await for_family(ctx, work.child.school_class, homework.task.links),
            hosts=ctx.policy.link_hosts,
            said=await said_of(ctx, held),
            state=submission_phrases.STATES[held.state] if held else "还没交",
            stamps=submission_phrases.STAMPS,
            levels=submission_phrases.LEVELS,
            how=homework_phrases.hand_in_name(homework.task.hand_in),
            action=submission_phrases.action(held, homework.task.hand_in),
            open=may_hand_in(ctx, work),
            typed=typed[0] if typed else held.current.text if held else "",
            attachments=await self._brought(work, typed),
            accept=_ACCEPT.get(homework.task.hand_in, _ALL),
            most=_MOST,
            path=self._path(work),
            key=key or secrets.token_urlsafe(18),
            problems=problems or {},
            message=message,
        )

    async def _brought(
        self, work: Work, typed: tuple[str, Sequence[str]] | None
    ) -> Sequence[Attachment]:
        """The files in the form: those that were sent with it, else those handed in last."""
        if typed is None:
            return work.submission.current.files if work.submission else ()
        with suppress(InvalidError):
            files = await brought_for(self.ctx, work, self.session.person_id, typed[1])
            return as_attachments(files)
        return ()

    async def _access(self, homework_id: str, student_id: str) -> Work:
        person_id = self.session.person_id
        return await access_work_as_guardian(self.ctx, person_id, homework_id, student_id)

    @staticmethod
    def _path(work: Work) -> str:
        return work_path(work.homework.id, work.child.student.id)


def work_path(homework_id: str, student_id: str) -> str:
    """Where a child's work is."""
    return f"/h5/homework/{homework_id}/children/{student_id}"


class BringWorkHandler(UploadPage):
    """Takes a file that is to be handed in."""

    access = Access.VISITOR

    async def post(self, homework_id: str, student_id: str) -> None:
        """It is this child's, of whoever brings it, while the homework may be handed in."""
        person_id = self.session.person_id
        work = await access_work_as_guardian(self.ctx, person_id, homework_id, student_id)
        if not may_hand_in(self.ctx, work):
            raise NotFoundError
        await self.take(owner_of(work, person_id))


class WorkFileHandler(PageHandler):
    """A file that was handed in or said, for the child's guardians and its teachers; one just brought, for who did."""

    access = Access.VISITOR

    async def get(self, homework_id: str, student_id: str, file_id: str) -> None:
        """Stream it."""
        ctx, session = self.ctx, self.session
        try:
            file, content = await open_handed_in(
                ctx, session.person_id, homework_id, student_id, file_id, acting=session.acting
            )
        except NotFoundError:
            file = await self._brought(homework_id, student_id, file_id)
            content = ctx.stores.files.read(file.id)
        await send_file(self, file, content, partial(ctx.stores.files.read, file.id))

    async def _brought(self, homework_id: str, student_id: str, file_id: str) -> StoredFile:
        person_id = self.session.person_id
        work = await access_work_as_guardian(self.ctx, person_id, homework_id, student_id)
        try:
            (file,) = await uploads_of(self.ctx, owner_of(work, person_id), [file_id])
        except InvalidError:
            raise NotFoundError from None
        return file
