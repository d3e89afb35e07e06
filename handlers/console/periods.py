"""What the pages of figures over a week or a term share: over what time, and the way there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from domain.errors import NotFoundError
from domain.schools import SchoolClass
from domain.stages import grade_name
from domain.subjects import LocalSubjects, subject_name
from handlers.console.base import ConsoleHandler
from handlers.downloads import send_sheet
from handlers.homework_phrases import weekday
from services.periods import Period, Span


class OfClass(Protocol):
    """A line of a class."""

    @property
    def school_class(self) -> SchoolClass:
        """Which."""


Line = TypeVar("Line", bound=OfClass)


def by_grade(lines: Sequence[Line]) -> list[tuple[int, list[Line]]]:
    """Lines of classes, grade by grade, as they come."""
    grades = dict.fromkeys(line.school_class.grade for line in lines)
    return [(g, [line for line in lines if line.school_class.grade == g]) for g in grades]


class PeriodPage(ConsoleHandler):
    """`root` is the address of these pages, `file_title` what their Excel files are called."""

    root = ""
    file_title = ""

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
            root=self.root,
            period=period,
            query=f"?span={period.span}&day={period.mondays[-1].isoformat()}",
            earlier=period.mondays[0] - week,
            later=period.mondays[-1] + week,
            subject=lambda code: subject_name(code, local),
            grade_name=grade_name,
            by_grade=by_grade,
            weekday=weekday,
            **values,
        )

    def send_file(self, name: str, content: bytes) -> None:
        """Hand over an Excel file."""
        send_sheet(self, f"{name} {self.file_title}.xlsx", content)
