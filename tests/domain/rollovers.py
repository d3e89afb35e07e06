"""Schools on the eve of a new year, and one in memory that takes the steps of going up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from domain.roles import Appointment, Role, appointment_id
from domain.rollover_plans import SchoolNow, borders_of, first_grades
from domain.rollovers import (
    Choices,
    LeaderWay,
    Plan,
    Step,
    leader_after,
    leader_unbegun,
    lowered,
    may_stand_again,
    raised,
)
from domain.roster_classes import ClassName
from domain.schools import School, SchoolClass
from domain.stages import Stage, System, school_grades

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 8, 20)
TAG = "rollover:s:2026:1"
USUAL = Choices()


def a_class(grade: int, label: str, *, year: int = 2025, key: str = "") -> SchoolClass:
    return SchoolClass(
        id=key or f"c-{grade}-{label}",
        school_id="s",
        name=ClassName(grade, label).name,
        grade=grade,
        entered=year - grade + 1,
        label=label,
    )


def a_leader(grade: int, person: str, **changes: object) -> Appointment:
    appointment = Appointment(
        id=appointment_id(Role.GRADE_LEADER, person, place_id="s", grade=grade),
        person_id=person,
        role=Role.GRADE_LEADER,
        name="年级组长",
        school_id="s",
        grade=grade,
    )
    return replace(appointment, **changes)  # type: ignore[arg-type]


def a_head(class_id: str, person: str = "head") -> Appointment:
    return Appointment(
        id=appointment_id(Role.HEAD_TEACHER, person, place_id="s", class_id=class_id),
        person_id=person,
        role=Role.HEAD_TEACHER,
        name="班主任",
        school_id="s",
        class_id=class_id,
    )


def a_school(*stages: Stage, system: System = System.SIX_THREE, year: int = 2025) -> School:
    return School(id="s", name="青禾学校", stages=stages, system=system, year=year)


def now_of(
    school: School,
    classes: Iterable[SchoolClass],
    appointments: Iterable[Appointment] = (),
) -> SchoolNow:
    classes = list(classes)
    return SchoolNow(
        school=school,
        classes=classes,
        pupils={c.id: 40 for c in classes if c.ended_at is None},
        appointments=list(appointments),
        at=NOW,
    )


def full_school(school: School, *, per_grade: int = 2) -> list[SchoolClass]:
    grades = school_grades(school.stages, school.system)
    return [a_class(g, str(n)) for g in grades for n in range(1, per_grade + 1)]


# --------------------------------------------------------- a school in memory that takes the steps


class Memory:
    """Classes and appointments by id, changed step by step as the services change the stored ones."""

    def __init__(self, now: SchoolNow) -> None:
        self.classes = {c.id: c for c in now.classes}
        self.appointments = {a.id: a for a in now.appointments}
        self.year = now.school.year

    def state(self) -> tuple[object, object, int]:
        return dict(self.classes), dict(self.appointments), self.year

    def take(self, plan: Plan, step: Step) -> None:
        getattr(self, f"_{step.kind.value}")(plan, step.class_id)

    def _end(self, key: str) -> None:
        held = self.appointments[key]
        if held.ended_at is None:
            self.appointments[key] = replace(held, ended_at=NOW)

    def _revive(self, key: str) -> None:
        held = self.appointments[key]
        if held.ended_at == NOW:
            self.appointments[key] = replace(held, ended_at=None)

    def _end_leaders(self, plan: Plan, _: str) -> None:
        for move in plan.leaders:
            if move.way is not LeaderWay.STAYS:
                self._end(move.appointment.id)

    def _end_class(self, plan: Plan, class_id: str) -> None:
        for key, of in plan.teachers:
            if of == class_id:
                self._end(key)
        held = self.classes[class_id]
        self.classes[class_id] = replace(held, ended_at=held.ended_at or NOW)

    _end_again = _end_class

    def _raise(self, plan: Plan, class_id: str) -> None:
        self.classes[class_id] = raised(self.classes[class_id], plan.move_of(class_id))

    def _found(self, plan: Plan, _: str) -> None:
        for founded in plan.founded:
            self.classes.setdefault(founded.id, founded)

    def _begin_leaders(self, plan: Plan, _: str) -> None:
        for move in plan.leaders:
            after = leader_after(move, NOW, TAG)
            if after is not None:
                self.appointments[after.id] = after

    def _year(self, plan: Plan, _: str) -> None:
        self.year = plan.year

    def _year_back(self, plan: Plan, _: str) -> None:
        self.year = plan.year_before

    def _unbegin_leaders(self, plan: Plan, _: str) -> None:
        for move in plan.leaders:
            after = leader_after(move, NOW, TAG)
            if after is None:
                continue
            kept = leader_unbegun(move, self.appointments.get(after.id), NOW, TAG)
            self.appointments.pop(after.id, None)
            if kept is not None:
                self.appointments[kept.id] = kept

    def _unfound(self, plan: Plan, _: str) -> None:
        for founded in plan.founded:
            self.classes.pop(founded.id, None)

    def _lower(self, plan: Plan, class_id: str) -> None:
        self.classes[class_id] = lowered(self.classes[class_id], plan.move_of(class_id))

    def _reopen_class(self, plan: Plan, class_id: str) -> None:
        held = self.classes[class_id]
        self.classes[class_id] = replace(held, ended_at=None)
        for key, of in plan.teachers:
            if of == class_id:
                self._revive(key)

    def _leaders_again(self, plan: Plan, _: str) -> None:
        for move in plan.leaders:
            after = leader_after(move, NOW, TAG)
            current = self.appointments.get(after.id) if after else None
            if move.way is not LeaderWay.STAYS and may_stand_again(move, current, NOW):
                self._revive(move.appointment.id)


# ------------------------------------------------------------------------------------- strategies

STAGES = [
    (Stage.PRIMARY,),
    (Stage.JUNIOR,),
    (Stage.SENIOR,),
    (Stage.PRIMARY, Stage.JUNIOR),
    (Stage.JUNIOR, Stage.SENIOR),
    (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR),
    (Stage.PRIMARY, Stage.SENIOR),
]


@st.composite
def schools(draw: st.DrawFn) -> SchoolNow:
    school = a_school(
        *draw(st.sampled_from(STAGES)),
        system=draw(st.sampled_from(System)),
        year=draw(st.sampled_from([0, 2025])),
    )
    grades = school_grades(school.stages, school.system)
    classes: list[SchoolClass] = []
    for grade in grades:
        for label in draw(st.sets(st.sampled_from(["1", "2", "3", "A", "向日葵"]), max_size=3)):
            kept = draw(st.booleans())
            classes.append(
                a_class(grade, label)
                if kept or not classes
                else replace(a_class(grade, label), entered=0, label="")
            )
    # A list of the new year was taken in before going up.
    classes += [
        a_class(first, "9", year=2026, key=f"new-{first}")
        for first in first_grades(school)
        if draw(st.booleans())
    ]
    if draw(st.booleans()):
        classes.append(replace(a_class(grades[-1], "7", year=2020, key="old"), ended_at=NOW))
    people = st.sampled_from(["p", "q", "r"])
    leaders = {
        a.id: a
        for a in (
            a_leader(draw(st.sampled_from(grades)), draw(people))
            for _ in range(draw(st.integers(0, 5)))
        )
    }
    for key in draw(st.sets(st.sampled_from(sorted(leaders)))) if leaders else ():
        leaders[key] = replace(leaders[key], ended_at=NOW - timedelta(days=300))
    heads = [a_head(c.id) for c in classes if c.ended_at is None]
    return now_of(school, classes, [*leaders.values(), *heads])


@st.composite
def choices_for(draw: st.DrawFn, now: SchoolNow) -> Choices:
    return Choices(
        intake=tuple((g, draw(st.integers(0, 6))) for g in first_grades(now.school)),
        leaving=tuple((b.grade, draw(st.booleans())) for b in borders_of(now.school)),
        staying=tuple(
            a.id for a in now.appointments if a.role is Role.GRADE_LEADER and draw(st.booleans())
        ),
    )
