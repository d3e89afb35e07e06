"""Which column of a school's list is what, by its heading: the table of synonyms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.roster_cells import Cell, CellError, relation_of, text_of

HEADER_WITHIN_ROWS = 20  # title, year, remarks: more than these never stand above a header


class Field(StrEnum):
    """What a column holds."""

    NAME = "name"
    CLASS = "class"
    GRADE = "grade"
    CODE = "code"
    SEAT = "seat"
    SCHOOL = "school"
    GUARDIAN = "guardian"
    RELATION = "relation"
    PHONE = "phone"


SYNONYMS: dict[Field, frozenset[str]] = {
    Field.NAME: frozenset(
        [
            "姓名",
            "学生姓名",
            "学生",
            "学生名字",
            "学生名",
            "孩子姓名",
            "幼儿姓名",
            "名字",
            "学员姓名",
            "姓名全称",
        ]
    ),
    Field.CLASS: frozenset(
        [
            "班级",
            "所在班级",
            "班",
            "班别",
            "班级名称",
            "行政班",
            "班号",
            "就读班级",
            "年级班级",
            "年班",
            "所属班级",
        ]
    ),
    Field.GRADE: frozenset(["年级", "所在年级", "年级名称", "就读年级", "级别", "所属年级"]),
    Field.CODE: frozenset(
        [
            "学号",
            "学籍号",
            "学生编号",
            "学籍号码",
            "全国学籍号",
            "学籍编号",
            "学生学号",
            "学籍辅号",
            "校内学号",
        ]
    ),
    Field.SEAT: frozenset(["座号", "座位号", "班内序号", "班内学号", "班级座号"]),
    Field.SCHOOL: frozenset(["学校", "学校名称", "所在学校", "就读学校"]),
    Field.RELATION: frozenset(
        [
            "关系",
            "与学生关系",
            "与孩子关系",
            "与本人关系",
            "家长关系",
            "称谓",
            "监护人关系",
            "亲属关系",
        ]
    ),
}
_PHONE = "手机号码|手机号|手机|电话号码|联系电话|联系方式|联系手机|电话|号码"
_KIN = "父亲|母亲|爸爸|妈妈|父|母|爷爷|奶奶|姥姥|姥爷|外公|外婆"
_COUNT = "[1-4一二三四]?"
_GUARDIAN = re.compile(
    rf"(?P<first>第?{_COUNT})(?P<who>{_KIN}|学生家长|家长|监护人|联系人)(?P<second>{_COUNT})的?"
    rf"(?P<what>姓名|名字|{_PHONE}|与学生关系|关系|称谓)?(?P<third>{_COUNT})"
)
_BARE_PHONE = re.compile(rf"(?:{_PHONE})(?P<third>{_COUNT})")
_ARABIC = str.maketrans("一二三四", "1234", "第")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `group` joins a guardian's name, relation and phone, `relation` is what its heading says."""

    index: int
    field: Field
    group: str = ""
    relation: str = ""


class HeaderError(ValueError):
    """A header in which one thing stands twice."""


def heading_of(cell: Cell) -> str:
    """A heading to compare by: `* 学生姓名（必填）` → `学生姓名`."""
    try:
        text = text_of(cell)
    except CellError:
        return ""
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s*:：、/_.-]", "", text)[:40]


def read_header(cells: Sequence[Cell]) -> tuple[Column, ...] | None:
    """The columns when this row is a header: a name, and one thing more. Raises HeaderError."""
    return read_columns([heading_of(cell) for cell in cells])


def read_columns(headings: Sequence[str]) -> tuple[Column, ...] | None:
    """The columns by their headings, as `heading_of` gives them. Raises HeaderError when one thing stands twice."""
    columns = [column for i, heading in enumerate(headings) if (column := column_of(i, heading))]
    fields = [column.field for column in columns]
    if Field.NAME not in fields or len(columns) < 2:
        return None
    for field in (Field.NAME, Field.CLASS, Field.GRADE):
        if fields.count(field) > 1:
            raise HeaderError(field)
    return tuple(columns)


def column_of(index: int, heading: str) -> Column | None:
    """What a column with this heading holds; None when nobody knows."""
    for field, names in SYNONYMS.items():
        if heading in names:
            return Column(index, field)
    if match := _BARE_PHONE.fullmatch(heading):
        return Column(index, Field.PHONE, match["third"].translate(_ARABIC))
    match = _GUARDIAN.fullmatch(heading)
    if not match:
        return None
    count = (match["first"] + match["second"] + match["third"]).translate(_ARABIC)[:1]
    is_kin = match["who"] in _KIN.split("|")
    relation = relation_of(match["who"]) if is_kin else ""
    what = match["what"] or ""
    field = Field.GUARDIAN
    if what in _PHONE.split("|"):
        field = Field.PHONE
    elif what in ("与学生关系", "关系", "称谓"):
        field = Field.RELATION
    return Column(index, field, relation or count, relation)
