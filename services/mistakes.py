"""A child's mistakes book (错题本): entered by the family, or by whoever marked; tried again until it is right.

Its guardians see it, and nobody else: a teacher enters, and does not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import FileKind, Shower, StoredFile, promise_to
from domain.mistakes import Cause, Cut, Mistake, Review, check_entry, due_after
from domain.schools import Student
from domain.subjects import subject_name
from domain.times import list_position
from services.context import Context
from services.families import access_own_child
from services.files import Owner, attach, store_judged, uploads_of
from services.judging import cut_out
from services.marking import access_submission_as_teacher
from services.people import Child, Teaching
from services.submissions import access_work_as_guardian, shown_file
from services.terms import school_day

_MOST_DUE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be entered: words, or a picture (an upload, or one that was handed in for `homework_id`), of
    which `cut` is taken."""

    subject: str = ""
    note: str = ""
    knowledge: str = ""
    cause: Cause = Cause.UNKNOWN
    file_id: str = ""
    homework_id: str = ""
    cut: Cut | None = None


async def add_own_mistake(
    ctx: Context, person_id: str, student_id: str, entry: Entry, *, key: str
) -> Mistake:
    """A guardian enters one. The same key is the same entry. Raises NotFoundError; InvalidError; ConflictError."""
    child = await access_writing(ctx, person_id, student_id)
    student, subject = child.student, entry.subject
    source = None
    if entry.homework_id:
        work = await access_work_as_guardian(ctx, person_id, entry.homework_id, student_id)
        subject = work.homework.subject
        shown_file(work.submission, entry.file_id)
        source = await ctx.stores.files.find(entry.file_id)
    elif entry.file_id:
        owner = Owner(student.school_id, person_id, student_id)
        (source,) = await uploads_of(ctx, owner, [entry.file_id])
    school = await ctx.stores.schools.find_school(student.school_id)
    if school is None or not subject_name(subject, school.rules.local_subjects):
        raise InvalidError({"subject": Problem("unknown")})
    return await _enter(ctx, student, person_id, subject, entry, source, teacher="", key=key)


async def add_mistake_of(
    ctx: Context, teaching: Teaching, student_id: str, entry: Entry, *, key: str
) -> Mistake:
    """Who marks enters one into the child's book, cut out of what was handed in. Raises NotFoundError; InvalidError."""
    homework, submission = await access_submission_as_teacher(
        ctx, teaching, entry.homework_id, student_id
    )
    shown_file(submission, entry.file_id)
    source = await ctx.stores.files.find(entry.file_id)
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None:
        raise NotFoundError
    return await _enter(
        ctx,
        student,
        teaching.person_id,
        homework.subject,
        entry,
        source,
        teacher=teaching.name,
        key=key,
    )


async def _enter(
    ctx: Context,
    student: Student,
    person_id: str,
    subject: str,
    entry: Entry,
    source: StoredFile | None,
    *,
    teacher: str,
    key: str,
) -> Mistake:
    words = "|".join(("mistake", person_id, student.id, key))
    mistake_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    held = await ctx.stores.mistakes.find(mistake_id)
    if held is not None:
        return held
    check_entry(entry.note, entry.knowledge, has_picture=source is not None)
    owner = Owner(student.school_id, person_id, student.id)
    promise = promise_to(Shower.MISTAKE, mistake_id)
    picture = await _picture(ctx, owner, source, entry.cut, promise) if source else None
    now = ctx.now()
    mistake = Mistake(
        id=mistake_id,
        school_id=student.school_id,
        student_id=student.id,
        subject=subject,
        position=list_position(now, mistake_id),
        created_at=now,
        note=entry.note,
        knowledge=entry.knowledge,
        cause=entry.cause,
        due=due_after((), school_day(now)),
        file_id=picture.id if picture else None,
        homework_id=entry.homework_id or None,
        teacher=teacher,
    )
    await ctx.stores.mistakes.insert(mistake)
    return await ctx.stores.mistakes.find(mistake_id) or mistake


async def _picture(
    ctx: Context, owner: Owner, source: StoredFile, cut: Cut | None, promise: str
) -> StoredFile:
    """A file of the entry's own: what was handed in goes before the book does."""
    if source.kind is not FileKind.PICTURE or (cut is not None and not cut.is_inside):
        raise InvalidError({"cut": Problem("unknown")})
    content = b"".join([piece async for piece in ctx.stores.files.read(source.id)])
    found = await cut_out(content, cut or Cut(x=0, y=0, width=10_000, height=10_000))
    file = await store_judged(ctx, owner, "错题", found)
    await attach(ctx, [file], promise)
    return file


async def access_writing(ctx: Context, person_id: str, student_id: str) -> Child:
    """A child whose book they may write in. Raises NotFoundError; ConflictError `may_only_read` by custody."""
    child = await access_own_child(ctx, person_id, student_id)
    if not child.binding.may_confirm:
        raise ConflictError("may_only_read")
    return child


async def access_mistake_as_guardian(
    ctx: Context, person_id: str, student_id: str, mistake_id: str
) -> Mistake:
    """An entry of a child they are bound to now. Raises NotFoundError."""
    child = await access_own_child(ctx, person_id, student_id)
    mistake = await ctx.stores.mistakes.find(mistake_id)
    theirs = (child.student.school_id, student_id)
    if mistake is None or (mistake.school_id, mistake.student_id) != theirs:
        raise NotFoundError
    return mistake


async def mistakes_of(
    ctx: Context,
    person_id: str,
    student_id: str,
    subject: str,
    *,
    before: str | None = None,
    limit: int = 20,
) -> Sequence[Mistake]:
    """A page of a child's book in one subject, newest first. Raises NotFoundError."""
    student = (await access_own_child(ctx, person_id, student_id)).student
    return await ctx.stores.mistakes.page(
        student.school_id, student.id, subject, before=before, at=ctx.now(), limit=limit
    )


async def subjects_of_book(ctx: Context, person_id: str, student_id: str) -> frozenset[str]:
    """Of which subjects there is anything in a child's book. Raises NotFoundError."""
    student = (await access_own_child(ctx, person_id, student_id)).student
    book = await ctx.stores.mistakes.of_student(student.school_id, student.id)
    return frozenset(mistake.subject for mistake in book)


async def due_mistakes(ctx: Context, person_id: str, student_id: str) -> Sequence[Mistake]:
    """What may be tried again today, of all subjects, longest due first. Raises NotFoundError."""
    student = (await access_own_child(ctx, person_id, student_id)).student
    today = school_day(ctx.now())
    return await ctx.stores.mistakes.due(student.school_id, student.id, today, _MOST_DUE)


async def review_mistake(
    ctx: Context, person_id: str, student_id: str, mistake_id: str, *, right: bool, key: str
) -> Mistake:
    """Tried again. The same key is the same try. Raises NotFoundError; ConflictError, `may_only_read` by custody."""
    await access_writing(ctx, person_id, student_id)
    mistake = await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)
    review_id = hashlib.sha256(f"{person_id}|{mistake_id}|{key}".encode()).hexdigest()[:32]
    if all(r.id != review_id for r in mistake.reviews):
        today = school_day(ctx.now())
        review = Review(id=review_id, day=today, right=right)
        due = due_after((*mistake.reviews, review), today)
        if not await ctx.stores.mistakes.mark_reviewed(mistake, review, due):
            raise ConflictError
    return await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)


async def describe_mistake(
    ctx: Context,
    person_id: str,
    student_id: str,
    mistake_id: str,
    *,
    note: str,
    knowledge: str,
    cause: Cause,
) -> Mistake:
    """Say it anew: what it is about, and why it went wrong. Raises NotFoundError; InvalidError; ConflictError."""
    await access_writing(ctx, person_id, student_id)
    mistake = await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)
    check_entry(note, knowledge, has_picture=mistake.file_id is not None)
    await ctx.stores.mistakes.set_words(mistake.id, note=note, knowledge=knowledge, cause=cause)
    return await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)


async def drop_mistake(ctx: Context, person_id: str, student_id: str, mistake_id: str) -> None:
    """Take it out, its picture first. Raises NotFoundError; ConflictError `may_only_read` by custody."""
    await access_writing(ctx, person_id, student_id)
    mistake = await access_mistake_as_guardian(ctx, person_id, student_id, mistake_id)
    await ctx.stores.forgetting.drop_files([mistake.file_id] if mistake.file_id else [])
    await ctx.stores.mistakes.drop(mistake.id)
