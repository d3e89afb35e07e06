"""How much homework there is, at a desk: from the region over schools and classes to each class-day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from domain.errors import NotFoundError
from domain.roles import Right
from domain.stages import grade_name
from domain.subjects import LocalSubjects, subject_name
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from handlers.homework_phrases import weekday
from services.monitor_export import export_region, export_school
from services.monitors import (
    Period,
    RegionMonitor,
    SchoolMonitor,
    Span,
    class_monitor,
    region_monitor,
    school_monitor,
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROOT = "/console/homework"


class MonitorPage(ConsoleHandler):
    """What these pages share: over what time, and the way there."""

    @property
    def span(self) -> Span:
        """`span=term`; else a week."""
        return Span.TERM if self.get_query_argument("span", "") == Span.TERM else Span.WEEK

    @property
    def day(self) -> date | None:
        """`day=2026-11-27`: which week or term; none for now. Raises NotFoundError for what is no day."""
        text = self.get_query_argument("day", "")
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            raise NotFoundError from None
        if day is not None and not 2000 < day.year < 3000:
            raise NotFoundError
        return day

    def show(self, template: str, period: Period, local: LocalSubjects = (), **values: Any) -> None:
        """Answer with a page."""
        week = timedelta(days=7)
        self.page(
            template,
            root=_ROOT,
            period=period,
            query=f"?span={period.span}&day={period.mondays[-1].isoformat()}",
            earlier=period.mondays[0] - week,
            later=period.mondays[-1] + week,
            subject=lambda code: subject_name(code, local),
            grade_name=grade_name,
            weekday=weekday,
            **values,
        )

    def show_school(self, view: SchoolMonitor) -> None:
        """A school's page."""
        local = view.school.rules.local_subjects
        grades = dict.fromkeys(line.school_class.grade for line in view.lines)
        self.show(
            "console/monitor_school.html",
            view.period,
            local,
            view=view,
            address=f"{_ROOT}/schools/{view.school.id}",
            grades=[
                (grade, [line for line in view.lines if line.school_class.grade == grade])
                for grade in grades
            ],
        )

    def show_region(self, view: RegionMonitor) -> None:
        """A region's page."""
        address = f"{_ROOT}/regions/{view.region.id}"
        self.show("console/monitor_region.html", view.period, view=view, address=address)

    def send_file(self, name: str, content: bytes) -> None:
        """Hand over an Excel file."""
        title = quote(f"{name} 作业总量.xlsx")
        self.set_header("Content-Type", _XLSX)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{title}")
        self.finish(content)


class MonitorHandler(MonitorPage):
    """One's own place."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self) -> None:
        """The school or the region."""
        if self.acting.school is not None:
            self.show_school(
                await school_monitor(self.ctx, self.acting, span=self.span, day=self.day)
            )
        else:
            self.show_region(
                await region_monitor(self.ctx, self.acting, span=self.span, day=self.day)
            )


class RegionMonitorHandler(MonitorPage):
    """A region within one's own."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """Show it."""
        self.show_region(
            await region_monitor(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        )


class SchoolMonitorHandler(MonitorPage):
    """A school within one's region, or one's own."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Show it."""
        self.show_school(
            await school_monitor(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        )


class ClassMonitorHandler(MonitorPage):
    """A class of one's own school, day by day."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, class_id: str) -> None:
        """Show what the figures count."""
        view = await class_monitor(self.ctx, self.acting, class_id, span=self.span, day=self.day)
        local = view.school.rules.local_subjects
        address = f"{_ROOT}/classes/{class_id}"
        self.show("console/monitor_class.html", view.period, local, view=view, address=address)


class RegionMonitorFileHandler(MonitorPage):
    """A region as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_region(self.ctx, self.acting, region_id, span=self.span, day=self.day)
        )


class SchoolMonitorFileHandler(MonitorPage):
    """A school as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(
            *await export_school(self.ctx, self.acting, school_id, span=self.span, day=self.day)
        )
