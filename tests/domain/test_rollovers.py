"""Every class goes exactly one way; what goes up and is taken back is what it was; nothing uncertain is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roles import Appointment, Role, appointment_id
from domain.rollover_plans import (
    MOST_FOUNDED,
    SchoolNow,
    borders_of,
    first_grades,
    leaving_grades,
    plan_rollover,
    standing_year,
)
from domain.rollovers import (
    Choices,
    LeaderWay,
    Plan,
    Step,
    StepKind,
    Trouble,
    Way,
    backward_steps,
    deadline,
    forward_steps,
    is_pressing,
    leader_after,
    leader_unbegun,
    lowered,
    may_stand_again,
    opens_on,
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
    classes = []
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


# ------------------------------------------------------------------------------------------ tests


@given(st.data())
def test_every_class_goes_exactly_one_way(data: st.DataObject) -> None:
    now = data.draw(schools())
    plan = plan_rollover(now, data.draw(choices_for(now)), TODAY)
    if plan.problems:
        assert any(p.trouble for p in plan.problems)
        return
    assert Counter(m.class_id for m in plan.moves) == Counter(c.id for c in now.classes)
    grades = school_grades(now.school.stages, now.school.system)
    for move in plan.moves:
        if move.way is Way.UP:
            assert move.after.grade == move.before.grade + 1
            assert move.after.grade in grades
            assert move.after.entered == 2026 - move.after.grade + 1
        else:
            assert move.after == move.before
    living = [m.after.name for m in plan.moves if m.way in (Way.UP, Way.ARRIVED)]
    names = [*living, *(c.name for c in plan.founded)]
    assert len(names) == len(set(names))


@given(st.data())
def test_going_up_and_taking_it_back_is_the_identity(data: st.DataObject) -> None:
    now = data.draw(schools())
    plan = plan_rollover(now, data.draw(choices_for(now)), TODAY)
    memory = Memory(now)
    before = memory.state()
    for step in forward_steps(plan):
        memory.take(plan, step)
    for step in backward_steps(plan):
        memory.take(plan, step)
    assert memory.state() == before


@given(st.data())
def test_a_step_that_is_repeated_changes_nothing_more(data: st.DataObject) -> None:
    """Also when the process died further on and a few steps are taken again from there."""
    now = data.draw(schools())
    plan = plan_rollover(now, data.draw(choices_for(now)), TODAY)
    once, often = Memory(now), Memory(now)
    for steps in (forward_steps(plan), backward_steps(plan)):
        for step in steps:
            once.take(plan, step)
            for _ in range(data.draw(st.integers(1, 3))):
                often.take(plan, step)
            assert once.state() == often.state()


@given(st.data())
def test_nobody_leads_a_grade_between_the_end_of_the_old_and_the_beginning_of_the_new(
    data: st.DataObject,
) -> None:
    """While classes go up or down, no leader who moves stands: a grade's number means two things then."""
    now = data.draw(schools())
    plan = plan_rollover(now, data.draw(choices_for(now)), TODAY)
    memory = Memory(now)
    stays = {m.appointment.id for m in plan.leaders if m.way is LeaderWay.STAYS}
    for step in (*forward_steps(plan), *backward_steps(plan)):
        memory.take(plan, step)
        if step.kind in (StepKind.RAISE, StepKind.LOWER):
            leading = {
                a.id
                for a in memory.appointments.values()
                if a.role is Role.GRADE_LEADER and a.ended_at is None
            }
            assert leading <= stays


def test_names_never_meet_while_classes_go_up() -> None:
    school = a_school(Stage.PRIMARY)
    now = now_of(school, full_school(school))
    plan = plan_rollover(now, USUAL, TODAY)
    memory = Memory(now)
    for step in (*forward_steps(plan), *backward_steps(plan)):
        memory.take(plan, step)
        names = [c.name for c in memory.classes.values() if c.ended_at is None]
        if step.kind is not StepKind.REOPEN_CLASS:
            assert len(names) == len(set(names)), step


@pytest.mark.parametrize(
    ("stages", "system", "leaving"),
    [
        ((Stage.PRIMARY,), System.SIX_THREE, {6}),
        ((Stage.PRIMARY,), System.FIVE_FOUR, {5}),
        ((Stage.JUNIOR,), System.FIVE_FOUR, {9}),
        ((Stage.JUNIOR,), System.SIX_THREE, {9}),
        ((Stage.SENIOR,), System.SIX_THREE, {12}),
        ((Stage.PRIMARY, Stage.JUNIOR), System.SIX_THREE, {9}),  # grade 6 goes on
        ((Stage.PRIMARY, Stage.JUNIOR), System.FIVE_FOUR, {9}),  # grade 5 goes on
        ((Stage.JUNIOR, Stage.SENIOR), System.SIX_THREE, {9, 12}),  # the entrance exam
        ((Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR), System.SIX_THREE, {9, 12}),
    ],
)
def test_who_leaves(stages: tuple[Stage, ...], system: System, leaving: set[int]) -> None:
    school = a_school(*stages, system=system)
    assert leaving_grades(school) == leaving
    plan = plan_rollover(now_of(school, full_school(school)), USUAL, TODAY)
    assert {m.before.grade for m in plan.going(Way.GRADUATES)} == leaving
    assert plan.graduating_pupils == 2 * 40 * len(leaving)
    # As many are founded as leave, in the grades that nobody goes up into.
    grades = school_grades(stages, system)
    new = {grades[0]} | {g + 1 for g in leaving if g + 1 in grades}
    assert Counter(c.grade for c in plan.founded) == dict.fromkeys(new, 2)


def test_a_border_inside_a_school_is_a_persons_to_choose() -> None:
    complete = a_school(Stage.JUNIOR, Stage.SENIOR)
    choices = Choices(leaving=((9, False),))
    assert leaving_grades(complete, choices) == {12}
    plan = plan_rollover(now_of(complete, full_school(complete)), choices, TODAY)
    assert "高一年级一班" in [m.after.name for m in plan.going(Way.UP)]
    nine = a_school(Stage.PRIMARY, Stage.JUNIOR)
    assert leaving_grades(nine, Choices(leaving=((6, True),))) == {6, 9}
    # What is no border cannot be chosen.
    assert leaving_grades(nine, Choices(leaving=((3, True),))) == {9}


def test_a_class_of_the_new_year_that_came_with_a_list_is_there_already() -> None:
    school = a_school(Stage.PRIMARY)
    arrived = a_class(1, "1", year=2026, key="new")
    plan = plan_rollover(now_of(school, [*full_school(school), arrived]), USUAL, TODAY)
    assert plan.problems == ()
    assert plan.move_of("new").way is Way.ARRIVED
    assert [c.name for c in plan.founded] == ["一年级二班"]


def test_founded_classes_have_numbers_that_are_free() -> None:
    school = a_school(Stage.PRIMARY, Stage.JUNIOR)
    choices = Choices(intake=((7, 2), (1, 500)))
    plan = plan_rollover(now_of(school, full_school(school)), choices, TODAY)
    assert [c.name for c in plan.founded if c.grade == 7] == ["七年级三班", "七年级四班"]
    assert sum(c.grade == 1 for c in plan.founded) == MOST_FOUNDED
    assert plan.problems == ()


def test_a_class_of_old_is_known_by_its_name() -> None:
    school = a_school(Stage.PRIMARY)
    old = SchoolClass(id="old", school_id="s", name="三（2）班", grade=3)
    plan = plan_rollover(now_of(school, [old]), USUAL, TODAY)
    after = plan.move_of("old").after
    assert (after.name, after.grade, after.entered, after.label) == ("四年级二班", 4, 2023, "2")


@pytest.mark.parametrize(
    ("classes", "trouble"),
    [
        ([SchoolClass(id="c", school_id="s", name="三十一班", grade=3)], Trouble.UNREADABLE),
        ([SchoolClass(id="c", school_id="s", name="四年级一班", grade=3)], Trouble.UNREADABLE),
        ([a_class(3, "1"), a_class(3, "2"), a_class(4, "1", year=2022)], Trouble.OUT_OF_STEP),
        ([a_class(3, "1"), a_class(8, "1")], Trouble.OUTSIDE),
        ([a_class(3, "1"), a_class(3, "1", key="twin")], Trouble.CLASH),
        ([], Trouble.NO_CLASSES),
    ],
)
def test_what_is_uncertain_stands_in_the_way(classes: list[SchoolClass], trouble: Trouble) -> None:
    plan = plan_rollover(now_of(a_school(Stage.PRIMARY), classes), USUAL, TODAY)
    assert [p.trouble for p in plan.problems] == [trouble]


def test_a_school_says_first_what_it_is() -> None:
    nameless = [SchoolClass(id="c", school_id="s", name="三年级一班", grade=3)]
    plan = plan_rollover(now_of(a_school(year=0), nameless), USUAL, TODAY)
    assert [p.trouble for p in plan.problems] == [Trouble.NO_STAGES, Trouble.NO_YEAR]
    assert plan.moves == ()


def test_a_year_is_gone_up_into_once_and_not_before_july() -> None:
    school = a_school(Stage.PRIMARY, year=2026)
    done = [a_class(3, "1", year=2026)]
    plan = plan_rollover(now_of(school, done), USUAL, TODAY)
    assert [p.trouble for p in plan.problems] == [Trouble.DONE]
    assert plan.year == 2027
    assert plan_rollover(now_of(school, done), USUAL, opens_on(2027)).problems == ()


def test_which_year_the_classes_stand_for() -> None:
    old, new = [a_class(3, "1"), a_class(4, "1")], a_class(1, "1", year=2026)
    assert standing_year(a_school(year=0), [*old, new]) == 2025
    # A list that was taken in early does not make a year that most classes have not gone up into.
    assert standing_year(a_school(year=2026), [*old, new]) == 2025
    assert standing_year(a_school(year=0), [a_class(3, "1"), new]) == 2025
    assert standing_year(a_school(year=2025), []) == 2025
    assert standing_year(a_school(year=0), []) == 0


def test_leaders_go_with_their_grade_unless_they_stay() -> None:
    school = a_school(Stage.PRIMARY)
    leaders = [a_leader(2, "p"), a_leader(3, "p"), a_leader(4, "q"), a_leader(6, "r")]
    now = now_of(school, full_school(school), leaders)
    plan = plan_rollover(now, Choices(staying=(leaders[2].id,)), TODAY)
    ways = {m.appointment.id: m.way for m in plan.leaders}
    assert [ways[leader.id] for leader in leaders] == [
        LeaderWay.UP,
        LeaderWay.UP,
        LeaderWay.STAYS,
        LeaderWay.ENDS,
    ]
    # Who leads the next grade already, and keeps it, needs no second appointment for it.
    plan = plan_rollover(now, Choices(staying=(leaders[1].id,)), TODAY)
    assert plan.leaders[0].way is LeaderWay.ENDS


def test_what_a_person_decided_since_stays_when_it_is_taken_back() -> None:
    school = a_school(Stage.PRIMARY)
    now = now_of(school, full_school(school), [a_leader(2, "p")])
    plan = plan_rollover(now, USUAL, TODAY)
    memory = Memory(now)
    for step in forward_steps(plan):
        memory.take(plan, step)
    new_id = appointment_id(Role.GRADE_LEADER, "p", place_id="s", grade=3)
    ended = replace(memory.appointments[new_id], ended_at=NOW + timedelta(hours=1))
    memory.appointments[new_id] = ended
    renamed = replace(memory.classes["c-2-1"], label="5", name="三年级五班")
    memory.classes["c-2-1"] = renamed
    for step in backward_steps(plan):
        memory.take(plan, step)
    assert memory.appointments[new_id] == ended
    assert memory.appointments[plan.leaders[0].appointment.id].ended_at == NOW
    assert (memory.classes["c-2-1"].name, memory.classes["c-2-1"].grade) == ("二年级五班", 2)


def test_the_deadline() -> None:
    assert deadline(2026) == date(2026, 9, 30)
    assert not is_pressing(2026, date(2026, 7, 31))
    assert is_pressing(2026, date(2026, 8, 1))
