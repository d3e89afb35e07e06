"""Every class goes exactly one way; what goes up and is taken back is what it was; nothing uncertain is guessed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roles import Role, appointment_id
from domain.rollover_plans import (
    MOST_FOUNDED,
    leaving_grades,
    plan_rollover,
    standing_year,
)
from domain.rollovers import (
    Choices,
    LeaderWay,
    StepKind,
    Trouble,
    Way,
    backward_steps,
    deadline,
    forward_steps,
    is_pressing,
    opens_on,
)
from domain.schools import SchoolClass
from domain.stages import Stage, System, school_grades
from tests.domain.rollovers import (
    NOW,
    TODAY,
    USUAL,
    Memory,
    a_class,
    a_leader,
    a_school,
    choices_for,
    full_school,
    now_of,
    schools,
)


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
