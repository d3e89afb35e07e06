"""How much links are used, at a desk: from the region over schools and classes to each link and its days."""

from __future__ import annotations

from typing import Any

from domain.roles import Right
from domain.subjects import LocalSubjects, subject_name
from domain.use import FEW, each_month, per_hundred
from handlers.base import Access
from handlers.console.figures import Figures, FiguresFileHandler, FiguresHandler, FiguresPage
from services.periods import Period, Span
from services.shelf_use_details import region_entry_view
from services.use import region_view, school_view
from services.use_details import class_view, link_view
from services.use_export import GIVEN, SHELVES, export_class, export_region, export_school


class UsePage(FiguresPage):
    """What these pages share."""

    root = "/console/use"
    file_title = "使用情况"
    figures = Figures(
        "use",
        region_view,
        school_view,
        {"regions": export_region, "schools": export_school, "classes": export_class},
    )

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
            given=GIVEN,
            weeks=len(period.mondays),
            each=each_month,
            **values,
        )


class UseHandler(UsePage, FiguresHandler):
    """A region, a school, or one's classes of it."""

    access = Access.STAFF
    right = Right.REPORTS


class UseFileHandler(UsePage, FiguresFileHandler):
    """The same, or a class, as an Excel file: no child in it."""

    access = Access.STAFF
    right = Right.REPORTS


class ClassUseHandler(UsePage):
    """A class of one's own school, down to each link."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Show it."""
        self.show_class(
            await class_view(self.ctx, self.acting, class_id, span=self.span, day=self.day)
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


class EntryUseHandler(UsePage):
    """A link of one's own region's shelf: at what is directly in it or a region below it, down to a school's days."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, code: str, place_id: str = "") -> None:
        """Show it."""
        view = await region_entry_view(self.ctx, self.acting, code, place_id, **self.when)
        of_entry = f"{self.root}/entries/{code}"
        self.show(
            "console/use_entry.html",
            view.period,
            view=view,
            of_entry=of_entry,
            address=f"{of_entry}/places/{place_id}" if place_id else of_entry,
        )
