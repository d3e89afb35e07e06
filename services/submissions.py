"""Handing in a homework, by a guardian for a child (提交), and who may see what was handed in.

Drafts stay on the phone: a file that is uploaded and not handed in yet waits seven days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import ConflictError, NotFoundError
from domain.files import Shower, StoredFile, promise_to
from domain.homework import HandIn, Homework
from domain.notices import Attachment
from domain.submissions import (
    Submission,
    SubmissionState,
    Version,
    check_handed_in,
    submission_id,
)
from services.context import Context
from services.families import access_own_child
from services.files import Owner, attach, uploads_of
from services.people import Child


@dataclass(frozen=True, slots=True)
class Work:
    """A homework as a guardian sees it for one child; `submission` is None while nothing is handed in."""

    child: Child
    homework: Homework
    submission: Submission | None


async def access_work_as_guardian(
    ctx: Context, person_id: str, homework_id: str, student_id: str
) -> Work:
    """A homework that is out for a child they are bound to now, or for which it has handed something in.

    Raises NotFoundError: absent, not for this child, not out and not theirs are the same.
    """
    child = await access_own_child(ctx, person_id, student_id)
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None or homework.school_id != child.student.school_id:
        raise NotFoundError
    submission = await ctx.stores.submissions.find(submission_id(homework_id, student_id))
    is_for = homework.is_for(child.student.class_id, student_id)
    if submission is None and not (is_for and homework.is_out(ctx.now())):
        raise NotFoundError
    return Work(child, homework, submission)


def may_hand_in(ctx: Context, work: Work) -> bool:
    """Whether this adult may hand it in now, for the first time or anew."""
    homework, held = work.homework, work.submission
    wanted = homework.is_out(ctx.now()) and homework.task.hand_in is not HandIn.NOTHING
    may = work.child.binding.may_confirm
    return wanted and may and (held is None or held.may_hand_in_again)


async def works_of(ctx: Context, homework_id: str, children: Sequence[Child]) -> list[Work]:
    """A homework for those of a guardian's children for whom something was handed in, or may be now."""
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None:
        return []
    return list((await works_in(ctx, [(child, (homework,)) for child in children])).values())


async def works_in(
    ctx: Context, given: Sequence[tuple[Child, Sequence[Homework]]]
) -> dict[str, Work]:
    """The same of several homeworks of each child, by the id of what is handed in."""
    pairs = {submission_id(h.id, c.student.id): (c, h) for c, several in given for h in several}
    held = await ctx.stores.submissions.many(pairs) if pairs else {}
    works = {key: Work(*pair, held.get(key)) for key, pair in pairs.items()}
    return {k: w for k, w in works.items() if w.submission is not None or may_hand_in(ctx, w)}


async def hand_in(
    ctx: Context, work: Work, person_id: str, *, text: str, file_ids: Sequence[str], key: str
) -> Submission:
    """Hand in, or hand in anew to correct it; every version is kept. Late is taken like any other.

    Durable with one write (`submissions`), made over what was seen. The same key is the same version. Raises
    InvalidError; ConflictError: `may_only_read` by custody, `nothing_to_hand_in`, `homework_over` (withdrawn),
    `already_marked`, `conflict` when another guardian came first.
    """
    homework, held = work.homework, work.submission
    student = work.child.student
    words = "|".join(("hand-in", person_id, homework.id, student.id, key))
    version_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    if held is not None and any(v.id == version_id for v in held.versions):
        return held
    _check_allowed(ctx, work)
    files = await brought_for(ctx, work, person_id, file_ids)
    check_handed_in(homework.task.hand_in, text, files)
    now, due_at = ctx.now(), homework.task.due_at
    key_of = submission_id(homework.id, student.id)
    version = Version(
        id=version_id,
        text=text,
        files=await attach(ctx, files, promise_to(Shower.SUBMISSION, key_of)),
        relation=work.child.binding.relation,
        handed_in_at=now,
        late=due_at is not None and now > due_at,
    )
    if held is None:
        first = Submission(
            id=key_of,
            school_id=student.school_id,
            homework_id=homework.id,
            class_id=student.class_id,
            student_id=student.id,
            first_at=now,
            state=SubmissionState.HANDED_IN,
            versions=(version,),
            uncounted=True,
        )
        done = await ctx.stores.submissions.insert(first)
    else:
        done = await ctx.stores.submissions.mark_handed_in(held, version)
    now_held = await ctx.stores.submissions.find(key_of)
    if not done or now_held is None:
        raise ConflictError
    return now_held


def _check_allowed(ctx: Context, work: Work) -> None:
    if not work.child.binding.may_confirm:
        raise ConflictError("may_only_read")
    if work.homework.task.hand_in is HandIn.NOTHING:
        raise ConflictError("nothing_to_hand_in")
    if not work.homework.is_out(ctx.now()):
        raise ConflictError("homework_over")
    if work.submission is not None and not work.submission.may_hand_in_again:
        raise ConflictError("already_marked")


async def brought_for(
    ctx: Context, work: Work, person_id: str, file_ids: Sequence[str]
) -> list[StoredFile]:
    """Their uploads for this child; what was handed in before may stay, whichever guardian brought it.

    Raises InvalidError for a file that is neither.
    """
    kept = {f.file_id for v in work.submission.versions for f in v.files} if work.submission else {}
    fresh = [file_id for file_id in file_ids if file_id not in kept]
    owner = owner_of(work, person_id)
    held = await ctx.stores.files.many([i for i in file_ids if i in kept])
    held |= {file.id: file for file in await uploads_of(ctx, owner, fresh)}
    return [held[file_id] for file_id in dict.fromkeys(file_ids) if file_id in held]


def owner_of(work: Work, person_id: str) -> Owner:
    """Whose the files are that this adult brings for the child."""
    student = work.child.student
    return Owner(student.school_id, person_id, student.id)


def shown_file(submission: Submission | None, file_id: str) -> Attachment:
    """A file of a submission that the caller was let into. Raises NotFoundError."""
    found = submission.files().get(file_id) if submission else None
    if found is None:
        raise NotFoundError
    return found
