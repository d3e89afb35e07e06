"""A school as this program needs it: classes, pupils, the adults on the school's list, and who teaches what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school (学校), the tenant: nothing of one school is ever seen by another."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    """A class (班级); `name` as people say it: 三年级二班."""

    id: str
    school_id: str
    name: str
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A pupil (学生): a record, never an account.

    `code` is what the school's list knows the child by (学号), empty when it has none; of a long one,
    which may be an identity number, only the end. `left_at` is set once the child has left.
    """

    id: str
    school_id: str
    class_id: str
    name: str
    number: int
    code: str = ""
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An adult on the school's list for one child (名册家长): what a binding is checked against.

    `student_name` is folded (`names.folded_name`) and repeated here because a parent is found by it. Of
    the phone number only the last four digits are kept: more is not needed to tell who it is. A line in
    `quarantine` (隔离) binds nobody: its phone stands also with a child of another family.
    """

    id: str
    school_id: str
    class_id: str
    student_id: str
    student_name: str
    phone_last4: str
    relation: str
    quarantine: bool = False


class Role(StrEnum):
    """What an adult is at a place."""

    HEAD_TEACHER = "head_teacher"  # 班主任


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One person in one role at one class (任职); `name` is how families are told who wrote."""

    id: str
    school_id: str
    class_id: str
    person_id: str
    role: Role
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A school's list as it is taken in at once (名册)."""

    school: School
    classes: tuple[SchoolClass, ...]
    students: tuple[Student, ...]
    contacts: tuple[Contact, ...]
    appointments: tuple[Appointment, ...]
