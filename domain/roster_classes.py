"""A class as schools spell it (三年级二班, 三（2）班, 3.2, 302, 2023级2班) → one name and grade. Never guesses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from domain.schools import SchoolClass
from domain.stages import (
    LAST_GRADE,
    Stage,
    System,
    first_grade,
    grade_name,
    grades_of,
    spoken_grade,
)

_DIGITS = "零一二三四五六七八九"
_HAN = "一二三四五六七八九十"
_GRADE = r"(?P<grade>[一二三四五六七八九]|十[一二]?|\d{1,2})"
_STAGES = {"小": Stage.PRIMARY, "初": Stage.JUNIOR, "高": Stage.SENIOR}
_MOST_CLASSES = 99
# What stands before a grade and says nothing about it.
_SCHOOL = re.compile(
    r"^.*?(?:小学部?|学校|校区|初中部|高中部|中学)(?=[初高预一二三四五六七八九十\d])"
)
_STAGE_GRADE = re.compile(
    r"(?:预初|预备|(?P<stage>[初高])中?(?P<grade>[一二三四1234]))(?:年级|年)?"
)
_PLAIN_GRADE = re.compile(rf"{_GRADE}(?:年级|年)")
_ENTRY = re.compile(r"(?P<stage>[小初高])?(?P<year>20\d\d|\d\d)级")
_IN_TITLE = re.compile(
    r"(?:预初|预备(?=年级)|[初高][一二三四]|[一二三四五六七八九](?=年级|\(|\d)|\d{1,2}(?=年级|\())(?:年级)?\(?"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[A-Za-z])\)?班"
)


class ClassError(ValueError):
    """Not a class, or one that could be two; `code` is a name of `roster_parsed.Reason`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The year in which this school year began, and what words like 初一 and 2023级 mean in this school: its stages
    (none when unknown) and its system."""

    began: int
    stages: frozenset[Stage] = frozenset()
    system: System = System.SIX_THREE

    def entered(self, grade: int) -> int:
        """The school year in which children who are in this grade now were in grade 1, by count of grades."""
        return self.began - grade + 1


@dataclass(frozen=True, slots=True)
class ClassName:
    """Grade 1 to 12 and what tells its classes apart: `2`, `A`, `向日葵`."""

    grade: int
    label: str

    @property
    def name(self) -> str:
        """As people say it: 三年级二班."""
        label = han_number(int(self.label)) if self.label.isdigit() else self.label
        return f"{grade_name(self.grade)}{label}班"


def han_number(number: int) -> str:
    """1 to 99 as Chinese numerals."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def read_grade(text: str, year: SchoolYear) -> int:
    """A cell of the column 年级. Raises ClassError."""
    plain = _plain(text).strip(".")
    if match := _STAGE_GRADE.fullmatch(plain):
        return _stage_grade(match, year.system)
    if match := _ENTRY.fullmatch(plain):
        return _entry_grade(match, year)
    if match := re.fullmatch(rf"{_GRADE}(?:年级|年|级)?", plain):
        return _checked(_number(match["grade"]))
    raise ClassError("class_unclear")


def read_class(text: str, *, grade: int | None, year: SchoolYear) -> ClassName:
    """A cell of the column 班级; `grade` is what the column 年级 says, if it says anything. Raises ClassError."""
    said, rest = _split(_plain(text), year)
    if said is None and grade is None:
        raise ClassError("class_unclear")
    if said is not None and grade is not None and said != grade:
        raise ClassError("grade_differs")
    return ClassName(_checked(said or grade), _label(rest))


def class_in_title(text: str) -> str | None:
    """The class that a sheet's title speaks of (青禾小学三年级二班学生名单); None when there is none, or several."""
    found = set(_IN_TITLE.findall(unicodedata.normalize("NFKC", text).replace(" ", "")))
    return found.pop() if len(found) == 1 else None


def _plain(text: str) -> str:
    """Without blanks, quotes, the school's name and 班 at the end; every kind of separator is one dot."""
    plain = re.sub(r"[\s\"'“”‘’《》]", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"班$", "", _SCHOOL.sub("", plain))
    return re.sub(r"[()\[\]【】.,·・\-‐-―−_/\\、。]+", ".", plain).rstrip(".")


def _split(plain: str, year: SchoolYear) -> tuple[int | None, str]:
    if match := _ENTRY.match(plain):
        return _entry_grade(match, year), plain[match.end() :].strip(".")
    if match := _STAGE_GRADE.match(plain):
        return _stage_grade(match, year.system), plain[match.end() :].strip(".")
    if match := _PLAIN_GRADE.match(plain):
        return _checked(_number(match["grade"])), plain[match.end() :].strip(".")
    if match := re.fullmatch(rf"{_GRADE}\.(?P<label>\d{{1,2}}|[{_HAN}]{{1,3}}|[A-Za-z])", plain):
        return _checked(_number(match["grade"])), match["label"]
    if match := re.fullmatch(r"0?(?P<grade>\d|1[012])(?P<label>\d\d)", plain):
        return _checked(int(match["grade"])), match["label"]
    if re.fullmatch(r"[一二三四五六七八九]十[一二三四五六七八九]?", plain):
        raise ClassError("class_two_ways")  # 三十一: class 31, or 三（11）
    if match := re.fullmatch(
        r"(?P<grade>[一二三四五六七八九])(?P<label>\d{1,2}|[一二三四五六七八九]|[A-Za-z])", plain
    ):
        return _checked(_number(match["grade"])), match["label"]
    return None, plain.strip(".")


def _label(text: str) -> str:
    number = _number(text)
    if number is not None:
        if not 1 <= number <= _MOST_CLASSES:
            raise ClassError("class_unclear")
        return str(number)
    # 向日葵, A, 国际: what is no number, and nothing that could hide one.
    if not re.fullmatch(r"[A-Za-z]|[^\W\d_A-Za-z]{1,8}", text) or set(text) & set(_HAN):
        raise ClassError("class_unclear")
    return text.upper()


def _number(text: str) -> int | None:
    """Arabic or Chinese numerals below a hundred."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    match = re.fullmatch(r"([一二三四五六七八九])?(十)?([一二三四五六七八九])?", text)
    if not match or not text or (match[1] and match[3] and not match[2]):
        return None
    tens = (_DIGITS.index(match[1]) if match[1] else 1) if match[2] else 0
    ones = match[3] if match[2] else match[1] or match[3]
    return tens * 10 + (_DIGITS.index(ones) if ones else 0)


def _checked(grade: int | None) -> int:
    if grade is None or not 1 <= grade <= LAST_GRADE:
        raise ClassError("class_unclear")
    return grade


def _stage_grade(match: re.Match[str], system: System) -> int:
    """初一, 高二, 预初: only what is said so in this system. Raises ClassError."""
    year = _number(match["grade"]) if match["stage"] else None
    said = f"{match['stage']}{_DIGITS[year]}" if year else "预初"
    for grade in range(1, LAST_GRADE + 1):
        if spoken_grade(grade, system) == said:
            return grade
    raise ClassError("class_unclear")


def _entry_grade(match: re.Match[str], year: SchoolYear) -> int:
    """2023级: the grade of who entered a stage of this school then. Where two stages fit (2024级 of a nine-year
    school is grade 3 or grade 9), it is not guessed. Raises ClassError."""
    stages = {_STAGES[match["stage"]]} if match["stage"] else year.stages
    if not stages:
        raise ClassError("stage_unknown")
    entered = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    since = year.began - entered
    fitting = [
        first_grade(stage, year.system) + since
        for stage in stages
        if 0 <= since < len(grades_of(stage, year.system))
    ]
    if len(fitting) > 1:
        raise ClassError("stage_unknown")
    if not fitting:
        raise ClassError("class_unclear")
    return fitting[0]


def class_order(school_class: SchoolClass) -> tuple[int, int, str]:
    """The order in which people count classes: by grade, then 一班, 二班 … 十班, then those with names."""
    label = school_class.label
    if not label:  # stored before labels were
        label = school_class.name.removeprefix(grade_name(school_class.grade)).removesuffix("班")
    return school_class.grade, _number(label) or _MOST_CLASSES + 1, school_class.name
