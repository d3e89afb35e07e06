"""Who somebody is: an openid becomes a person, follows, leaves, and has roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.bindings import Binding
from domain.errors import NotFoundError
from domain.identities import Opening, identity_id
from domain.schools import Appointment, School, SchoolClass, Student
from services.context import Context


@dataclass(frozen=True, slots=True)
class Child:
    """A child as one of their guardians sees it."""

    binding: Binding
    student: Student
    school_class: SchoolClass


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a head teacher may act on: their classes, all of one school."""

    person_id: str
    name: str
    school: School
    classes: tuple[SchoolClass, ...]

    def class_ids(self) -> tuple[str, ...]:
        """The ids of these classes."""
        return tuple(c.id for c in self.classes)


async def recognise(ctx: Context, openid: str) -> str:
    """The person behind an openid of the official account; a new one is made when it is unknown."""
    identity = await ctx.stores.identities.find(ctx.policy.app_id, openid)
    if identity is None:
        identity = await ctx.stores.identities.ensure(
            ctx.policy.app_id, openid, person_id=ctx.new_id(), at=ctx.now()
        )
    return identity.person_id


async def note_follow(ctx: Context, openid: str, *, following: bool) -> None:
    """They followed or left the official account: channels open or close with it."""
    key = identity_id(ctx.policy.app_id, openid)
    await ctx.stores.identities.mark_following(key, following, ctx.now())


async def note_opening(ctx: Context, openid: str, opening: Opening) -> None:
    """They wrote or tapped: the customer-service window is open."""
    key = identity_id(ctx.policy.app_id, openid)
    await ctx.stores.identities.open_window(key, ctx.now(), opening)


async def appointments_of(ctx: Context, person_id: str) -> Sequence[Appointment]:
    """Everything this person is at any school."""
    return await ctx.stores.schools.appointments_of(person_id)


async def access_teaching(ctx: Context, person_id: str) -> Teaching:
    """The classes this person is head teacher of. Raises NotFoundError when there are none.

    One school at a time: a person who teaches at two sees the first; switching comes with roles.
    """
    appointments = await ctx.stores.schools.appointments_of(person_id)
    if not appointments:
        raise NotFoundError
    first = min(appointments, key=lambda a: a.id)
    mine = [a for a in appointments if a.school_id == first.school_id]
    school = await ctx.stores.schools.find_school(first.school_id)
    classes = await ctx.stores.schools.classes(a.class_id for a in mine)
    if school is None or not classes:
        raise NotFoundError
    return Teaching(person_id, first.name, school, tuple(classes))


async def children_of(ctx: Context, person_id: str) -> list[Child]:
    """The children this adult is bound to now, oldest binding first."""
    bindings = await ctx.stores.bindings.active_of_person(person_id)
    students = await ctx.stores.schools.students(b.student_id for b in bindings)
    found = await ctx.stores.schools.classes({s.class_id for s in students.values()})
    classes = {c.id: c for c in found}
    return [
        Child(b, students[b.student_id], classes[students[b.student_id].class_id])
        for b in bindings
        if b.student_id in students and students[b.student_id].class_id in classes
    ]
