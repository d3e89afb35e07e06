"""Telling a family that work came back to be corrected (订正): by a notice to its child alone, outside quiet hours.

The notice says that there is something to correct; what, the family reads with the work. Its id is the mark's.
"""

from __future__ import annotations

from domain.homework import Homework
from domain.notices import NoticeKind
from domain.subjects import subject_name
from domain.submissions import Mark, Submission
from services.context import Context
from services.family_words import FamilyWord, tell_family

_BATCH = 100
_TITLE_TAIL = "作业请订正"
_BODY = "老师看过作业了，有几处请孩子再改一改。打开这次作业就能看到老师的批注，改好再交一次就行，不着急。"


async def tell_return(ctx: Context, submission_id: str) -> None:
    """Tell the family, unless they were told already or there is nothing to tell. Twice is once."""
    submission = await ctx.stores.submissions.find(submission_id)
    if submission is None or submission.untold_since is None:
        return
    homework = await ctx.stores.homework.find(submission.homework_id)
    mark = submission.mark
    if homework is not None and mark is not None and mark.returned:
        await tell_family(ctx, await _word(ctx, homework, submission, mark))
    await ctx.stores.submissions.mark_told(submission)


async def tell_returns(ctx: Context) -> None:
    """Every minute: what a process that died has left untold."""
    for submission_id in await ctx.stores.submissions.untold(ctx.now() - ctx.policy.lease, _BATCH):
        await tell_return(ctx, submission_id)


async def _word(ctx: Context, homework: Homework, submission: Submission, mark: Mark) -> FamilyWord:
    school = await ctx.stores.schools.find_school(homework.school_id)
    subject = subject_name(homework.subject, school.rules.local_subjects) if school else ""
    return FamilyWord(
        id=mark.id,
        school_id=homework.school_id,
        class_id=submission.class_id,
        student_id=submission.student_id,
        said_by=mark.teacher_name,
        title=f"{subject[:10]}{_TITLE_TAIL}",
        body=_BODY,
        kind=NoticeKind.RETURN,
        about=homework.id,
    )
