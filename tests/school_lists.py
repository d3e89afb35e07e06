"""Made-up lists as schools have them, of any size and with the usual dirt; for tests and benches.

The same number gives the same list. `Dirt` says what each kind does to a row: the harmless ones must be
read as if the row were clean, the others must be refused, flagged or kept out of binding.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from domain.roster_classes import ClassName

TITLE = ["青禾小学2026—2027学年学生名册"]
HEADER = [
    "学 号",
    "学生姓名*",
    "所在班级",
    "家长姓名",
    "与学生关系",
    "联系电话（必填）",
    "母亲电话",
]
Cells = list[Any]
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "一二三思明华小天海文月星山雨雪春秋冬夏云"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CODE, NAME, CLASS, ADULT, RELATION, PHONE, MOTHER = range(7)


def school_class(number: int, size: int = 45) -> ClassName:
    """Which class pupil `number` is in: 45 at a time, six grades in turn, 99 classes to a grade at most."""
    at = number // size
    return ClassName(at % 6 + 1, str(at // 6 % 99 + 1))


def pupil_name(number: int) -> str:
    """A name; every twenty thousandth comes again."""
    return (
        _SURNAMES[number % 20]
        + _GIVEN[number // 20 % 20]
        + _GIVEN[number // 400 % 20]
        + ("" if number < 8000 else _GIVEN[number // 8000 % 20])
    )


def phones(number: int) -> tuple[str, str]:
    """The father's and the mother's; nobody else's."""
    spread = (number * 7919 + 1234567) % 10**7
    return f"138{spread:07d}1", f"139{spread:07d}2"


def clean(number: int) -> Cells:
    """A row as it should be."""
    father, mother = phones(number)
    return [
        f"2026{number:06d}",
        pupil_name(number),
        school_class(number).name,
        pupil_name(number)[0] + "大海",
        "父亲",
        father,
        mother,
    ]


def _set(column: int, change: Callable[[Any], Any]) -> Callable[[Cells], Cells]:
    def dirty(row: Cells) -> Cells:
        return [*row[:column], change(row[column]), *row[column + 1 :]]

    return dirty


def _class(form: str) -> Callable[[Cells], Cells]:
    def dirty(row: Cells) -> Cells:
        number = int(row[CODE][4:])
        group = school_class(number)
        grade, label = group.grade, int(group.label)
        text = form.format(g=grade, han="零一二三四五六"[grade], n=label, y=2027 - grade)
        return [*row[:CLASS], text, *row[CLASS + 1 :]]

    return dirty


def _in_one_cell(row: Cells) -> Cells:
    both = f"{row[ADULT]}（父亲）{row[PHONE]}；孩子妈妈 {row[MOTHER]}"
    return [*row[:ADULT], "", "", both, ""]


HARMLESS: dict[str, Callable[[Cells], Cells]] = {
    "full-width digits": _set(PHONE, lambda p: p.translate(_FULL_WIDTH)),
    "blanks in the name": _set(NAME, lambda n: f" {n[0]}　{n[1:]} "),
    "class with brackets": _class("{han}（{n}）班"),
    "class as 3.2": _class("{g}.{n}"),
    "class as 302": _class("{g}{n:02d}"),
    "class by year of entry": _class("{y}级{n}班"),
    "dashes in the phone": _set(PHONE, lambda p: f"{p[:3]}-{p[3:7]}-{p[7:]}"),
    "+86": _set(PHONE, lambda p: f"+86 {p}"),
    "phone as a number": _set(PHONE, int),
    "1.3800001234E+10": _set(PHONE, lambda p: f"{p[0]}.{p[1:]}E+10"),
    "two guardians in a cell": _in_one_cell,
    "characters of no width": _set(NAME, lambda n: f"\ufeff{n[0]}\u200b{n[1:]}\x07"),
    "trailing blanks": lambda row: [*row, "", "  ", None],
}
FLAGGED: dict[str, Callable[[Cells], Cells]] = {
    "1.38E+10": _set(PHONE, lambda p: "1.38E+10"),
    "phone too short": _set(PHONE, lambda p: p[:9]),
    "no phone": lambda row: [*row[:PHONE], "", ""],
    "another family's phone": lambda row: [*row[:ADULT], "代填", "", "13711112222", row[MOTHER]],
}
REFUSED: dict[str, Callable[[Cells], Cells]] = {
    "date for a name": _set(NAME, lambda n: datetime(2026, 3, 2)),  # noqa: DTZ001 - as Excel has it
    "class unclear": _set(CLASS, lambda c: "尖子班"),
    "no name": _set(NAME, lambda n: None),
    "error of a formula": _set(NAME, lambda n: "#N/A"),
}
DIRT = {**HARMLESS, **FLAGGED, **REFUSED}


def rows(
    count: int, dirt: Sequence[str] = (), *, every: int = 5, clean_rows: bool = True
) -> Iterator[Cells]:
    """A list's rows, title and header first; each fifth pupil's row is dirty, one kind after the other."""
    yield TITLE
    yield []
    yield HEADER
    for number in range(count):
        row = clean(number)
        is_dirty = bool(dirt) and number % every == 0
        if is_dirty:
            row = DIRT[dirt[number // every % len(dirt)]](row)
        if is_dirty or clean_rows:
            yield row


def school_name(number: int) -> str:
    """The school that is `number`-th in its district; no name is part of another."""
    return f"青禾第{number:03d}小学"


def district_rows(count: int, schools: int, dirt: Sequence[str] = ()) -> Iterator[Cells]:
    """The lists of many schools in one file, with a column that says whose each row is."""
    each = -(-count // schools)
    yield TITLE
    yield []
    yield ["学校名称", *HEADER]
    lines = rows(count, dirt)
    for _ in range(3):
        next(lines)
    for number, line in enumerate(lines):
        yield [school_name(number // each), *line]


def write_xlsx(path: Path, lines: Iterator[Cells] | Sequence[Cells]) -> Path:
    """As Excel saves it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    for line in lines:
        sheet.append([_storable(cell) for cell in line])
    book.save(path)
    return path


def _storable(cell: Any) -> Any:
    # Excel holds no control characters; a CSV does.
    return cell.replace("\x07", "") if isinstance(cell, str) else cell


def write_csv(
    path: Path, lines: Iterator[Cells] | Sequence[Cells], encoding: str = "gb18030"
) -> Path:
    """As Excel saves it in China."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(["" if c is None else c for c in line] for line in lines)
    return path
