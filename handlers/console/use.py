"""How much links are used, at a desk: from the region over schools and classes to each link and its days."""

from __future__ import annotations

from typing import Any

from domain.roles import Right
from domain.subjects import LocalSubjects, subject_name
from domain.use import FEW, each_month, per_hundred
from handlers.base import Access
from handlers.console.periods import PeriodPage, by_grade
from services.periods import Period, Span
from services.use import RegionView, SchoolView, region_view, school_view
from services.use_details import class_view, link_view
from services.use_export import SHELVES, export_class, export_region, export_school

_ROOT = "/console/use"


class UsePage(PeriodPage):
    """What these pages share."""

    root = _ROOT
    file_title = "使用情况"

    def show(self, template: str, period: Period, local: LocalSubjects = (), **values: Any) -> None:
        """Answer with a page."""
        super().show(
            template,
            period,
            local,
            is_term=period.span is Span.TERM,
            rate=per_hundred,
            shelf_name=lambda key: SHELVES.get(key, key),
            subject_or_none=lambda code: subject_name(code, local) if code else "不分学科",
            few=FEW,
            weeks=len(period.mondays),
            each=each_month,
            **values,
        )

    def show_school(self, view: SchoolView) -> None:
        """A school's page."""
        self.show(
            "console/use_school.html",
            view.period,
            view.school.rules.local_subjects,
            view=view,
            address=f"{_ROOT}/schools/{view.school.id}",
            grades=by_grade(view.lines),
        )

    def show_region(self, view: RegionView) -> None:
        """A region's page."""
        address = f"{_ROOT}/regions/{view.region.id}"
        self.show("console/use_region.html", view.period, view=view, address=address)


class UseHandler(UsePage):
    """One's own place: the school, one's classes of it, or the region."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self) -> None:
        """Show it."""
        if self.acting.school is not None:
            self.show_school(await school_view(self.ctx, self.acting, span=self.span, day=self.day))
        else:
            self.show_region(await region_view(self.ctx, self.acting, span=self.span, day=self.day))


class RegionUseHandler(UsePage):
    """A region within one's own."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, region_id: str) -> None:
        """Show it."""
        view = await region_view(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        self.show_region(view)


class RegionUseFileHandler(UsePage):
    """A region as an Excel file."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, region_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_region(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        )


class SchoolUseHandler(UsePage):
    """A school within one's region, or one's own."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, school_id: str) -> None:
        """Show it."""
        view = await school_view(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        self.show_school(view)


class SchoolUseFileHandler(UsePage):
    """A school, or the classes of it that somebody sees, as an Excel file."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, school_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_school(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        )


class ClassUseHandler(UsePage):
    """A class of one's own school, down to each link."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Show it."""
        view = await class_view(self.ctx, self.acting, class_id, span=self.span, day=self.day)
        self.show(
            "console/use_class.html",
            view.period,
            view.school.rules.local_subjects,
            view=view,
            address=f"{_ROOT}/classes/{class_id}",
        )


class ClassUseFileHandler(UsePage):
    """A class as an Excel file: no child in it."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_class(self.ctx, self.acting, class_id, span=self.span, day=self.day)
        )


class LinkUseHandler(UsePage):
    """One link, day by day: `class=` in a class, without it in one's whole school and one week."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, code: str) -> None:
        """Show it."""
        class_id = self.get_query_argument("class", "")[:200]
        view = await link_view(self.ctx, self.acting, code, class_id, span=self.span, day=self.day)
        local = view.school.rules.local_subjects
        self.show("console/use_link.html", view.period, local, view=view)
