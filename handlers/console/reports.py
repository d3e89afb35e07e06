"""What became of homework, at a desk: from the region over schools and classes to each homework and, for who teaches
it, each child."""

from __future__ import annotations

from typing import Any

from domain.roles import Right
from domain.subjects import LocalSubjects
from handlers.base import Access
from handlers.console.figures import Figures, FiguresFileHandler, FiguresHandler, FiguresPage
from services.periods import Period, Span, period_on
from services.report_details import child_view_for_teacher, children_to_open, homework_view
from services.report_export import export_class, export_region, export_school
from services.reports import class_view, region_view, school_view
from services.timings import calibration_of


def percent(done: int, every: int) -> int | None:
    """In whole percents, rounded down: not all is never shown as 100. None of nothing."""
    return 100 * done // every if every else None


class ReportPage(FiguresPage):
    """What these pages share."""

    root = "/console/reports"
    file_title = "作业报告"
    figures = Figures(
        "report",
        region_view,
        school_view,
        {"regions": export_region, "schools": export_school, "classes": export_class},
    )

    def show(self, template: str, period: Period, local: LocalSubjects = (), **values: Any) -> None:
        """Answer with a page."""
        is_term = period.span is Span.TERM
        super().show(template, period, local, percent=percent, is_term=is_term, **values)


class ReportHandler(ReportPage, FiguresHandler):
    """A region, a school, or one's classes of it."""

    access = Access.STAFF
    right = Right.REPORTS


class ReportFileHandler(ReportPage, FiguresFileHandler):
    """The same, or a class, as an Excel file: no child in it."""

    access = Access.STAFF
    right = Right.REPORTS


class ClassReportHandler(ReportPage):
    """A class of one's own school, down to each homework."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Show it. How long one's own homework took is for a teacher's own eyes (docs/homework.md)."""
        self.show_class(
            await class_view(self.ctx, self.acting, class_id, span=self.span, day=self.day),
            children=await children_to_open(self.ctx, self.acting, class_id),
            calibration=await calibration_of(self.ctx, await self.teaching_for(Right.REPORTS)),
        )


class HomeworkReportHandler(ReportPage):
    """One homework in one class: what a line of its report was counted from."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str, homework_id: str) -> None:
        """Show it."""
        view = await homework_view(self.ctx, self.acting, class_id, homework_id)
        period = await period_on(self.ctx, view.school, self.span, view.homework.task.evening)
        self.show(
            "console/report_homework.html", period, view.school.rules.local_subjects, view=view
        )


class ChildReportHandler(ReportPage):
    """One child, for who teaches it."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, student_id: str) -> None:
        """Show it."""
        view = await child_view_for_teacher(
            self.ctx, self.acting, student_id, span=self.span, day=self.day
        )
        self.show(
            "console/report_child.html",
            view.period,
            view.school.rules.local_subjects,
            view=view,
            address=f"{self.root}/children/{student_id}",
        )
