"""How much homework there is, at a desk: from the region over schools and classes to each class-day."""

from __future__ import annotations

from domain.roles import Right
from handlers.base import Access
from handlers.console.figures import Figures, FiguresFileHandler, FiguresHandler, FiguresPage
from services.monitor_export import export_region, export_school
from services.monitors import class_monitor, region_monitor, school_monitor


class MonitorPage(FiguresPage):
    """What these pages share."""

    root = "/console/homework"
    file_title = "作业总量"
    figures = Figures(
        "monitor",
        region_monitor,
        school_monitor,
        {"regions": export_region, "schools": export_school},
    )


class MonitorHandler(MonitorPage, FiguresHandler):
    """A region, a school, or the classes of it that one watches over."""

    access = Access.STAFF
    right = Right.MONITOR


class MonitorFileHandler(MonitorPage, FiguresFileHandler):
    """The same as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR


class ClassMonitorHandler(MonitorPage):
    """A class of one's own school, day by day."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, class_id: str) -> None:
        """Show what the figures count."""
        self.show_class(
            await class_monitor(self.ctx, self.acting, class_id, span=self.span, day=self.day)
        )
