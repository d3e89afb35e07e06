"""What a school's list said: the pupils that could be read, and a reason for each cell that could not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from domain.names import folded_name
from domain.roster_cells import Guardian
from domain.roster_classes import ClassName
from domain.roster_columns import Field

ROW_LIMIT = 200_000


class Reason(StrEnum):
    """Why a cell, a row or a line was not taken, or what a person should look at."""

    MISSING = "missing"
    NOT_TEXT = "not_text"
    DATE = "date"
    FORMULA = "formula"
    EXCEL_ERROR = "excel_error"
    NAME_LENGTH = "name_length"
    NOT_A_NAME = "not_a_name"
    CLASS_UNCLEAR = "class_unclear"
    CLASS_TWO_WAYS = "class_two_ways"
    GRADE_DIFFERS = "grade_differs"
    STAGE_UNKNOWN = "stage_unknown"
    CODE_UNCLEAR = "code_unclear"
    OTHER_SCHOOL = "other_school"
    DIGITS_LOST = "digits_lost"
    NOT_A_MOBILE = "not_a_mobile"
    NO_PHONE = "no_phone"
    REPEATED = "repeated"
    NAMESAKES = "namesakes"
    CODE_TWICE = "code_twice"
    SHARED_PHONE = "shared_phone"
    NOT_SURE_WHO = "not_sure_who"
    CODE_OF_ANOTHER = "code_of_another"
    PHONE_OF_ANOTHER = "phone_of_another"
    UNKNOWN_SCHOOL = "unknown_school"
    ROLL_OVER_FIRST = "roll_over_first"
    SCHOOL_BUSY = "school_busy"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One reason, and the column it is about; `row` is where else to look, counted as Excel does."""

    reason: Reason
    field: Field | None = None
    row: int | None = None


@dataclass(slots=True)
class Pupil:
    """A child as the list has it. `places` are the rows, counted through the whole file.

    `sure` is False when one of the phones could not be read: then no line is removed because of this row.
    """

    places: tuple[int, ...]
    row: int
    school_class: ClassName
    name: str
    code: str
    seat: int
    guardians: tuple[Guardian, ...]
    quarantine: frozenset[str] = frozenset()
    sure: bool = True
    sheet: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Where a row that is not taken stands, counted as Excel does, and whose it seems to be."""

    sheet: str
    row: int
    name: str


@dataclass(slots=True)
class Shared:
    """A phone on children of more than one family: their rows, and what was said beside each."""

    phone: str
    places: list[int] = field(default_factory=list)
    problems: list[tuple[int, RowProblem]] = field(default_factory=list)


@dataclass(slots=True)
class Parsed:
    """What the file says. Places that are in neither `pupils` nor `problems` are titles, headers and blanks."""

    pupils: list[Pupil] = field(default_factory=list)
    problems: dict[int, list[RowProblem]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[int, RefusedRow] = field(default_factory=dict)
    unclear_names: set[str] = field(default_factory=set)
    unclear_codes: set[str] = field(default_factory=set)
    unclear_classes: set[ClassName] = field(default_factory=set)
    nobody_leaves: bool = False
    shared: list[Shared] = field(default_factory=list)
    headless: list[str] = field(default_factory=list)
    twofold: list[str] = field(default_factory=list)
    headers: dict[int, int] = field(default_factory=dict)
    places: int = 0

    def refuse(self, pupil: Pupil, problem: RowProblem) -> None:
        """Keep a pupil out, for a reason; whoever is stored under this name or number stays as they are."""
        for place in pupil.places:
            self.problems[place].append(problem)
            self.refused[place] = RefusedRow(pupil.sheet, pupil.row, pupil.name)
        self.unclear_names.add(folded_name(pupil.name))
        if pupil.code:
            self.unclear_codes.add(pupil.code)
