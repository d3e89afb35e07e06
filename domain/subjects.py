"""Subjects (学科) by stage, after the curricula of 2022 (compulsory) and 2020 (senior), and how lists write them.

A school's own courses are a setting of the school: pairs of code and name, handed in where they matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.errors import InvalidError, Problem
from domain.stages import Stage

LOCAL_LIMIT = 30
NAME_LIMIT = 12
_LOCAL = "local-"
_ALL = frozenset(Stage)
_COMPULSORY = frozenset({Stage.PRIMARY, Stage.JUNIOR})
_UPPER = frozenset({Stage.JUNIOR, Stage.SENIOR})
_PRIMARY = frozenset({Stage.PRIMARY})
_SENIOR = frozenset({Stage.SENIOR})
LocalSubjects = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: a code that never changes, its name, where it is taught, what lists call it besides."""

    code: str
    name: str
    stages: frozenset[Stage]
    synonyms: tuple[str, ...] = ()


SUBJECTS: tuple[Subject, ...] = (
    Subject("chinese", "语文", _ALL, ("中文", "国语")),
    Subject("maths", "数学", _ALL, ("算术",)),
    Subject("english", "英语", _ALL, ("外语", "英文", "外语（英语）")),
    Subject("japanese", "日语", _UPPER, ("外语（日语）", "日文")),
    Subject("russian", "俄语", _UPPER, ("外语（俄语）", "俄文")),
    Subject("german", "德语", _SENIOR, ("外语（德语）",)),
    Subject("french", "法语", _SENIOR, ("外语（法语）",)),
    Subject("spanish", "西班牙语", _SENIOR, ("外语（西班牙语）", "西语")),
    Subject(
        "morality",
        "道德与法治",
        _COMPULSORY,
        (
            "道法",
            "政治",
            "思想品德",
            "品德",
            "思品",
            "品德与生活",
            "品德与社会",
            "思想政治",
            "德法",
        ),
    ),
    Subject("politics", "思想政治", _SENIOR, ("政治", "思政")),
    Subject("science", "科学", _COMPULSORY, ("自然", "小学科学")),
    Subject("physics", "物理", _UPPER),
    Subject("chemistry", "化学", _UPPER),
    Subject("biology", "生物", _UPPER, ("生物学",)),
    Subject("history", "历史", _UPPER),
    Subject("geography", "地理", _UPPER),
    Subject("sport", "体育与健康", _ALL, ("体育", "体健", "体育健康", "体育与保健")),
    Subject("music", "音乐", _ALL, ("唱游",)),
    Subject("drawing", "美术", _ALL, ("图画", "绘画")),
    Subject("arts", "艺术", _ALL),
    Subject(
        "computing",
        "信息科技",
        _COMPULSORY,
        ("信息技术", "信息", "计算机", "电脑", "微机", "信科"),
    ),
    Subject(
        "informatics", "信息技术", _SENIOR, ("信息科技", "信息", "计算机", "电脑", "微机", "信技")
    ),
    Subject("engineering", "通用技术", _SENIOR, ("通技", "通用")),
    Subject("labour", "劳动", _ALL, ("劳技", "劳动技术", "劳动教育", "劳动与技术")),
    Subject(
        "practice", "综合实践活动", _ALL, ("综合实践", "综实", "综合", "综合实践课", "研究性学习")
    ),
    Subject("wellbeing", "心理健康", _ALL, ("心理", "心理健康教育", "心健")),
)
_BY_CODE = {subject.code: subject for subject in SUBJECTS}


def subjects_of(stages: Collection[Stage], local: LocalSubjects = ()) -> list[tuple[str, str]]:
    """What a school with these stages chooses from: code and name, its own courses last. A school whose stages
    are unknown is offered everything. A name that two stages share stands once, with its code for each."""
    taught = set(stages) or set(Stage)
    return [(s.code, s.name) for s in SUBJECTS if s.stages & taught] + list(local)


def subject_name(code: str, local: LocalSubjects = ()) -> str:
    """The name of a subject; a course that the school no longer has keeps the name it was appointed with. Empty for
    what was never a subject."""
    if found := _BY_CODE.get(code):
        return found.name
    named = dict(local).get(code)
    return named if named is not None else code.removeprefix(_LOCAL) if is_local(code) else ""


def is_local(code: str) -> bool:
    """Whether the code is of a school's own course."""
    return code.startswith(_LOCAL)


def read_subject(text: str, stages: Collection[Stage], local: LocalSubjects = ()) -> str | None:
    """The code of what a list calls a subject (政治, 体育课, 信息技术老师) in a school, or class, with these stages.

    None when it is none, or when it could be two: 政治 is another subject in senior school.
    """
    said = _folded(text)
    if not said:
        return None
    for code, name in local:
        if _folded(name) == said:
            return code
    taught = set(stages) or set(Stage)
    found = {
        subject.code
        for subject in SUBJECTS
        if subject.stages & taught and said in map(_folded, (subject.name, *subject.synonyms))
    }
    return found.pop() if len(found) == 1 else None


def parse_local_subjects(text: str) -> tuple[tuple[str, str], ...]:
    """A school's own courses as its office types them, one a line: codes and names, each once.

    Raises InvalidError for the field `local_subjects`: too_many, too_long, control_characters, or taken where
    the course is a subject already.
    """
    names: dict[str, str] = {}
    for line in text.splitlines():
        if name := unicodedata.normalize("NFKC", line).strip():
            _check_local(name)
            names.setdefault(_folded(name), name)
    if len(names) > LOCAL_LIMIT:
        raise InvalidError({"local_subjects": Problem("too_many", LOCAL_LIMIT)})
    return tuple((_LOCAL + name, name) for name in names.values())


def _check_local(name: str) -> None:
    if len(name) > NAME_LIMIT:
        raise InvalidError({"local_subjects": Problem("too_long", NAME_LIMIT)})
    if any(unicodedata.category(c)[0] == "C" for c in name):
        raise InvalidError({"local_subjects": Problem("control_characters")})
    if any(_folded(name) == _folded(subject.name) for subject in SUBJECTS):
        raise InvalidError({"local_subjects": Problem("taken")})


def _folded(text: str) -> str:
    """Without blanks, width and what is said around a subject: 体育 课, 语文老师."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    for ending in ("教师", "老师", "学科", "课程", "课"):
        plain = plain.removesuffix(ending)
    return plain
