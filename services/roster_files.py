"""A school's list as a file, .xlsx or .csv → its rows one after the other, whatever the bytes are.

Read as a stream and off the loop. Every way in which a file can be broken is one RosterError.
"""

from __future__ import annotations

import codecs
import csv
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, range_boundaries

from domain.roster_cells import UNCOMPUTED, Cell
from domain.roster_parsed import ROW_LIMIT

FILE_LIMIT_BYTES = 64 * 1024 * 1024
# What a small file may grow to when it is unpacked: 200,000 rows are far below, a bomb is above.
_UNPACKED_LIMIT_BYTES = 512 * 1024 * 1024
_WORDS_LIMIT_BYTES = 128 * 1024 * 1024  # Excel's table of texts is held in memory as a whole
_COLUMN_LIMIT = 60
_EXCEL_ROWS = 1_048_576
_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_SHEET_LIMIT = 200
_PIECE_BYTES = 1 << 16
_OVERLAP_BYTES = 4096
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA_ALONE = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)


class RosterError(Exception):
    """A file, or a wish, that cannot be followed; nothing was changed. `code` has its words in `roster_words`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row that is not empty; `number` as Excel counts, from 1."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class _Marks:
    """What a streaming reader doesn't tell of a sheet: cells merged downwards, formulas without result."""

    below: dict[tuple[int, int], int] = field(default_factory=dict)  # (top row, column) → last row
    uncomputed: set[tuple[int, int]] = field(default_factory=set)


def kind_of(path: Path) -> str:
    """`.xlsx` or `.csv`, judged by the content; nothing is unpacked. Raises RosterError for what is no list."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if not start:
            raise RosterError("empty")
        if start.startswith(_OLD_EXCEL):
            raise RosterError("old_excel")
        if not start.startswith(_ZIP):
            _encoding_of(path)
            return ".csv"
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except OSError as error:
        raise RosterError("no_file", error.strerror or "") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise RosterError("unreadable") from error
    if "xl/workbook.xml" not in names:
        raise RosterError("unreadable")
    return ".xlsx"


def read_rows(path: Path) -> Iterator[FileRow]:
    """All rows that are not empty. Raises RosterError, also in the middle."""
    rows = _read(path)
    count = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and dates that don't matter here
                row = next(rows, None)
        except RosterError:
            raise
        except OSError as error:
            raise RosterError("no_file", error.strerror or "") from error
        except (
            Exception
        ) as error:  # a broken workbook breaks openpyxl, zipfile and expat in any way
            raise RosterError("unreadable") from error
        if row is None:
            return
        count += 1
        if count > ROW_LIMIT:
            raise RosterError("too_many_rows", str(ROW_LIMIT))
        yield row


def _read(path: Path) -> Iterator[FileRow]:
    if path.stat().st_size > FILE_LIMIT_BYTES:
        raise RosterError("too_large", str(FILE_LIMIT_BYTES // 1024 // 1024))
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise RosterError("empty")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise RosterError("old_excel")
    if start.startswith(_ZIP):
        yield from _excel_rows(path)
    else:
        yield from _csv_rows(path)


def _excel_rows(path: Path) -> Iterator[FileRow]:
    with zipfile.ZipFile(path) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    if (
        sum(sizes.values()) > _UNPACKED_LIMIT_BYTES
        or sizes.get("xl/sharedStrings.xml", 0) > _WORDS_LIMIT_BYTES
    ):
        raise RosterError("too_large", str(FILE_LIMIT_BYTES // 1024 // 1024))
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets[:_SHEET_LIMIT]:
            if sheet.sheet_state == "visible":
                yield from _sheet_rows(sheet)
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> Iterator[FileRow]:
    marks = _marks_of(sheet)
    sheet.reset_dimensions()  # what the file says about its size is often wrong
    merged: dict[int, tuple[int, Cell]] = {}  # column → last row it holds for, value
    rows = sheet.iter_rows(max_row=_EXCEL_ROWS, max_col=_COLUMN_LIMIT, values_only=True)
    for number, values in enumerate(rows, start=1):
        cells: list[Cell] = list(values)
        if not any(value is not None and value != "" for value in cells) and not marks.uncomputed:
            continue
        if marks.below or marks.uncomputed:
            _complete(number, cells, marks, merged)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if cells:
            yield FileRow(str(sheet.title), number, tuple(cells))


def _complete(
    number: int, cells: list[Cell], marks: _Marks, merged: dict[int, tuple[int, Cell]]
) -> None:
    """Give a cell that is merged with the one above its value, and mark what was never computed."""
    for column in range(len(cells)):
        if (number, column) in marks.uncomputed:
            cells[column] = UNCOMPUTED
        last = marks.below.get((number, column))
        if last is not None:
            merged[column] = (last, cells[column])
        elif column in merged and merged[column][0] >= number and cells[column] is None:
            cells[column] = merged[column][1]


def _marks_of(sheet: Any) -> _Marks:
    marks = _Marks()
    with sheet._get_source() as source:
        before = b""
        while piece := source.read(_PIECE_BYTES):
            window = before + piece
            for found in _MERGED.finditer(window):
                left, top, right, bottom = range_boundaries(found[1].decode())
                if left == right and bottom > top:
                    marks.below[top, left - 1] = bottom
            for found in _FORMULA_ALONE.finditer(window):
                row, column = coordinate_to_tuple(found[1].decode())
                marks.uncomputed.add((row, column - 1))
            before = window[-_OVERLAP_BYTES:]
    return marks


def _csv_rows(path: Path) -> Iterator[FileRow]:
    encoding = _encoding_of(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            head = file.read(_PIECE_BYTES)
            if "\0" in head:
                raise RosterError("not_a_table")
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",\t;", key=head.count))
            for number, values in enumerate(reader, start=1):
                cells = values[:_COLUMN_LIMIT]
                while cells and not cells[-1].strip():
                    cells.pop()
                if cells:
                    yield FileRow(path.stem, number, tuple(cells))
    except (csv.Error, UnicodeError) as error:
        raise RosterError("not_a_table") from error


def _encoding_of(path: Path) -> str:
    """UTF-8 when all of it is, else GB18030 (which holds GBK and GB2312). Raises RosterError for neither."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise RosterError("not_a_table")
