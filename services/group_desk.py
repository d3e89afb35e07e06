"""A school's groups as its office looks after them at a desk: how they talk, who was put into one, who could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.bindings import Binding
from domain.errors import NotFoundError
from domain.groups import (
    RESEARCH_GROUPS,
    STAFF,
    Enrolment,
    Group,
    GroupKind,
    GroupRules,
    Seat,
    Ward,
    class_group,
    grade_group,
    make_group,
    research_group,
    school_group,
)
from domain.names import natural_order
from domain.schools import School, SchoolClass, Student
from services.context import Context
from services.group_rules import rules_at
from services.groups import members_of
from services.people import Post


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is in a research group now, and by which decision, where it is not by their subject."""

    seat: Seat
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True)
class ResearchGroup:
    """A research group: who is in it, and the staff who could be put there, as person and name."""

    group: Group
    members: tuple[Member, ...]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Appointed:
    """A guardian of the parents' committee; without `ward` they are no guardian of that child any more."""

    enrolment: Enrolment
    ward: Ward | None
    class_name: str


@dataclass(frozen=True, slots=True)
class GroupDesk:
    """All that the page shows. `wards` are the guardians of `school_class` who could be appointed."""

    rules: GroupRules
    groups: tuple[Group, ...]
    research: tuple[ResearchGroup, ...]
    committee: tuple[Appointed, ...]
    classes: tuple[SchoolClass, ...]
    school_class: SchoolClass | None
    wards: tuple[Ward, ...]

    @property
    def differing(self) -> tuple[Group, ...]:
        """Groups that talk otherwise than their kind does."""
        return tuple(g for g in self.groups if self.rules.differs(g))


async def group_desk(ctx: Context, post: Post, class_id: str = "") -> GroupDesk:
    """The groups of the school, for its office; with the guardians of one class. Raises NotFoundError."""
    rules = await rules_at(ctx, post)
    if post.school is None:
        raise NotFoundError
    every = await ctx.stores.schools.classes_of_school(post.school.id)
    classes = sorted(
        (c for c in every if c.ended_at is None), key=lambda c: (c.grade, natural_order(c.name))
    )
    chosen = next((c for c in classes if c.id == class_id), None)
    if class_id and chosen is None:
        raise NotFoundError
    groups = _groups(post.school, rules, classes)
    staff = await _staff(ctx, post.school)
    return GroupDesk(
        rules=rules,
        groups=groups,
        research=tuple(
            [await _research(ctx, g, staff) for g in groups if g.kind is GroupKind.RESEARCH]
        ),
        committee=await _committee(ctx, post.school, every),
        classes=tuple(classes),
        school_class=chosen,
        wards=await _wards(ctx, chosen) if chosen else (),
    )


def _groups(school: School, rules: GroupRules, classes: Sequence[SchoolClass]) -> tuple[Group, ...]:
    """Every group there is now: the school's, the grades', the classes'."""
    ids = [school_group(kind, school.id) for kind in (GroupKind.STAFF, GroupKind.HEADS)]
    ids += [research_group(school.id, number) for number in RESEARCH_GROUPS]
    ids.append(school_group(GroupKind.COMMITTEE, school.id))
    made = [make_group(group_id, school, rules) for group_id in ids]
    grades: dict[str, list[SchoolClass]] = {}
    for school_class in classes:
        grades.setdefault(grade_group(school_class), []).append(school_class)
    made += [make_group(group_id, school, rules, found) for group_id, found in grades.items()]
    made += [make_group(class_group(c.id), school, rules, [c]) for c in classes]
    return tuple(made)


async def _staff(ctx: Context, school: School) -> dict[str, str]:
    """Everybody who is somebody at the school now, by name."""
    held = await ctx.stores.appointments.of_school(school.id)
    names = {a.person_id: a.name for a in held if a.role in STAFF and a.stands(ctx.now())}
    return dict(sorted(names.items(), key=lambda pair: (pair[1], pair[0])))


async def _research(ctx: Context, group: Group, staff: dict[str, str]) -> ResearchGroup:
    kept = await ctx.stores.groups.enrolments_of_group(group.school_id, group.id)
    put = {e.person_id: e for e in kept if e.stands(ctx.now()) and not e.out}
    seats = await members_of(ctx, group)
    here = {seat.person_id for seat in seats}
    return ResearchGroup(
        group,
        tuple(Member(seat, put.get(seat.person_id)) for seat in seats),
        tuple((person, name) for person, name in staff.items() if person not in here),
    )


async def _committee(
    ctx: Context, school: School, classes: Sequence[SchoolClass]
) -> tuple[Appointed, ...]:
    group_id = school_group(GroupKind.COMMITTEE, school.id)
    kept = await ctx.stores.groups.enrolments_of_group(school.id, group_id)
    held = [e for e in kept if e.stands(ctx.now())]
    students = await ctx.stores.schools.students({e.student_id for e in held})
    bindings = await _bindings(ctx, school.id, list(students))
    names = {c.id: c.name for c in classes}
    found = []
    for enrolment in sorted(held, key=lambda e: (not e.leads, e.since, e.id)):
        student = students.get(enrolment.student_id)
        binding = bindings.get((enrolment.student_id, enrolment.person_id))
        ward = Ward(student, binding) if student and binding else None
        found.append(Appointed(enrolment, ward, names.get(student.class_id, "") if student else ""))
    return tuple(found)


async def _wards(ctx: Context, school_class: SchoolClass) -> tuple[Ward, ...]:
    """The guardians of a class who could be appointed, in the order of its list."""
    students = await ctx.stores.schools.students_of(school_class.school_id, [school_class.id])
    bindings = await _bindings(ctx, school_class.school_id, [s.id for s in students])
    by_id = {s.id: s for s in students}
    found = [Ward(by_id[student_id], binding) for (student_id, _), binding in bindings.items()]
    return tuple(sorted(found, key=_list_order))


def _list_order(ward: Ward) -> tuple[int, str, str, int, str]:
    student: Student = ward.student
    return (student.number, student.name, student.id, ward.binding.order, ward.binding.id)


async def _bindings(
    ctx: Context, school_id: str, student_ids: list[str]
) -> dict[tuple[str, str], Binding]:
    """Guardians who may do more than read, by child and person."""
    found = await ctx.stores.bindings.active_of_students(school_id, student_ids)
    return {(b.student_id, b.person_id): b for b in found if b.may_confirm}
