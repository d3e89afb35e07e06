"""The files of what was handed in, answered, asked or shared, and of a mistakes book, for whoever may see them now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from domain.errors import NotFoundError
from domain.files import ENDINGS, StoredFile
from domain.roles import Right
from domain.submissions import Submission
from services.activity_results import open_answer_file, open_given
from services.answers import access_asked
from services.circle_pictures import find_picture
from services.circles import access_topic
from services.context import Context
from services.leaves import access_leave_as_guardian, access_leave_as_head_teacher
from services.marking import access_submission_as_teacher, praised_for
from services.mistakes import access_mistake_as_guardian
from services.people import access_teaching
from services.study_groups import circle_of
from services.submissions import access_work_as_guardian, shown_file
from services.tasklists import access_tasklist_as_teacher
from services.taskworks import access_tasklist_as_guardian, access_taskwork_as_teacher, work_of

SHARED_NAME = "图片"  # whatever a family called it: that may be a child's whole name
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


async def open_answered(
    ctx: Context,
    person_id: str,
    activity_id: str,
    subject_id: str,
    file_id: str,
    *,
    acting: str = "",
) -> Opened:
    """A file of an answer to an activity, for whoever may give it now, and for who asked. Raises NotFoundError."""
    try:
        for asked in await access_asked(ctx, person_id, activity_id):
            if subject_id in ("", asked.subject_id, asked.child.student.id if asked.child else ""):
                return await open_given(ctx, asked.answer, file_id)
    except NotFoundError:
        pass  # perhaps they published it
    teaching = await access_teaching(ctx, person_id, acting=acting)
    return await open_answer_file(ctx, teaching, activity_id, subject_id, file_id)


async def open_of_leave(
    ctx: Context, person_id: str, leave_id: str, file_id: str, *, acting: str = ""
) -> Opened:
    """A file of a request for leave, for the child's guardians and who decides. Raises NotFoundError."""
    try:
        _, leave = await access_leave_as_guardian(ctx, person_id, leave_id)
    except NotFoundError:  # perhaps they decide
        teaching = await access_teaching(ctx, person_id, Right.LEAVES, acting=acting)
        leave = (await access_leave_as_head_teacher(ctx, teaching, leave_id)).leave
    if file_id not in {f.file_id for f in leave.files}:
        raise NotFoundError
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


async def open_of_tasklist(
    ctx: Context,
    person_id: str,
    list_id: str,
    student_id: str,
    file_id: str,
    *,
    acting: str = "",
) -> tuple[Opened, bool]:
    """A file of a task list's step, of what the child handed in, or of what its group shares; and whether it is the
    last, which nobody keeps. For the child's guardians and the list's teachers (`student_id` may be empty for a
    step's). Raises NotFoundError.
    """
    try:
        opened = await access_tasklist_as_guardian(ctx, person_id, list_id, student_id)
    except NotFoundError:  # perhaps they teach the class
        teaching = await access_teaching(ctx, person_id, Right.HOMEWORK, acting=acting)
        tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
        if file_id in tasks.files():
            return await _open(ctx, file_id), False
        _, work = await access_taskwork_as_teacher(ctx, teaching, list_id, student_id)
        if file_id not in work.files():
            raise NotFoundError from None
        return await _open(ctx, file_id), False
    if file_id in opened.tasks.files() or file_id in (await work_of(ctx, opened)).files():
        return await _open(ctx, file_id), False
    circle = await circle_of(ctx, opened)
    pieces = [p for fellow in (circle.fellows if circle else ()) for p in fellow.pieces]
    if file_id not in {f.file_id for p in pieces for f in p.files}:
        raise NotFoundError
    file, content = await _open(ctx, file_id)
    return (replace(file, name=f"{SHARED_NAME}{ENDINGS[file.content_type]}"), content), True


async def open_of_topic(ctx: Context, person_id: str, topic_id: str, file_id: str) -> Opened:
    """A picture of a topic, for who is in its circle and sees it, while the families of all children in it agree.

    Raises NotFoundError.
    """
    _, topic = await access_topic(ctx, person_id, topic_id)
    file = await find_picture(ctx, topic, file_id)
    return file, ctx.stores.files.read(file_id)


async def _open(ctx: Context, file_id: str) -> Opened:
    file = await ctx.stores.files.find(file_id)
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)
