"""A child's mistakes book on paper: the questions alone, with room to do them again."""

from __future__ import annotations

from functools import partial

from domain.subjects import subjects_of
from handlers.base import Access, PageHandler
from handlers.files import send_file
from services.families import access_own_child
from services.mistakes import due_mistakes, mistakes_of, subjects_of_book
from services.work_files import open_mistake

_ON_PAPER = 50


class MistakesHandler(PageHandler):
    """One subject's newest entries, or what is to be tried again today."""

    access = Access.VISITOR

    async def get(self, student_id: str) -> None:
        """Show them as they will be printed; who made them wrong how often is not on the paper."""
        ctx, person_id = self.ctx, self.session.person_id
        student = (await access_own_child(ctx, person_id, student_id)).student
        school = await ctx.stores.schools.find_school(student.school_id)
        named = subjects_of(school.stages, school.rules.local_subjects) if school else ()
        subject = self.get_query_argument("subject", "")
        if subject:
            book = await mistakes_of(ctx, person_id, student_id, subject, limit=_ON_PAPER)
        else:
            book = await due_mistakes(ctx, person_id, student_id)
        kept = await subjects_of_book(ctx, person_id, student_id)
        self.page(
            "print/mistakes.html",
            student=student,
            subjects=[(code, name) for code, name in named if code in kept],
            names=dict(named),
            subject=subject,
            book=book,
        )


class MistakePictureHandler(PageHandler):
    """The picture of an entry, for the child's guardians."""

    access = Access.VISITOR

    async def get(self, student_id: str, mistake_id: str, file_id: str) -> None:
        """Stream it."""
        file, content = await open_mistake(
            self.ctx, self.session.person_id, student_id, mistake_id, file_id
        )
        await send_file(self, file, content, partial(self.ctx.stores.files.read, file.id))
