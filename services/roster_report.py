"""The Excel files that taking in a list gives back: the report row by row, and the template to fill in."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from domain.roster_cells import UNCOMPUTED, Cell
from domain.roster_changes import Diff, Kind
from domain.roster_parsed import Parsed, RowProblem
from services import roster_words as words
from services.roster_files import FileRow, RosterError, read_rows
from services.spreadsheets import CELL_LIMIT, neutral

_BOLD = Font(bold=True)
_RED = PatternFill("solid", fgColor="FBE3E1")
_YELLOW = PatternFill("solid", fgColor="FFF4D6")
_GREEN = PatternFill("solid", fgColor="E7F8EE")
_BLANK_ROWS_KEPT = 50


@dataclass(slots=True)
class Reported:
    """What became of a file's rows, school by school: all that a report is made of."""

    headers: dict[int, int] = field(default_factory=dict)
    problems: dict[int, list[RowProblem]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    kinds: dict[int, frozenset[Kind]] = field(default_factory=dict)
    left: list[tuple[str, str, str]] = field(default_factory=list)
    sums: dict[str, int | list[str]] = field(default_factory=dict)

    def add(self, parsed: Parsed, diff: Diff, class_names: Mapping[str, str]) -> None:
        """One school's list, or what stands in the file beside them."""
        self.headers.update(parsed.headers)
        self.problems.update(parsed.problems)
        self.refused |= parsed.refused.keys()
        self.kinds.update(diff.kinds)
        for change in diff.changes:
            if Kind.LEFT in change.kinds:
                student = change.after
                code = student.code if "·" not in student.code else ""
                self.left.append((class_names.get(student.class_id, ""), student.name, code))
        for name, value in sums(parsed, diff):
            before = self.sums.get(name)
            if isinstance(value, int):
                self.sums[name] = value + (before if isinstance(before, int) else 0)
            else:
                self.sums[name] = [*(before if isinstance(before, list) else ()), value]


def write_report(source: Path, target: Path, reported: Reported) -> None:
    """The file once more, each row with what becomes of it; then who left, then the sums.

    Reads the source again as a stream, so the size of the file is never held. Raises RosterError.
    """
    book = Workbook(write_only=True)
    try:
        _fill(book, source, reported)
        _save(book, target)
    except BaseException:
        for sheet in book.worksheets:
            if not sheet.closed:
                sheet.close()  # until then it keeps a file of its own open
        raise


def _fill(book: Workbook, source: Path, reported: Reported) -> None:
    titles: set[str] = set()
    sheet: Any = None
    current, before, width = None, 0, 0
    for place, row in enumerate(read_rows(source)):
        if row.sheet != current:
            sheet = book.create_sheet(_sheet_title(row.sheet, titles))
            current, before, width = row.sheet, 0, 0
        for _ in range(min(row.number - before - 1, _BLANK_ROWS_KEPT)):
            sheet.append([])
        before = row.number
        width = reported.headers.get(place, width)
        sheet.append(_report_row(sheet, place, row, width, reported))
    _write_left(book.create_sheet(_sheet_title(words.LEFT_SHEET, titles)), reported)
    _write_sums(book.create_sheet(_sheet_title(words.SUMMARY_SHEET, titles)), reported)


def _report_row(sheet: Any, place: int, row: FileRow, width: int, reported: Reported) -> list[Any]:
    cells: list[Any] = [_plain(sheet, cell) for cell in row.cells]
    if place in reported.headers:
        cells += [None] * (width - len(cells))
        return cells + [_text(sheet, heading, bold=True) for heading in words.REPORT_HEADINGS]
    problems = reported.problems.get(place, ())
    kinds = reported.kinds.get(place)
    refused = place in reported.refused
    if kinds is None and not refused:
        return cells
    cells += [None] * (width - len(cells))
    result = words.result_text(kinds or frozenset(), refused=refused)
    reason = words.reason_text(problems, kinds or frozenset())
    fill = _RED if refused else _YELLOW if reason else _GREEN if kinds else None
    return [*cells, _text(sheet, result, fill=fill), _text(sheet, reason, fill=fill)]


def _plain(sheet: Any, cell: Cell) -> Any:
    if isinstance(cell, str):
        return _text(sheet, "" if cell == UNCOMPUTED else cell)
    return cell


def _text(sheet: Any, text: str, *, bold: bool = False, fill: PatternFill | None = None) -> Any:
    cell = WriteOnlyCell(sheet, neutral(text[:CELL_LIMIT]))
    cell.data_type = "s"  # text, whatever it looks like
    if bold:
        cell.font = _BOLD
    if fill is not None:
        cell.fill = fill
    return cell


def _sheet_title(wanted: str, taken: set[str]) -> str:
    """Excel: 31 characters, none of []:*?/\\, each title once."""
    plain = "".join(c for c in ILLEGAL_CHARACTERS_RE.sub("", wanted) if c not in "[]:*?/\\'")[:25]
    title, number = plain or "Sheet", 1
    while title.lower() in taken:
        number += 1
        title = f"{plain}({number})"
    taken.add(title.lower())
    return title


def _write_left(sheet: Any, reported: Reported) -> None:
    sheet.append([_text(sheet, heading, bold=True) for heading in words.LEFT_HEADINGS])
    for line in reported.left:
        sheet.append([_text(sheet, text) for text in (*line, words.LEFT_NOTE)])


def _write_sums(sheet: Any, reported: Reported) -> None:
    for name, value in reported.sums.items():
        text = value if isinstance(value, int) else "；".join(value[:50])
        sheet.append([_text(sheet, name, bold=True), _plain(sheet, text)])


def sums(parsed: Parsed, diff: Diff) -> list[tuple[str, int | str]]:
    """What is said in numbers, on the screen and in the report."""
    lines: list[tuple[str, int | str]] = [(words.KINDS[kind], diff.count(kind)) for kind in Kind]
    lines += [
        (words.UNCHANGED, diff.unchanged),
        ("因电话与别家相同而隔离", diff.quarantined),
        ("未导入的行", len(parsed.refused)),
    ]
    rare: list[tuple[str, int | str]] = [
        ("不在名册上、但可能在未导入的行里，没有算离校", diff.spared),
        ("名册没有提到的班级，保持原样", "、".join(diff.untouched_classes[:50])),
        ("没有表头、没有读的表", "、".join(parsed.headless[:50])),
        ("表头重复、没有读的表", "、".join(parsed.twofold[:50])),
    ]
    return lines + [(name, value) for name, value in rare if value]


def write_template(target: Path) -> None:
    """A list to fill in: headings, an example, text columns, a short guide. Raises RosterError."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = words.TEMPLATE_SHEET
    for column, heading in enumerate(words.TEMPLATE_HEADINGS, start=1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = 16
        # The whole column as text: else Excel makes 1.38E+10 of a phone and a date of 3-2.
        sheet.column_dimensions[letter].number_format = "@"
        for row, text in ((1, heading), (2, words.TEMPLATE_EXAMPLE[column - 1])):
            cell = sheet.cell(row, column, text or None)
            cell.number_format = "@"
            cell.font = _BOLD if row == 1 else Font(color="888888")
    sheet.freeze_panes = "A2"
    guide = book.create_sheet(words.GUIDE_SHEET)
    guide.column_dimensions["A"].width = 80
    for line in words.GUIDE:
        guide.append([line])
    _save(book, target)


def _save(book: Workbook, target: Path) -> None:
    """Whole or not at all, and for its owner's eyes: it holds a school's phones."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".report-", suffix=".xlsx")
        os.close(handle)
        try:
            book.save(name)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RosterError("no_report", error.strerror or "") from error
