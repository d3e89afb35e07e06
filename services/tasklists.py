"""What a teacher does with a task list (任务清单) of the virtual class: open it for days without school, withdraw it.

Each is acknowledged by one write that carries the promise to tell (`services.tasklist_telling`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import Shower, promise_to
from domain.roles import Role
from domain.schools import SchoolClass
from domain.subjects import subject_name
from domain.tasklists import (
    Draft,
    Step,
    StepDraft,
    TaskList,
    breaks_ahead,
    check_free,
    parse_tasklist,
    times_of,
)
from domain.times import list_position
from services.class_work import is_theirs
from services.context import Context
from services.files import attachments_of
from services.homework import may_set
from services.people import Teaching
from services.quiet import quiet_of
from services.tasklist_telling import tell_soon, tell_tasklist
from services.terms import calendar_of, school_day

PAGE = 10


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list in a class's list of them; `waiting` comments and questions wait for the teacher."""

    tasks: TaskList
    waiting: int


def may_open(teaching: Teaching, school_class: SchoolClass, subject: str) -> bool:
    """Whether they may open a list of a subject in a class; one of no subject is a head teacher's or the office's."""
    if subject:
        return may_set(teaching, school_class.id, school_class.grade, subject)
    return any(
        a.reaches(school_class.id, school_class.grade) and a.role is not Role.SUBJECT_TEACHER
        for a in teaching.appointments
    )


async def breaks_of(ctx: Context, teaching: Teaching) -> list[tuple[date, date]]:
    """The next weekends and holidays of the school."""
    return breaks_ahead(await calendar_of(ctx, teaching.school), school_day(ctx.now()))


async def draft_tasklist(
    ctx: Context, teaching: Teaching, form: Mapping[str, str], steps: Sequence[StepDraft]
) -> Draft:
    """Check a form. Raises InvalidError with every field, also for days with school; NotFoundError for a class in
    which they may not open one of this subject."""
    draft = parse_tasklist(
        form, steps, allowed_hosts=ctx.policy.link_hosts, today=school_day(ctx.now())
    )
    school_class = teaching.find_class(draft.class_id)
    local = teaching.school.rules.local_subjects
    if draft.subject and not subject_name(draft.subject, local):
        raise NotFoundError
    if not may_open(teaching, school_class, draft.subject):
        raise NotFoundError
    check_free(await calendar_of(ctx, teaching.school), draft.first_on, draft.last_on)
    return draft


async def open_tasklist(ctx: Context, teaching: Teaching, draft: Draft, *, key: str) -> TaskList:
    """Open it: families see it, and are told once, on its first day and outside quiet hours.

    Durable with the insert (`tasklists`). The same key by the same teacher is the same list. Raises InvalidError for
    a file that isn't theirs, and where the quiet hours end after its last day.
    """
    now = ctx.now()
    words = f"tasklist|{teaching.person_id}|{key}"
    list_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    opens_at, closes_at = times_of(
        draft.first_on, draft.last_on, now, quiet_of(ctx, teaching.school)
    )
    if opens_at >= closes_at:
        raise InvalidError({"last_on": Problem("in_the_past")})
    tasks = TaskList(
        id=list_id,
        school_id=teaching.school.id,
        class_id=draft.class_id,
        subject=draft.subject,
        author_id=teaching.person_id,
        author_name=teaching.name,
        title=draft.title,
        intro=draft.intro,
        steps=await _steps(ctx, teaching, draft.steps, promise_to(Shower.TASKLIST, list_id)),
        first_on=draft.first_on,
        last_on=draft.last_on,
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=now,
        position=list_position(now, list_id),
        untold_since=now,
    )
    if not await ctx.stores.tasklists.insert(tasks):
        return await access_tasklist_as_teacher(ctx, teaching, list_id)
    await tell_soon(ctx, list_id)
    await tell_tasklist(ctx, list_id)
    return tasks


async def _steps(
    ctx: Context, teaching: Teaching, drafts: Sequence[StepDraft], promise: str
) -> tuple[Step, ...]:
    return tuple(
        [
            Step(
                number=number,
                text=draft.text,
                link=draft.link,
                attachments=await attachments_of(ctx, teaching, draft.file_ids, promise)
                if draft.file_ids
                else (),
            )
            for number, draft in enumerate(drafts, start=1)
        ]
    )


async def access_tasklist_as_teacher(ctx: Context, teaching: Teaching, list_id: str) -> TaskList:
    """A list of a class that is theirs (`class_work.is_theirs`).

    Raises NotFoundError: absent, another class's and not theirs are the same.
    """
    tasks = await ctx.stores.tasklists.find(list_id)
    if tasks is None or tasks.school_id != teaching.school.id:
        raise NotFoundError
    if not _is_theirs(teaching, teaching.find_class(tasks.class_id), tasks):
        raise NotFoundError
    return tasks


def _is_theirs(teaching: Teaching, school_class: SchoolClass, tasks: TaskList) -> bool:
    return is_theirs(teaching, school_class, subject=tasks.subject, author_id=tasks.author_id)


async def lists_of_class(
    ctx: Context, teaching: Teaching, class_id: str, *, before: str | None = None
) -> tuple[list[ListRow], str | None]:
    """Their lists of a class, newest first, and the place where the next page begins. Raises NotFoundError."""
    school_class = teaching.find_class(class_id)
    found = await ctx.stores.tasklists.page_of_class(
        teaching.school.id, class_id, before=before, at=ctx.now(), limit=PAGE + 1
    )
    shown = [t for t in found[:PAGE] if _is_theirs(teaching, school_class, t)]
    rows = [ListRow(tasks, await _waiting(ctx, tasks)) for tasks in shown]
    return rows, found[PAGE - 1].position if len(found) > PAGE else None


async def _waiting(ctx: Context, tasks: TaskList) -> int:
    comments = await ctx.stores.remarks.comments(tasks.school_id, tasks.id)
    questions = await ctx.stores.remarks.questions(tasks.school_id, tasks.id)
    return sum(c.waits for c in comments) + sum(q.answered_at is None for q in questions)


async def withdraw_tasklist(ctx: Context, teaching: Teaching, list_id: str) -> TaskList:
    """Take it back: families see it no more, and those who read of it are told. Twice is once.

    Raises NotFoundError; ConflictError `not_the_author` for who neither opened it nor heads the class.
    """
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    heads = any(
        a.role is Role.HEAD_TEACHER and a.class_id == tasks.class_id for a in teaching.appointments
    )
    if tasks.author_id != teaching.person_id and not heads:
        raise ConflictError("not_the_author")
    if await ctx.stores.tasklists.mark_withdrawn(list_id, ctx.now()):
        await tell_soon(ctx, list_id)
        await tell_tasklist(ctx, list_id)
    return await access_tasklist_as_teacher(ctx, teaching, list_id)
