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
from domain.roster_columns import Column, Field, column_of, heading_of
from domain.roster_guardians import guardians_of, join_repeated, quarantine_shared, text_or_nothing
from domain.roster_parsed import Parsed, Pupil, Reason, RefusedRow, RowProblem

_CODE_KEPT = 6  # of a number longer than twelve characters: it may be an identity number
_CODE_WHOLE = 12
_SEAT_DIGITS = 3  # 7, 07, 107: counted within a class, so it says nothing about who the child is


@dataclass(slots=True)
class _Row:
    """What could be read of a row so far."""

    place: int
    number: int
    name: str = ""
    school_class: ClassName | None = None
    code: str = ""
    seat: int = 0


class RosterParser:
    """The rows of one school's list → its pupils. Knows nothing of files, and is told where the header was."""

    def __init__(self, year: SchoolYear, school_name: str = "") -> None:
        self.parsed = Parsed()
        self._year = year
        self._school = folded_name(school_name)
        self._columns: tuple[Column, ...] = ()
        self._above: Sequence[str] = ()
        self._title = ""
        self._classes: dict[ClassName, ClassName] = {}
        self._dotted: dict[ClassName, set[int]] = defaultdict(set)
        self._read: dict[tuple[str, str], ClassName | ClassError] = {}

    def begin(self, columns: tuple[Column, ...], title: str, above: Sequence[str]) -> None:
        """What is read from now on has these columns, stands on a sheet with this title and below these words."""
        self._columns, self._title, self._above = columns, title, tuple(above)

    def finish(self) -> Parsed:
        """All that was said, with what only the whole list shows: repetitions, namesakes, shared phones."""
        self._refuse_lost_noughts()
        quarantine_shared(self.parsed)  # before some are refused: their phones count too
        self.parsed.pupils = join_repeated(self.parsed)
        return self.parsed

    def _refuse_lost_noughts(self) -> None:
        """Excel writes class 3.10 as 3.1: where a grade has a ninth class and no tenth, 3.1 may be either."""
        there = {pupil.school_class for pupil in self.parsed.pupils}
        doubtful = set()
        for name, places in self._dotted.items():
            tenfold = int(name.label) * 10
            ninth, tenth = (ClassName(name.grade, str(n)) for n in (tenfold - 1, tenfold))
            if ninth in there and tenth not in there:
                doubtful |= places
        for pupil in self.parsed.pupils:
            if pupil.places[0] in doubtful:
                self.parsed.refuse(pupil, RowProblem(Reason.CLASS_TWO_WAYS, Field.CLASS))
        self.parsed.pupils = [p for p in self.parsed.pupils if p.places[0] not in doubtful]

    def read(self, place: int, number: int, cells: Sequence[Cell]) -> None:
        """A row that is not only a remark; `place` counts rows through the whole file, `number` is Excel's."""
        values = values_of(self._columns, cells)
        row = _Row(place, number)
        self._take(row, Field.NAME, lambda: self._set_name(row, values))
        self._take(row, Field.CLASS, lambda: self._set_class(row, values))
        self._take(row, Field.CODE, lambda: _set_codes(row, values))
        self._check_school(row, values)
        if place in self.parsed.refused or row.school_class is None:
            self._remember(row)
            return
        guardians, sure = self._guardians(row, values)
        self.parsed.pupils.append(
            Pupil(
                (place,),
                number,
                row.school_class,
                row.name,
                row.code,
                row.seat,
                guardians,
                sure=sure,
                sheet=self._title,
            )
        )

    def _take(self, row: _Row, which: Field, step: Callable[[], None]) -> None:
        try:
            step()
        except (CellError, ClassError) as error:
            self._refuse(row, RowProblem(Reason(error.code), which))

    @staticmethod
    def _set_name(row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
        row.name = name_of(first_of(values, Field.NAME))

    def _set_class(self, row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
        grade_text = text_of(first_of(values, Field.GRADE))
        class_text = text_of(first_of(values, Field.CLASS))
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
        said = folded_name(text_or_nothing(first_of(values, Field.SCHOOL)))
        if said and self._school and said not in self._school and self._school not in said:
            self._refuse(row, RowProblem(Reason.OTHER_SCHOOL, Field.SCHOOL))

    def _refuse(self, row: _Row, problem: RowProblem) -> None:
        self.parsed.problems[row.place].append(problem)
        self.parsed.refused[row.place] = RefusedRow(self._title, row.number, row.name)

    def _remember(self, row: _Row) -> None:
        self.parsed.refused[row.place] = RefusedRow(self._title, row.number, row.name)
        if row.name:
            self.parsed.unclear_names.add(folded_name(row.name))
        elif row.school_class is not None:
            self.parsed.unclear_classes.add(row.school_class)
        if row.code:
            self.parsed.unclear_codes.add(row.code)

    def _guardians(
        self, row: _Row, values: Sequence[tuple[Column, Cell]]
    ) -> tuple[tuple[Guardian, ...], bool]:
        found, errors = guardians_of(values)
        problems = self.parsed.problems[row.place] if errors or not found else []
        problems.extend(RowProblem(Reason(code), which) for code, which in errors)
        if not found and not errors:
            problems.append(RowProblem(Reason.NO_PHONE, Field.PHONE))
        return found, not errors and bool(found)


def values_of(columns: Sequence[Column], cells: Sequence[Cell]) -> list[tuple[Column, Cell]]:
    """The cells of a row that mean something, each with its column."""
    return [(c, cells[c.index]) for c in columns if c.index < len(cells)]


def is_remark(values: Sequence[tuple[Column, Cell]]) -> bool:
    """A blank row, a header that is repeated on each page, or a single note (合计45人, 制表人) below the list."""
    filled = {c.field for c, value in values if value not in (None, "")}
    if not filled - {Field.SEAT, Field.SCHOOL, Field.GRADE}:
        return True
    name = first_of(values, Field.NAME)
    if name is not None:
        heading = column_of(0, heading_of(name))
        return heading is not None and heading.field is Field.NAME
    if all(column_of(0, heading_of(value)) for _, value in values if value not in (None, "")):
        return True
    return len(filled) == 1 and Field.PHONE not in filled


def first_of(values: Sequence[tuple[Column, Cell]], which: Field) -> Cell:
    """The first cell of this kind that is not empty."""
    return next((v for c, v in values if c.field is which and v not in (None, "")), None)


def _set_codes(row: _Row, values: Sequence[tuple[Column, Cell]]) -> None:
    """A list may have both a number within the class and one that is the child's own."""
    seat = text_or_nothing(first_of(values, Field.SEAT))
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
