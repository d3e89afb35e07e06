"""Answering an activity, for a child or for oneself: who is asked at this moment, answering, taking it back.

Where there are places the answer is written first and the place taken after it: the place is what counts, so a process
that dies in between has given nothing away, and the same request goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.activities import Activity, Per, QuestionKind, State
from domain.answers import (
    VERSION_LIMIT,
    Answer,
    Given,
    Value,
    Version,
    answer_id,
    check_given,
    subject_of,
)
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import Shower, StoredFile, promise_to
from domain.notices import Attachment
from domain.seats import Seats, Standing
from services.activity_telling import has_answered, note_answered
from services.context import Context
from services.files import Owner, as_attachments, attach, is_drawn, uploads_of
from services.people import Child, appointments_of, children_of
from services.seats import choose_seat, give_seat_back, seats_of

_SHOWN_DAYS = timedelta(days=120)
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """An activity as one adult is asked: for a child of theirs, or (`child` None) as who works at the school."""

    activity: Activity
    person_id: str
    child: Child | None
    answer: Answer | None
    seats: Seats | None

    @property
    def subject_id(self) -> str:
        """Whose answer it is."""
        student_id = self.child.student.id if self.child else ""
        return subject_of(self.activity, student_id=student_id, person_id=self.person_id)

    @property
    def may_answer(self) -> bool:
        """Whether this adult may, while it is open: who may only read answers nothing for a child."""
        if self.child is None:
            return True
        is_asked = self.child.student.class_id in self.activity.class_ids
        return is_asked and self.child.binding.may_confirm

    @property
    def answered(self) -> bool:
        """Whether nothing more is asked of them."""
        return self.answer is not None and has_answered(self.answer, self.seats)

    @property
    def standing(self) -> tuple[Standing, str]:
        """Their place, and of which option."""
        return self.seats.standing(self.subject_id) if self.seats else (Standing.NONE, "")


async def asked_of(ctx: Context, person_id: str) -> list[Asked]:
    """What this adult is asked, newest first: for each of their children, and where they work."""
    since, now = ctx.now() - _SHOWN_DAYS, ctx.now()
    found: list[tuple[Activity, Child | None]] = []
    for child in await children_of(ctx, person_id):
        student = child.student
        found += [
            (activity, child)
            for activity in await ctx.stores.activities.newest_of_class(
                student.school_id, student.class_id, at=now, since=since, limit=_SHOWN
            )
        ]
    for school_id in sorted({a.school_id for a in await appointments_of(ctx, person_id)} - {""}):
        found += [
            (activity, None)
            for activity in await ctx.stores.activities.newest_of_staff(
                school_id, at=now, since=since, limit=_SHOWN
            )
        ]
    unique: dict[tuple[str, str], tuple[Activity, Child | None]] = {}
    for activity, own in found:
        key = subject_of(activity, student_id=own.student.id if own else "", person_id=person_id)
        unique.setdefault((activity.id, key), (activity, own))
    pairs = sorted(unique.values(), key=lambda pair: pair[0].position, reverse=True)
    return await _with_answers(ctx, person_id, pairs)


async def _with_answers(
    ctx: Context, person_id: str, pairs: Sequence[tuple[Activity, Child | None]]
) -> list[Asked]:
    asked = [Asked(activity, person_id, child, None, None) for activity, child in pairs]
    answers = await ctx.stores.answers.many(answer_id(a.activity.id, a.subject_id) for a in asked)
    seated = {a.activity.id for a in asked if a.activity.seated is not None}
    seats = await ctx.stores.seats.many(seated) if seated else {}
    return [
        replace(
            a,
            answer=answers.get(answer_id(a.activity.id, a.subject_id)),
            seats=seats.get(a.activity.id),
        )
        for a in asked
    ]


async def access_asked(ctx: Context, person_id: str, activity_id: str) -> list[Asked]:
    """An activity for every one of this adult's subjects in it: children bound now, or themselves.

    Raises NotFoundError: absent, and not for them at this moment, are the same.
    """
    activity = await ctx.stores.activities.find(activity_id)
    if activity is None:
        raise NotFoundError
    pairs: list[tuple[Activity, Child | None]] = []
    if activity.staff:
        held = await appointments_of(ctx, person_id)
        if any(a.school_id == activity.school_id for a in held):
            pairs = [(activity, None)]
    else:
        pairs = [
            (activity, child)
            for child in await children_of(ctx, person_id)
            if child.student.class_id in activity.class_ids
        ]
        if activity.per is Per.ADULT:
            pairs = pairs[:1]
    if not pairs:
        raise NotFoundError
    return await _with_answers(ctx, person_id, pairs)


async def access_asked_for(
    ctx: Context, person_id: str, activity_id: str, student_id: str
) -> Asked:
    """The same for one child; without one, as oneself. Raises NotFoundError."""
    for asked in await access_asked(ctx, person_id, activity_id):
        if not student_id or (asked.child and asked.child.student.id == student_id):
            if asked.activity.per is Per.CHILD and not student_id:
                break
            return asked
    raise NotFoundError


async def answer_activity(ctx: Context, asked: Asked, given: Sequence[Given], *, key: str) -> Asked:
    """Answer, or answer anew until it is over; every version is kept. The same key is the same version.

    Durable with one write to `answers`, where there are places with the one to `seats` that follows it. Raises
    InvalidError; ConflictError: `may_only_read`, `withdrawn`, `over`, `full`, `changed_too_often`, and `conflict` when
    another guardian came first.
    """
    activity = asked.activity
    _check_allowed(ctx, asked)
    kept = check_given(activity, given)
    option_id = next((g.option_ids[0] for g in kept if _is_seat(activity, g)), "")
    words = "|".join(("answer", asked.person_id, activity.id, asked.subject_id, key))
    version_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    if activity.seated is not None:
        await _check_room(ctx, asked, option_id)
    answer = asked.answer
    is_there = answer is not None and any(v.id == version_id for v in answer.versions)
    if is_there and answer is not None and answer.withdrawn_at is not None:
        return asked  # an old request again: it was taken back since
    if not is_there:
        await _write(ctx, asked, [g for g in kept if not _is_seat(activity, g)], version_id)
    if activity.seated is not None:
        await choose_seat(ctx, activity, asked.subject_id, option_id)
    done = (await _with_answers(ctx, asked.person_id, [(activity, asked.child)]))[0]
    if done.answer is not None:
        await note_answered(ctx, activity, done.answer, answered=done.answered)
    return done


def _is_seat(activity: Activity, given: Given) -> bool:
    return activity.seated is not None and given.question_id == activity.seated.id


def _check_allowed(ctx: Context, asked: Asked) -> None:
    if not asked.may_answer:
        raise ConflictError("may_only_read")
    if asked.activity.state is State.WITHDRAWN:
        raise ConflictError("withdrawn")
    if not asked.activity.is_open(ctx.now()) or not asked.activity.questions:
        raise ConflictError("over")


async def _check_room(ctx: Context, asked: Asked, option_id: str) -> None:
    """Told at once, before anything is written: there is no place left, nor a line to stand in."""
    seats = await seats_of(ctx, asked.activity)
    if seats is None or asked.activity.waits:
        return
    if seats.standing(asked.subject_id)[1] != option_id and seats.is_full(option_id):
        raise ConflictError("full")


async def _write(ctx: Context, asked: Asked, given: Sequence[Given], version_id: str) -> None:
    activity, held, child, now = asked.activity, asked.answer, asked.child, ctx.now()
    if held is not None and len(held.versions) >= VERSION_LIMIT:
        raise ConflictError("changed_too_often")
    values = tuple([await _value(ctx, asked, one) for one in given])
    version = Version(
        id=version_id,
        values=values,
        relation=child.binding.relation if child else "",
        at=now,
    )
    class_id = child.student.class_id if child else ""
    if held is not None:
        done = await ctx.stores.answers.mark_answered(held, version, class_id)
    else:
        first = Answer(
            id=answer_id(activity.id, asked.subject_id),
            school_id=activity.school_id,
            activity_id=activity.id,
            class_id=class_id,
            student_id=child.student.id if child else "",
            person_id=asked.person_id if activity.per is Per.ADULT else "",
            first_at=now,
            versions=(version,),
        )
        done = await ctx.stores.answers.insert(first)
    if not done:
        raise ConflictError


async def _value(ctx: Context, asked: Asked, given: Given) -> Value:
    """Their uploads for this child; what was given before may stay, whichever guardian brought it."""
    files: tuple[Attachment, ...] = ()
    if given.file_ids:
        before = asked.answer.files() if asked.answer else {}
        fresh = [i for i in given.file_ids if i not in before]
        promise = promise_to(Shower.ANSWER, answer_id(asked.activity.id, asked.subject_id))
        uploads = await uploads_of(ctx, owner_of(asked), fresh)
        if _kind_of(asked.activity, given) is QuestionKind.SIGN:
            await _check_drawn(ctx, given.question_id, uploads)
        brought = await attach(ctx, uploads, promise)
        held = before | {a.file_id: a for a in brought}
        files = tuple(held[i] for i in dict.fromkeys(given.file_ids))
    return Value(
        question_id=given.question_id,
        option_ids=given.option_ids,
        text=given.text.strip(),
        number=given.number,
        day=given.day,
        files=files,
    )


def owner_of(asked: Asked) -> Owner:
    """Whose a file is that goes with this answer."""
    student_id = asked.child.student.id if asked.child else ""
    return Owner(asked.activity.school_id, asked.person_id, student_id)


async def brought_by(ctx: Context, asked: Asked, file_ids: Sequence[str]) -> tuple[Attachment, ...]:
    """Files that may go with this answer: given before, or uploaded for it. Raises InvalidError for any other."""
    before = asked.answer.files() if asked.answer else {}
    fresh = [i for i in file_ids if i not in before]
    uploads = as_attachments(await uploads_of(ctx, owner_of(asked), fresh))
    held = before | {a.file_id: a for a in uploads}
    return tuple(held[i] for i in dict.fromkeys(file_ids))


def _kind_of(activity: Activity, given: Given) -> QuestionKind | None:
    return next((q.kind for q in activity.questions if q.id == given.question_id), None)


async def _check_drawn(ctx: Context, question_id: str, uploads: Sequence[StoredFile]) -> None:
    """A signature is what a finger drew on the pad: no photograph, no document, no empty sheet."""
    for upload in uploads:
        if not await is_drawn(ctx, upload):
            raise InvalidError({f"answers.{question_id}": Problem("no_ink")})


async def withdraw_answer(ctx: Context, asked: Asked) -> Asked:
    """Take one's answer back while it is open; a place is free again. Twice is once.

    Raises NotFoundError where nothing was answered; ConflictError: `may_only_read`, `withdrawn`, `over`, `conflict`.
    """
    _check_allowed(ctx, asked)
    answer = asked.answer
    if answer is None:
        raise NotFoundError
    await give_seat_back(ctx, asked.activity, [asked.subject_id])
    if answer.withdrawn_at is None and not await ctx.stores.answers.mark_withdrawn(
        answer, ctx.now()
    ):
        raise ConflictError
    await note_answered(ctx, asked.activity, answer, answered=False)
    return (await _with_answers(ctx, asked.person_id, [(asked.activity, asked.child)]))[0]
