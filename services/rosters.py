"""Taking in a school's list (名册): read, compare, report, and write exactly what was ticked.

Nothing is written before the whole file has been read and the report is there. Writing goes in batches;
each pupil's own record is written last, so a run that died is simply run again.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from domain.audit import OPERATOR, Act, Actor
from domain.bindings import Ending, EndReason
from domain.roster_classes import SchoolYear
from domain.roster_diff import (
    Change,
    Diff,
    Kind,
    Stored,
    Writes,
    compare,
    replaced_classes,
    writes_of,
)
from domain.roster_parsed import Parsed
from domain.rosters import RosterParser
from domain.schools import Contact, Roster, School, Student
from domain.stages import stages_in_name
from services.audit import note_act
from services.context import Context
from services.roster_files import FileRow, RosterError, read_rows
from services.roster_report import write_report

EVERYTHING = frozenset(Kind)
IMPORTED_BY = "roster-import"  # who ended a binding, where no person did
_READ_ROWS = 1000
_WRITE_PUPILS = 500
_ENDS_AT_ONCE = 16
_SCHOOL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_CHINA = timedelta(hours=8)
_YEAR_BEGINS_IN = 8  # lists of the new school year are made from August on
_MANY_LEFT = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What to take in, and how. `only` None is everything; `apply` False looks and changes nothing.

    `actor` is who the audit log names.
    """

    file: Path
    school_id: str
    school_name: str = ""
    apply: bool = False
    only: frozenset[Kind] | None = None
    report: Path | None = None
    actor: Actor = OPERATOR


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `phase` is reading, comparing or writing; `all` is 0 while that is unknown."""

    phase: str
    count: int = 0
    all: int = 0


@dataclass(slots=True)
class Imported:
    """What the file says and would change; `written` pupils and `ended` bindings are 0 for a dry run."""

    parsed: Parsed
    diff: Diff
    written: int = 0
    ended: int = 0


async def save_roster(ctx: Context, roster: Roster) -> None:
    """Store a whole list; the same list twice is the same as once."""
    await ctx.stores.schools.save_roster(roster)


async def import_roster(
    ctx: Context, wish: Wish, tell: Callable[[Step], None] = lambda _: None
) -> Imported:
    """Take in a file as wished. Raises RosterError, and then nothing has changed."""
    if wish.report is not None and wish.report.resolve() == wish.file.resolve():
        raise RosterError("report_is_list")
    school = await _school(ctx, wish)
    year = _school_year(ctx.now(), school)
    parsed = await _parsed(wish.file, RosterParser(year, school.name), tell)
    tell(Step("comparing"))
    stored = await _stored(ctx, school.id)
    # A hundred thousand pupils take seconds: not on the loop.
    diff = await asyncio.to_thread(compare, school.id, stored, parsed, year)
    if not wish.apply:
        await _note(ctx, wish, Act.ROSTER_TRIED, parsed, diff)
    if wish.report is not None:
        names = {c.id: c.name for c in (*stored.classes, *diff.classes.values())}
        await asyncio.to_thread(write_report, wish.file, wish.report, parsed, diff, names)
    imported = Imported(parsed, diff)
    if wish.apply:
        _refuse_a_wrong_file(wish, stored, diff)
        await _note(ctx, wish, Act.ROSTER_IMPORTED, parsed, diff)
        await _apply(ctx, wish, school, imported, tell)
    return imported


async def _note(ctx: Context, wish: Wish, act: Act, parsed: Parsed, diff: Diff) -> None:
    """Which file it was, and what it would change or changes; nothing of any pupil."""
    found: dict[str, object] = {kind.value: diff.count(kind) for kind in Kind}
    after = found | {
        "file_sha256": await asyncio.to_thread(_file_hash, wish.file),
        "refused": len(parsed.refused),
        "only": None if wish.only is None else sorted(wish.only),
    }
    school_id = wish.school_id
    await note_act(
        ctx, wish.actor, act, subject=("roster", school_id), after=after, place=school_id
    )


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _school(ctx: Context, wish: Wish) -> School:
    if not _SCHOOL_ID.fullmatch(wish.school_id):
        raise RosterError("bad_school")
    found = await ctx.stores.schools.find_school(wish.school_id)
    if wish.school_name:
        if found is not None:  # a new name, nothing else
            return replace(found, name=wish.school_name)
        return School(id=wish.school_id, name=wish.school_name)
    if found is None:
        raise RosterError("no_school")
    return found


def _school_year(now: datetime, school: School) -> SchoolYear:
    here = now + _CHINA
    began = here.year if here.month >= _YEAR_BEGINS_IN else here.year - 1
    # Where the office has not said which stages the school has, its name may.
    stages = frozenset(school.stages) or stages_in_name(school.name)
    return SchoolYear(began, stages, school.system)


async def _parsed(file: Path, parser: RosterParser, tell: Callable[[Step], None]) -> Parsed:
    rows = read_rows(file)
    reading = _Reading(parser)
    while await asyncio.to_thread(reading.take, rows):
        tell(Step("reading", reading.count))
    parsed = await asyncio.to_thread(parser.finish)
    if not parsed.headers:
        raise RosterError("no_header")
    return parsed


class _Reading:
    """Feeds a parser a thousand rows at a time, in whatever thread it is called."""

    def __init__(self, parser: RosterParser) -> None:
        self._parser = parser
        self._sheet: str | None = None
        self.count = 0

    def take(self, rows: Iterator[FileRow]) -> int:
        """The next rows; returns how many there were."""
        taken = 0
        for row in islice(rows, _READ_ROWS):
            taken += 1
            if row.sheet != self._sheet:
                self._sheet = row.sheet
                self._parser.open_sheet(row.sheet)
            self._parser.feed(row.number, row.cells)
        self.count += taken
        return taken


async def _stored(ctx: Context, school_id: str) -> Stored:
    """The school's whole roster; words that repeat are held once."""
    schools = ctx.stores.schools
    stored = Stored(await schools.classes_of_school(school_id))

    def take_student(student: Student) -> None:
        class_id = sys.intern(student.class_id)
        stored.students[student.id] = replace(student, school_id=school_id, class_id=class_id)

    def take_line(line: Contact) -> None:
        student = stored.students.get(line.student_id)
        stored.contacts.setdefault(line.student_id, []).append(_light(line, student))

    await schools.all_students(school_id, take_student)
    await schools.all_contacts(school_id, take_line)
    return stored


def _light(line: Contact, student: Student | None) -> Contact:
    return replace(
        line,
        school_id=sys.intern(line.school_id),
        class_id=sys.intern(line.class_id),
        student_id=student.id if student else line.student_id,
        student_name=sys.intern(line.student_name),
        phone_last4=sys.intern(line.phone_last4),
        relation=sys.intern(line.relation),
    )


def _refuse_a_wrong_file(wish: Wish, stored: Stored, diff: Diff) -> None:
    """More than half of a school gone is a wrong file more often than the truth."""
    left = diff.count(Kind.LEFT)
    here = sum(student.left_at is None for student in stored.students.values())
    if wish.only is None and left > _MANY_LEFT and 2 * left > here:
        raise RosterError("too_many_left", str(left))
    replaced = replaced_classes(diff, stored)
    if replaced:
        raise RosterError("class_replaced", "、".join(replaced[:5]))


async def _apply(
    ctx: Context, wish: Wish, school: School, imported: Imported, tell: Callable[[Step], None]
) -> None:
    only = wish.only if wish.only is not None else EVERYTHING
    changes = [c for c in imported.diff.changes if c.kinds & only]
    needed = {c.after.class_id for c in changes if c.kinds & only & {Kind.NEW, Kind.MOVED}}
    await ctx.stores.schools.save_school(school)
    await ctx.stores.schools.save_classes(
        [c for c in imported.diff.classes.values() if c.id in needed]
    )
    for start in range(0, len(changes), _WRITE_PUPILS):
        some = changes[start : start + _WRITE_PUPILS]
        imported.ended += await _write(ctx, school.id, some, only)
        imported.written += len(some)
        tell(Step("writing", imported.written, len(changes)))


async def _write(
    ctx: Context, school_id: str, changes: Sequence[Change], only: frozenset[Kind]
) -> int:
    """A batch: lines, ends, gone lines, pupils. Returns how many bindings ended.

    A line that goes is closed first and deleted after its bindings have ended: if this dies in between,
    the next run still sees it.
    """
    schools = ctx.stores.schools
    writes = [writes_of(change, only) for change in changes]
    dropped = [line for w in writes for line in w.drop_lines]
    await schools.save_contacts(
        [*(line for w in writes for line in w.put_lines)]
        + [replace(line, quarantine=True) for line in dropped]
    )
    ended = await _end_bindings(ctx, school_id, changes, writes)
    students = [w.student for w in writes if w.student is not None]
    at = ctx.now()
    leaving = {w.student.id for w in writes if w.student is not None and w.ends_all}
    await schools.drop_contacts([line.id for line in dropped])
    await schools.save_students(
        [replace(s, left_at=at) if s.id in leaving else s for s in students]
    )
    # Whoever was binding at this very moment had read the line before it was closed.
    return ended + await _end_bindings(ctx, school_id, changes, writes)


async def _end_bindings(
    ctx: Context, school_id: str, changes: Sequence[Change], writes: Sequence[Writes]
) -> int:
    """End what was bound through lines that go, and everything of those who left."""
    leaving = {c.after.id for c, w in zip(changes, writes, strict=True) if w.ends_all}
    gone = {line.id for w in writes for line in w.drop_lines}
    asked = sorted(leaving | {line.student_id for w in writes for line in w.drop_lines})
    if not asked:
        return 0
    bound = await ctx.stores.bindings.active_of_students(school_id, asked)
    wanted = [b for b in bound if b.student_id in leaving or b.contact_id in gone]
    limit = asyncio.Semaphore(_ENDS_AT_ONCE)

    async def end(binding_id: str, reason: EndReason) -> bool:
        async with limit:
            ending = Ending(at=ctx.now(), by=IMPORTED_BY, reason=reason)
            return await ctx.stores.bindings.end(binding_id, ending)

    return sum(
        await asyncio.gather(
            *(
                end(b.id, EndReason.MOVED if b.student_id in leaving else EndReason.OTHER)
                for b in wanted
            )
        )
    )
