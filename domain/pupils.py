"""A pupil's record as the office keeps it by hand: forms read, and what each act writes.

What is written is said in the same terms as a list that is taken in (`roster_changes.Writes`): a child who is
moved by hand loses and keeps exactly what a list would take and leave.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.custody import LONGEST_RELATION
from domain.errors import InvalidError, Problem
from domain.forms import typed_line
from domain.names import NAME_LIMIT, folded_name
from domain.roster_cells import CellError, name_of
from domain.roster_changes import Writes, placed
from domain.schools import Contact, Student

HIGHEST_NUMBER = 999
LONGEST_NAME = 2 * NAME_LIMIT
_PHONE = 11
_KEPT = 4


@dataclass(frozen=True, slots=True)
class PupilDraft:
    """What a form says of a pupil; `number` 0 where none is given."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What a form says of an adult on the list: the end of their phone number, and who they are to the child."""

    phone_last4: str
    relation: str


def parse_pupil(form: Mapping[str, str]) -> PupilDraft:
    """The fields `name` and `number`. Raises InvalidError with every field that is wrong."""
    wrong: dict[str, Problem] = {}
    name, number = "", 0
    try:
        name = name_of(form.get("name", "")[: LONGEST_NAME + 1])
    except CellError as error:
        wrong["name"] = Problem(error.code, NAME_LIMIT)
    else:
        if not name.isprintable():
            wrong["name"] = Problem("control_characters")
    try:
        number = parse_number(form.get("number", ""))
    except InvalidError as error:
        wrong |= error.fields
    if wrong:
        raise InvalidError(wrong)
    return PupilDraft(name, number)


def parse_number(text: str) -> int:
    """A number in the class; 0 for none. Raises InvalidError (field `number`)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdigit()) or len(plain) > len(str(HIGHEST_NUMBER)):
        raise InvalidError({"number": Problem("form", HIGHEST_NUMBER)})
    return int(plain)


def parse_line(form: Mapping[str, str]) -> LineDraft:
    """The fields `phone` (eleven digits, or their last four) and `relation`. Raises InvalidError.

    Only the last four digits are kept, as of a list.
    """
    wrong: dict[str, Problem] = {}
    digits = "".join(
        c for c in unicodedata.normalize("NFKC", form.get("phone", "")) if c not in " -\t"
    )
    if not digits:
        wrong["phone"] = Problem("missing")
    elif not (digits.isascii() and digits.isdigit()) or len(digits) not in (_KEPT, _PHONE):
        wrong["phone"] = Problem("form")
    relation = typed_line(form, "relation", LONGEST_RELATION, wrong)
    if wrong:
        raise InvalidError(wrong)
    return LineDraft(digits[-_KEPT:], relation)


def record_stamp(student: Student, lines: Sequence[Contact]) -> str:
    """What a person has seen of a record when they changed it: another one once anything is different."""
    seen = repr((student, sorted(lines, key=lambda line: line.id)))
    return hashlib.sha256(seen.encode()).hexdigest()[:20]


def edited(student: Student, lines: Sequence[Contact], draft: PupilDraft) -> Writes:
    """Another name or number. The lines repeat the name: a parent is found by it."""
    after = replace(student, name=draft.name, number=draft.number)
    return Writes(put_lines=_moved_lines(lines, after), student=after)


def moved(student: Student, lines: Sequence[Contact], class_id: str, number: int) -> Writes:
    """Into another class. Who is bound stays; whoever has a role in the old class sees the child no more."""
    after = replace(student, class_id=class_id, number=number)
    return Writes(put_lines=_moved_lines(lines, after), student=after)


def left(student: Student, lines: Sequence[Contact]) -> Writes:
    """The child has left: every line and every binding goes."""
    return Writes(drop_lines=tuple(lines), student=student, ends_all=True)


def with_line(student: Student, draft: LineDraft) -> Writes:
    """One more adult on the list."""
    return Writes(put_lines=(line_of(student, draft),))


def with_changed_line(student: Student, line: Contact, draft: LineDraft) -> Writes:
    """The same adult with another relation; with another number it is another line, and what was bound through the
    old one ends, as when a list says so."""
    if draft.phone_last4 == line.phone_last4:
        return Writes(put_lines=(replace(line, relation=draft.relation),))
    return Writes(put_lines=(line_of(student, draft),), drop_lines=(line,))


def without_line(line: Contact) -> Writes:
    """An adult who is on the list no more: what was bound through the line ends."""
    return Writes(drop_lines=(line,))


def line_of(student: Student, draft: LineDraft) -> Contact:
    """A line of the list with the id that a list would give it."""
    return Contact(
        id=f"{student.id}:{draft.phone_last4}",
        school_id=student.school_id,
        class_id=student.class_id,
        student_id=student.id,
        student_name=folded_name(student.name),
        phone_last4=draft.phone_last4,
        relation=draft.relation,
    )


def _moved_lines(lines: Sequence[Contact], after: Student) -> tuple[Contact, ...]:
    return tuple(line for line in (placed(held, after) for held in lines) if line not in lines)
