"""What a teacher does with a homework: publish it within the budget, change it, withdraw it.

Publishing is an attempt that is kept once its minutes are reserved in every class (docs/homework.md says which
write does what). What follows from it is finished by `services.homework_telling`, now or by the sweep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.budgets import allows_written
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.evenings import evening_of
from domain.files import Shower, promise_to
from domain.homework import Draft, Homework, HomeworkState, Task, parse_homework
from domain.notices import Attachment
from domain.roles import Role
from domain.schools import School, Student
from domain.subjects import subject_name
from domain.times import list_position
from services.budgets import Budget, Clash, budgets_of, reserve
from services.context import Context
from services.files import attachments_of
from services.homework_telling import finish_homework, finish_soon
from services.people import Teaching
from services.terms import calendar_of, school_day


@dataclass(frozen=True, slots=True)
class Outcome:
    """A homework after an attempt to publish or change it; with `clashes` it does not fit, and nothing has changed."""

    homework: Homework
    clashes: tuple[Clash, ...] = ()


async def draft_homework(
    ctx: Context,
    teaching: Teaching,
    form: Mapping[str, str],
    *,
    class_ids: Sequence[str],
    student_ids: Sequence[str],
    file_ids: Sequence[str],
    links: Sequence[str],
) -> Draft:
    """Check a form. Raises InvalidError with every field; NotFoundError for a class in which they don't teach the
    subject, and for pupils who aren't in it."""
    draft = parse_homework(
        form,
        class_ids=class_ids,
        student_ids=student_ids,
        file_ids=file_ids,
        links=links,
        allowed_hosts=ctx.policy.attachable,
        now=ctx.now(),
    )
    classes = [c for c in teaching.classes if c.id in draft.class_ids]
    if len(classes) < len(draft.class_ids) or not subject_name(
        draft.subject, teaching.school.rules.local_subjects
    ):
        raise NotFoundError
    if not all(may_set(teaching, c.id, c.grade, draft.subject) for c in classes):
        raise NotFoundError
    if draft.written and not all(allows_written(c.grade) for c in classes):
        raise InvalidError({"written": Problem("not_in_this_grade")})
    if draft.student_ids:
        pupils = await ctx.stores.schools.students_of(teaching.school.id, draft.class_ids)
        if not {s.id for s in pupils} >= set(draft.student_ids):
            raise NotFoundError
    if draft.repeats:
        await access_homework_as_author(ctx, teaching, draft.repeats)
    return draft


def may_set(teaching: Teaching, class_id: str, grade: int, subject: str) -> bool:
    """Whether they may set homework of a subject in a class: a subject teacher their own subject, a head teacher
    and the office any."""
    return any(
        a.reaches(class_id, grade) and (a.role is not Role.SUBJECT_TEACHER or a.subject == subject)
        for a in teaching.appointments
    )


async def pupils_to_set(ctx: Context, teaching: Teaching, class_id: str) -> list[Student]:
    """The pupils of a class they may set homework in, in the class's own order. Raises NotFoundError."""
    school_class = teaching.find_class(class_id)
    if not any(
        a.reaches(class_id, school_class.grade)
        and (a.role is not Role.SUBJECT_TEACHER or a.subject)
        for a in teaching.appointments
    ):
        raise NotFoundError
    pupils = await ctx.stores.schools.students_of(teaching.school.id, [class_id])
    return sorted(pupils, key=lambda s: (s.number, s.id))


async def publish_homework(
    ctx: Context, teaching: Teaching, draft: Draft, *, idempotency_key: str
) -> Outcome:
    """Publish now or at the draft's time, if it fits into the evening of all its classes.

    The same key by the same teacher is the same homework. Durable with the write that keeps the attempt
    (`homework`: published). Raises InvalidError for a file that isn't theirs, ConflictError (`in_progress`)
    while the same is being published.
    """
    evening = await _evening_for(ctx, teaching, draft)
    key = f"homework|{teaching.person_id}|{idempotency_key}"
    homework_id = hashlib.sha256(key.encode()).hexdigest()[:32]
    attachments = await _attached(ctx, teaching, draft, homework_id)
    now = ctx.now()
    publish_at = max(draft.publish_at, now)
    task = replace(_task(draft, 1, evening, now), attachments=attachments)
    homework = Homework(
        id=homework_id,
        school_id=teaching.school.id,
        class_ids=draft.class_ids,
        student_ids=draft.student_ids,
        group=draft.group,
        subject=draft.subject,
        author_id=teaching.person_id,
        author_name=teaching.name,
        publish_at=publish_at,
        position=list_position(publish_at, homework_id),
        created_at=now,
        repeats=draft.repeats,
        proposed=task,
        attempts=1,
        trying=True,
        unfinished_since=now,
    )
    if await ctx.stores.homework.insert(homework):
        return await try_to_keep(ctx, teaching.school, homework)
    held = await _settled(ctx, await access_homework_as_author(ctx, teaching, homework_id))
    if held.state is not HomeworkState.UNPUBLISHED:
        return Outcome(held)
    return await attempt_homework(ctx, teaching.school, held, task)


async def _evening_for(ctx: Context, teaching: Teaching, draft: Draft) -> date:
    """The evening a day belongs to, unless that is over when families hear of it. Raises InvalidError."""
    terms = await calendar_of(ctx, teaching.school)
    out_at = max(draft.publish_at, ctx.now())
    evening, first = evening_of(terms, draft.day), evening_of(terms, school_day(out_at))
    if evening < first:
        raise InvalidError({"day": Problem("in_the_past")})
    return evening


async def _attached(
    ctx: Context, teaching: Teaching, draft: Draft, homework_id: str
) -> tuple[Attachment, ...]:
    if not draft.file_ids:
        return ()
    promise = promise_to(Shower.HOMEWORK, homework_id)
    return await attachments_of(ctx, teaching, draft.file_ids, promise)


def _task(draft: Draft, number: int, evening: date, at: datetime) -> Task:
    return Task(
        number=number,
        text=draft.text,
        attachments=(),
        links=draft.links,
        minutes=draft.minutes,
        written=draft.written,
        day=draft.day,
        evening=evening,
        due_at=draft.due_at,
        hand_in=draft.hand_in,
        written_at=at,
    )


async def _settled(ctx: Context, homework: Homework) -> Homework:
    """The homework once nothing is left to do for it. Raises ConflictError while somebody is at it."""
    if homework.unfinished_since is None:
        return homework
    await finish_homework(ctx, homework.id)
    held = await ctx.stores.homework.find(homework.id)
    if held is None:
        raise NotFoundError
    if held.unfinished_since is not None:
        raise ConflictError("in_progress")
    return held


async def attempt_homework(ctx: Context, school: School, homework: Homework, task: Task) -> Outcome:
    """Try once more, with this task. The classes and pupils stay. Raises ConflictError while somebody is at it."""
    task = replace(task, number=homework.attempts + 1)
    if not await ctx.stores.homework.mark_trying(homework.id, task, ctx.now()):
        raise ConflictError("in_progress")
    tried = replace(homework, proposed=task, attempts=task.number, trying=True)
    return await try_to_keep(ctx, school, tried)


async def try_to_keep(ctx: Context, school: School, homework: Homework) -> Outcome:
    """Reserve what is proposed and keep it; where it does not fit, give it up. Raises ConflictError when somebody
    else gave it up meanwhile."""
    task = homework.proposed
    if task is None:
        raise ConflictError
    try:
        clashes = await reserve(ctx, school, homework, task)
    except ConflictError:
        await _give_up(ctx, homework, task)
        raise
    if clashes:
        await _give_up(ctx, homework, task)
    elif not await _keep(ctx, homework, task):
        await finish_homework(ctx, homework.id)
        raise ConflictError
    else:
        await finish_soon(ctx, homework.id)
        await finish_homework(ctx, homework.id)
    held = await ctx.stores.homework.find(homework.id)
    if held is None:
        raise NotFoundError
    return Outcome(held, clashes)


async def _keep(ctx: Context, homework: Homework, task: Task) -> bool:
    """The write that counts. What waited for the head teacher goes out now, not when it was written."""
    now = ctx.now()
    first = homework.state is HomeworkState.UNPUBLISHED
    publish_at = max(homework.publish_at, now) if first else homework.publish_at
    return await ctx.stores.homework.mark_kept(homework.id, task, now, publish_at=publish_at)


async def _give_up(ctx: Context, homework: Homework, task: Task) -> None:
    await ctx.stores.homework.mark_given_up(homework.id, task.number)
    await finish_homework(ctx, homework.id, own=True)


async def edit_homework(
    ctx: Context, teaching: Teaching, homework_id: str, draft: Draft, *, seen: int
) -> Outcome:
    """Say it anew, make it shorter, or move it to another day; also one that did not fit. Classes, pupils, subject
    and the time of publishing stay. It is changed as a whole or, where it does not fit, not at all.

    `seen` is how often it had been tried when they looked. Raises NotFoundError; ConflictError when it was
    withdrawn or changed since.
    """
    homework = await access_homework_as_author(ctx, teaching, homework_id)
    if homework.state is HomeworkState.WITHDRAWN or homework.attempts != seen:
        raise ConflictError
    evening = await _evening_for(ctx, teaching, draft)
    attachments = await _attached(ctx, teaching, draft, homework.id)
    held = await _settled(ctx, homework)
    task = _task(draft, seen + 1, evening, ctx.now())
    before = held.task
    no_more = before.minutes >= task.minutes and (before.written or not task.written)
    if before.evening == evening and no_more:
        task = replace(task, allowed=before.allowed)
    task = replace(task, attachments=attachments)
    return await attempt_homework(ctx, teaching.school, held, task)


async def clashes_now(ctx: Context, teaching: Teaching, homework: Homework) -> tuple[Clash, ...]:
    """What keeps the last attempt from fitting as things stand; nothing where none waits, or it would fit by now."""
    if homework.proposed is None or homework.state is HomeworkState.WITHDRAWN:
        return ()
    return await reserve(ctx, teaching.school, homework, homework.proposed, dry=True)


async def withdraw_homework(ctx: Context, teaching: Teaching, homework_id: str) -> None:
    """Take it back: its minutes are free again, the families are told. Twice is once.

    Raises NotFoundError; ConflictError for one that was never published.
    """
    homework = await access_homework_as_author(ctx, teaching, homework_id)
    if homework.state is HomeworkState.UNPUBLISHED:
        raise ConflictError
    if await ctx.stores.homework.mark_withdrawn(homework.id, ctx.now()):
        await finish_soon(ctx, homework.id)
        await finish_homework(ctx, homework.id)


async def access_homework_as_author(ctx: Context, teaching: Teaching, homework_id: str) -> Homework:
    """A homework this teacher set, while at least one of its classes is theirs.

    Raises NotFoundError: absent, somebody else's and no longer theirs are the same.
    """
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None or not teaching.wrote(homework):
        raise NotFoundError
    return homework


async def homework_of_author(
    ctx: Context, teaching: Teaching, *, before: str | None = None, limit: int = 20
) -> list[Homework]:
    """What this teacher set, newest first, `limit` at a time, after the position `before`."""
    return await ctx.stores.homework.page_of_author(
        teaching.school.id, teaching.person_id, before=before, at=ctx.now(), limit=limit
    )


async def budgets_before(
    ctx: Context, teaching: Teaching, class_ids: Sequence[str], day: date
) -> list[Budget]:
    """How the evening of a day stands in classes of theirs, before anything is published. Raises NotFoundError."""
    classes = [c for c in teaching.classes if c.id in class_ids]
    if len(classes) < len(set(class_ids)):
        raise NotFoundError
    evening = evening_of(await calendar_of(ctx, teaching.school), day)
    return await budgets_of(ctx, teaching.school, classes, evening)
