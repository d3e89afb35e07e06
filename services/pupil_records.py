"""One child and one adult as staff look at them, and what they may do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.bindings import Binding, BindingState, Claim, ClaimState
from domain.errors import NotFoundError
from domain.roles import Right
from domain.schools import Contact, SchoolClass, Student
from services.claims import Standing, standings_of
from services.context import Context
from services.families import Guardian
from services.people import Post, teaching_of
from services.pupil_acts import Record, record_of
from services.pupils import guardians_by_child

_NEWEST_SEEN = 40  # notices of one adult among which the last one read is looked for


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


async def _reaches(ctx: Context, post: Post, right: Right, school_class: SchoolClass) -> bool:
    return post.has(right) and school_class.id in (await teaching_of(ctx, post, right)).class_ids()


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
