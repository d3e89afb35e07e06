"""What a school's list would change, as data, and what of it is to be written once a person has ticked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.names import folded_name
from domain.schools import Contact, SchoolClass, Student


class Kind(StrEnum):
    """What happens to a pupil; one may be moved and have a changed phone at once."""

    NEW = "new"
    MOVED = "moved"  # another class, a corrected name or number
    LEFT = "left"
    PHONE = "phone"


EVERYTHING = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a person has ticked: kinds of change, without these pupils (by id)."""

    kinds: frozenset[Kind] = EVERYTHING
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One pupil. `lines` are the wanted lines of the list, `held` the stored ones."""

    kinds: frozenset[Kind]
    before: Student | None
    after: Student
    lines: tuple[Contact, ...] = ()
    held: tuple[Contact, ...] = ()


@dataclass(slots=True)
class Diff:
    """All that would change. `kinds` says of a place in the file what becomes of its pupil.

    `classes` are new ones, by id; `filled` are stored ones of which the cohort is known by now.
    """

    changes: list[Change] = field(default_factory=list)
    classes: dict[str, SchoolClass] = field(default_factory=dict)
    filled: list[SchoolClass] = field(default_factory=list)
    kinds: dict[int, frozenset[Kind]] = field(default_factory=dict)
    unchanged: int = 0
    quarantined: int = 0
    spared: int = 0
    untouched_classes: list[str] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """How many pupils this happens to."""
        return sum(kind in change.kinds for change in self.changes)


@dataclass(slots=True)
class Stored:
    """A school's roster as it is kept, those who left included; it can be asked who somebody is."""

    classes: Sequence[SchoolClass] = ()
    students: dict[str, Student] = field(default_factory=dict)
    contacts: dict[str, list[Contact]] = field(default_factory=dict)

    def here(self) -> int:
        """How many pupils have not left."""
        return sum(student.left_at is None for student in self.students.values())


@dataclass(frozen=True, slots=True)
class Writes:
    """What is to be written for one pupil, in this order: lines, ends, gone lines, the pupil."""

    put_lines: tuple[Contact, ...] = ()
    drop_lines: tuple[Contact, ...] = ()
    student: Student | None = None
    ends_all: bool = False


def writes_of(change: Change, only: frozenset[Kind]) -> Writes:
    """What of a change was ticked, as things to write. The pupil comes last: until then a run that died is repeated."""
    kinds = change.kinds & only
    if Kind.LEFT in kinds:
        return Writes(drop_lines=change.held, student=change.after, ends_all=True)
    if Kind.NEW in kinds:
        wanted = {line.id for line in change.lines}
        gone = tuple(line for line in change.held if line.id not in wanted)
        return Writes(put_lines=change.lines, drop_lines=gone, student=change.after)
    if not kinds or change.before is None:
        return Writes()
    base = change.after if Kind.MOVED in kinds else change.before
    lines = change.lines if Kind.PHONE in kinds else change.held
    wanted = {line.id for line in lines}
    held = {line.id: line for line in change.held}
    put = tuple(placed(line, base) for line in lines)
    return Writes(
        put_lines=tuple(line for line in put if held.get(line.id) != line),
        drop_lines=tuple(line for line in change.held if line.id not in wanted),
        student=base if Kind.MOVED in kinds else None,
    )


def placed(line: Contact, student: Student) -> Contact:
    """A line with what it repeats of its pupil."""
    return replace(line, class_id=student.class_id, student_name=folded_name(student.name))
