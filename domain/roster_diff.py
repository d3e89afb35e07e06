"""What a school's list would change: the stored roster against the parsed one, and what of it is to be written."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.names import folded_name
from domain.roster_cells import Guardian
from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class
from domain.roster_columns import Field
from domain.roster_parsed import Parsed, Pupil, Reason, RowProblem
from domain.schools import Contact, SchoolClass, Student


class Kind(StrEnum):
    """What happens to a pupil; one may be moved and have a changed phone at once."""

    NEW = "new"
    MOVED = "moved"  # another class, a corrected name or number
    LEFT = "left"
    PHONE = "phone"


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
    """All that would change. `kinds` says of a place in the file what becomes of its pupil."""

    changes: list[Change] = field(default_factory=list)
    classes: dict[str, SchoolClass] = field(default_factory=dict)
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
    put = tuple(_placed(line, base) for line in lines)
    return Writes(
        put_lines=tuple(line for line in put if held.get(line.id) != line),
        drop_lines=tuple(line for line in change.held if line.id not in wanted),
        student=base if Kind.MOVED in kinds else None,
    )


def _placed(line: Contact, student: Student) -> Contact:
    return replace(line, class_id=student.class_id, student_name=folded_name(student.name))


def stable_id(*parts: str) -> str:
    """The same thing taken in twice gets the same id, so a run that died leaves no doubles."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:28]


class _Register:
    """Who is who among the stored pupils."""

    def __init__(self, school_id: str, stored: Stored, year: SchoolYear) -> None:
        self.school_id = school_id
        self.stored = stored
        self.class_ids: dict[ClassName, str] = {}
        for school_class in stored.classes:
            name = _class_name(school_class, year)
            if name is not None:
                self.class_ids.setdefault(name, school_class.id)
        self.by_code: dict[str, str] = {}
        self.by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        for student in stored.students.values():
            if student.code:
                self.by_code[student.code] = student.id
            self.by_name[student.class_id, folded_name(student.name)].append(student.id)

    def find(self, pupil: Pupil, class_id: str) -> list[str]:
        """By number; without one, or where none was known so far, by class and name."""
        if pupil.code and pupil.code in self.by_code:
            return [self.by_code[pupil.code]]
        named = self.by_name.get((class_id, folded_name(pupil.name)), [])
        if pupil.code:
            named = [s for s in named if not self.stored.students[s].code]
        here = [s for s in named if self.stored.students[s].left_at is None]
        # Who left is known again by a number alone: another child may have the name.
        return here or (named[:1] if pupil.code else [])

    def new_id(self, pupil: Pupil, class_id: str) -> str:
        """An id made of who it is; another one when that is taken by somebody who moved on."""
        who = ("code", pupil.code) if pupil.code else (class_id, folded_name(pupil.name))
        made, again = stable_id(self.school_id, *who), 0
        while made in self.stored.students:
            again += 1
            made = stable_id(self.school_id, *who, str(again))
        return made


def _class_name(school_class: SchoolClass, year: SchoolYear) -> ClassName | None:
    try:
        return read_class(school_class.name, grade=school_class.grade, year=year)
    except ClassError:
        return None


def compare(school_id: str, stored: Stored, parsed: Parsed, year: SchoolYear) -> Diff:
    """What the list would change. Pupils who are not certainly somebody are refused in `parsed`.

    Somebody has left who is stored in a class that the list names, is not on it, and whose row is not
    among those that could not be read.
    """
    diff, register = Diff(), _Register(school_id, stored, year)
    seen: set[str] = set()
    meant = _meant(register, diff, parsed.pupils)
    for pupil in parsed.pupils:
        problem = _take(register, diff, seen, pupil, meant)
        if problem is not None:
            parsed.refuse(pupil, problem)
        elif pupil.quarantine:
            diff.quarantined += 1
    named = {register.class_ids[p.school_class] for p in parsed.pupils}
    unclear = {register.class_ids.get(c) for c in parsed.unclear_classes}
    _leave(diff, stored, parsed, frozenset(seen), named - unclear)
    living = {s.class_id for s in stored.students.values() if s.left_at is None}
    diff.untouched_classes = sorted(
        c.name for c in stored.classes if c.id in living and c.id not in named
    )
    return diff


_A_CLASS = 5  # fewer may well change places


def replaced_classes(diff: Diff, stored: Stored) -> list[str]:
    """Names of classes that would lose every pupil they have and get others: a new school year's list.

    A class stands for the children in it: what was said to it, and who teaches it, must not pass to others.
    """
    had = Counter(s.class_id for s in stored.students.values() if s.left_at is None)
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for change in diff.changes:
        before, after = change.before, change.after
        elsewhere = before is not None and before.class_id != after.class_id
        if (
            before is not None
            and before.left_at is None
            and (elsewhere or Kind.LEFT in change.kinds)
        ):
            gone[before.class_id] += 1
        if elsewhere or Kind.NEW in change.kinds:
            come[after.class_id] += 1
    names = {c.id: c.name for c in stored.classes}
    return sorted(names.get(c, c) for c in had if gone[c] == had[c] >= _A_CLASS and come[c])


def _class_id(register: _Register, diff: Diff, name: ClassName) -> str:
    if name not in register.class_ids:
        made = stable_id(register.school_id, "class", str(name.grade), name.label)
        register.class_ids[name] = made
        diff.classes[made] = SchoolClass(
            id=made, school_id=register.school_id, name=name.name, grade=name.grade
        )
    return register.class_ids[name]


def _meant(register: _Register, diff: Diff, pupils: Sequence[Pupil]) -> dict[str, list[Pupil]]:
    """The rows that mean a stored pupil. Two that mean the same one are both refused: whichever were taken
    first, the second would be somebody else at the next run."""
    meant: dict[str, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        for student_id in register.find(pupil, _class_id(register, diff, pupil.school_class)):
            meant[student_id].append(pupil)
    return meant


def _take(
    register: _Register, diff: Diff, seen: set[str], pupil: Pupil, meant: dict[str, list[Pupil]]
) -> RowProblem | None:
    stored, class_id = register.stored, register.class_ids[pupil.school_class]
    found = register.find(pupil, class_id)
    others = [other.row for s in found for other in meant[s] if other is not pupil]
    if len(found) > 1 or others:
        return RowProblem(Reason.NOT_SURE_WHO, Field.NAME, others[0] if others else None)
    before = stored.students[found[0]] if found else None
    held = tuple(stored.contacts.get(found[0], ())) if found else ()
    if before is not None and _is_another(before, held, pupil):
        return RowProblem(Reason.CODE_OF_ANOTHER, Field.CODE)
    after = Student(
        id=before.id if before else register.new_id(pupil, class_id),
        school_id=register.school_id,
        class_id=class_id,
        name=pupil.name,
        number=pupil.seat or (before.number if before else 0),
        code=pupil.code or (before.code if before else ""),
    )
    seen.add(after.id)
    lines = wanted_lines(after, held, pupil)
    kinds = _kinds(before, after, held, lines)
    diff.kinds.update(dict.fromkeys(pupil.places, kinds))
    if kinds:
        diff.changes.append(Change(kinds, before, after, lines, held))
    else:
        diff.unchanged += 1
    return None


def _is_another(before: Student, held: Sequence[Contact], pupil: Pupil) -> bool:
    """A number that was somebody else's: another name, and no phone that is the same."""
    if folded_name(before.name) == folded_name(pupil.name):
        return False
    digits = {g.phone[-4:] for g in pupil.guardians}
    return not digits & {line.phone_last4 for line in held}


def wanted_lines(student: Student, held: Sequence[Contact], pupil: Pupil) -> tuple[Contact, ...]:
    """The lines a pupil should have; a stored one with the same four digits keeps its id.

    Where a phone could not be read or none is given, what is stored stays.
    """
    stored = {line.phone_last4: line for line in held}
    lines: dict[str, Contact] = {}
    for guardian in pupil.guardians:
        digits = guardian.phone[-4:]
        before = lines.get(digits)
        lines[digits] = _line(student, stored.get(digits), guardian, pupil, before)
    if not pupil.sure:
        for digits, line in stored.items():
            lines.setdefault(digits, _placed(line, student))
    return tuple(lines[digits] for digits in sorted(lines))


def _line(
    student: Student,
    stored: Contact | None,
    guardian: Guardian,
    pupil: Pupil,
    same_digits: Contact | None,
) -> Contact:
    digits = guardian.phone[-4:]
    known = (same_digits.relation if same_digits else "") or guardian.relation
    return Contact(
        id=stored.id if stored else f"{student.id}:{digits}",
        school_id=student.school_id,
        class_id=student.class_id,
        student_id=student.id,
        student_name=folded_name(student.name),
        phone_last4=digits,
        relation=known or (stored.relation if stored else ""),
        quarantine=guardian.phone in pupil.quarantine
        or (same_digits is not None and same_digits.quarantine),
    )


def _kinds(
    before: Student | None, after: Student, held: Iterable[Contact], lines: Iterable[Contact]
) -> frozenset[Kind]:
    if before is None or before.left_at is not None:
        return frozenset({Kind.NEW})
    kinds = {Kind.MOVED} if before != after else set()
    placed = {_placed(line, after) for line in held}
    if placed != set(lines):
        kinds.add(Kind.PHONE)
    if not kinds and set(held) != placed:
        kinds.add(Kind.MOVED)  # a run died between the lines and the pupil
    return frozenset(kinds)


def _leave(
    diff: Diff, stored: Stored, parsed: Parsed, seen: frozenset[str], class_ids: set[str]
) -> None:
    for student in stored.students.values():
        if student.left_at is not None or student.id in seen or student.class_id not in class_ids:
            continue
        if folded_name(student.name) in parsed.unclear_names or (
            student.code and student.code in parsed.unclear_codes
        ):
            diff.spared += 1
            continue
        held = tuple(stored.contacts.get(student.id, ()))
        diff.changes.append(Change(frozenset({Kind.LEFT}), student, student, held=held))
