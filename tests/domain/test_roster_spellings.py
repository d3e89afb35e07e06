"""A class as schools spell it is one class; what could be another is not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class
from tests.domain.rosters import (
    YEAR,
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "三年级二班",
            "三年级2班",
            "三（2）班",
            "三(二)班",
            "三2班",
            "三二班",
            "三年2班",
            "3年2班",
        ),
        *("3.2", "3-2", "３．２", "302", "0302", "2024级2班", "24级02班", " 三 （2） 班 "),
        *("小学三年级(2)班", "青禾小学三年级二班", "第一小学三（2）班"),
    ],
)
def test_every_usual_spelling_of_a_class_is_one_class(text: str) -> None:
    found = read_class(text, grade=None, year=YEAR)
    assert (found, found.name) == (ClassName(3, "2"), "三年级二班")


@pytest.mark.parametrize(
    ("text", "grade", "name"),
    [
        ("初一(2)班", None, "七年级二班"),
        ("初2025级3班", None, "八年级三班"),
        ("高三（12）班", None, "高三年级十二班"),
        ("三年级向日葵班", None, "三年级向日葵班"),
        ("三（a）班", None, "三年级A班"),
        ("二班", 3, "三年级二班"),
        ("2", 3, "三年级二班"),
        ("三（11）班", 3, "三年级十一班"),
    ],
)
def test_other_classes(text: str, grade: int | None, name: str) -> None:
    assert read_class(text, grade=grade, year=YEAR).name == name


@pytest.mark.parametrize(
    ("text", "grade", "code"),
    [
        ("2班", None, "class_unclear"),
        ("三年级", None, "class_unclear"),
        ("三十一班", None, "class_two_ways"),
        ("三（2）班", 4, "grade_differs"),
        ("2019级2班", None, "class_unclear"),
        ("0年级2班", None, "class_unclear"),
        ("", None, "class_unclear"),
    ],
)
def test_what_could_be_another_class_is_not_guessed(
    text: str, grade: int | None, code: str
) -> None:
    with pytest.raises(ClassError) as refused:
        read_class(text, grade=grade, year=YEAR)
    assert refused.value.code == code


def test_a_year_of_entry_needs_a_stage() -> None:
    with pytest.raises(ClassError) as refused:
        read_class("2024级2班", grade=None, year=SchoolYear(2026))
    assert refused.value.code == "stage_unknown"


@given(st.integers(1, 12), st.integers(1, 99))
def test_the_name_of_a_class_is_read_as_that_class(grade: int, number: int) -> None:
    name = ClassName(grade, str(number))
    assert read_class(name.name, grade=None, year=YEAR) == name
