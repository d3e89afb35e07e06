"""Figures by place, at a desk: one's own, and from a region down to its schools, the same whatever is counted.

What is counted says in `figures` who knows it and what draws it; what its classes show is its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.regions import Region
from domain.schools import School, SchoolClass
from handlers.console.periods import PeriodPage
from services.periods import Period


class OfRegion(Protocol):
    """What is known of a region."""

    @property
    def region(self) -> Region:
        """Which."""

    @property
    def period(self) -> Period:
        """Over what time."""


class OfSchool(Protocol):
    """What is known of a school."""

    @property
    def school(self) -> School:
        """Which."""

    @property
    def period(self) -> Period:
        """Over what time."""


class OfClass(OfSchool, Protocol):
    """What is known of a class."""

    @property
    def school_class(self) -> SchoolClass:
        """Which."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Who knows the figures of a region and of a school, and which templates draw them: `drawn`_region.html and so on.

    `files` makes (name, content) of an Excel file, by what the address calls the places: regions, schools, classes.
    """

    drawn: str
    region_view: Callable[..., Awaitable[OfRegion]]
    school_view: Callable[..., Awaitable[OfSchool]]
    files: Mapping[str, Callable[..., Awaitable[tuple[str, bytes]]]]


class FiguresPage(PeriodPage):
    """What the pages of one kind of figures share."""

    figures: Figures

    @property
    def when(self) -> dict[str, Any]:
        """What the services are told about the time that is looked at."""
        return {"span": self.span, "day": self.day}

    def show_class(self, view: OfClass, **values: Any) -> None:
        """A class's page."""
        self._show_place("class", f"classes/{view.school_class.id}", view, view.school, **values)

    async def show_school(self, school_id: str) -> None:
        """A school's page; no id is one's own. Raises NotFoundError."""
        view = await self.figures.school_view(self.ctx, self.acting, school_id, **self.when)
        self._show_place("school", f"schools/{view.school.id}", view, view.school)

    async def show_region(self, region_id: str) -> None:
        """A region's page; no id is one's own. Raises NotFoundError."""
        view = await self.figures.region_view(self.ctx, self.acting, region_id, **self.when)
        self._show_place("region", f"regions/{view.region.id}", view, None)

    def _show_place(
        self, what: str, place: str, view: OfRegion | OfSchool, school: School | None, **values: Any
    ) -> None:
        local = school.rules.local_subjects if school else ()
        template = f"console/{self.figures.drawn}_{what}.html"
        address = f"{self.root}/{place}"
        self.show(template, view.period, local, view=view, address=address, **values)


class FiguresHandler(FiguresPage):
    """Figures of one's own place, or of a region or school within one's own."""

    async def get(self, places: str = "", place_id: str = "") -> None:
        """Show them."""
        if places == "regions" or (not places and self.acting.school is None):
            await self.show_region(place_id)
        else:
            await self.show_school(place_id)


class FiguresFileHandler(FiguresPage):
    """The same as an Excel file, as far as somebody sees it."""

    async def get(self, places: str, place_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        export = self.figures.files[places]
        self.send_file(*await export(self.ctx, self.acting, place_id, **self.when))
