"""Conversations: which ones are somebody's, beginning one, and handing one over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.errors import ConflictError, NotFoundError
from domain.groups import STAFF, Group, Seat
from domain.roles import Appointment
from domain.schools import Student
from domain.threads import (
    STAFF_LIMIT,
    FeedbackState,
    Place,
    Thread,
    ThreadKind,
    ThreadMark,
    answers_questions,
    child_thread_id,
    mark_id,
    question_id,
    ref_in,
    talk_id,
)
from services.audiences import OFFICE, Audience, access_thread, staff_place
from services.calls import called_in
from services.context import Context
from services.groups import access_group, members_of, seats_of, standing_of


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in somebody's list. `unread` is what was said behind what they have read; `called`: some of it is
    for them by name, or for everybody."""

    audience: Audience
    place: Place
    mark: ThreadMark | None
    called: bool = False

    @property
    def thread(self) -> Thread:
        """The thread itself."""
        return self.audience.thread

    @property
    def unread(self) -> int:
        """How much of it they have not read."""
        return max(0, self.thread.tail - (self.mark.read_seq if self.mark else 0))


async def threads_of(ctx: Context, person_id: str) -> list[ThreadLine]:
    """All that are this person's at this moment, the one with the newest message first."""
    standing = await standing_of(ctx, person_id)
    seats = await seats_of(ctx, standing)
    stores = ctx.stores.threads
    found = {t.id: t for t in await stores.of_person(person_id)}
    for ward in standing.wards:
        about = await stores.of_student(ward.student.school_id, ward.student.id)
        found |= {t.id: t for t in about}
    if standing.appointments:
        found |= {t.id: t for t in await stores.of_staff(person_id)}
    for seat in seats:
        if seat.as_staff and seat.group.guardians:
            asked = await stores.of_group(seat.group.school_id, seat.group.id)
            found |= {t.id: t for t in asked}
    for school_id in sorted({a.school_id for a in standing.appointments if a.role in OFFICE}):
        for state in (FeedbackState.OPEN, FeedbackState.ANSWERED):
            filed = await stores.feedback_of_school(school_id, state)
            found |= {t.id: t for t in filed}
    return await _lines(ctx, person_id, [talk_id(s.group.id) for s in seats], found)


async def _lines(
    ctx: Context, person_id: str, talks: Sequence[str], found: Mapping[str, Thread]
) -> list[ThreadLine]:
    wanted = list(dict.fromkeys([*talks, *found]))
    fresh = {**found, **await ctx.stores.threads.many(t for t in talks if t not in found)}
    marks = await ctx.stores.threads.marks(mark_id(t, person_id) for t in wanted)
    lines = []
    for thread_id in wanted:
        try:
            audience, place = await access_thread(ctx, person_id, thread_id)
        except NotFoundError:
            continue  # of a child who is no longer theirs, or a role that ended
        thread = fresh.get(thread_id, audience.thread)
        own = Audience(thread, audience.places, audience.group)
        lines.append(ThreadLine(own, place, marks.get(mark_id(thread_id, person_id))))
    called = await called_in(ctx, person_id, [(line.thread, line.mark) for line in lines])
    return sorted((replace(n, called=n.thread.id in called) for n in lines), key=_newest_first)


def _newest_first(line: ThreadLine) -> tuple[float, str]:
    at = line.thread.last_at
    return (-at.timestamp() if at else 0.0, line.thread.id)


async def line_of(ctx: Context, person_id: str, thread_id: str) -> ThreadLine:
    """One thread as its list shows it. Raises NotFoundError."""
    audience, place = await access_thread(ctx, person_id, thread_id)
    thread = await ctx.stores.threads.find(thread_id) or audience.thread
    key = mark_id(thread_id, person_id)
    mark = (await ctx.stores.threads.marks([key])).get(key)
    called = await called_in(ctx, person_id, [(thread, mark)])
    own = Audience(thread, audience.places, audience.group)
    return ThreadLine(own, place, mark, called=bool(called))


def people_to_call(audience: Audience, place: Place) -> list[tuple[str, Place]]:
    """Whom somebody can call by name in a thread, by the ref to do it with: everybody but themselves.

    A guardian, who sees no list of the other families, calls those of the school alone in a group's talk.
    """
    whole = place.as_staff or audience.thread.is_private
    found = [
        p
        for p in audience.places.values()
        if p.person_id != place.person_id and (whole or p.as_staff)
    ]
    found.sort(key=lambda p: (not p.as_staff, not p.leads, p.name, p.person_id))
    return [(audience.ref(p.person_id), p) for p in found]


# ------------------------------------------------------------------------------------- beginning


async def begin(ctx: Context, thread: Thread) -> Thread:
    """The thread as it is kept: the first who says something in it begins it."""
    if await ctx.stores.threads.insert(thread):
        return thread
    held = await ctx.stores.threads.find(thread.id)
    if held is None:
        raise ConflictError
    return held


async def open_question(ctx: Context, person_id: str, group_id: str) -> Thread:
    """A guardian's own thread with those who teach, in a group where questions are asked.

    Raises NotFoundError; ConflictError (`no_questions`) in a group that talks otherwise, or for who only reads.
    """
    seat = await access_group(ctx, person_id, group_id)
    if not answers_questions(seat.group) or not seat.may_ask:
        raise ConflictError("no_questions")
    thread = Thread(
        id=question_id(group_id, person_id),
        school_id=seat.group.school_id,
        kind=ThreadKind.QUESTION,
        group_id=group_id,
        person_id=person_id,
        created_at=ctx.now(),
    )
    return await begin(ctx, thread)


async def open_child_thread(
    ctx: Context, person_id: str, student_id: str, teacher_ref: str = ""
) -> Thread:
    """The thread about a child, of its guardians and one of those who teach it.

    A guardian names the teacher by the `ref` that `teachers_for` gave, a teacher nobody: it is theirs. Raises
    NotFoundError.
    """
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None:
        raise NotFoundError
    group_id = f"class:{student.class_id}"
    seat = await access_group(ctx, person_id, group_id)
    own = [c for c in seat.children if c.student.id == student_id and c.binding.may_confirm]
    if teacher_ref:
        if not own:
            raise NotFoundError
        teacher_id = await _teacher(ctx, seat.group, student_id, teacher_ref)
    elif seat.as_staff:
        teacher_id = person_id
    else:
        raise NotFoundError
    thread = Thread(
        id=child_thread_id(student_id, teacher_id),
        school_id=student.school_id,
        kind=ThreadKind.CHILD,
        student_id=student_id,
        staff_ids=(teacher_id,),
        created_at=ctx.now(),
    )
    return await begin(ctx, thread)


async def reached_pupils(
    ctx: Context, school_id: str, pupils: Sequence[Student]
) -> list[tuple[Student, bool]]:
    """Pupils, each with whether anybody would read what is written about it."""
    bindings = await ctx.stores.bindings.active_of_students(school_id, [s.id for s in pupils])
    reached = {b.student_id for b in bindings if b.may_confirm}
    return [(student, student.id in reached) for student in pupils]


async def teachers_for(ctx: Context, person_id: str, student_id: str) -> list[tuple[str, Seat]]:
    """Whom a guardian can write to about their child: the ref to ask with, and who it is. Raises NotFoundError."""
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None:
        raise NotFoundError
    seat = await access_group(ctx, person_id, f"class:{student.class_id}")
    if not any(c.student.id == student_id for c in seat.children):
        raise NotFoundError
    members = await members_of(ctx, seat.group)
    return [(ref_in(student_id, s.person_id), s) for s in members if s.as_staff]


async def _teacher(ctx: Context, group: Group, student_id: str, teacher_ref: str) -> str:
    for seat in await members_of(ctx, group):
        if seat.as_staff and ref_in(student_id, seat.person_id) == teacher_ref:
            return seat.person_id
    raise NotFoundError


async def colleagues_for(ctx: Context, audience: Audience) -> list[tuple[str, Place]]:
    """To whom a private thread can be handed: who teaches the child, or anybody of the school for feedback."""
    thread = audience.thread
    if thread.kind is ThreadKind.CHILD:
        students = await ctx.stores.schools.students([thread.student_id])
        class_ids = {s.class_id for s in students.values()}
        held = await ctx.stores.appointments.of_classes(
            thread.school_id, [*class_ids, ""], ctx.now()
        )
        classes = await ctx.stores.schools.classes(class_ids)
        held = [a for a in held if any(a.reaches(c.id, c.grade) for c in classes)]
    elif thread.kind is ThreadKind.FEEDBACK:
        every = await ctx.stores.appointments.of_school(thread.school_id)
        held = [a for a in every if a.stands(ctx.now())]
    else:
        return []
    by_person = _by_person(a for a in held if a.role in STAFF)
    return [
        (ref_in(thread.id, person_id), staff_place(found))
        for person_id, found in by_person.items()
        if person_id not in thread.staff_ids[-1:]
    ]


def _by_person(appointments: Iterable[Appointment]) -> dict[str, list[Appointment]]:
    found: dict[str, list[Appointment]] = {}
    for appointment in appointments:
        found.setdefault(appointment.person_id, []).append(appointment)
    return found


async def give_thread(
    ctx: Context, person_id: str, thread_id: str, colleague_ref: str
) -> tuple[Audience, Place]:
    """Hand a private thread to a colleague, who reads what was said in it; whoever had it is out of it.

    Raises NotFoundError; ConflictError when somebody else handed it over meanwhile, or too often.
    """
    audience, place = await access_thread(ctx, person_id, thread_id)
    if not place.as_staff:
        raise NotFoundError
    colleague = dict(await colleagues_for(ctx, audience)).get(colleague_ref)
    if colleague is None:
        raise NotFoundError
    seen = audience.thread.staff_ids
    staff_ids = (*seen, colleague.person_id)
    if len(staff_ids) > STAFF_LIMIT:
        staff_ids = staff_ids[-STAFF_LIMIT:]
    if not await ctx.stores.threads.hand_over(thread_id, seen, staff_ids):
        raise ConflictError
    await ctx.stores.stamps.touch(audience.thread.school_id)
    ctx.stores.stamps.forget(thread_id)
    return audience, colleague
