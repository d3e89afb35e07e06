"""What every spreadsheet that is given out keeps to: nothing in it is calculated when somebody opens it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # the content type
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HEAD_FILL = PatternFill("solid", fgColor="E7F8EE")
CELL_LIMIT = 32_000  # Excel holds 32,767 characters in a cell
Row = Sequence[str | int | float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title, its columns with their widths, its rows."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Row]


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula or refuses to hold."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def built(sheets: Sequence[Sheet]) -> bytes:
    """An Excel file of these. Takes its time: call it off the loop."""
    book = Workbook()
    for number, sheet in enumerate(sheets):
        page = book.worksheets[0] if number == 0 else book.create_sheet()
        _fill(page, sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    page.title = sheet.title
    for column, (heading, width) in enumerate(sheet.columns, start=1):
        cell = page.cell(1, column, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        page.column_dimensions[cell.column_letter].width = width
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(page.cell(number, column), value)
    page.freeze_panes = "A2"


def _write(cell: Cell, value: str | float) -> None:
    if isinstance(value, str):
        cell.value = neutral(value)
        cell.data_type = "s"  # text, whatever it looks like
    else:
        cell.value = value
    cell.alignment = Alignment(vertical="center", wrap_text=True)
