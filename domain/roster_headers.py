"""Finding the header of a sheet: below titles and remarks, in one row or in two.

In two rows a heading spans several columns (父亲), and below it stands what each of them holds (姓名, 电话).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.roster_cells import Cell
from domain.roster_columns import (
    HEADER_WITHIN_ROWS,
    Column,
    Field,
    column_of,
    heading_of,
    read_columns,
    read_header,
)

_ABOUT = re.compile(r"(?:的?基本)?(?:信息|情况|资料)$")  # 父亲信息, 学生基本情况
_DIGITS = re.compile(r"\d{4}")
_ADULTS = (Field.GUARDIAN, Field.PHONE, Field.RELATION)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns. `is_row`: the row that showed it is part of the header, not the first row of the list."""

    columns: tuple[Column, ...]
    is_row: bool


class HeaderSeeker:
    """Looks at a sheet's rows in order until the header is known; then it is needed no more."""

    def __init__(self) -> None:
        self._before: Sequence[Cell] | None = None
        self._found: tuple[Column, ...] | None = None
        self._looked = 0

    @property
    def found(self) -> tuple[Column, ...] | None:
        """A header in one row, as long as no row after it was seen."""
        return self._found

    @property
    def gave_up(self) -> bool:
        """No header stands within the rows where one would."""
        return self._found is None and self._looked >= HEADER_WITHIN_ROWS

    def look(self, cells: Sequence[Cell]) -> Header | None:
        """The header, once it is certain: with the row after it. Raises HeaderError when one thing stands twice."""
        if self._before is not None:
            columns = _two_rows(self._before, cells)
            if columns is not None:
                return Header(columns, is_row=True)
        if self._found is not None:
            return Header(self._found, is_row=False)
        self._looked += 1
        self._before = cells
        self._found = read_header(cells)
        return None


def _two_rows(upper: Sequence[Cell], lower: Sequence[Cell]) -> tuple[Column, ...] | None:
    """The columns when `lower` says what stands below the headings of `upper`: at least one thing of an adult."""
    below = [heading_of(cell) for cell in lower]
    if not any(below) or any(_DIGITS.search(str(cell or "")) for cell in lower):
        return None
    above = [heading_of(cell) for cell in upper] + [""] * (len(below) - len(upper))
    headings, joined, known, group = [], 0, 0, ""
    for index, own in enumerate(above):
        said = below[index] if index < len(below) else ""
        group = own or (group if said else "")
        both = _ABOUT.sub("", group) + said
        is_joined = bool(said and group) and said != own and _is_of_adult(both)
        joined += is_joined
        heading = both if is_joined else said or own
        known += bool(said) and column_of(index, heading) is not None
        headings.append(heading)
    if not joined or 2 * known < sum(map(bool, below)):
        return None
    return read_columns(headings)


def _is_of_adult(heading: str) -> bool:
    column = column_of(0, heading)
    return column is not None and (column.field in _ADULTS or column.field is Field.NAME)
