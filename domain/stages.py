"""Stages of schooling (学段) and the two ways of cutting them: 六三学制 and 五四学制. Grades count from 1 to 12.

Both systems have nine years of compulsory schooling; they differ in where primary school ends. A grade's number
and its full name (六年级) mean the same in both, the short name does not: 初一 is grade 7, or grade 6.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

_DIGITS = "零一二三四五六七八九"
LAST_GRADE = 12


class System(StrEnum):
    """How the nine years are cut."""

    SIX_THREE = "six_three"  # 六三学制: six years of primary school, three of junior
    FIVE_FOUR = "five_four"  # 五四学制: five and four, 初一 to 初四
    FIVE_FOUR_PREP = "five_four_prep"  # 五四学制 as in Shanghai: 预初 (预备年级), then 初一 to 初三


class Stage(StrEnum):
    """A stage of schooling, in the order in which a child goes through them."""

    PRIMARY = "primary"  # 小学
    JUNIOR = "junior"  # 初中
    SENIOR = "senior"  # 高中


SYSTEM_NAMES = {
    System.SIX_THREE: "六三学制",
    System.FIVE_FOUR: "五四学制",
    System.FIVE_FOUR_PREP: "五四学制（设预备年级）",
}
STAGE_NAMES = {Stage.PRIMARY: "小学", Stage.JUNIOR: "初中", Stage.SENIOR: "高中"}
_SIX_THREE = {
    Stage.PRIMARY: range(1, 7),
    Stage.JUNIOR: range(7, 10),
    Stage.SENIOR: range(10, 13),
}
_FIVE_FOUR = {
    Stage.PRIMARY: range(1, 6),
    Stage.JUNIOR: range(6, 10),
    Stage.SENIOR: range(10, 13),
}
_GRADES = {
    System.SIX_THREE: _SIX_THREE,
    System.FIVE_FOUR: _FIVE_FOUR,
    System.FIVE_FOUR_PREP: _FIVE_FOUR,
}


def grades_of(stage: Stage, system: System) -> range:
    """The grades of a stage, the lowest first."""
    return _GRADES[system][stage]


def first_grade(stage: Stage, system: System) -> int:
    """The grade in which a child enters the stage: what a year of entry (2023级) counts from."""
    return grades_of(stage, system)[0]


def last_grade(stage: Stage, system: System) -> int:
    """The grade after which a child leaves the stage."""
    return grades_of(stage, system)[-1]


def stage_of(grade: int, system: System) -> Stage:
    """The stage a grade belongs to. Raises ValueError for what is no grade."""
    for stage, grades in _GRADES[system].items():
        if grade in grades:
            return stage
    raise ValueError(f"no grade: {grade}")


def school_grades(stages: Collection[Stage], system: System) -> tuple[int, ...]:
    """The grades of a school with these stages, the lowest first; none for no stages."""
    return tuple(grade for stage in Stage if stage in stages for grade in grades_of(stage, system))


def graduates(grade: int, stages: Collection[Stage], system: System) -> bool:
    """Whether children who have finished this grade leave the school: it is the last of a stage, and the school
    has no next one. In a nine-year school (九年一贯制) grade 6 goes on to grade 7 and only grade 9 leaves."""
    grades = school_grades(stages, system)
    return grade in grades and grade + 1 not in grades


def grade_name(grade: int) -> str:
    """The full name, the same in both systems: 三年级, 七年级, 高一年级."""
    return f"高{_DIGITS[grade - 9]}年级" if grade > 9 else f"{_DIGITS[grade]}年级"


def spoken_grade(grade: int, system: System) -> str:
    """As people say it: 三年级 in primary school, then 初一 to 初三 (五四: 初四), 高一 to 高三. Raises ValueError for
    what is no grade."""
    stage = stage_of(grade, system)
    if stage is Stage.PRIMARY:
        return grade_name(grade)
    year = grade - first_grade(stage, system) + 1
    if stage is Stage.SENIOR:
        return f"高{_DIGITS[year]}"
    if system is System.FIVE_FOUR_PREP:
        return f"初{_DIGITS[year - 1]}" if year > 1 else "预初"
    return f"初{_DIGITS[year]}"


def stages_in_name(school_name: str) -> frozenset[Stage]:
    """The stages a school's name speaks of: 小学, 初级中学; none when it says nothing certain (实验学校, 第一中学)."""
    words = {
        Stage.PRIMARY: ("小学",),
        Stage.JUNIOR: ("初中", "初级中学"),
        Stage.SENIOR: ("高中", "高级中学"),
    }
    return frozenset(
        stage for stage, said in words.items() if any(word in school_name for word in said)
    )
