"""How much goes on in circles, at a desk: from the region over schools and circles to each topic, without its words."""

from __future__ import annotations

from domain import circle_figures as aims
from domain.roles import Right
from domain.times import school_text
from handlers.base import Access
from handlers.console.periods import PeriodPage
from services.circle_figures import (
    RegionCircles,
    SchoolCircles,
    circle_topics,
    export_region_circles,
    export_school_circles,
    region_circles,
    school_circles,
)

_ROOT = "/console/circles"


class CirclesPage(PeriodPage):
    """What these pages share."""

    root = _ROOT
    file_title = "班级圈与教研圈"

    def show_school(self, view: SchoolCircles) -> None:
        """A school's page."""
        self.show("console/circles_school.html", view.period, view=view, aims=aims)

    def show_region(self, view: RegionCircles) -> None:
        """A region's page."""
        self.show("console/circles_region.html", view.period, view=view, aims=aims)


class CirclesHandler(CirclesPage):
    """One's own place."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self) -> None:
        """Show it."""
        if self.acting.school is not None:
            self.show_school(await school_circles(self.ctx, self.acting, day=self.day))
        else:
            self.show_region(await region_circles(self.ctx, self.acting, day=self.day))


class RegionCirclesHandler(CirclesPage):
    """A region within one's own."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """Show it."""
        self.show_region(await region_circles(self.ctx, self.acting, region_id, day=self.day))


class RegionCirclesFileHandler(CirclesPage):
    """A region as an Excel file."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, region_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(*await export_region_circles(self.ctx, self.acting, region_id, day=self.day))


class SchoolCirclesHandler(CirclesPage):
    """A school within one's region, or one's own."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Show it."""
        self.show_school(await school_circles(self.ctx, self.acting, school_id, day=self.day))


class SchoolCirclesFileHandler(CirclesPage):
    """A school as an Excel file: numbers, no words and no names."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        self.send_file(*await export_school_circles(self.ctx, self.acting, school_id, day=self.day))


class CircleTopicsHandler(CirclesPage):
    """What one circle's figures stand on."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str, circle_id: str) -> None:
        """Show it."""
        view = await circle_topics(self.ctx, self.acting, school_id, circle_id, day=self.day)
        self.show("console/circle.html", view.period, view=view, aims=aims, when=school_text)
