"""The desk at which a list is worked on: read, compared, reported. It holds a whole school and may take its time.

It knows no database and no loop, and is used in a process of its own (`services.roster_process`), so that a
list of a hundred thousand rows neither holds up nor swells the process that answers people. Everything that
goes in or comes out is small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from domain.imports import ImportLine, Section
from domain.names import folded_name
from domain.roster_changes import Change, Diff, Kind, Stored, Ticks, Writes, writes_of
from domain.roster_classes import SchoolYear
from domain.roster_diff import compare, replaced_classes
from domain.roster_parsed import Parsed, Reason, RefusedRow, RowProblem
from domain.roster_register import stable_id
from domain.roster_sheets import DistrictLists, ListReader
from domain.rosters import RosterParser
from domain.schools import Contact, School, SchoolClass, Student
from domain.stages import Stage, stages_in_name
from services.roster_files import FileRow, RosterError, read_rows
from services.roster_report import Reported, sums, write_report
from services.roster_words import QUARANTINED, problem_text
from storage.documents import from_batch

_READ_ROWS = 1000


@dataclass(frozen=True, slots=True)
class District:
    """Whose lists a file holds; `found_in` are the ids of the regions that a new school is put under."""

    schools: tuple[School, ...]
    began: int
    found_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list would change, in numbers; `mark` is the same for the same changes."""

    counts: Mapping[Kind, int]
    unchanged: int
    quarantined: int
    refused: int
    noted: int  # rows that are taken, and that somebody should look at
    here: int  # pupils who are at the school now
    sums: tuple[tuple[str, int | str], ...]
    replaced: tuple[str, ...]
    mark: str

    def count(self, kind: Kind) -> int:
        """How many pupils this happens to."""
        return self.counts[kind]


@dataclass(slots=True)
class _School:
    """One school at the desk."""

    school: School
    year: SchoolYear
    parsed: Parsed
    stored: Stored = field(default_factory=Stored)
    diff: Diff = field(default_factory=Diff)
    ticks: Ticks = field(default_factory=Ticks)
    chosen: list[Change] = field(default_factory=list)
    noted: list[tuple[int, RefusedRow]] = field(default_factory=list)


class Desk:
    """One file. `open_school` or `open_district`, then `read` until it is done, then school by school."""

    def __init__(self) -> None:
        self._file = Path()
        self._rows: Iterator[FileRow] = iter(())
        self._reader = ListReader(lambda said, heading: None, Parsed())
        self._sheet: str | None = None
        self._count = 0
        self._parser: RosterParser | None = None
        self._district: DistrictLists | None = None
        self._schools: dict[str, _School] = {}
        self._years: dict[str, SchoolYear] = {}
        self._reported = Reported()

    def open_school(self, file: str, school: School, began: int) -> None:
        """The file is one school's list."""
        self._open(file)
        year = _year(school, began)
        self._parser = RosterParser(year, school.name)
        self._schools[school.id] = _School(school, year, self._parser.parsed)
        self._reader = ListReader.of_school(self._parser)

    def open_district(self, file: str, district: District) -> None:
        """The file holds the lists of many schools."""
        self._open(file)

        def parser_of(school: School) -> RosterParser:
            year = _year(school, max(district.began, school.year))
            self._years[school.id] = year
            return RosterParser(year)

        def found(name: str) -> School:
            return School(
                id=stable_id(district.found_in[-1], "school", folded_name(name)),
                name=name,
                region_ids=district.found_in,
                stages=tuple(s for s in Stage if s in stages_in_name(name)),
            )

        may_found = found if district.found_in else None
        self._district = DistrictLists(district.schools, parser_of, may_found)
        self._reader = self._district.reader

    def _open(self, file: str) -> None:
        self._file = Path(file)
        self._rows = read_rows(self._file)

    def read(self) -> int | None:
        """Read on; returns how many rows were read so far, None once all are. Raises RosterError."""
        taken = 0
        for row in islice(self._rows, _READ_ROWS):
            taken += 1
            if row.sheet != self._sheet:
                self._sheet = row.sheet
                self._reader.open_sheet(row.sheet)
            self._reader.feed(row.number, row.cells)
        self._count += taken
        if taken:
            return self._count
        self._finish(self._reader)
        return None

    def _finish(self, reader: ListReader) -> None:
        reader.close_sheet()
        if not reader.common.headers:
            raise RosterError("no_header")
        if self._parser is not None:
            self._parser.finish()
        if self._district is not None:
            self._reported.add(reader.common, Diff(), {})
            for school_id, parsed in self._district.finish().items():
                school, year = self._district.schools[school_id], self._years[school_id]
                self._schools[school_id] = _School(school, year, parsed)

    def unplaced(self) -> int:
        """How many rows of a district's file belong to no school that is known."""
        return len(self._reader.common.refused)

    def schools(self) -> list[School]:
        """Whose lists these are, in the order of the file."""
        return [found.school for found in self._schools.values()]

    def take_classes(self, school_id: str, classes: Sequence[SchoolClass]) -> None:
        """The school's stored classes."""
        self._schools[school_id].stored.classes = classes

    def take_students(self, school_id: str, batch: bytes) -> None:
        """A portion of the school's stored pupils, as the database has them."""
        stored = self._schools[school_id].stored
        classes = {c.id: c.id for c in stored.classes}
        for student in from_batch(Student, batch):
            class_id = classes.setdefault(student.class_id, student.class_id)
            stored.students[student.id] = replace(student, school_id=school_id, class_id=class_id)

    def take_lines(self, school_id: str, batch: bytes) -> None:
        """A portion of the school's stored list; pupils first. Words that repeat are held once."""
        stored = self._schools[school_id].stored
        for line in from_batch(Contact, batch):
            student = stored.students.get(line.student_id)
            light = replace(
                line,
                school_id=school_id,
                student_id=student.id if student else line.student_id,
                class_id=student.class_id
                if student and student.class_id == line.class_id
                else line.class_id,
                student_name=student.name
                if student and student.name == line.student_name
                else line.student_name,
            )
            stored.contacts.setdefault(light.student_id, []).append(light)

    def refuse(self, school_id: str, reason: Reason) -> Summary:
        """Nothing of this school's list is taken, for one reason."""
        at = self._schools[school_id]
        for pupil in at.parsed.pupils:
            at.parsed.refuse(pupil, RowProblem(reason))
        at.parsed.pupils = []
        return self._summary(at)

    def compare(self, school_id: str, seed: str) -> Summary:
        """What the list would change; `seed` is a random word of this import."""
        at = self._schools[school_id]
        at.diff = compare(school_id, at.stored, at.parsed, at.year, seed)
        at.noted = [
            (place, RefusedRow(pupil.sheet, pupil.row, pupil.name))
            for pupil in at.parsed.pupils
            for place in pupil.places
            if place in at.parsed.problems and place not in at.parsed.refused
        ]
        at.parsed.pupils = []  # from here on the changes say it all
        return self._summary(at)

    def _summary(self, at: _School) -> Summary:
        names = {c.id: c.name for c in (*at.stored.classes, *at.diff.classes.values())}
        self._reported.add(at.parsed, at.diff, names)
        return Summary(
            counts={kind: at.diff.count(kind) for kind in Kind},
            unchanged=at.diff.unchanged,
            quarantined=at.diff.quarantined,
            refused=len(at.parsed.refused),
            noted=len(at.noted),
            here=at.stored.here(),
            sums=tuple(sums(at.parsed, at.diff)),
            replaced=tuple(replaced_classes(at.diff, at.stored)),
            mark=_mark(at.diff),
        )

    def choose(self, school_id: str, ticks: Ticks) -> tuple[int, list[SchoolClass]]:
        """What was ticked: of how many pupils something is to be written, and the classes to write before them.

        These are new ones that somebody comes into, and those whose cohort is known by now.
        """
        at = self._schools[school_id]
        at.ticks = ticks
        at.chosen = [
            c for c in at.diff.changes if c.kinds & ticks.kinds and c.after.id not in ticks.without
        ]
        coming = ticks.kinds & {Kind.NEW, Kind.MOVED}
        wanted = {c.after.class_id for c in at.chosen if c.kinds & coming}
        classes = [c for c in at.diff.classes.values() if c.id in wanted]
        return len(at.chosen), [*at.diff.filled, *classes]

    def writes(self, school_id: str, start: int, count: int) -> list[tuple[str, Writes]]:
        """What is to be written for some of those that were chosen, by pupil's id."""
        at = self._schools[school_id]
        some = at.chosen[start : start + count]
        return [(change.after.id, writes_of(change, at.ticks.kinds)) for change in some]

    def section(self, school_id: str, section: Section, start: int, count: int) -> list[ImportLine]:
        """Some of the pupils or rows of one section, as a person is shown them."""
        at = self._schools[school_id]
        if section is Section.REFUSED:
            places = islice(at.parsed.refused.items(), start, start + count)
            return [_row_line(row, at.parsed.problems[place]) for place, row in places]
        if section is Section.NOTED:
            noted = at.noted[start : start + count]
            return [_row_line(row, at.parsed.problems[place]) for place, row in noted]
        names = {c.id: c.name for c in (*at.stored.classes, *at.diff.classes.values())}
        kind = Kind(section.value)
        wanted = (change for change in at.diff.changes if kind in change.kinds)
        return [_line(change, names) for change in islice(wanted, start, start + count)]

    def drop(self, school_id: str) -> None:
        """This school is done; only the report still speaks of it."""
        at = self._schools[school_id]
        at.stored, at.diff, at.chosen = Stored(), Diff(), []

    def report(self, target: str) -> None:
        """Write what became of each row. Raises RosterError."""
        write_report(self._file, Path(target), self._reported)


def _year(school: School, began: int) -> SchoolYear:
    return SchoolYear(began, frozenset(school.stages) or stages_in_name(school.name), school.system)


def _mark(diff: Diff) -> str:
    """A hash over everything that would be written and over what it would replace."""
    digest = hashlib.sha256()
    for change in diff.changes:
        before, after = change.before, change.after
        said: list[object] = [*sorted(change.kinds), after.id]
        for student in (before, after) if before else (after,):
            said += (student.class_id, student.name, student.number, student.code, student.left_at)
        for line in (*change.held, None, *change.lines):
            said += (line.id, line.relation, line.quarantine_group) if line else ("|",)
        digest.update(repr(said).encode())
    return digest.hexdigest()


def _row_line(row: RefusedRow, problems: Sequence[RowProblem]) -> ImportLine:
    said = "；".join(dict.fromkeys(problem_text(problem) for problem in problems))
    return ImportLine(name=row.name, sheet=row.sheet, row=row.row, text=said)


def _line(change: Change, names: Mapping[str, str]) -> ImportLine:
    before, after = change.before, change.after
    held = {line.phone_last4 for line in change.held}
    wanted = held if Kind.LEFT in change.kinds else {line.phone_last4 for line in change.lines}
    return ImportLine(
        student_id=after.id,
        name=after.name,
        name_before=before.name if before and before.name != after.name else "",
        class_before=names.get(before.class_id, "") if before else "",
        class_after=names.get(after.class_id, ""),
        phones_before=tuple(sorted(digits[-2:] for digits in held - wanted)),
        phones_after=tuple(sorted(digits[-2:] for digits in wanted - held)),
        text=QUARANTINED if any(line.quarantine for line in change.lines) else "",
    )
