"""Coming with an invitation: what a code means now, and who came. Nobody is bound by it (`services.bindings`)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.invitations import Invitation, Visit, parse_code, visit_id
from domain.names import family_name_only, folded_name, parse_digits, parse_name_and_digits
from domain.schools import Contact, School, SchoolClass, Student
from services.context import Context

OVER = "invitation_over"
_LIMIT = "invitation"
# Codes that are nobody's, from one account; whoever holds a sheet of paper mistypes twice.
_GUESSES_PER_HOUR = 10
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Invited:
    """What a living invitation means: a class, and the child where it is one child's."""

    invitation: Invitation
    school: School
    school_class: SchoolClass
    student: Student | None

    @property
    def child(self) -> str:
        """All that a stranger is told of a child's name: 李*; empty for a class's invitation."""
        return family_name_only(self.student.name) if self.student else ""

    def fits(self, line: Contact | Student) -> bool:
        """Whether a line of the list, or a pupil, is meant."""
        if self.student is None:
            return line.class_id == self.school_class.id
        return self.student.id == (line.student_id if isinstance(line, Contact) else line.id)


async def open_invitation(ctx: Context, person_id: str, typed: str) -> Invited:
    """Somebody came with a code, as typed or scanned; their coming is noted.

    Raises NotFoundError when there is no such code (counted against guessing), ConflictError
    `invitation_over` when it is revoked, too old, or its class or child is gone, TooManyError.
    """
    if await ctx.stores.limits.used_up(_LIMIT, person_id, per_hour=_GUESSES_PER_HOUR):
        raise TooManyError(
            await ctx.stores.limits.hit(_LIMIT, person_id, per_hour=_GUESSES_PER_HOUR)
        )
    invitation = await ctx.stores.invitations.find(parse_code(typed) or typed[:_LONGEST_ID])
    if invitation is None:
        await ctx.stores.limits.hit(_LIMIT, person_id, per_hour=_GUESSES_PER_HOUR)
        raise NotFoundError
    invited = await _meant(ctx, invitation)
    if invited is None:
        raise ConflictError(OVER)
    if person_id != invitation.created_by:
        key = visit_id(invitation.id, person_id)
        visit = Visit(key, invitation.school_id, invitation.id, person_id, ctx.now())
        await ctx.stores.invitations.note_visit(visit)
    return invited


async def _meant(ctx: Context, invitation: Invitation) -> Invited | None:
    """What it means now: a child has taken its invitation along into another class."""
    if not invitation.stands(ctx.now()):
        return None
    student, class_id = None, invitation.class_id
    if invitation.student_id:
        students = await ctx.stores.schools.students([invitation.student_id])
        student = students.get(invitation.student_id)
        if student is None:
            return None
        class_id = student.class_id
    classes = await ctx.stores.schools.classes([class_id])
    school = await ctx.stores.schools.find_school(invitation.school_id)
    if not classes or classes[0].ended_at is not None or school is None:
        return None
    return Invited(invitation, school, classes[0], student)


def parse_asked(text: str, invited: Invited | None) -> tuple[str, str] | None:
    """Folded name and digits; whoever comes with a child's invitation need not say the name again."""
    digits = parse_digits(text)
    if invited is not None and invited.student is not None and digits is not None:
        return folded_name(invited.student.name), digits
    return parse_name_and_digits(text)


async def pupils_meant(ctx: Context, invited: Invited, name: str) -> list[Student]:
    """The pupils an invitation may mean who are called like this (folded)."""
    if invited.student is not None:
        pupils = [invited.student]
    else:
        pupils = await ctx.stores.schools.students_of(invited.school.id, [invited.school_class.id])
    return [pupil for pupil in pupils if folded_name(pupil.name) == name]
