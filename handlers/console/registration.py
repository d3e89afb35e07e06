"""Who has registered, at a desk: from the region over schools and classes to the list of who is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from domain.errors import NotFoundError
from domain.registration import PUPILS_AIM, Ratio, data_deadline, school_year, spaces_deadline
from domain.roles import Right
from domain.times import SCHOOL_ZONE
from handlers.base import Access
from handlers.console import registration_words as said
from handlers.console.base import ConsoleHandler
from handlers.downloads import send_sheet
from services.registration_classes import class_view, staff_view
from services.registration_export import (
    export_class,
    export_region,
    export_school,
    note_printed,
)
from services.registration_views import (
    ClassLine,
    RegionView,
    SchoolLine,
    region_view,
    school_view,
)

_PAGE = 50
_FEWEST_DRAWN = 8  # fewer schools are seen at a glance in the list itself

# What a list of schools may be cut down to: exactly what the figure that leads there counts as missing.
SHOWN: dict[str, Callable[[SchoolLine], bool]] = {
    "all": lambda line: True,
    "below": lambda line: line.children.below,
    "classes": lambda line: line.classes.missing > 0,
    "teachers": lambda line: line.teachers.missing > 0,
    "spaces": lambda line: not line.opened,
    "data": lambda line: not line.up_to_date,
}
_SORTS: dict[str, Callable[[SchoolLine], tuple[int, int]]] = {
    "name": lambda line: (0, 0),  # as they come
    "rate": lambda line: (line.children.tenths, -line.children.missing),
    "missing": lambda line: (-line.children.missing, line.children.tenths),
    "classes": lambda line: (line.classes.tenths, -line.classes.missing),
    "teachers": lambda line: (line.teachers.tenths, -line.teachers.missing),
}


@dataclass(frozen=True, slots=True)
class SchoolList:
    """One page of a region's schools, as it was asked for."""

    shown: str
    sort: str
    backwards: bool
    page: int
    pages: int
    count: int
    lines: tuple[SchoolLine, ...]

    def address(self, **changes: str | int) -> str:
        """The query of this list with something changed."""
        sort = f"-{self.sort}" if self.backwards else self.sort
        return "?" + urlencode({"show": self.shown, "sort": sort} | changes)

    def sorted_by(self, sort: str) -> str:
        """The query of this list sorted by a column; once more turns it round."""
        turned = self.sort == sort and not self.backwards
        return self.address(sort=f"-{sort}" if turned else sort)


def list_schools(lines: Sequence[SchoolLine], show: str, sort: str, page: str) -> SchoolList:
    """The schools as asked for in an address; what is none of ours is as if it were not said."""
    shown = show if show in SHOWN else "all"
    key = sort.removeprefix("-")
    key = key if key in _SORTS else "name"
    backwards = sort == f"-{key}"
    found = sorted((line for line in lines if SHOWN[shown](line)), key=_SORTS[key])
    if backwards:
        found.reverse()
    pages = max(1, -(-len(found) // _PAGE))
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() else 1
    some = tuple(found[(number - 1) * _PAGE : number * _PAGE])
    return SchoolList(shown, key, backwards, number, pages, len(found), some)


class RegistrationPage(ConsoleHandler):
    """What these pages share: the days by which everything is to be there, and the way up."""

    def show(self, template: str, **values: Any) -> None:
        """Answer with a page; `today` is the school's."""
        now = self.ctx.now()
        year = school_year(now)
        self.page(
            template,
            today=now.astimezone(SCHOOL_ZONE).date(),
            spaces_by=spaces_deadline(year),
            data_by=data_deadline(year),
            root="/console/registration",
            said=said,
            **values,
        )

    async def show_region(self, region_id: str) -> None:
        """A region's page."""
        view = await region_view(self.ctx, self.acting, region_id)
        asked = [self.get_query_argument(name, "") for name in ("show", "sort", "page")]
        folded = asked[0] not in SHOWN or asked[0] == "all"
        schools = list_schools(view.own if folded else view.schools, *asked)
        self.show(
            "console/registration_region.html",
            view=view,
            schools=schools,
            folded=folded,
            drawn=_drawn(view),
        )

    async def show_school(self, school_id: str) -> None:
        """A school's page; `show=classes` leaves the classes whose space is not open, `missing` those with a child
        that is missing."""
        view = await school_view(self.ctx, self.acting, school_id)
        show = self.get_query_argument("show", "")
        keep: Callable[[ClassLine], bool] = {
            "classes": lambda line: not line.count.opened,
            "missing": lambda line: line.count.children.missing > 0,
        }.get(show, lambda line: True)
        grades = [
            (grade, [line for line in lines if keep(line)], _of_grade(lines))
            for grade, lines in view.grades
        ]
        self.show(
            "console/registration_school.html",
            view=view,
            grades=[of_grade for of_grade in grades if of_grade[1]],
            shown=show,
        )

    def send_file(self, place: str, content: bytes) -> None:
        """An Excel file as a download."""
        send_sheet(self, said.registration_file(place), content)


def _of_grade(lines: Sequence[ClassLine]) -> Ratio:
    return sum((line.count.children for line in lines), Ratio(0, 0, PUPILS_AIM))


def _drawn(view: RegionView) -> list[SchoolLine]:
    """All schools for the drawing, from the lowest rate up; none where the list says as much."""
    if len(view.schools) < _FEWEST_DRAWN:
        return []
    return sorted(view.schools, key=_SORTS["rate"])


class RegistrationHandler(RegistrationPage):
    """The figures of the place one acts at."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self) -> None:
        """Show them."""
        if self.acting.school is not None:
            await self.show_school(self.acting.school.id)
        else:
            await self.show_region(self.acting.place_id)


class RegionHandler(RegistrationPage):
    """A region at or below one's own."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, region_id: str) -> None:
        """Show it."""
        await self.show_region(region_id)


class RegionFileHandler(RegistrationPage):
    """A region's schools as an Excel file."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, region_id: str) -> None:
        """Hand it over."""
        self.send_file(*await export_region(self.ctx, self.acting, region_id))


class SchoolHandler(RegistrationPage):
    """One's own school, or one below one's region."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, school_id: str) -> None:
        """Show it."""
        await self.show_school(school_id)


class SchoolFileHandler(RegistrationPage):
    """A school's classes as an Excel file."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, school_id: str) -> None:
        """Hand it over."""
        self.send_file(*await export_school(self.ctx, self.acting, school_id, said.why_missing))


class StaffHandler(RegistrationPage):
    """Who of a school's teachers has taken their role, and who has not."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, school_id: str) -> None:
        """Show them."""
        view = await staff_view(self.ctx, self.acting, school_id)
        self.show("console/registration_staff.html", view=view)


class ClassHandler(RegistrationPage):
    """A class, and who of it is missing."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, class_id: str) -> None:
        """Show it; `show=present` lists those who have a guardian."""
        view = await class_view(self.ctx, self.acting, class_id)
        present = self.get_query_argument("show", "") == "present"
        self.show("console/registration_class.html", view=view, present=present)


class ClassFileHandler(RegistrationPage):
    """A class as an Excel file."""

    access = Access.STAFF
    right = Right.REGISTRATION

    async def get(self, class_id: str) -> None:
        """Hand it over."""
        self.send_file(*await export_class(self.ctx, self.acting, class_id, said.why_missing))


class ClassPrintHandler(RegistrationPage):
    """The list of a class's missing children on paper, for whoever may see their names."""

    access = Access.STAFF
    right = Right.PEOPLE

    async def get(self, class_id: str) -> None:
        """Show it; that somebody did is noted."""
        view = await class_view(self.ctx, self.acting, class_id)
        if not view.names:
            raise NotFoundError
        await note_printed(self.ctx, self.acting, view)
        self.show("console/registration_print.html", view=view)
