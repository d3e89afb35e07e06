"""What a teacher says to what a class handed in (批改); good work is shown to the class where the family agrees."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from domain.errors import ConflictError, NotFoundError
from domain.files import Shower, promise_to
from domain.homework import Homework
from domain.schools import SchoolClass, Student
from domain.submissions import (
    Drawing,
    Level,
    Mark,
    Stamp,
    Submission,
    check_mark,
    submission_id,
)
from services.class_work import is_theirs, who_agrees
from services.context import Context
from services.files import attachments_of
from services.people import Teaching
from services.returns import tell_return
from services.submissions import Work


@dataclass(frozen=True, slots=True)
class Pile:
    """What a class has handed in for a homework: every pupil it is for, by number; None where nothing came yet."""

    homework: Homework
    school_class: SchoolClass
    rows: tuple[tuple[Student, Submission | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a teacher says to a version, as it came from the phone. `seen` is how many marks stood there then; None
    where nobody says."""

    version: int
    seen: int | None = None
    comment: str = ""
    voice_file_id: str = ""
    stamp: Stamp | None = None
    level: Level | None = None
    points: int | None = None
    points_of: int | None = None
    drawings: tuple[Drawing, ...] = ()
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Praised:
    """Good work as the class sees it: of the child the first name alone (`domain.submissions.first_name`)."""

    student: Student
    submission: Submission


async def pile_of(ctx: Context, teaching: Teaching, homework_id: str, class_id: str) -> Pile:
    """The class list for marking. Costs what the class has, whatever was handed in before. Raises NotFoundError."""
    homework, school_class = await _access_to_mark(ctx, teaching, homework_id, class_id)
    pupils = await ctx.stores.schools.students_of(homework.school_id, [class_id])
    wanted = [s for s in pupils if homework.is_for(class_id, s.id)]
    found = await ctx.stores.submissions.many(submission_id(homework_id, s.id) for s in wanted)
    rows = [(s, found.get(submission_id(homework_id, s.id))) for s in wanted]
    rows.sort(key=lambda row: (row[0].number, row[0].id))
    return Pile(homework, school_class, tuple(rows))


async def access_submission_as_teacher(
    ctx: Context, teaching: Teaching, homework_id: str, student_id: str
) -> tuple[Homework, Submission]:
    """What a child of a class of theirs handed in. Raises NotFoundError."""
    submission = await ctx.stores.submissions.find(submission_id(homework_id, student_id))
    if submission is None or submission.school_id != teaching.school.id:
        raise NotFoundError
    homework, _ = await _access_to_mark(ctx, teaching, homework_id, submission.class_id)
    return homework, submission


async def _access_to_mark(
    ctx: Context, teaching: Teaching, homework_id: str, class_id: str
) -> tuple[Homework, SchoolClass]:
    """A homework and a class of theirs that it is for. Raises NotFoundError."""
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None or homework.school_id != teaching.school.id:
        raise NotFoundError
    school_class = teaching.find_class(class_id)
    subject, author_id = homework.subject, homework.author_id
    theirs = is_theirs(teaching, school_class, subject=subject, author_id=author_id)
    if class_id not in homework.class_ids or not theirs or not homework.versions:
        raise NotFoundError
    return homework, school_class


async def mark_submission(
    ctx: Context, teaching: Teaching, homework_id: str, student_id: str, said: Said, *, key: str
) -> Submission:
    """Say something to the version that was seen; every mark is kept, the last one counts.

    Durable with one write (`submissions`). The same key is the same mark. Raises NotFoundError; InvalidError;
    ConflictError `handed_in_again` when another version or mark came since.
    """
    _, submission = await access_submission_as_teacher(ctx, teaching, homework_id, student_id)
    words = "|".join(("mark", teaching.person_id, submission.id, key))
    mark_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    if any(mark.id == mark_id for mark in submission.marks):
        return submission
    since = submission.marks[said.seen :] if said.seen is not None else ()
    spoken = any(mark.teacher_id != teaching.person_id for mark in since)
    if spoken or said.version != len(submission.versions):
        raise ConflictError("handed_in_again")
    voice = [said.voice_file_id] if said.voice_file_id else []
    promise = promise_to(Shower.SUBMISSION, submission.id)
    mark = Mark(
        id=mark_id,
        version=said.version,
        teacher_id=teaching.person_id,
        teacher_name=teaching.name,
        marked_at=ctx.now(),
        returned=said.returned,
        comment=said.comment,
        voice=next(iter(await attachments_of(ctx, teaching, voice, promise)), None),
        stamp=said.stamp,
        level=said.level,
        points=said.points,
        points_of=said.points_of,
        drawings=said.drawings,
    )
    check_mark(mark, submission)
    if not await ctx.stores.submissions.mark_marked(submission, mark):
        raise ConflictError("handed_in_again")
    held = await ctx.stores.submissions.find(submission.id)
    if held is None:
        raise NotFoundError
    await tell_return(ctx, held.id)
    return held


async def mark_all_seen(ctx: Context, teaching: Teaching, homework_id: str, class_id: str) -> int:
    """全部已阅: a stamp on everything of a class that is handed in and not looked at. Returns how many."""
    pile = await pile_of(ctx, teaching, homework_id, class_id)
    mark = Mark(
        id=ctx.new_id(),
        version=0,
        teacher_id=teaching.person_id,
        teacher_name=teaching.name,
        marked_at=ctx.now(),
        returned=False,
        stamp=Stamp.SEEN,
    )
    ids = [submission.id for _, submission in pile.rows if submission]
    return await ctx.stores.submissions.mark_all_seen(ids, mark) if ids else 0


async def may_praise(ctx: Context, submission: Submission) -> bool:
    """Whether the family agrees at this moment that the class sees good work."""
    agreed = await who_agrees(ctx, submission.school_id, [submission.student_id])
    return submission.student_id in agreed


async def praise(
    ctx: Context, teaching: Teaching, homework_id: str, student_id: str, *, shown: bool
) -> None:
    """Show good work to the class, or no more. Raises NotFoundError; ConflictError `no_consent`."""
    _, submission = await access_submission_as_teacher(ctx, teaching, homework_id, student_id)
    if shown and not await may_praise(ctx, submission):
        raise ConflictError("no_consent")
    if shown is (submission.praised_at is None):
        await ctx.stores.submissions.set_praised(submission.id, ctx.now() if shown else None)


async def praised_for(ctx: Context, work: Work) -> list[Praised]:
    """Good work of this homework in the child's own class, of whom the family agrees at this moment."""
    student, homework = work.child.student, work.homework
    pupils = await ctx.stores.schools.students_of(student.school_id, [student.class_id])
    ids = [submission_id(homework.id, s.id) for s in pupils]
    found = await ctx.stores.submissions.many(ids)
    chosen = {s.student_id: s for s in found.values() if s.praised_at is not None}
    agreed = await who_agrees(ctx, student.school_id, chosen)
    shown = [Praised(s, chosen[s.id]) for s in pupils if s.id in agreed]
    return sorted(
        shown, key=lambda p: (p.submission.praised_at or p.submission.first_at, p.student.id)
    )
