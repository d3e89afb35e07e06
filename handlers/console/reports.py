"""What became of homework, at a desk: from the region over schools and classes to each homework and, for who teaches
it, each child."""

from __future__ import annotations

from typing import Any

from domain.roles import Right
from domain.subjects import LocalSubjects
from handlers.base import Access
from handlers.console.periods import PeriodPage, by_grade
from services.periods import Period, Span, period_on
from services.report_details import child_view_for_teacher, children_to_open, homework_view
from services.report_export import export_class, export_region, export_school
from services.reports import RegionView, SchoolView, class_view, region_view, school_view
from services.timings import calibration_of

_ROOT = "/console/reports"


def percent(done: int, every: int) -> int | None:
    """In whole percents, rounded down: not all is never shown as 100. None of nothing."""
    return 100 * done // every if every else None


class ReportPage(PeriodPage):
    """What these pages share."""

    root = _ROOT
    file_title = "作业报告"

    def show(self, template: str, period: Period, local: LocalSubjects = (), **values: Any) -> None:
        """Answer with a page."""
        is_term = period.span is Span.TERM
        super().show(template, period, local, percent=percent, is_term=is_term, **values)

    def show_school(self, view: SchoolView) -> None:
        """A school's page."""
        self.show(
            "console/report_school.html",
            view.period,
            view.school.rules.local_subjects,
            view=view,
            address=f"{_ROOT}/schools/{view.school.id}",
            grades=by_grade(view.lines),
        )

    def show_region(self, view: RegionView) -> None:
        """A region's page."""
        address = f"{_ROOT}/regions/{view.region.id}"
        self.show("console/report_region.html", view.period, view=view, address=address)


class ReportHandler(ReportPage):
    """One's own place: the school, one's classes of it, or the region."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self) -> None:
        """Show it."""
        if self.acting.school is not None:
            self.show_school(await school_view(self.ctx, self.acting, span=self.span, day=self.day))
        else:
            self.show_region(await region_view(self.ctx, self.acting, span=self.span, day=self.day))


class RegionReportHandler(ReportPage):
    """A region within one's own."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, region_id: str) -> None:
        """Show it."""
        view = await region_view(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        self.show_region(view)


class RegionReportFileHandler(ReportPage):
    """A region as an Excel file."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, region_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_region(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        )


class SchoolReportHandler(ReportPage):
    """A school within one's region, or one's own."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, school_id: str) -> None:
        """Show it."""
        view = await school_view(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        self.show_school(view)


class SchoolReportFileHandler(ReportPage):
    """A school, or the classes of it that somebody sees, as an Excel file."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, school_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_school(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        )


class ClassReportHandler(ReportPage):
    """A class of one's own school, down to each homework."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Show it. How long one's own homework took is for a teacher's own eyes (docs/homework.md)."""
        view = await class_view(self.ctx, self.acting, class_id, span=self.span, day=self.day)
        self.show(
            "console/report_class.html",
            view.period,
            view.school.rules.local_subjects,
            view=view,
            address=f"{_ROOT}/classes/{class_id}",
            children=await children_to_open(self.ctx, self.acting, class_id),
            calibration=await calibration_of(self.ctx, await self.teaching_for(Right.REPORTS)),
        )


class ClassReportFileHandler(ReportPage):
    """A class as an Excel file: no child in it."""

    access = Access.STAFF
    right = Right.REPORTS

    async def get(self, class_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_class(self.ctx, self.acting, class_id, span=self.span, day=self.day)
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
            address=f"{_ROOT}/children/{student_id}",
        )
