"""Conversations: which ones are somebody's, beginning one, and handing one over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field, replace

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
    thread_of_group,
)
from services.audiences import OFFICE, Audience, access_thread, audience_of, staff_place
from services.calls import Unseen, unseen_in
from services.context import Context
from services.groups import Standing, access_group, members_of, places_of
from storage.stamps import View

_LOOKS = 3


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in somebody's list. `unread` is what was said after what they have read, or shown behind it;
    `called`: some of it is for them by name, or for everybody."""

    audience: Audience
    place: Place
    mark: ThreadMark | None
    unseen: Unseen = field(default_factory=Unseen)

    @property
    def thread(self) -> Thread:
        """The thread itself."""
        return self.audience.thread

    @property
    def called(self) -> bool:
        """Whether somebody calls them in it."""
        return self.unseen.called

    @property
    def unread(self) -> int:
        """How much of it they have not read."""
        read = self.mark.read_seq if self.mark else 0
        return max(0, self.thread.tail - read) + self.unseen.late


async def threads_of(ctx: Context, person_id: str) -> list[ThreadLine]:
    """All that are this person's at this moment, the one with the newest message first."""
    audiences = await audiences_of(ctx, person_id)
    marks = await ctx.stores.threads.marks(mark_id(a.thread.id, person_id) for a in audiences)
    lines = [
        ThreadLine(a, a.places[person_id], marks.get(mark_id(a.thread.id, person_id)))
        for a in audiences
    ]
    unseen = await unseen_in(ctx, person_id, [(line.thread, line.mark) for line in lines])
    return sorted((replace(n, unseen=unseen[n.thread.id]) for n in lines), key=_newest_first)


async def audiences_of(ctx: Context, person_id: str) -> list[Audience]:
    """All threads that are this person's at this moment, with everybody in them.

    What is remembered of their schools is made sure of once, at the end; where something has changed by then, it is
    all looked at anew, and where that goes on, each thread is asked about by itself.
    """
    for _ in range(_LOOKS):
        view = ctx.stores.stamps.view()
        audiences = await _looked(ctx, person_id, view)
        if await view.holds():
            return audiences
    return [a for a in audiences if await _is_in(ctx, person_id, a.thread.id)]


async def _looked(ctx: Context, person_id: str, view: View) -> list[Audience]:
    """Their threads, if the view holds."""
    standing, seats = await places_of(ctx, person_id, view)
    # A group's talk is there also before anybody has said anything.
    talks = {talk_id(seat.group.id): thread_of_group(seat.group, ctx.now()) for seat in seats}
    threads = talks | await _found(ctx, standing, seats)
    audiences = await asyncio.gather(*(_audience(ctx, t, view) for t in threads.values()))
    # Not of a child who is no longer theirs, or of a role that ended.
    return [a for a in audiences if a is not None and person_id in a.places]


async def _found(ctx: Context, standing: Standing, seats: Sequence[Seat]) -> dict[str, Thread]:
    """The threads that have begun, of those in which this person could be, by id."""
    stores, person_id = ctx.stores.threads, standing.person_id
    asked: list[Awaitable[list[Thread]]] = []
    if standing.appointments:
        asked.append(stores.of_staff(person_id))
    groups = [seat.group for seat in seats if seat.as_staff and seat.group.guardians]
    asked += [stores.of_group(group.school_id, group.id) for group in groups]
    schools = sorted({a.school_id for a in standing.appointments if a.role in OFFICE})
    states = (FeedbackState.OPEN, FeedbackState.ANSWERED)
    asked += [stores.feedback_of_school(school, state) for school in schools for state in states]
    finders = [person_id, *(w.student.id for w in standing.wards)]
    finders += [talk_id(seat.group.id) for seat in seats]
    own, more = await asyncio.gather(stores.found_by(finders), asyncio.gather(*asked))
    return {t.id: t for part in more for t in part} | own


async def _audience(ctx: Context, thread: Thread, view: View) -> Audience | None:
    """Who is in a thread, which is as it was read just now."""
    try:
        audience = await audience_of(ctx, thread.id, thread, view)
    except NotFoundError:
        return None
    return replace(audience, thread=thread)


async def _is_in(ctx: Context, person_id: str, thread_id: str) -> bool:
    try:
        await access_thread(ctx, person_id, thread_id)
    except NotFoundError:
        return False
    return True


def _newest_first(line: ThreadLine) -> tuple[float, str]:
    at = line.thread.last_at
    return (-at.timestamp() if at else 0.0, line.thread.id)


async def line_of(ctx: Context, person_id: str, thread_id: str) -> ThreadLine:
    """One thread as its list shows it. Raises NotFoundError."""
    audience, place = await access_thread(ctx, person_id, thread_id)
    thread = await ctx.stores.threads.find(thread_id) or audience.thread
    key = mark_id(thread_id, person_id)
    mark = (await ctx.stores.threads.marks([key])).get(key)
    unseen = await unseen_in(ctx, person_id, [(thread, mark)])
    own = replace(audience, thread=thread)
    return ThreadLine(own, place, mark, unseen[thread.id])


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
