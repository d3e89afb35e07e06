"""The groups that exist by themselves: which ones are somebody's, and who is in one, as roles and bindings are now."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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
from domain.schools import SchoolClass, Student
from services.context import Context
from storage.stamps import View

_ORDER = list(GroupKind)


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is now, wherever: what their places in groups are made of."""

    person_id: str
    appointments: Sequence[Appointment]
    wards: Sequence[Ward]
    enrolments: Sequence[Enrolment]


@dataclass(frozen=True, slots=True)
class SchoolGroups:
    """All groups of a school: by class, each class's grade, and the others; and whom somebody put into one."""

    of_class: Mapping[str, Group]
    of_grade: Mapping[str, Group]
    committee: Group
    of_staff: Sequence[Group]
    enrolments: Mapping[str, Sequence[Enrolment]]


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
    return (await places_of(ctx, person_id))[1]


async def places_of(
    ctx: Context, person_id: str, view: View | None = None
) -> tuple[Standing, list[Seat]]:
    """What somebody is now, and their places in all groups that are theirs: classes first, then the school's.

    Bindings and roles are asked for; their schools' groups and pupils are remembered while nothing of the school
    changes, or as a `view` has them.
    """
    bindings, appointments = await asyncio.gather(
        ctx.stores.bindings.active_of_person(person_id),
        ctx.stores.appointments.of_person(person_id, ctx.now()),
    )
    pupils = await asyncio.gather(*(_pupil(ctx, b.school_id, b.student_id, view) for b in bindings))
    wards = [Ward(pupil, b) for pupil, b in zip(pupils, bindings, strict=True) if pupil is not None]
    standing = Standing(person_id, appointments, wards, ())
    school_ids = _school_ids(standing)
    schools = await asyncio.gather(*(school_groups(ctx, s, view) for s in school_ids))
    seats: list[Seat] = []
    for school_id, groups in zip(school_ids, schools, strict=True):
        if groups is not None:
            here = replace(standing, enrolments=groups.enrolments.get(person_id, ()))
            may_be = _groups_that_may_be(school_id, groups, here)
            seats += [seat for group in may_be if (seat := _seat(ctx, group, here)) is not None]
    seats.sort(key=lambda s: (_ORDER.index(s.group.kind), s.group.grade, s.group.name))
    return standing, seats


async def _pupil(
    ctx: Context, school_id: str, student_id: str, view: View | None
) -> Student | None:
    async def make() -> tuple[Student | None, None]:
        return (await ctx.stores.schools.students([student_id])).get(student_id), None

    key = f"pupil:{student_id}"
    return await ctx.stores.stamps.kept(key, school_id, make, at=ctx.now(), view=view)


def _school_ids(standing: Standing) -> list[str]:
    staffed = {a.school_id for a in standing.appointments if a.role in STAFF}
    return sorted(staffed | {w.student.school_id for w in standing.wards})


async def school_groups(
    ctx: Context, school_id: str, view: View | None = None
) -> SchoolGroups | None:
    """All groups of a school as they are now, whoever is in them; None where there is no such school."""

    async def make() -> tuple[SchoolGroups | None, None]:
        return await _made_groups(ctx, school_id), None

    key = f"groups:{school_id}"
    return await ctx.stores.stamps.kept(key, school_id, make, at=ctx.now(), view=view)


async def _made_groups(ctx: Context, school_id: str) -> SchoolGroups | None:
    school, rules, every, enrolments = await asyncio.gather(
        ctx.stores.schools.find_school(school_id),
        ctx.stores.groups.rules(school_id),
        ctx.stores.schools.classes_of_school(school_id),
        ctx.stores.groups.enrolments_of_school(school_id),
    )
    if school is None:
        return None
    classes = [c for c in every if c.ended_at is None]
    grades: dict[str, list[SchoolClass]] = defaultdict(list)
    for school_class in classes:
        grades[grade_group(school_class)].append(school_class)
    made = {key: make_group(key, school, rules, found) for key, found in grades.items()}
    kinds = (GroupKind.STAFF, GroupKind.HEADS)
    of_staff = [
        *(school_group(kind, school_id) for kind in kinds),
        *(research_group(school_id, number) for number in RESEARCH_GROUPS),
    ]
    put_in: dict[str, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments:
        put_in[enrolment.person_id].append(enrolment)
    return SchoolGroups(
        {c.id: make_group(class_group(c.id), school, rules, [c]) for c in classes},
        {c.id: made[grade_group(c)] for c in classes},
        make_group(school_group(GroupKind.COMMITTEE, school_id), school, rules),
        [make_group(key, school, rules) for key in of_staff],
        dict(put_in),
    )


def _groups_that_may_be(school_id: str, groups: SchoolGroups, standing: Standing) -> list[Group]:
    """Groups of one school in which this person could have a place; whether they do is for `seat_in` to say."""
    held = [a for a in standing.appointments if a.school_id == school_id and a.role in STAFF]
    named = {a.class_id for a in held} | {w.student.class_id for w in standing.wards}
    whole = any(not a.class_id for a in held)
    class_ids = [c for c in groups.of_class if whole or c in named]
    grades = {groups.of_grade[c].id: groups.of_grade[c] for c in class_ids}
    found = [*(groups.of_class[c] for c in class_ids), *grades.values(), groups.committee]
    return [*found, *groups.of_staff] if held else found


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
