"""Pupils and their guardians as staff look at them: class by class, by name, one child, one adult.

A class teacher sees own classes, a grade leader the grade, whoever keeps the whole school also those who left.
A list costs what it shows: it is read class by class, and goes on where it stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bindings import Binding, BindingState, Claim, ClaimState
from domain.errors import NotFoundError
from domain.names import folded_name
from domain.roles import Right
from domain.schools import Contact, SchoolClass, Student
from services.claims import Standing, standings_of
from services.context import Context
from services.families import Guardian
from services.people import Post, Teaching, teaching_of
from services.pupil_acts import Record, record_of

_CLASSES_AT_ONCE = 4
_CLASSES_LOOKED_AT = 12
_ROWS_ENOUGH = 80
_FOUND_SHOWN = 60
_NEWEST_SEEN = 40


class Show(StrEnum):
    """Which children of a class are shown."""

    ALL = "all"
    UNBOUND = "unbound"  # nobody is bound
    SEVERAL = "several"  # more than one guardian
    WAITING = "waiting"  # a request waits
    TRIAL = "trial"  # a member of staff tries it
    LEFT = "left"  # no longer at the school


@dataclass(frozen=True, slots=True)
class Row:
    """One child of a list. `guardians` without who tries it; `waiting` requests mean or may mean the child."""

    student: Student
    guardians: tuple[Guardian, ...]
    trials: int = 0
    waiting: int = 0

    def fits(self, show: Show) -> bool:
        """Whether it is asked for."""
        return {
            Show.ALL: True,
            Show.UNBOUND: not self.guardians,
            Show.SEVERAL: len(self.guardians) > 1,
            Show.WAITING: self.waiting > 0,
            Show.TRIAL: self.trials > 0,
            Show.LEFT: True,
        }[show]


@dataclass(frozen=True, slots=True)
class ClassRows:
    """A class and those of its children that are shown, of `count` in all; `unbound` of them have no guardian."""

    school_class: SchoolClass
    rows: tuple[Row, ...]
    count: int
    unbound: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some classes of a list. `next_class_id` is where it goes on, empty at its end."""

    groups: tuple[ClassRows, ...]
    next_class_id: str = ""
    is_cut: bool = False  # more children were found than are shown


async def people_of_classes(
    ctx: Context, post: Post, *, class_id: str = "", show: Show = Show.ALL, start: str = ""
) -> PeoplePage:
    """The children of one class, or of all in reach from the class `start` on. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    _check_show(post, show)
    classes = [c for c in teaching.classes if not class_id or c.id == class_id]
    if start:
        place = [c.id for c in classes].index(start) if start in {c.id for c in classes} else -1
        classes = classes[place:] if place >= 0 else []
    if (class_id or start) and not classes:
        raise NotFoundError
    groups: list[ClassRows] = []
    looked = 0
    while looked < len(classes):
        some = classes[looked : looked + _CLASSES_AT_ONCE]
        groups += await _rows_of(ctx, some, show)
        looked += len(some)
        if looked >= _CLASSES_LOOKED_AT or sum(len(g.rows) for g in groups) >= _ROWS_ENOUGH:
            break
    return PeoplePage(tuple(groups), classes[looked].id if looked < len(classes) else "")


def _check_show(post: Post, show: Show) -> None:
    if show is Show.LEFT and not post.has_everywhere(Right.PEOPLE):
        raise NotFoundError


async def pupils_named(ctx: Context, post: Post, text: str) -> PeoplePage:
    """Children whose name begins so, by class; who left is among them for whoever sees the whole school."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    beginning = folded_name(text)
    if not beginning:
        return PeoplePage(())
    school_id = teaching.school.id
    # Those of other classes are left out after reading: a grade leader may have to look past them.
    found = await ctx.stores.pupils.named(school_id, beginning, limit=20 * _FOUND_SHOWN)
    whole = post.has_everywhere(Right.PEOPLE)
    mine = {c.id: c for c in teaching.classes}
    if whole:
        ids = {s.class_id for s in found}
        mine = {c.id: c for c in await ctx.stores.schools.classes(ids) if c.school_id == school_id}
    seen = [s for s in found if s.class_id in mine and (whole or s.left_at is None)]
    shown = seen[:_FOUND_SHOWN]
    rows = {row.student.id: row for row in await _rows(ctx, school_id, shown)}
    groups = [
        _group(c, [rows[s.id] for s in shown if s.class_id == c.id], Show.ALL)
        for c in sorted(mine.values(), key=lambda c: (c.ended_at is not None, c.grade, c.name))
    ]
    return PeoplePage(tuple(g for g in groups if g.rows), is_cut=len(seen) > len(shown))


async def _rows_of(ctx: Context, classes: Sequence[SchoolClass], show: Show) -> list[ClassRows]:
    school_id, ids = classes[0].school_id, [c.id for c in classes]
    everybody = await ctx.stores.pupils.of_classes(school_id, ids)
    students = [s for s in everybody if (s.left_at is not None) is (show is Show.LEFT)]
    rows = await _rows(ctx, school_id, students)
    return [_group(c, [r for r in rows if r.student.class_id == c.id], show) for c in classes]


def _group(school_class: SchoolClass, rows: Sequence[Row], show: Show) -> ClassRows:
    shown = tuple(row for row in rows if row.fits(show))
    return ClassRows(school_class, shown, len(rows), sum(not row.guardians for row in rows))


async def _rows(ctx: Context, school_id: str, students: Sequence[Student]) -> list[Row]:
    ids = [s.id for s in students if s.left_at is None]
    bindings = await ctx.stores.bindings.active_of_students(school_id, ids) if ids else []
    claims = await ctx.stores.claims.waiting_for_students(school_id, ids) if ids else []
    guardians = await guardians_by_child(ctx, bindings)
    waiting: dict[str, int] = defaultdict(int)
    for claim in claims:
        for student_id in claim.candidates:
            waiting[student_id] += 1
    return [
        Row(
            s,
            tuple(g for g in guardians.get(s.id, ()) if not g.binding.trial),
            sum(g.binding.trial for g in guardians.get(s.id, ())),
            waiting[s.id],
        )
        for s in students
    ]


async def guardians_by_child(
    ctx: Context, bindings: Sequence[Binding]
) -> dict[str, list[Guardian]]:
    """Bindings with whether WeChat reaches each adult, by child; the first guardian first."""
    found = await ctx.stores.identities.of_people(
        ctx.policy.app_id, {b.person_id for b in bindings}
    )
    guardians: dict[str, list[Guardian]] = defaultdict(list)
    for binding in sorted(bindings, key=lambda b: (b.order or 99, b.bound_at, b.id)):
        identity = found.get(binding.person_id)
        following = identity.following if identity else None
        guardians[binding.student_id].append(Guardian(binding, following))
    return guardians


# ------------------------------------------------------------------------------------- one child


@dataclass(frozen=True, slots=True)
class GuardianRecord:
    """An adult bound to a child now, and when they last read something about it."""

    guardian: Guardian
    line: Contact | None
    last_read_at: datetime | None
    approver: str  # how the school calls who approved it; empty for the list and the family


@dataclass(frozen=True, slots=True)
class PastBinding:
    """A binding that ended, with who ended it as the school calls them; empty for who is not of the school."""

    binding: Binding
    by: str


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """A child as staff see it, and what they may do about it."""

    record: Record
    school_class: SchoolClass
    guardians: tuple[GuardianRecord, ...]
    trials: tuple[GuardianRecord, ...]
    waiting: tuple[Standing, ...]
    closed: tuple[Claim, ...]
    past: tuple[PastBinding, ...]
    may_bind: bool
    may_edit: bool
    may_export: bool
    may_decide: bool

    @property
    def student(self) -> Student:
        """The child."""
        return self.record.student

    @property
    def bound_through(self) -> dict[str, int]:
        """How many adults are bound through each line of the list, by the line's id."""
        lines = [g.guardian.binding.contact_id for g in (*self.guardians, *self.trials)]
        return {line.id: lines.count(line.id) for line in self.record.lines}


async def access_pupil(ctx: Context, post: Post, student_id: str) -> tuple[Student, SchoolClass]:
    """A child within reach of this post; who left, or whose class has ended, for the whole school alone.

    Raises NotFoundError.
    """
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    student = await ctx.stores.forgetting.find_student(student_id)
    if student is None or student.school_id != teaching.school.id:
        raise NotFoundError
    whole = post.has_everywhere(Right.PEOPLE)
    if not whole and (student.left_at is not None or student.class_id not in teaching.class_ids()):
        raise NotFoundError
    classes = await ctx.stores.schools.classes([student.class_id])
    if not classes or classes[0].school_id != teaching.school.id:
        raise NotFoundError
    return student, classes[0]


async def pupil_record(ctx: Context, post: Post, student_id: str) -> PupilRecord:
    """Everything about one child that staff may see. Raises NotFoundError."""
    student, school_class = await access_pupil(ctx, post, student_id)
    record = await record_of(ctx, student)
    bindings = await ctx.stores.pupils.bindings_of(student.school_id, [student.id])
    claims = await ctx.stores.pupils.claims_about(student.school_id, student.id)
    staff = await _staff_names(ctx, student.school_id)
    now = ctx.now()
    standing = [b for b in bindings if b.stands(now)] if student.left_at is None else []
    guardians = [
        await _guardian(ctx, guardian, record, staff)
        for guardian in (await guardians_by_child(ctx, standing)).get(student.id, [])
    ]
    waits = [c for c in claims if c.state_at(now) is ClaimState.WAITING]
    is_here = student.left_at is None and school_class.ended_at is None
    return PupilRecord(
        record,
        school_class,
        tuple(g for g in guardians if not g.guardian.binding.trial),
        tuple(g for g in guardians if g.guardian.binding.trial),
        tuple(await standings_of(ctx, waits)) if is_here else (),
        tuple(c for c in claims if c.state_at(now) is not ClaimState.WAITING),
        _past(bindings, staff),
        may_bind=is_here and await _reaches(ctx, post, Right.BINDINGS, school_class),
        may_edit=is_here and post.has_everywhere(Right.ROSTER),
        may_export=post.has_everywhere(Right.EXPORT),
        may_decide=is_here and await _reaches(ctx, post, Right.CLAIMS, school_class),
    )


async def teaching_with(ctx: Context, post: Post, right: Right) -> Teaching | None:
    """The classes in which this post has a right; None where it has it nowhere."""
    return await teaching_of(ctx, post, right) if post.has(right) else None


async def _reaches(ctx: Context, post: Post, right: Right, school_class: SchoolClass) -> bool:
    teaching = await teaching_with(ctx, post, right)
    return teaching is not None and school_class.id in teaching.class_ids()


async def _guardian(
    ctx: Context, guardian: Guardian, record: Record, staff: dict[str, str]
) -> GuardianRecord:
    binding = guardian.binding
    newest = await ctx.stores.deliveries.page_of_person(
        binding.person_id, before=None, at=ctx.now(), limit=_NEWEST_SEEN
    )
    reads = [d.read_at for d in newest if d.student_id == binding.student_id and d.read_at]
    line = next((held for held in record.lines if held.id == binding.contact_id), None)
    by = "" if binding.by_family else staff.get(binding.approved_by or "", "")
    return GuardianRecord(guardian, line, max(reads, default=None), by)


def _past(bindings: Sequence[Binding], staff: dict[str, str]) -> tuple[PastBinding, ...]:
    """The last ending of each adult, also of those who were bound again; the newest first."""
    ended = [
        (b.ending.at, PastBinding(b, staff.get(b.ending.by, ""))) for b in bindings if b.ending
    ]
    return tuple(past for _, past in sorted(ended, key=lambda pair: pair[0], reverse=True))


async def _staff_names(ctx: Context, school_id: str) -> dict[str, str]:
    return {a.person_id: a.name for a in await ctx.stores.appointments.of_school(school_id)}


# ------------------------------------------------------------------------------------- one adult


@dataclass(frozen=True, slots=True)
class AdultChild:
    """A child of an adult, and how the two are bound or were."""

    student: Student
    school_class: SchoolClass
    binding: Binding


@dataclass(frozen=True, slots=True)
class Adult:
    """A guardian as staff see them: nothing but the children within reach and whether WeChat reaches them."""

    person_id: str
    following: bool | None
    bound: tuple[AdultChild, ...]
    past: tuple[AdultChild, ...]


async def adult_of(ctx: Context, post: Post, person_id: str) -> Adult:
    """A guardian of a child within reach; children out of reach are not shown. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    bindings = await ctx.stores.forgetting.bindings_of_person(person_id)
    here = [b for b in bindings if b.school_id == teaching.school.id]
    students = await ctx.stores.schools.students({b.student_id for b in here})
    classes = {c.id: c for c in teaching.classes}
    seen = [
        AdultChild(students[b.student_id], classes[students[b.student_id].class_id], b)
        for b in sorted(here, key=lambda b: b.bound_at)
        if b.student_id in students and students[b.student_id].class_id in classes
    ]
    if not seen:
        raise NotFoundError
    found = await ctx.stores.identities.of_people(ctx.policy.app_id, [person_id])
    now = ctx.now()
    return Adult(
        person_id,
        found[person_id].following if person_id in found else None,
        tuple(c for c in seen if c.binding.stands(now)),
        tuple(c for c in seen if c.binding.state is BindingState.ENDED),
    )
