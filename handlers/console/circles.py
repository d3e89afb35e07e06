"""How much goes on in circles, at a desk: from the region over schools and circles to each topic, without its words."""

from __future__ import annotations

from typing import Any

from domain import circle_figures as aims
from domain.roles import Right
from domain.subjects import LocalSubjects
from domain.times import school_text
from handlers.base import Access
from handlers.console.figures import Figures, FiguresFileHandler, FiguresHandler, FiguresPage
from services.circle_figures import (
    circle_topics,
    export_region_circles,
    export_school_circles,
    region_circles,
    school_circles,
)
from services.periods import Period


class CirclesPage(FiguresPage):
    """What these pages share."""

    root = "/console/circles"
    file_title = "班级圈与教研圈"
    figures = Figures(
        "circles",
        region_circles,
        school_circles,
        {"regions": export_region_circles, "schools": export_school_circles},
    )

    @property
    def when(self) -> dict[str, Any]:
        """Always a term."""
        return {"day": self.day}

    def show(self, template: str, period: Period, local: LocalSubjects = (), **values: Any) -> None:
        """Answer with a page."""
        super().show(template, period, local, aims=aims, when=school_text, **values)


class CirclesHandler(CirclesPage, FiguresHandler):
    """A region, or a school's circles as far as one sees them."""

    access = Access.STAFF
    right = Right.MONITOR


class CirclesFileHandler(CirclesPage, FiguresFileHandler):
    """The same as an Excel file: numbers, no words and no names."""

    access = Access.STAFF
    right = Right.MONITOR


class CircleTopicsHandler(CirclesPage):
    """What one circle's figures stand on."""

    access = Access.STAFF
    right = Right.MONITOR

    async def get(self, school_id: str, circle_id: str) -> None:
        """Show it."""
        view = await circle_topics(self.ctx, self.acting, school_id, circle_id, day=self.day)
        self.show("console/circle.html", view.period, view=view)
