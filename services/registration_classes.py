"""One class's registration page with the children who are missing, and one school's teachers.

The names of children are for whoever may see the pupils of that very class (Right.PEOPLE), at the school
itself; those of teachers for whoever sees all pupils or gives roles there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import NotFoundError
from domain.invitations import Invitation
from domain.offers import Offer
from domain.regions import Region
from domain.registration import (
    ClassCount,
    Missing,
    Ratio,
    Why,
    missing_teachers,
    registers,
    standing_teachers,
    why_missing,
)
from domain.roles import Appointment, Right
from domain.schools import School, SchoolClass, Student
from services.context import Context
from services.people import Post, teaching_of
from services.registration import recount_school
from services.registration_views import access_school, classes_in_reach, regions_above, sees_whole


@dataclass(frozen=True, slots=True)
class Present:
    """A child with its guardians' relations, oldest binding first."""

    student: Student
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class counted this moment; `missing` and `present` are empty where the post may see no names."""

    school: School
    above: tuple[Region, ...]
    school_class: SchoolClass
    count: ClassCount
    names: bool
    whys: tuple[tuple[Why, int], ...]
    missing: tuple[Missing, ...]
    present: tuple[Present, ...]
    invitation: Invitation | None


@dataclass(frozen=True, slots=True)
class StaffView:
    """A school's teachers with and without a space; `names`: whether the post may see who they are."""

    school: School
    above: tuple[Region, ...]
    figures: Ratio
    names: bool
    teachers: tuple[tuple[Appointment, ...], ...]
    missing: tuple[Offer, ...]
    classes: dict[str, SchoolClass]


async def class_view(ctx: Context, post: Post, class_id: str) -> ClassView:
    """A class as it is this moment, and why children are missing. Raises NotFoundError."""
    found = await ctx.stores.schools.classes([class_id])
    if not found or found[0].ended_at is not None:
        raise NotFoundError
    school_class, at = found[0], ctx.now()
    school = await access_school(ctx, post, school_class.school_id)
    if class_id not in {c.id for c in await classes_in_reach(ctx, post, school)}:
        raise NotFoundError
    names = class_id in await _named_classes(ctx, post)
    students = await ctx.stores.schools.students_of(school.id, [class_id])
    missing, present = await _looked_at(ctx, school.id, students, at)
    count = await _counted_now(ctx, school_class, len(students), len(present), at)
    whys = Counter(m.why for m in missing)
    return ClassView(
        school=school,
        above=await regions_above(ctx, post, school.region_ids),
        school_class=school_class,
        count=count,
        names=names,
        whys=tuple((why, whys[why]) for why in Why if whys[why]),
        missing=tuple(missing) if names else (),
        present=tuple(present) if names else (),
        invitation=next(iter(await ctx.stores.invitations.of_classes(school.id, [class_id])), None),
    )


async def _counted_now(
    ctx: Context, school_class: SchoolClass, pupils: int, registered: int, at: datetime
) -> ClassCount:
    """The class's figures as its page finds them; where other ones are kept, they are counted again."""
    _, counts = await ctx.stores.registrations.of_school(school_class.school_id)
    kept = next((c for c in counts if c.class_id == school_class.id), None)
    if kept is None:
        _, counts = await recount_school(ctx, school_class.school_id)
        kept = next(c for c in counts if c.class_id == school_class.id)
    if (kept.pupils, kept.registered) != (pupils, registered):
        await ctx.stores.registrations.mark.schools([school_class.school_id])
    return replace(kept, pupils=pupils, registered=registered, counted_at=at)


async def _named_classes(ctx: Context, post: Post) -> frozenset[str]:
    """The classes whose pupils this post may see by name."""
    if post.school is None or not post.has(Right.PEOPLE):
        return frozenset()
    return frozenset((await teaching_of(ctx, post, Right.PEOPLE)).class_ids())


async def _looked_at(
    ctx: Context, school_id: str, students: Sequence[Student], at: datetime
) -> tuple[list[Missing], list[Present]]:
    """The children of a class without a guardian, and those with one."""
    ids = [s.id for s in students]
    if not ids:
        return [], []
    bindings = await ctx.stores.registrations.bindings_of(school_id, ids)
    contacts = await ctx.stores.registrations.contacts_of(school_id, ids)
    claims = await ctx.stores.claims.waiting_for_students(school_id, ids)
    waiting = {student_id for claim in claims for student_id in claim.candidates}
    missing, present = [], []
    for student in students:
        own = [b for b in bindings if b.student_id == student.id]
        standing = sorted((b for b in own if registers(b, at)), key=lambda b: (b.bound_at, b.id))
        if standing:
            present.append(Present(student, tuple(b.relation for b in standing)))
        else:
            lines = [c for c in contacts if c.student_id == student.id]
            missing.append(why_missing(student, own, lines, waiting))
    return await _with_cards(ctx, school_id, missing, at), present


async def _with_cards(
    ctx: Context, school_id: str, missing: Sequence[Missing], at: datetime
) -> list[Missing]:
    """The same, and whether each child has a card of its own, and anybody opened that."""
    invitations = ctx.stores.invitations
    cards = await invitations.of_students(school_id, [m.student.id for m in missing])
    standing = {card.student_id: card.id for card in reversed(cards) if card.stands(at)}
    visitors = await invitations.visitors(school_id, list(standing.values()))
    return [
        replace(m, invited=m.student.id in standing, opened=standing.get(m.student.id) in visitors)
        for m in missing
    ]


async def staff_view(ctx: Context, post: Post, school_id: str) -> StaffView:
    """A school's teachers. Raises NotFoundError, also for whoever reaches some classes alone."""
    school = await access_school(ctx, post, school_id)
    if not sees_whole(post):
        raise NotFoundError
    appointments = await ctx.stores.appointments.of_school(school.id)
    offers = await ctx.stores.offers.of_place(school_id=school.id)
    teachers = standing_teachers(appointments, ctx.now())
    missing = missing_teachers(offers, teachers)
    class_ids = {a.class_id for held in teachers.values() for a in held}
    class_ids |= {offer.class_id for offer in missing}
    classes = await ctx.stores.schools.classes(class_ids - {""})
    names = post.school is not None and (
        post.has_everywhere(Right.PEOPLE) or post.has_everywhere(Right.APPOINT)
    )
    held = sorted((tuple(h) for h in teachers.values()), key=lambda h: (h[0].name, h[0].id))
    return StaffView(
        school=school,
        above=await regions_above(ctx, post, school.region_ids),
        figures=Ratio(len(teachers), len(teachers) + len(missing)),
        names=names,
        teachers=tuple(held) if names else (),
        missing=tuple(missing),
        classes={c.id: c for c in classes},
    )
