"""Textbooks at a desk: which edition each grade has, and a class that differs, subject by subject."""

from __future__ import annotations

from urllib.parse import quote

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.roles import Right
from domain.schools import SchoolClass
from domain.stages import LAST_GRADE, grade_name, school_grades
from domain.subjects import subject_name
from handlers import link_words
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from handlers.console.links import found_grade
from services.editions import (
    choose_for_class,
    choose_for_grade,
    class_editions,
    grade_editions,
)

_LONGEST = 64
_MOST = 60


class EditionsHandler(ConsoleHandler):
    """A grade (`grade=`), or one class that differs from its grade (`class=`)."""

    access = Access.STAFF
    right = Right.LINKS

    def grades(self) -> tuple[int, ...]:
        """Those this post may choose for; none for who has classes only. Raises NotFoundError in a region."""
        if self.acting.school is None:
            raise NotFoundError
        whole = self.acting.has_everywhere(Right.LINKS)
        own = {a.grade for a in self.acting.appointments if a.grade}
        known = school_grades(self.acting.school.stages, self.acting.school.system)
        every = known or tuple(range(1, LAST_GRADE + 1))
        return tuple(grade for grade in every if whole or grade in own)

    async def get(self) -> None:
        """What it has, and what it could have."""
        grades = self.grades()
        asked = self.get_query_argument("grade", "")
        class_id = self.get_query_argument("class", "")
        if not class_id and not grades:
            raise NotFoundError
        await self._show(class_id, 0 if class_id else found_grade(asked) if asked else grades[0])

    async def post(self) -> None:
        """Choose."""
        class_id = self.get_body_argument("class", "")[:200]
        grade = 0 if class_id else found_grade(self.get_body_argument("grade", ""))
        form = {
            name.removeprefix("of_"): self.get_body_argument(name, "")[:_LONGEST]
            for name in list(self.request.body_arguments)[:_MOST]
            if name.startswith("of_")
        }
        seen = self.get_body_argument("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
        try:
            if class_id:
                teaching = await self.teaching_for(Right.LINKS)
                await choose_for_class(self.ctx, teaching, class_id, form, seen=number)
            else:
                await choose_for_grade(self.ctx, self.acting, grade, form, seen=number)
        except InvalidError:
            await self._show(class_id, grade, banner=words.FORM_REFUSED, status=422)
        except ConflictError:
            await self._show(class_id, grade, banner=link_words.CHANGED, status=409)
        else:
            where = f"class={quote(class_id, safe='')}" if class_id else f"grade={grade}"
            self.go(f"/console/editions?{where}&done=editions_saved")

    async def _show(
        self, class_id: str, grade: int, *, banner: str = "", status: int = 200
    ) -> None:
        school_class: SchoolClass | None = None
        if class_id:
            teaching = await self.teaching_for(Right.LINKS)
            school_class = teaching.find_class(class_id)
            view = await class_editions(self.ctx, teaching, class_id)
        else:
            view = await grade_editions(self.ctx, self.acting, grade)
        local = self.acting.school.rules.local_subjects if self.acting.school else ()
        self.page(
            "console/editions.html",
            status=status,
            grades=self.grades(),
            grade=grade,
            school_class=school_class,
            view=view,
            banner=banner,
            grade_name=grade_name,
            subject=lambda code: subject_name(code, local),
        )
