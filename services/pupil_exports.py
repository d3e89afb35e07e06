"""What the school hands out and erases of a child, as the one who does it sees it beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from domain.bindings import Binding, binding_id
from domain.errors import NotFoundError
from domain.family_files import FamilyFile
from domain.roles import Right
from domain.schools import Student
from services.context import Context
from services.people import Post
from services.pupil_records import access_pupil


@dataclass(frozen=True, slots=True)
class Exports:
    """A child, an adult who is or was bound to it, and the archives this post asked for, newest first."""

    student: Student
    binding: Binding
    files: tuple[FamilyFile, ...]

    @property
    def is_making(self) -> bool:
        """Whether one is being made."""
        return any(file.file_id is None for file in self.files)


async def exports_of(ctx: Context, post: Post, student_id: str, person_id: str) -> Exports:
    """The archives of a child and one adult that may still be fetched. Raises NotFoundError."""
    student = await _access(ctx, post, student_id)
    binding = await ctx.stores.bindings.find(binding_id(student_id, person_id))
    if binding is None:
        raise NotFoundError
    held = await ctx.stores.family_files.of_student(student.school_id, student_id)
    mine = tuple(
        file
        for file in held
        if (file.person_id, file.requested_by) == (person_id, post.person_id)
        and ctx.now() < file.expires_at
    )
    return Exports(student, binding, mine)


async def leaving_child(ctx: Context, post: Post, student_id: str) -> tuple[Student, int]:
    """A child who left and may be erased, and how many adults were ever bound to it. Raises NotFoundError."""
    student = await _access(ctx, post, student_id)
    if student.left_at is None:
        raise NotFoundError
    bindings = await ctx.stores.pupils.bindings_of(student.school_id, [student_id])
    return student, len(bindings)


async def _access(ctx: Context, post: Post, student_id: str) -> Student:
    if not post.has_everywhere(Right.EXPORT):
        raise NotFoundError
    student, _ = await access_pupil(ctx, post, student_id)
    return student
