"""Classes at a desk: by grade, with who teaches them; founding one, its label, its end."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from domain.errors import ConflictError, InvalidError
from domain.roles import Right
from domain.schools import Keeper, SchoolClass
from domain.stages import grade_name
from domain.subjects import subject_name
from handlers.base import Access
from handlers.console import people_words
from handlers.console.base import ConsoleHandler
from services.classes import (
    classes_by_grade,
    end_class,
    found_class,
    grades_to_found,
    kept_class,
    relabel_class,
)
from services.quarantine import access_roster

_HOME = "/console/classes"
_LONGEST = 40


class ClassesHandler(ConsoleHandler):
    """All classes of the school, and the form that founds one."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self) -> None:
        """Show them."""
        await self._show()

    async def post(self) -> None:
        """Found one."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in ("grade", "label")}
        try:
            founded = await found_class(self.ctx, self.acting, form)
        except InvalidError as error:
            await self._show(form, problems=people_words.problems(error), status=422)
            return
        except ConflictError as error:
            await self._show(form, banner=people_words.conflict(error.code), status=409)
            return
        self.go(f"{_HOME}/{quote(founded.id, safe='')}?done=class_founded")

    async def _show(
        self,
        form: dict[str, str] | None = None,
        *,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        grades = await classes_by_grade(self.ctx, self.acting)
        self.page(
            "console/classes.html",
            status=status,
            told=people_words,
            grades=grades,
            by_office=access_roster(self.acting).rules.keeper is Keeper.OFFICE,
            most=max((k.pupils for some in grades.values() for k in some), default=0),
            grade_name=grade_name,
            choices=grades_to_found(access_roster(self.acting)),
            typed=form or {"grade": "", "label": ""},
            problems=problems or {},
            banner=banner,
        )


class ClassHandler(ConsoleHandler):
    """One class."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self, class_id: str) -> None:
        """Show it."""
        await self._show(class_id)

    async def post(self, class_id: str) -> None:
        """Another label."""
        form = {n: self.get_body_argument(n, "")[:_LONGEST] for n in ("label", "tablets")}
        try:
            await relabel_class(self.ctx, self.acting, class_id, form)
        except InvalidError as error:
            problems = people_words.problems(error)
            await self._show(class_id, form=form, problems=problems, status=422)
            return
        except ConflictError as error:
            banner = people_words.conflict(error.code)
            await self._show(class_id, form=form, banner=banner, status=409)
            return
        self.go(f"{_HOME}/{quote(class_id, safe='')}?done=class_saved")

    async def _show(
        self,
        class_id: str,
        *,
        form: dict[str, str] | None = None,
        problems: dict[str, str] | None = None,
        banner: str = "",
        status: int = 200,
    ) -> None:
        kept = await kept_class(self.ctx, self.acting, class_id)
        values: dict[str, Any] = {"problems": problems or {}, "banner": banner}
        self.page(
            "console/class.html",
            status=status,
            told=people_words,
            kept=kept,
            by_office=access_roster(self.acting).rules.keeper is Keeper.OFFICE,
            typed=form or _form_of(kept.school_class),
            subject_name=partial(
                subject_name, local=access_roster(self.acting).rules.local_subjects
            ),
            rights={r: self.acting.has(r) for r in (Right.PEOPLE, Right.INVITE)},
            may_see_figures=self.acting.has(Right.REGISTRATION),
            **values,
        )


def _form_of(school_class: SchoolClass) -> dict[str, str]:
    return {"label": school_class.label, "tablets": "yes" if school_class.tablets else ""}


class EndClassHandler(ConsoleHandler):
    """Ending a class that nobody is in: a page that asks, and the answer."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self, class_id: str) -> None:
        """Ask."""
        kept = await kept_class(self.ctx, self.acting, class_id)
        self.page("console/class_end.html", kept=kept, banner="")

    async def post(self, class_id: str) -> None:
        """End it."""
        try:
            await end_class(self.ctx, self.acting, class_id)
        except ConflictError as error:
            kept = await kept_class(self.ctx, self.acting, class_id)
            banner = people_words.conflict(error.code)
            self.page("console/class_end.html", status=409, kept=kept, banner=banner)
            return
        self.go(f"{_HOME}?done=class_ended")
