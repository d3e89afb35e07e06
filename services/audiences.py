"""Who is in a conversation at this moment.

Nobody is let in by what was true a while ago: what is remembered of a conversation's people is asked for again as
soon as anything of their school has changed (`storage.stamps`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFoundError
from domain.groups import STAFF, Group, Seat
from domain.names import teacher_name
from domain.roles import Appointment, Role
from domain.threads import (
    FeedbackState,
    Place,
    Thread,
    ThreadKind,
    ref_in,
    thread_of_group,
)
from services.context import Context
from services.groups import find_group, members_of
from storage.stamps import View

OFFICE = (Role.OFFICE, Role.SCHOOL_ADMIN)


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who is in a thread now, by person; `group` where it is one's."""

    thread: Thread
    places: Mapping[str, Place]
    group: Group | None = None

    def place_of(self, person_id: str) -> Place:
        """One person's place. Raises NotFoundError."""
        place = self.places.get(person_id)
        if place is None:
            raise NotFoundError
        return place

    def ref(self, person_id: str) -> str:
        """How this person is named to the others' devices."""
        return ref_in(self.thread.id, person_id)


async def access_thread(ctx: Context, person_id: str, thread_id: str) -> tuple[Audience, Place]:
    """A thread with everybody in it, for who is in it at this moment.

    Raises NotFoundError: absent and not theirs are the same.
    """
    audience = await audience_of(ctx, thread_id)
    return audience, audience.place_of(person_id)


async def audience_of(
    ctx: Context, thread_id: str, thread: Thread | None = None, view: View | None = None
) -> Audience:
    """Everybody in a thread at this moment, whoever asks; `thread` where it was read already. Raises NotFoundError.

    With a `view` as it was seen last: whoever has it makes sure that it holds before anything is shown.
    """
    thread = thread or await find_thread(ctx, thread_id)

    async def make() -> tuple[Audience, datetime | None]:
        # What is remembered says whose school it is; who has it now is asked for anew.
        now = await ctx.stores.threads.find(thread_id) if thread.is_private else None
        made = await _made(ctx, now or thread)
        ends = [p.until for p in made.places.values() if p.until is not None]
        return made, min(ends, default=None)

    return await ctx.stores.stamps.kept(thread_id, thread.school_id, make, at=ctx.now(), view=view)


async def classes_in(ctx: Context, audience: Audience) -> set[str]:
    """The classes that a thread is of: its group's, or that of the child it is about."""
    if audience.group is not None:
        return set(audience.group.class_ids)
    students = await ctx.stores.schools.students([audience.thread.student_id])
    return {student.class_id for student in students.values()}


async def find_thread(ctx: Context, thread_id: str) -> Thread:
    """A thread, also a group's talk in which nobody has said anything. Raises NotFoundError."""
    known = ctx.stores.stamps.remembered(thread_id)
    if isinstance(known, Audience):
        return known.thread
    thread = await ctx.stores.threads.find(thread_id)
    if thread is not None:
        return thread
    kind, _, group_id = thread_id.partition(":")
    if kind != ThreadKind.TALK:
        raise NotFoundError
    return thread_of_group(await find_group(ctx, group_id), ctx.now())


async def _made(ctx: Context, thread: Thread) -> Audience:
    match thread.kind:
        case ThreadKind.TALK:
            group = await find_group(ctx, thread.group_id)
            seats = await members_of(ctx, group)
            return Audience(thread, {s.person_id: _place(s) for s in seats}, group)
        case ThreadKind.QUESTION:
            group = await find_group(ctx, thread.group_id)
            asked = [s for s in await members_of(ctx, group) if _in_question(s, thread)]
            return Audience(thread, {s.person_id: _place(s, private=True) for s in asked}, group)
        case ThreadKind.CHILD:
            return Audience(thread, await _about_child(ctx, thread))
        case ThreadKind.FEEDBACK:
            return Audience(thread, await _about_school(ctx, thread))


def _in_question(seat: Seat, thread: Thread) -> bool:
    return seat.as_staff or seat.person_id == thread.person_id


def _place(seat: Seat, *, private: bool = False) -> Place:
    """In a question both sides write, whatever the group's mode, as long as the guardian may do more than read."""
    reads_only = not seat.as_staff and not any(c.binding.may_confirm for c in seat.children)
    return Place(
        person_id=seat.person_id,
        name=teacher_name(seat.name) if seat.as_staff else seat.name,
        as_staff=seat.as_staff,
        leads=seat.leads and not private,
        may_post=(private and not reads_only) or seat.may_post,
        role=seat.appointments[0].role if seat.appointments else None,
        until=seat.until,
        may_ask=seat.may_ask and not private,
    )


async def _about_child(ctx: Context, thread: Thread) -> dict[str, Place]:
    """The child's guardians who may do more than read, and the teacher who has it, while they teach the child."""
    students = await ctx.stores.schools.students([thread.student_id])
    student = students.get(thread.student_id)
    if student is None:
        return {}
    bindings = await ctx.stores.bindings.active_of_students(thread.school_id, [student.id])
    staff = await _staff_in(ctx, thread, student.class_id)
    places = {
        b.person_id: Place(
            person_id=b.person_id,
            name=student.name + (b.relation or "家长"),
            as_staff=False,
            leads=False,
            may_post=bool(staff),
            until=b.until,
        )
        for b in bindings
        if b.may_confirm
    }
    return {**places, **staff}


async def _staff_in(ctx: Context, thread: Thread, class_id: str) -> dict[str, Place]:
    """Who has the thread now, as long as the child's class is within their reach."""
    classes = await ctx.stores.schools.classes([class_id])
    places = {}
    for person_id in thread.staff_ids[-1:]:
        held = [
            a
            for a in await ctx.stores.appointments.of_person(person_id, ctx.now())
            if a.school_id == thread.school_id
            and a.role in STAFF
            and any(a.reaches(c.id, c.grade) for c in classes)
        ]
        if held:
            places[person_id] = staff_place(held)
    return places


def staff_place(held: Sequence[Appointment]) -> Place:
    """Somebody of the school in a private thread, by these roles of theirs."""
    ends = [a.until for a in held]
    return Place(
        person_id=held[0].person_id,
        name=teacher_name(held[0].name),
        as_staff=True,
        leads=False,
        may_post=True,
        role=held[0].role,
        until=None if None in ends else max(end for end in ends if end is not None),
    )


async def _about_school(ctx: Context, thread: Thread) -> dict[str, Place]:
    """The office, whoever it was handed to, and the guardian while they have a child at the school."""
    at_school = await ctx.stores.appointments.of_classes(thread.school_id, [""], ctx.now())
    held: dict[str, list[Appointment]] = {}
    for appointment in at_school:
        if appointment.role in OFFICE:
            held.setdefault(appointment.person_id, []).append(appointment)
    for person_id in thread.staff_ids[-1:]:
        every = await ctx.stores.appointments.of_person(person_id, ctx.now())
        here = [a for a in every if a.school_id == thread.school_id and a.role in STAFF]
        if here:
            held.setdefault(person_id, here)
    places = {person_id: staff_place(found) for person_id, found in held.items()}
    bindings = await ctx.stores.bindings.active_of_person(thread.person_id)
    here_too = [b for b in bindings if b.school_id == thread.school_id and not b.trial]
    if here_too:
        students = await ctx.stores.schools.students([here_too[0].student_id])
        child = students.get(here_too[0].student_id)
        places[thread.person_id] = Place(
            person_id=thread.person_id,
            name=(child.name if child else "") + (here_too[0].relation or "家长"),
            as_staff=False,
            leads=False,
            may_post=thread.state is not FeedbackState.CLOSED,
            until=here_too[0].until,
        )
    return places
