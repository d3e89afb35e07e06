"""How many resources were filed in a term: of a school's teachers, of a region's schools, and what was counted."""

from __future__ import annotations

from domain.errors import NotFoundError
from domain.roles import Right
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.periods import PeriodPage
from services.resource_figures import (
    export_figures,
    filed_by,
    region_figures,
    school_figures,
)
from services.resource_views import names_of, tabs_of


class FiguresPage(PeriodPage):
    """What these pages share."""

    root = "/console/resources/figures"
    file_title = "教学资源"


class FiguresHandler(FiguresPage):
    """Of one's own place."""

    access = Access.STAFF
    right = Right.CURATE

    async def get(self, school_id: str = "") -> None:
        """A school's teachers, or a region's schools."""
        tabs = await tabs_of(self.ctx, self.acting)
        if self.acting.school is None and not school_id:
            view = await region_figures(self.ctx, self.acting, "", self.day)
            self.show("console/resources_region.html", view.period, view=view, tabs=tabs)
            return
        found = await school_figures(self.ctx, self.acting, school_id, self.day)
        self.show(
            "console/resources_school.html", found.period, view=found, tabs=tabs, aim=found.aim
        )


class TeacherHandler(FiguresPage):
    """What one teacher's figure was counted from."""

    access = Access.STAFF
    right = Right.CURATE

    async def get(self, school_id: str, person_id: str) -> None:
        """As far as this post may see it."""
        view, line, found = await filed_by(self.ctx, self.acting, school_id, person_id, self.day)
        shown = [seen for seen in found if seen is not None]
        self.show(
            "console/resources_teacher.html",
            view.period,
            view=view,
            line=line,
            found=shown,
            hidden=len(found) - len(shown),
            names=await names_of(self.ctx, [seen.resource for seen in shown]),
            told=resource_words,
            tabs=await tabs_of(self.ctx, self.acting),
        )


class FiguresFileHandler(FiguresPage):
    """The same as an Excel file."""

    access = Access.STAFF
    right = Right.CURATE

    async def get(self, school_id: str = "") -> None:
        """Hand it over."""
        if school_id and school_id == self.acting.place_id and self.acting.school is None:
            raise NotFoundError
        name, content = await export_figures(self.ctx, self.acting, school_id, self.day)
        self.send_file(name, content)
