"""How much homework there is, at a desk: from the region over schools and classes to each class-day."""

from __future__ import annotations

from domain.roles import Right
from handlers.base import Access
from handlers.console.periods import PeriodPage, by_grade
from services.monitor_export import export_region, export_school
from services.monitors import (
    RegionMonitor,
    SchoolMonitor,
    class_monitor,
    region_monitor,
    school_monitor,
)

_ROOT = "/console/homework"


class MonitorPage(PeriodPage):
    """What these pages share."""

    root = _ROOT
    file_title = "作业总量"

    def show_school(self, view: SchoolMonitor) -> None:
        """A school's page."""
        local = view.school.rules.local_subjects
        self.show(
            "console/monitor_school.html",
            view.period,
            local,
            view=view,
            address=f"{_ROOT}/schools/{view.school.id}",
            grades=by_grade(view.lines),
        )

    def show_region(self, view: RegionMonitor) -> None:
        """A region's page."""
        address = f"{_ROOT}/regions/{view.region.id}"
        self.show("console/monitor_region.html", view.period, view=view, address=address)


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
