"""What a school's list would change: the stored roster against the parsed one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from domain.names import folded_name
from domain.roster_changes import Change, Diff, Kind, Stored, placed
from domain.roster_classes import SchoolYear
from domain.roster_columns import Field
from domain.roster_parsed import Parsed, Pupil, Reason, RowProblem
from domain.roster_quarantine import Closed, close_shared
from domain.roster_register import Register
from domain.schools import Contact, Student


def compare(
    school_id: str, stored: Stored, parsed: Parsed, year: SchoolYear, seed: str = ""
) -> Diff:
    """What the list would change. Pupils who are not certainly somebody are refused in `parsed`.

    Somebody has left who is stored in a class that the list names, is not on it, and whose row is not
    among those that could not be read. `seed` is a random word of this import (`close_shared`).
    """
    diff, register = Diff(), Register(school_id, stored, year)
    meant = _meant(register, parsed.pupils)
    found: dict[str, Student] = {}
    pupils: dict[str, Pupil] = {}
    for pupil in parsed.pupils:
        after = _who(register, pupil, meant)
        if isinstance(after, RowProblem):
            parsed.refuse(pupil, after)
        else:
            found[after.id], pupils[after.id] = after, pupil
    named = {register.find_class(p.school_class) for p in parsed.pupils}
    unclear = {register.find_class(c) for c in parsed.unclear_classes}
    leavers = _leavers(diff, stored, parsed, found, named - unclear)
    closed = close_shared(parsed, stored, pupils, {s.id for s in leavers}, seed)
    for after in found.values():
        _take(diff, stored, after, pupils[after.id], closed)
    for student in leavers:
        held = tuple(stored.contacts.get(student.id, ()))
        diff.changes.append(Change(frozenset({Kind.LEFT}), student, student, held=held))
    living = {s.class_id for s in stored.students.values() if s.left_at is None}
    diff.untouched_classes = sorted(
        c.name for c in stored.classes if c.id in living and c.id not in named
    )
    diff.classes, diff.filled = register.made, register.filled
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


def _meant(register: Register, pupils: Sequence[Pupil]) -> dict[str, list[Pupil]]:
    """The rows that mean a stored pupil. Two that mean the same one are both refused: whichever were taken
    first, the second would be somebody else at the next run."""
    meant: dict[str, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        for student_id in register.find(pupil, register.class_of(pupil.school_class)):
            meant[student_id].append(pupil)
    return meant


def _who(
    register: Register, pupil: Pupil, meant: Mapping[str, list[Pupil]]
) -> Student | RowProblem:
    """The pupil as they should be stored, or why it is not certain who that is."""
    stored, class_id = register.stored, register.class_of(pupil.school_class)
    found = register.find(pupil, class_id)
    others = [other.row for s in found for other in meant[s] if other is not pupil]
    if len(found) > 1 or others:
        return RowProblem(Reason.NOT_SURE_WHO, Field.NAME, others[0] if others else None)
    before = stored.students[found[0]] if found else None
    held = stored.contacts.get(found[0], ()) if found else ()
    if before is not None and _is_another(before, held, pupil):
        return RowProblem(Reason.CODE_OF_ANOTHER, Field.CODE)
    return Student(
        id=before.id if before else register.new_id(pupil, class_id),
        school_id=register.school_id,
        class_id=class_id,
        name=pupil.name,
        number=pupil.seat or (before.number if before else 0),
        code=pupil.code or (before.code if before else ""),
    )


def _take(diff: Diff, stored: Stored, after: Student, pupil: Pupil, closed: Closed) -> None:
    before = stored.students.get(after.id)
    held = tuple(stored.contacts.get(after.id, ()))
    lines = wanted_lines(after, held, pupil, closed)
    kinds = _kinds(before, after, held, lines)
    diff.kinds.update(dict.fromkeys(pupil.places, kinds))
    diff.quarantined += any(line.quarantine for line in lines)
    if kinds:
        diff.changes.append(Change(kinds, before, after, lines, held))
    else:
        diff.unchanged += 1


def _is_another(before: Student, held: Sequence[Contact], pupil: Pupil) -> bool:
    """A number that was somebody else's: another name, and no phone that is the same."""
    if folded_name(before.name) == folded_name(pupil.name):
        return False
    digits = {g.phone[-4:] for g in pupil.guardians}
    return not digits & {line.phone_last4 for line in held}


def wanted_lines(
    student: Student, held: Sequence[Contact], pupil: Pupil, closed: Closed
) -> tuple[Contact, ...]:
    """The lines a pupil should have; a stored one with the same four digits keeps its id.

    Where a phone could not be read or none is given, what is stored stays.
    """
    stored = {line.phone_last4: line for line in held}
    lines: dict[str, Contact] = {}
    for guardian in pupil.guardians:
        digits = guardian.phone[-4:]
        before = lines.get(digits)
        group = closed.groups.get((student.id, digits), "")
        relation = (before.relation if before else "") or guardian.relation
        lines[digits] = _line(student, stored.get(digits), digits, relation, group)
    if not pupil.sure:
        for digits, line in stored.items():
            lines.setdefault(digits, placed(line, student))
    return tuple(lines[digits] for digits in sorted(lines))


def _line(
    student: Student, stored: Contact | None, digits: str, relation: str, group: str
) -> Contact:
    return Contact(
        id=stored.id if stored else f"{student.id}:{digits}",
        school_id=student.school_id,
        class_id=student.class_id,
        student_id=student.id,
        student_name=folded_name(student.name),
        phone_last4=digits,
        relation=relation or (stored.relation if stored else ""),
        quarantine=bool(group),
        quarantine_group=group,
        siblings=stored.siblings if stored else (),
        apart=stored.apart if stored else (),
    )


def _kinds(
    before: Student | None, after: Student, held: Iterable[Contact], lines: Iterable[Contact]
) -> frozenset[Kind]:
    if before is None or before.left_at is not None:
        return frozenset({Kind.NEW})
    kinds = {Kind.MOVED} if before != after else set()
    kept = {placed(line, after) for line in held}
    if kept != set(lines):
        kinds.add(Kind.PHONE)
    if not kinds and set(held) != kept:
        kinds.add(Kind.MOVED)  # a run died between the lines and the pupil
    return frozenset(kinds)


def _leavers(
    diff: Diff,
    stored: Stored,
    parsed: Parsed,
    found: Mapping[str, Student],
    class_ids: set[str | None],
) -> list[Student]:
    gone = []
    for student in stored.students.values():
        if student.left_at is not None or student.id in found or student.class_id not in class_ids:
            continue
        if (
            parsed.nobody_leaves
            or folded_name(student.name) in parsed.unclear_names
            or (student.code and student.code in parsed.unclear_codes)
        ):
            diff.spared += 1
        else:
            gone.append(student)
    return gone
