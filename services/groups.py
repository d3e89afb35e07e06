"""The groups that exist by themselves: which ones are somebody's, and who is in one, as roles and bindings are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import NotFoundError
from domain.groups import (
    RESEARCH_GROUPS,
    STAFF,
    Enrolment,
    Group,
    GroupKind,
    Seat,
    Ward,
    class_group,
    grade_group,
    make_group,
    parse_group_id,
    research_group,
    school_group,
    seat_in,
)
from domain.roles import Appointment, Role
from domain.schools import School, SchoolClass
from services.context import Context

_ORDER = list(GroupKind)


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is now, wherever: what their places in groups are made of."""

    person_id: str
    appointments: Sequence[Appointment]
    wards: Sequence[Ward]
    enrolments: Sequence[Enrolment]


async def standing_of(ctx: Context, person_id: str) -> Standing:
    """Roles, children and what they were put into, as of this moment."""
    bindings = await ctx.stores.bindings.active_of_person(person_id)
    students = await ctx.stores.schools.students(b.student_id for b in bindings)
    return Standing(
        person_id,
        await ctx.stores.appointments.of_person(person_id, ctx.now()),
        [Ward(students[b.student_id], b) for b in bindings if b.student_id in students],
        await ctx.stores.groups.enrolments_of_person(person_id),
    )


async def find_group(ctx: Context, group_id: str) -> Group:
    """A group as it is now, whoever asks. Raises NotFoundError, also for one whose classes have graduated."""
    kind, place, _ = parse_group_id(group_id)
    classes: Sequence[SchoolClass] = ()
    if kind is GroupKind.CLASS:
        classes = [c for c in await ctx.stores.schools.classes([place]) if c.ended_at is None]
        place = classes[0].school_id if classes else ""
    elif kind is GroupKind.GRADE:
        classes = _of_grade(await ctx.stores.schools.classes_of_school(place), group_id)
    school = await ctx.stores.schools.find_school(place) if place else None
    if school is None or (kind in (GroupKind.CLASS, GroupKind.GRADE) and not classes):
        raise NotFoundError
    return make_group(group_id, school, await ctx.stores.groups.rules(school.id), classes)


def _of_grade(classes: Iterable[SchoolClass], group_id: str) -> list[SchoolClass]:
    return [c for c in classes if c.ended_at is None and grade_group(c) == group_id]


async def access_group(ctx: Context, person_id: str, group_id: str) -> Seat:
    """This person's place in a group, by what they are at this moment.

    Raises NotFoundError: absent and not theirs are the same.
    """
    group = await find_group(ctx, group_id)
    seat = _seat(ctx, group, await standing_of(ctx, person_id))
    if seat is None:
        raise NotFoundError
    return seat


def _seat(ctx: Context, group: Group, standing: Standing) -> Seat | None:
    return seat_in(
        group,
        standing.person_id,
        appointments=standing.appointments,
        wards=standing.wards,
        enrolments=standing.enrolments,
        at=ctx.now(),
    )


async def groups_of(ctx: Context, person_id: str) -> list[Seat]:
    """This person's places in all groups that are theirs now: classes first, then the school's."""
    return await seats_of(ctx, await standing_of(ctx, person_id))


async def seats_of(ctx: Context, standing: Standing) -> list[Seat]:
    """The same of somebody of whom is known already what counts there."""
    seats = []
    for school_id in _school_ids(standing):
        school = await ctx.stores.schools.find_school(school_id)
        if school is not None:
            seats += [
                seat
                for group in await _groups_that_may_be(ctx, school, standing)
                if (seat := _seat(ctx, group, standing)) is not None
            ]
    return sorted(seats, key=lambda s: (_ORDER.index(s.group.kind), s.group.grade, s.group.name))


def _school_ids(standing: Standing) -> list[str]:
    staffed = {a.school_id for a in standing.appointments if a.role in STAFF}
    return sorted(staffed | {w.student.school_id for w in standing.wards})


async def _groups_that_may_be(ctx: Context, school: School, standing: Standing) -> list[Group]:
    """Groups of one school in which this person could have a place; whether they do is for `seat_in` to say."""
    held = [a for a in standing.appointments if a.school_id == school.id and a.role in STAFF]
    rules = await ctx.stores.groups.rules(school.id)
    wanted = {a.class_id for a in held} | {w.student.class_id for w in standing.wards}
    whole = any(not a.class_id for a in held)
    classes = [
        c
        for c in await _classes(ctx, school, wanted, rules.grade_guardians or bool(held), whole)
        if c.ended_at is None and c.school_id == school.id
    ]
    grades: dict[str, list[SchoolClass]] = defaultdict(list)
    for school_class in classes:
        grades[grade_group(school_class)].append(school_class)
    made = [make_group(class_group(c.id), school, rules, [c]) for c in classes]
    made += [make_group(group_id, school, rules, found) for group_id, found in grades.items()]
    others = [school_group(GroupKind.COMMITTEE, school.id)]
    if held:
        others += [school_group(kind, school.id) for kind in (GroupKind.STAFF, GroupKind.HEADS)]
        others += [research_group(school.id, number) for number in RESEARCH_GROUPS]
    return made + [make_group(group_id, school, rules) for group_id in others]


async def _classes(
    ctx: Context, school: School, wanted: Iterable[str], with_grades: bool, whole: bool
) -> list[SchoolClass]:
    """A grade's group is made of all its classes; where none is asked for, those named are enough."""
    if with_grades or whole:
        return await ctx.stores.schools.classes_of_school(school.id)
    return await ctx.stores.schools.classes(class_id for class_id in wanted if class_id)


async def members_of(ctx: Context, group: Group) -> list[Seat]:
    """Everybody who is in a group now, staff first; nobody twice."""
    people = await _people_of(ctx, group)
    seats = [seat for standing in people if (seat := _seat(ctx, group, standing)) is not None]
    return sorted(seats, key=lambda s: (not s.as_staff, not s.leads, s.name, s.person_id))


async def _people_of(ctx: Context, group: Group) -> list[Standing]:
    """Whoever could be in it, with what of them counts there."""
    appointments: dict[str, list[Appointment]] = defaultdict(list)
    for appointment in await _staff_of(ctx, group):
        appointments[appointment.person_id].append(appointment)
    enrolments: dict[str, list[Enrolment]] = defaultdict(list)
    if group.kind in (GroupKind.RESEARCH, GroupKind.COMMITTEE):
        for enrolment in await ctx.stores.groups.enrolments_of_group(group.school_id, group.id):
            enrolments[enrolment.person_id].append(enrolment)
    wards = await _wards_of(ctx, group, enrolments)
    return [
        Standing(
            person_id,
            appointments.get(person_id, ()),
            wards.get(person_id, ()),
            enrolments.get(person_id, ()),
        )
        for person_id in sorted({*appointments, *wards, *enrolments})
    ]


async def _staff_of(ctx: Context, group: Group) -> list[Appointment]:
    at = ctx.now()
    if group.kind in (GroupKind.CLASS, GroupKind.GRADE):
        places = [*group.class_ids, ""]
        return await ctx.stores.appointments.of_classes(group.school_id, places, at)
    if group.kind is GroupKind.COMMITTEE:
        return await ctx.stores.appointments.of_classes(group.school_id, [""], at)
    if group.kind is GroupKind.HEADS:
        roles = (Role.HEAD_TEACHER, Role.OFFICE, Role.SCHOOL_ADMIN)
        found = [await ctx.stores.appointments.in_role(r, [group.school_id]) for r in roles]
        return [a for part in found for a in part if a.stands(at)]
    every = await ctx.stores.appointments.of_school(group.school_id)
    return [a for a in every if a.stands(at)]


async def _wards_of(
    ctx: Context, group: Group, enrolments: Mapping[str, Sequence[Enrolment]]
) -> dict[str, list[Ward]]:
    if not group.guardians:
        return {}
    if group.kind is GroupKind.COMMITTEE:
        wanted = {e.student_id for held in enrolments.values() for e in held if e.student_id}
        students = list((await ctx.stores.schools.students(wanted)).values())
    else:
        students = await ctx.stores.schools.students_of(group.school_id, group.class_ids)
    by_id = {student.id: student for student in students}
    found: dict[str, list[Ward]] = defaultdict(list)
    for binding in await ctx.stores.bindings.active_of_students(group.school_id, list(by_id)):
        found[binding.person_id].append(Ward(by_id[binding.student_id], binding))
    return found
