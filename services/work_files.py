"""The files of what was handed in, of good work, and of a mistakes book, for whoever may see them at this moment."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.errors import NotFoundError
from domain.files import StoredFile
from domain.roles import Right
from domain.submissions import Submission
from services.context import Context
from services.marking import access_submission_as_teacher, praised_for
from services.mistakes import access_mistake_as_guardian
from services.people import access_teaching
from services.submissions import access_work_as_guardian, shown_file

Opened = tuple[StoredFile, AsyncIterator[bytes]]


async def open_handed_in(
    ctx: Context,
    person_id: str,
    homework_id: str,
    student_id: str,
    file_id: str,
    *,
    acting: str = "",
) -> Opened:
    """A file of a submission, for the child's guardians and its teachers. Raises NotFoundError."""
    submission: Submission | None
    try:
        work = await access_work_as_guardian(ctx, person_id, homework_id, student_id)
        submission = work.submission
    except NotFoundError:  # perhaps they teach the child
        teaching = await access_teaching(ctx, person_id, Right.HOMEWORK, acting=acting)
        _, submission = await access_submission_as_teacher(ctx, teaching, homework_id, student_id)
    shown_file(submission, file_id)
    return await _open(ctx, file_id)


async def open_praised(
    ctx: Context, person_id: str, homework_id: str, student_id: str, file_id: str
) -> Opened:
    """A file of good work, while its family agrees, for the family of `student_id`. Raises NotFoundError."""
    work = await access_work_as_guardian(ctx, person_id, homework_id, student_id)
    shown = [f.file_id for p in await praised_for(ctx, work) for f in p.submission.current.files]
    if file_id not in shown:
        raise NotFoundError
    return await _open(ctx, file_id)


async def open_mistake(
    ctx: Context, person_id: str, student_id: str, mistake_id: str, file_id: str
) -> Opened:
    """The picture of an entry in a child's mistakes book, for its guardians. Raises NotFoundError."""
    mistake = await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)
    if mistake.file_id != file_id:
        raise NotFoundError
    return await _open(ctx, file_id)


async def _open(ctx: Context, file_id: str) -> Opened:
    file = await ctx.stores.files.find(file_id)
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)
