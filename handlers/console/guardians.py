"""A binding at a desk: what the school notes about it, and its end; the archive for a family, and erasing a child."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from domain.bindings import STAFF_REASONS
from domain.errors import InvalidError, NotFoundError, Problem
from domain.roles import Right
from handlers import phrases
from handlers.base import Access
from handlers.console import people_words
from handlers.console.base import ConsoleHandler
from handlers.console.pupils import pupil_path
from handlers.families import CHANGE_FIELDS, change_values
from handlers.files import send_file
from services.erasure import erase_child
from services.families import (
    access_binding_as_head_teacher,
    change_binding,
    end_binding,
)
from services.family_files import ask_file_for_family, open_family_file
from services.pupil_exports import exports_of, leaving_child

_LONGEST = 64


class BindingHandler(ConsoleHandler):
    """Relation, order, custody and end date of one binding."""

    access = Access.STAFF
    right = Right.BINDINGS

    async def get(self, student_id: str, person_id: str) -> None:
        """The form as it stands."""
        await self._show(student_id, person_id)

    async def post(self, student_id: str, person_id: str) -> None:
        """Note what was chosen."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in CHANGE_FIELDS}
        teaching = await self.teaching_for(self.right)
        try:
            await change_binding(self.ctx, teaching, student_id, person_id, form)
        except InvalidError as error:
            await self._show(student_id, person_id, form, phrases.field_messages(error), status=422)
            return
        self.go(f"{pupil_path(student_id)}?done=binding_changed")

    async def _show(
        self,
        student_id: str,
        person_id: str,
        form: dict[str, str] | None = None,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> None:
        teaching = await self.teaching_for(self.right)
        bound = await access_binding_as_head_teacher(self.ctx, teaching, student_id, person_id)
        self.page(
            "console/binding.html",
            status=status,
            told=people_words,
            bound=bound,
            problems=problems or {},
            **change_values(bound.binding, form, self.ctx.now()),
        )


class EndBindingHandler(ConsoleHandler):
    """Ending a binding: a page that asks why and says what follows."""

    access = Access.STAFF
    right = Right.BINDINGS

    async def get(self, student_id: str, person_id: str) -> None:
        """Ask."""
        await self._show(student_id, person_id)

    async def post(self, student_id: str, person_id: str) -> None:
        """End it; twice is once."""
        reason = self.get_body_argument("reason", "")[:_LONGEST]
        teaching = await self.teaching_for(self.right)
        try:
            await end_binding(self.ctx, teaching, student_id, person_id, reason)
        except InvalidError as error:
            await self._show(student_id, person_id, phrases.field_messages(error), status=422)
            return
        self.go(f"{pupil_path(student_id)}?done=binding_ended")

    async def _show(
        self,
        student_id: str,
        person_id: str,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> None:
        teaching = await self.teaching_for(self.right)
        bound = await access_binding_as_head_teacher(self.ctx, teaching, student_id, person_id)
        if not bound.binding.stands(self.ctx.now()):
            raise NotFoundError
        self.page(
            "console/binding_end.html",
            status=status,
            told=people_words,
            bound=bound,
            reasons=STAFF_REASONS,
            problems=problems or {},
        )


class FamilyExportHandler(ConsoleHandler):
    """The archive of a child and one of its guardians, made for a family that asked at school."""

    access = Access.STAFF
    right = Right.EXPORT

    async def get(self, student_id: str, person_id: str) -> None:
        """What was made lately; while one is being made the page looks again by itself."""
        found = await exports_of(self.ctx, self.acting, student_id, person_id)
        self.page("console/family_file.html", told=people_words, found=found)

    async def post(self, student_id: str, person_id: str) -> None:
        """Make it."""
        await ask_file_for_family(self.ctx, self.acting, student_id, person_id)
        self.go(f"{pupil_path(student_id)}/files/{quote(person_id, safe='')}")


class FamilyExportFileHandler(ConsoleHandler):
    """A ready archive, for who asked for it."""

    access = Access.STAFF
    right = Right.EXPORT

    async def get(self, file_id: str) -> None:
        """Stream it."""
        file, content = await open_family_file(self.ctx, self.acting.person_id, file_id)
        if self.acting.school is None or file.school_id != self.acting.school.id:
            raise NotFoundError
        day = file.created_at.strftime("%Y%m%d")
        await send_file(self, replace(file, name=f"家庭档案-{day}.zip"), content)


class ErasePupilHandler(ConsoleHandler):
    """Erasing a child who left: a page that says what goes for good."""

    access = Access.STAFF
    right = Right.EXPORT

    async def get(self, student_id: str) -> None:
        """Ask."""
        await self._show(student_id)

    async def post(self, student_id: str) -> None:
        """It goes, at once and for good."""
        await leaving_child(self.ctx, self.acting, student_id)
        if not self.get_body_argument("sure", ""):
            await self._show(student_id, InvalidError({"sure": Problem("missing")}))
            return
        await erase_child(self.ctx, self.acting, student_id)
        self.go("/console/people?done=erasure_begun")

    async def _show(self, student_id: str, error: InvalidError | None = None) -> None:
        student, bindings = await leaving_child(self.ctx, self.acting, student_id)
        self.page(
            "console/pupil_erase.html",
            status=422 if error else 200,
            told=people_words,
            student=student,
            bindings=bindings,
            problems=people_words.problems(error) if error else {},
        )
