"""Who has registered (注册情况): what counts, against which aims, by when, and why a child is missing.

Figures are derived: whatever is kept of them can be counted again from pupils, bindings, roles and offers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.bindings import Binding, BindingState
from domain.offers import Offer, OfferState
from domain.roles import Appointment, Role
from domain.schools import Contact, Keeper, SchoolClass, Student
from domain.times import SCHOOL_ZONE

# The city's aims for the digital campus: spaces of institutions, schools, classes and teachers, and the schools'
# own data, are all there; of the pupils at least every second one has a guardian.
FULL_AIM = 100
PUPILS_AIM = 50
_SPACES_BY = (9, 20)
_DATA_BY = (9, 30)
_YEAR_BEGINS_IN = 8  # lists of the new school year are made from August on
_RUNS_SCHOOL = frozenset({Role.OFFICE, Role.SCHOOL_ADMIN})


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many, against an aim in percent."""

    done: int
    all: int
    aim: int = FULL_AIM

    @property
    def missing(self) -> int:
        """How many are not there yet."""
        return self.all - self.done

    @property
    def tenths(self) -> int:
        """Tenths of a percent, rounded down: 99.96 % is never shown as 100. Nothing of nothing is 0."""
        return 1000 * self.done // self.all if self.all else 0

    @property
    def below(self) -> bool:
        """Whether the aim is missed; where there is nothing to count, nothing is missed."""
        return 100 * self.done < self.aim * self.all

    def __add__(self, other: Ratio) -> Ratio:
        """Both together; the aim is the first one's."""
        return Ratio(self.done + other.done, self.all + other.all, self.aim)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """One class at `counted_at`: its pupils, how many of them have a guardian, whether its space is open."""

    class_id: str
    school_id: str
    grade: int
    pupils: int
    registered: int
    opened: bool
    counted_at: datetime

    @property
    def children(self) -> Ratio:
        """Pupils with a guardian."""
        return Ratio(self.registered, self.pupils, PUPILS_AIM)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCount:
    """The staff of a school: teachers with a space, those who have not taken their role, and who runs the school."""

    teachers: int
    missing: int
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCount:
    """One school at `counted_at`: the sum of its classes, and its staff."""

    school_id: str
    pupils: int
    registered: int
    classes: int
    classes_opened: int
    staff: StaffCount
    counted_at: datetime

    @property
    def children(self) -> Ratio:
        """Pupils with a guardian."""
        return Ratio(self.registered, self.pupils, PUPILS_AIM)

    @property
    def class_spaces(self) -> Ratio:
        """Classes whose space is open."""
        return Ratio(self.classes_opened, self.classes)

    @property
    def teacher_spaces(self) -> Ratio:
        """Teachers who have taken their role."""
        return Ratio(self.staff.teachers, self.staff.teachers + self.staff.missing)


def registers(binding: Binding, at: datetime) -> bool:
    """Whether a binding makes its child registered: it counts at `at`, and is not a member of staff's trial."""
    return binding.stands(at) and not binding.trial


def registered_students(bindings: Iterable[Binding], at: datetime) -> frozenset[str]:
    """The children who have at least one guardian at `at`."""
    return frozenset(b.student_id for b in bindings if registers(b, at))


def opened_classes(
    classes: Iterable[SchoolClass],
    appointments: Sequence[Appointment],
    at: datetime,
    keeper: Keeper = Keeper.HEAD_TEACHER,
) -> frozenset[str]:
    """The classes whose space is open: each has a head teacher.

    Where the office keeps them, or a school has no head teachers at all, all are open once it has an office.
    """
    ids = frozenset(c.id for c in classes)
    standing = [a for a in appointments if a.stands(at)]
    headed = frozenset(a.class_id for a in standing if a.role is Role.HEAD_TEACHER) & ids
    office = any(a.role in _RUNS_SCHOOL for a in standing)
    if keeper is Keeper.OFFICE:
        return ids if office else frozenset()
    return ids if office and not headed else headed


def standing_teachers(
    appointments: Iterable[Appointment], at: datetime
) -> dict[str, list[Appointment]]:
    """Who has a space of their own at a school: whoever took a role there. Who only inspects it has none."""
    teachers: dict[str, list[Appointment]] = {}
    for appointment in sorted(appointments, key=lambda a: a.id):
        if appointment.stands(at) and appointment.role is not Role.OBSERVER:
            teachers.setdefault(appointment.person_id, []).append(appointment)
    return teachers


def missing_teachers(
    offers: Iterable[Offer], teachers: Mapping[str, Sequence[Appointment]]
) -> list[Offer]:
    """The teachers who were offered a role and have none: the newest open offer of each, by name.

    Too old a link is still somebody who is missing. A name that has a role at the school already is taken for
    the same person: schools tell two of one name apart in writing.
    """
    there = {a.name for held in teachers.values() for a in held}
    newest: dict[str, Offer] = {}
    for offer in sorted(offers, key=lambda o: (o.created_at, o.id)):
        if offer.state is OfferState.OPEN and offer.role is not Role.OBSERVER:
            newest[offer.name] = offer
    return [offer for name, offer in sorted(newest.items()) if name not in there]


def count_staff(
    appointments: Sequence[Appointment], offers: Iterable[Offer], at: datetime
) -> StaffCount:
    """The staff of one school at `at`."""
    teachers = standing_teachers(appointments, at)
    return StaffCount(
        teachers=len(teachers),
        missing=len(missing_teachers(offers, teachers)),
        opened=any(a.role in _RUNS_SCHOOL for held in teachers.values() for a in held),
    )


def count_classes(
    classes: Iterable[SchoolClass],
    pupils: Iterable[tuple[str, str]],
    registered: Collection[str],
    opened: Collection[str],
    at: datetime,
) -> list[ClassCount]:
    """Each class that has not ended. `pupils` are (student id, class id) of who has not left."""
    here: dict[str, list[int]] = {c.id: [0, 0] for c in classes if c.ended_at is None}
    for student_id, class_id in pupils:
        if class_id in here:
            here[class_id][0] += 1
            here[class_id][1] += student_id in registered
    return [
        ClassCount(
            class_id=c.id,
            school_id=c.school_id,
            grade=c.grade,
            pupils=here[c.id][0],
            registered=here[c.id][1],
            opened=c.id in opened,
            counted_at=at,
        )
        for c in classes
        if c.id in here
    ]


def sum_school(
    school_id: str, classes: Collection[ClassCount], staff: StaffCount, at: datetime
) -> SchoolCount:
    """A school as the sum of its classes."""
    return SchoolCount(
        school_id=school_id,
        pupils=sum(c.pupils for c in classes),
        registered=sum(c.registered for c in classes),
        classes=len(classes),
        classes_opened=sum(c.opened for c in classes),
        staff=staff,
        counted_at=at,
    )


# ------------------------------------------------------------------------------- years and days


def school_year(at: datetime) -> int:
    """The school year that figures are about at `at`: 2026 from August 2026 on."""
    here = at.astimezone(SCHOOL_ZONE)
    return here.year if here.month >= _YEAR_BEGINS_IN else here.year - 1


def spaces_deadline(year: int) -> date:
    """By when all spaces of a school year are to be open."""
    return date(year, *_SPACES_BY)


def data_deadline(year: int) -> date:
    """By when the schools' data of a school year are to be there."""
    return date(year, *_DATA_BY)


# ------------------------------------------------------------------------------- who is missing


class Why(StrEnum):
    """What is known of why a child has no guardian here; the first that fits is told."""

    WAITING = "waiting"  # a request waits to be decided
    QUARANTINE = "quarantine"  # every number on the list also stands with another family
    NO_PHONE = "no_phone"  # the list names no adult
    ENDED = "ended"  # there was one, and it ended
    NEVER = "never"  # nobody has tried, or nobody got through


@dataclass(frozen=True, slots=True)
class Missing:
    """A child without a guardian; `ended` is the last binding it had, if any.

    `invited`: there is a printed card of its own that still invites; `opened`: somebody has opened that.
    """

    student: Student
    why: Why
    ended: Binding | None = None
    invited: bool = False
    opened: bool = False


def why_missing(
    student: Student,
    bindings: Iterable[Binding],
    contacts: Collection[Contact],
    waiting: Collection[str],
) -> Missing:
    """Why a child has no guardian, of its own bindings and lines of the list; `waiting` are children asked for."""
    ended = [b for b in bindings if b.state is BindingState.ENDED and b.ending and not b.trial]
    last = max(ended, key=lambda b: b.ending.at if b.ending else b.bound_at, default=None)
    if student.id in waiting:
        return Missing(student, Why.WAITING, last)
    if contacts and all(line.quarantine for line in contacts):
        return Missing(student, Why.QUARANTINE, last)
    if not contacts:
        return Missing(student, Why.NO_PHONE, last)
    return Missing(student, Why.ENDED if last else Why.NEVER, last)
