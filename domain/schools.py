"""A school as this program needs it: classes, pupils, and the adults on the school's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from domain.aims import NO_AIMS, Aims
from domain.budgets import NO_CAPS, Caps
from domain.roles import Appointment
from domain.stages import Stage, System
from domain.times import QuietHours


class Keeper(StrEnum):
    """Who keeps a school's classes (谁负责班级): writes to their families and decides who is bound."""

    HEAD_TEACHER = "head_teacher"  # 班主任; the office where a class has none
    OFFICE = "office"  # 教务处: the school has no head teachers in its groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a school decides for itself; the page of its settings shows them."""

    approval_hours: int = 24  # how long a family decides alone about another guardian of its child
    claim_days: int = 7  # after which a request that nobody decided is over
    keeper: Keeper = Keeper.HEAD_TEACHER
    local_subjects: tuple[tuple[str, str], ...] = ()  # code and name, beside domain.subjects
    evening: Caps = NO_CAPS  # minutes of homework a day, where the school is stricter
    aims: Aims = NO_AIMS  # homeworks of a subject, where the school wants more
    board: bool = True  # whether the board of homework is open to everybody
    bridge: bool = (
        True  # whether what a guardian writes to the official account can go to the head teacher
    )
    quiet_start: str = (
        ""  # by the school's clock, 21:00; with its end empty where the installation's hours hold
    )
    quiet_end: str = ""

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The school's own, where it has any."""
        if not (self.quiet_start and self.quiet_end):
            return None
        return QuietHours(time.fromisoformat(self.quiet_start), time.fromisoformat(self.quiet_end))


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school (学校), the tenant: nothing of one school is ever seen by another.

    `region_ids` leads from the province down to the district, as far as they are known. `year` is the
    school year (2026 begins in autumn 2026) that its classes stand for; 0 until a first list or roll-over.
    `left`: ways from the top down to where it was before it was moved (empty: nowhere), and sums still have its share.
    """

    id: str
    name: str
    region_ids: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    system: System = System.SIX_THREE
    year: int = 0
    rules: Rules = Rules()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    """A class (班级); `name` as people say it: 三年级二班.

    A class stands for the children in it and goes up with them: `entered` is the school year in which they
    would have been in grade 1, `label` what tells the classes of a year apart. `ended_at` is set once
    they have graduated. `tablets`: it learns on tablets (平板班), and more homework is wanted of it.
    """

    id: str
    school_id: str
    name: str
    grade: int
    entered: int = 0
    label: str = ""
    ended_at: datetime | None = None
    tablets: bool = False


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
    `quarantine_group` is the same on all lines that share this phone: a random id made when the list was taken
    in, since the digits alone would not tell which lines belong together. `siblings` are the pupils whom a person
    has confirmed as one family with this child for this phone, `apart` those of whom a person has said that the
    phone is not theirs: a later list does not ask again.
    """

    id: str
    school_id: str
    class_id: str
    student_id: str
    student_name: str
    phone_last4: str
    relation: str
    quarantine: bool = False
    quarantine_group: str = ""
    siblings: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A school's list as it is taken in at once (名册)."""

    school: School
    classes: tuple[SchoolClass, ...]
    students: tuple[Student, ...]
    contacts: tuple[Contact, ...]
    appointments: tuple[Appointment, ...]
