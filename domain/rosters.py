"""A school's list (名册) row by row → pupils with their adults, and a reason beside each cell that cannot be taken.

A row that is wrong never becomes a pupil by guessing; it is remembered, so that nobody is taken for
having left because their row could not be read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.names import folded_name
from domain.roster_cells import Cell, CellError, Guardian, name_of, text_of
from domain.roster_classes import (
    ClassError,
    ClassName,
    SchoolYear,
    class_in_title,
    read_class,
    read_grade,
)
from domain.roster_columns import (
    HEADER_WITHIN_ROWS,
    Column,
    Field,
    HeaderError,
    heading_of,
    read_header,
)
from domain.roster_guardians import guardians_of, join_repeated, quarantine_shared, text_or_nothing
from domain.roster_parsed import Parsed, Pupil, Reason, RowProblem

_CODE_KEPT = 6  # of a number longer than twelve characters: it may be an identity number
_CODE_WHOLE = 12
_SEAT_DIGITS = 3  # 7, 07, 107: counted within a class, so it says nothing about who the child is


@dataclass(slots=True)
class _Row:
    """What could be read of a row so far."""

    place: int
    name: str = ""
    school_class: ClassName | None = None
    code: str = ""
    seat: int = 0


class RosterParser:
    """Takes a file's rows in order, then gives what they say. Knows nothing of files."""

    def __init__(self, year: SchoolYear, school_name: str = "") -> None:
        self._year = year
        self._school = folded_name(school_name)
        self._parsed = Parsed()
        self._columns: tuple[Column, ...] | None = None
        self._spoiled = False
        self._above: list[str] = []
        self._title = ""
        self._classes: dict[ClassName, ClassName] = {}
        self._dotted: dict[ClassName, set[int]] = defaultdict(set)
        self._read: dict[tuple[str, str], ClassName | ClassError] = {}

    def open_sheet(self, title: str) -> None:
        """What is fed from now on is another sheet; its title may name the class."""
        self._end_sheet()
        self._columns, self._spoiled = None, False
        self._above, self._title = [], title

    def feed(self, number: int, cells: Sequence[Cell]) -> None:
        """The next row; `number` as Excel counts it."""
        place = self._parsed.places
        self._parsed.places += 1
        if self._spoiled or not any(c is not None and c != "" for c in cells):
            return
        if self._columns is None:
            self._look_for_header(place, cells)
        else:
            self._read_row(place, number, cells, self._columns)

    def finish(self) -> Parsed:
        """All that was said, with what only the whole file shows: repetitions, namesakes, shared phones."""
        self._end_sheet()
        self._refuse_lost_noughts()
        quarantine_shared(self._parsed)  # before some are refused: their phones count too
        self._parsed.pupils = join_repeated(self._parsed)
        return self._parsed

    def _refuse_lost_noughts(self) -> None:
        """Excel writes class 3.10 as 3.1: where a grade has a ninth class and no tenth, 3.1 may be either."""
        there = {pupil.school_class for pupil in self._parsed.pupils}
        doubtful = set()
        for name, places in self._dotted.items():
            tenfold = int(name.label) * 10
            ninth, tenth = (ClassName(name.grade, str(n)) for n in (tenfold - 1, tenfold))
            if ninth in there and tenth not in there:
                doubtful |= places
        for pupil in self._parsed.pupils:
            if pupil.places[0] in doubtful:
                self._parsed.refuse(pupil, RowProblem(Reason.CLASS_TWO_WAYS, Field.CLASS))
        self._parsed.pupils = [p for p in self._parsed.pupils if p.places[0] not in doubtful]

    def _end_sheet(self) -> None:
        if self._columns is None and self._above and not self._spoiled:
            self._parsed.headless.append(self._title)

    def _look_for_header(self, place: int, cells: Sequence[Cell]) -> None:
        try:
            self._columns = read_header(cells)
        except HeaderError:
            self._parsed.twofold.append(self._title)
            self._spoiled = True
        if self._columns is not None:
            self._parsed.headers[place] = len(cells)
            return
        self._above.append("".join(text_or_nothing(c) for c in cells[:4])[:200])
        if len(self._above) == HEADER_WITHIN_ROWS:
            self._parsed.headless.append(self._title)
            self._spoiled = True

    def _read_row(
        self, place: int, number: int, cells: Sequence[Cell], columns: tuple[Column, ...]
    ) -> None:
        values = [(c, cells[c.index]) for c in columns if c.index < len(cells)]
        filled = {c.field for c, value in values if value not in (None, "")}
        if not filled - {Field.SEAT, Field.SCHOOL, Field.GRADE} or self._is_remark(values, filled):
            return
        row = _Row(place)
        self._take(row, Field.NAME, lambda: self._set_name(row, values))
        self._take(row, Field.CLASS, lambda: self._set_class(row, values))
        self._take(row, Field.CODE, lambda: _set_codes(row, values))
        self._check_school(row, values)
        if place in self._parsed.refused or row.school_class is None:
            self._remember(row)
            return
        guardians, sure = self._guardians(row, values)
        self._parsed.pupils.append(
            Pupil(
                (place,),
                number,
                row.school_class,
                row.name,
                row.code,
                row.seat,
                guardians,
                sure=sure,
            )
        )

    @staticmethod
    def _is_remark(values: Sequence[tuple[Column, Cell]], filled: set[Field]) -> bool:
        """A header that is repeated on each page, or a single note (合计45人, 制表人) below the list."""
        name = next((value for c, value in values if c.field is Field.NAME), None)
        heading = heading_of(name)
        if heading and read_header([name, "班级"]) is not None:
            return True
        return len(filled) == 1 and filled != {Field.NAME} and Field.PHONE not in filled

    def _take(self, row: _Row, which: Field, step: Callable[[], None]) -> None:
        try:
            step()
        except (CellError, ClassError) as error:
            self._parsed.problems[row.place].append(RowProblem(Reason(error.code), which))
            self._parsed.refused.add(row.place)

    @staticmethod
    def _set_name(row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
        row.name = name_of(_first(values, Field.NAME))

    def _set_class(self, row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
        grade_text = text_of(_first(values, Field.GRADE))
        class_text = text_of(_first(values, Field.CLASS))
        if not class_text and not any(c.field is Field.CLASS for c, _ in values):
            class_text = self._class_of_sheet()
        if not class_text:
            raise CellError("missing")
        key = (grade_text, class_text)
        if key not in self._read:
            self._read[key] = self._class(grade_text, class_text)
        found = self._read[key]
        if isinstance(found, ClassError):
            raise found
        row.school_class = found
        if re.fullmatch(r"\d{1,2}\.\d", class_text):
            self._dotted[found].add(row.place)

    def _class(self, grade_text: str, class_text: str) -> ClassName | ClassError:
        try:
            grade = read_grade(grade_text, self._year) if grade_text else None
            found = read_class(class_text, grade=grade, year=self._year)
        except ClassError as error:
            return error
        return self._classes.setdefault(found, found)

    def _class_of_sheet(self) -> str:
        """The sheet is the class (one sheet each), or the title above its header says it."""
        for text in (self._title, *reversed(self._above)):
            try:
                read_class(text, grade=None, year=self._year)
            except ClassError:
                if found := class_in_title(text):
                    return found
            else:
                return text
        return ""

    def _check_school(self, row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
        said = folded_name(text_or_nothing(_first(values, Field.SCHOOL)))
        if said and self._school and said not in self._school and self._school not in said:
            self._parsed.problems[row.place].append(RowProblem(Reason.OTHER_SCHOOL, Field.SCHOOL))
            self._parsed.refused.add(row.place)

    def _remember(self, row: _Row) -> None:
        if row.name:
            self._parsed.unclear_names.add(folded_name(row.name))
        elif row.school_class is not None:
            self._parsed.unclear_classes.add(row.school_class)
        if row.code:
            self._parsed.unclear_codes.add(row.code)

    def _guardians(
        self, row: _Row, values: Sequence[tuple[Column, Cell]]
    ) -> tuple[tuple[Guardian, ...], bool]:
        found, errors = guardians_of(values)
        problems = self._parsed.problems[row.place] if errors or not found else []
        problems.extend(RowProblem(Reason(code), which) for code, which in errors)
        if not found and not errors:
            problems.append(RowProblem(Reason.NO_PHONE, Field.PHONE))
        return found, not errors and bool(found)


def _first(values: Sequence[tuple[Column, Cell]], which: Field) -> Cell:
    return next((v for c, v in values if c.field is which and v not in (None, "")), None)


def _set_codes(row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
    """A list may have both a number within the class and one that is the child's own."""
    seat = text_or_nothing(_first(values, Field.SEAT))
    row.seat = int(seat) if seat.isdecimal() and len(seat) <= _SEAT_DIGITS else 0
    for column, cell in values:
        if column.field is Field.CODE and not row.code:
            _set_code(row, cell)


def _set_code(row: _Row, cell: Cell) -> None:
    code = "".join(c for c in text_of(cell).upper() if c.isalnum())
    # More than fifteen digits never fit into Excel's number: the last ones are noughts by now.
    if (
        not code.isascii()
        or (isinstance(cell, int | float) and len(code) > 15)
        or "E+" in str(cell)
    ):
        raise CellError("code_unclear")
    if code.isdecimal() and len(code) <= _SEAT_DIGITS:
        row.seat = row.seat or int(code)
        return
    if code.isdecimal() and len(code) <= _CODE_WHOLE:
        row.seat = row.seat or int(code)
    row.code = code if len(code) <= _CODE_WHOLE else f"{code[-_CODE_KEPT:]}·{folded_name(row.name)}"
