"""Who is who: the rows of a school's list against the pupils and classes that are stored."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container
from dataclasses import replace

from domain.names import folded_name
from domain.roster_changes import Stored
from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class
from domain.roster_parsed import Pupil
from domain.schools import SchoolClass


def stable_id(*parts: str) -> str:
    """The same thing taken in twice gets the same id, so a run that died leaves no doubles."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:28]


def _not_among(taken: Container[str], *parts: str) -> str:
    """An id made of who it is; another one when that is taken."""
    made, again = stable_id(*parts), 0
    while made in taken:
        again += 1
        made = stable_id(*parts, str(again))
    return made


class Register:
    """A school's stored roster, to be asked. A class that has ended is nobody's any more."""

    def __init__(self, school_id: str, stored: Stored, year: SchoolYear) -> None:
        self.school_id = school_id
        self.stored = stored
        self.filled: list[SchoolClass] = []
        self.made: dict[str, SchoolClass] = {}
        self._year = year
        self._class_ids: dict[tuple[int, str], str] = {}
        self._stored_class_ids = {c.id for c in stored.classes}
        for school_class in stored.classes:
            if school_class.ended_at is None:
                self._note_class(school_class)
        self._by_code: dict[str, str] = {}
        self._by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        for student in stored.students.values():
            if student.code:
                self._by_code[student.code] = student.id
            self._by_name[student.class_id, folded_name(student.name)].append(student.id)

    def _note_class(self, school_class: SchoolClass) -> None:
        """By cohort; one that was stored without is known by its name, and gets its cohort."""
        entered, label = school_class.entered, school_class.label
        if not entered:
            try:
                name = read_class(school_class.name, grade=school_class.grade, year=self._year)
            except ClassError:
                return
            entered, label = self._year.entered(name.grade), name.label
            if (entered, label) not in self._class_ids:
                self.filled.append(replace(school_class, entered=entered, label=label))
        self._class_ids.setdefault((entered, label), school_class.id)

    def find_class(self, name: ClassName) -> str | None:
        """The id of the class that these children are in now, if there is one."""
        return self._class_ids.get((self._year.entered(name.grade), name.label))

    def class_of(self, name: ClassName) -> str:
        """Its id; a class that is not there yet is made."""
        found = self.find_class(name)
        if found is not None:
            return found
        entered = self._year.entered(name.grade)
        made = _not_among(self._stored_class_ids, self.school_id, "class", str(entered), name.label)
        self._class_ids[entered, name.label] = made
        self.made[made] = SchoolClass(
            id=made,
            school_id=self.school_id,
            name=name.name,
            grade=name.grade,
            entered=entered,
            label=name.label,
        )
        return made

    def find(self, pupil: Pupil, class_id: str) -> list[str]:
        """By number; without one, or where none was known so far, by class and name."""
        if pupil.code and pupil.code in self._by_code:
            return [self._by_code[pupil.code]]
        named = self._by_name.get((class_id, folded_name(pupil.name)), [])
        if pupil.code:
            named = [s for s in named if not self.stored.students[s].code]
        here = [s for s in named if self.stored.students[s].left_at is None]
        # Who left is known again by a number alone: another child may have the name.
        return here or (named[:1] if pupil.code else [])

    def new_id(self, pupil: Pupil, class_id: str) -> str:
        """An id made of who it is; another one when that is taken by somebody who moved on."""
        who = ("code", pupil.code) if pupil.code else (class_id, folded_name(pupil.name))
        return _not_among(self.stored.students, self.school_id, *who)
