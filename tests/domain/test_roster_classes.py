"""初一, 初四, 预初 and 2023级 mean what this school's system and stages say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class, read_grade
from domain.stages import (
    LAST_GRADE,
    Stage,
    System,
    first_grade,
    grade_name,
    school_grades,
    spoken_grade,
)

BEGAN = 2026
systems = st.sampled_from(System)
grades = st.integers(1, LAST_GRADE)
NINE_YEARS = frozenset({Stage.PRIMARY, Stage.JUNIOR})


def year(system: System, *stages: Stage) -> SchoolYear:
    return SchoolYear(BEGAN, frozenset(stages), system)


@given(systems, grades, st.integers(1, 99))
def test_a_grade_as_this_school_says_it_is_read_as_that_grade(
    system: System, grade: int, number: int
) -> None:
    here = year(system)
    for said in (spoken_grade(grade, system), grade_name(grade)):
        assert read_grade(said, here) == grade
        read = read_class(f"{said}（{number}）班", grade=None, year=here)
        assert read == ClassName(grade, str(number))


@given(systems, st.sampled_from(Stage), st.integers(2015, BEGAN + 1))
def test_a_year_of_entry_counts_from_the_first_grade_of_the_stage(
    system: System, stage: Stage, entered: int
) -> None:
    grade = first_grade(stage, system) + BEGAN - entered
    if grade in school_grades({stage}, system):
        assert read_grade(f"{entered}级", year(system, stage)) == grade
    else:
        with pytest.raises(ClassError):
            read_grade(f"{entered}级", year(system, stage))


@pytest.mark.parametrize(
    ("said", "system", "grade"),
    [
        ("初一(2)班", System.SIX_THREE, 7),
        ("初一(2)班", System.FIVE_FOUR, 6),
        ("初一(2)班", System.FIVE_FOUR_PREP, 7),
        ("初四2班", System.FIVE_FOUR, 9),
        ("初42班", System.FIVE_FOUR, 9),
        ("青禾初级中学初三（2）班", System.FIVE_FOUR, 8),
        ("预初2班", System.FIVE_FOUR_PREP, 6),
        ("预备年级（2）班", System.FIVE_FOUR_PREP, 6),
        ("初2023级2班", System.SIX_THREE, None),
        ("初2023级2班", System.FIVE_FOUR, 9),
        ("初2024级2班", System.SIX_THREE, 9),
        ("初2024级2班", System.FIVE_FOUR, 8),
        ("高一2班", System.FIVE_FOUR, 10),
        ("初四2班", System.SIX_THREE, None),
        ("初四2班", System.FIVE_FOUR_PREP, None),
        ("预初2班", System.SIX_THREE, None),
        ("预初2班", System.FIVE_FOUR, None),
        ("高四2班", System.SIX_THREE, None),
    ],
)
def test_short_names_by_system(said: str, system: System, grade: int | None) -> None:
    if grade is None:
        with pytest.raises(ClassError) as refused:
            read_class(said, grade=None, year=year(system))
        assert refused.value.code == "class_unclear"
    else:
        assert read_class(said, grade=None, year=year(system)) == ClassName(grade, "2")


def test_a_column_that_says_another_grade_is_noticed_in_the_school_s_own_words() -> None:
    here = year(System.FIVE_FOUR)
    assert read_class("初一2班", grade=read_grade("六年级", here), year=here) == ClassName(6, "2")
    with pytest.raises(ClassError) as refused:
        read_class("初一2班", grade=read_grade("七年级", here), year=here)
    assert refused.value.code == "grade_differs"


def test_in_a_school_of_several_stages_a_year_of_entry_is_read_only_where_one_stage_fits() -> None:
    here = SchoolYear(BEGAN, NINE_YEARS, System.SIX_THREE)
    assert read_grade("2022级", here) == 5, "no one who entered grade 7 then is still here"
    for said in ("2024级", "2026级"):
        with pytest.raises(ClassError) as refused:
            read_grade(said, here)
        assert refused.value.code == "stage_unknown"
    assert read_grade("初2024级", here) == 9
    assert read_grade("小2024级", here) == 3
