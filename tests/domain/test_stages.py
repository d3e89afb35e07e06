"""Both systems cut the same twelve grades; who graduates depends on what the school has next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stages import (
    LAST_GRADE,
    Stage,
    System,
    first_grade,
    grade_name,
    grades_of,
    graduates,
    last_grade,
    school_grades,
    spoken_grade,
    stage_of,
    stages_in_name,
)

systems = st.sampled_from(System)
stage_sets = st.frozensets(st.sampled_from(Stage))


@given(systems)
def test_stages_partition_the_grades(system: System) -> None:
    grades = [grade for stage in Stage for grade in grades_of(stage, system)]
    assert grades == list(range(1, LAST_GRADE + 1))
    assert all(grade in grades_of(stage_of(grade, system), system) for grade in grades)


@given(systems)
def test_every_grade_has_a_name_of_its_own(system: System) -> None:
    grades = range(1, LAST_GRADE + 1)
    assert len({spoken_grade(grade, system) for grade in grades}) == LAST_GRADE
    assert len({grade_name(grade) for grade in grades}) == LAST_GRADE


@given(systems, stage_sets)
def test_a_school_has_the_grades_of_its_stages_and_no_others(
    system: System, stages: frozenset[Stage]
) -> None:
    grades = school_grades(stages, system)
    assert list(grades) == sorted(set(grades))
    assert {stage_of(grade, system) for grade in grades} == stages


@given(systems, stage_sets)
def test_every_child_leaves_or_goes_on_to_the_next_grade(
    system: System, stages: frozenset[Stage]
) -> None:
    grades = school_grades(stages, system)
    for grade in grades:
        assert graduates(grade, stages, system) != (grade + 1 in grades)
    for stage in stages:
        assert all(not graduates(grade, stages, system) for grade in grades_of(stage, system)[:-1])


def test_grades_as_people_say_them() -> None:
    said = {system: [spoken_grade(grade, system) for grade in range(5, 11)] for system in System}
    assert said[System.SIX_THREE] == ["五年级", "六年级", "初一", "初二", "初三", "高一"]
    assert said[System.FIVE_FOUR] == ["五年级", "初一", "初二", "初三", "初四", "高一"]
    assert said[System.FIVE_FOUR_PREP] == ["五年级", "预初", "初一", "初二", "初三", "高一"]
    assert [grade_name(grade) for grade in (6, 9, 12)] == ["六年级", "九年级", "高三年级"]


def test_where_a_stage_begins_and_ends() -> None:
    assert (
        first_grade(Stage.JUNIOR, System.FIVE_FOUR),
        first_grade(Stage.JUNIOR, System.SIX_THREE),
    ) == (6, 7)
    assert (
        last_grade(Stage.PRIMARY, System.FIVE_FOUR),
        last_grade(Stage.PRIMARY, System.SIX_THREE),
    ) == (5, 6)


def test_a_nine_year_school_keeps_its_sixth_graders() -> None:
    nine_years = {Stage.PRIMARY, Stage.JUNIOR}
    assert graduates(6, {Stage.PRIMARY}, System.SIX_THREE)
    assert not graduates(6, nine_years, System.SIX_THREE)
    assert graduates(5, {Stage.PRIMARY}, System.FIVE_FOUR)
    assert not graduates(5, nine_years, System.FIVE_FOUR)
    assert graduates(9, nine_years, System.FIVE_FOUR)
    # A primary school with a senior one, and nothing between, does not keep them.
    assert graduates(6, {Stage.PRIMARY, Stage.SENIOR}, System.SIX_THREE)
    assert not graduates(10, {Stage.PRIMARY}, System.SIX_THREE), "no grade of this school"


@pytest.mark.parametrize("grade", [0, 13, -1])
def test_what_is_no_grade_has_no_stage(grade: int) -> None:
    with pytest.raises(ValueError, match="no grade"):
        stage_of(grade, System.SIX_THREE)


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("青禾小学", {Stage.PRIMARY}),
        ("青禾初级中学", {Stage.JUNIOR}),
        ("青禾高级中学", {Stage.SENIOR}),
        ("青禾小学初中部", {Stage.PRIMARY, Stage.JUNIOR}),
        ("青禾实验学校", set()),
        ("第一中学", set()),
    ],
)
def test_what_a_school_s_name_says(name: str, stages: set[Stage]) -> None:
    assert stages_in_name(name) == stages
