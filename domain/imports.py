"""A list that somebody hands in at the console (导入): how far it is, what it would change, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.audit import Actor
from domain.roster_changes import Kind, Ticks

MAX_LIST_BYTES = 40 * 1024 * 1024
PAGE_LINES = 100  # of pupils on one page of the console


class ImportState(StrEnum):
    """From the upload to the end; nothing has changed before APPLYING."""

    TRYING = "trying"  # waits for a worker, or is being read and compared
    READY = "ready"  # can be looked at and applied
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"  # `problem` says why; what was written by then is whole, pupil by pupil
    DROPPED = "dropped"  # the person decided against it


OPEN_STATES = (ImportState.TRYING, ImportState.APPLYING)


class Section(StrEnum):
    """A list of pupils or rows that the page of an import shows; the first four are kinds of change."""

    NEW = "new"
    MOVED = "moved"
    LEFT = "left"
    PHONE = "phone"
    REFUSED = "refused"  # rows that cannot be taken
    NOTED = "noted"  # rows that are taken, and that somebody should look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a list would change, in numbers. `mark` is the same for the same changes."""

    counts: Mapping[Section, int] = field(default_factory=dict)
    unchanged: int = 0
    quarantined: int = 0
    here: int = 0
    many_left: bool = False
    sums: tuple[tuple[str, str], ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file that was handed in for one school.

    `count` of `all` says how far `phase` is. `is_open` while a worker has to do something about it;
    `touched_at` is the last sign of life of whoever does. `without` are pupils who are left out.
    """

    id: str
    school_id: str
    actor: Actor
    by: str
    file_id: str
    file_name: str
    file_hash: str
    created_at: datetime
    touched_at: datetime
    state: ImportState = ImportState.TRYING
    is_open: bool = True
    tries: int = 0
    phase: str = ""
    count: int = 0
    all: int = 0
    found: Found = Found()
    problem: str = ""
    detail: str = ""
    report_file_id: str = ""
    kinds: tuple[Kind, ...] = ()
    without: tuple[str, ...] = ()
    begun_at: datetime | None = None  # when the first write of the apply step may have happened
    written: int = 0
    ended: int = 0
    finished_at: datetime | None = None
    files_gone: bool = False  # the file, the report and the lists of pupils have been deleted

    @property
    def ticks(self) -> Ticks:
        """What was ticked."""
        return Ticks(frozenset(self.kinds), frozenset(self.without))

    @property
    def percent(self) -> int:
        """For a progress bar: of the whole way, a guess where the number of rows is not known yet."""
        if self.state is ImportState.APPLYING:
            return 100 * self.count // self.all if self.all else 2
        if self.phase == "reading":
            return 5 + 55 * self.count // (self.count + 5000)
        return {"comparing": 70, "reporting": 85}.get(self.phase, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """A pupil or a row on the page of an import. Of phones the last two digits; `row` counts as Excel does."""

    student_id: str = ""
    name: str = ""
    name_before: str = ""
    class_before: str = ""
    class_after: str = ""
    phones_before: tuple[str, ...] = ()
    phones_after: tuple[str, ...] = ()
    sheet: str = ""
    row: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """A page of one section of one import; the id says which."""

    id: str
    school_id: str
    import_id: str
    at: datetime
    lines: tuple[ImportLine, ...]


def page_id(import_id: str, section: Section, number: int) -> str:
    """Pages count from 0."""
    return f"{import_id}:{section}:{number:05}"
