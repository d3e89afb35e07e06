"""A child's term of homework, for its guardians alone."""

from __future__ import annotations

from datetime import date

import domain.reports
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from services.periods import Span
from services.report_details import child_view_for_family

reports = Registry("reports")


class ReportQuery(Schema):
    """A day of the term; without one it is this term."""

    day: date | None = None


class ReportFigures(Schema):
    """Of one child: how many homeworks, the minutes expected of them, and what became of those to hand in."""

    homework: int
    minutes: int
    to_hand_in: int
    handed_in: int
    on_time: int
    returned: int
    marked: int


class ReportSubject(Schema):
    """One subject."""

    subject: Subject
    figures: ReportFigures


class ReportWeek(Schema):
    """One week, by its Monday."""

    monday: date
    figures: ReportFigures


class ReportOut(Schema):
    """A child's term as far as it has come, by subject and week; `term` is empty where none is written down, and it
    is the last weeks then. Only this child's, beside nobody else's."""

    term: str
    first_on: date
    last_on: date
    figures: ReportFigures
    subjects: list[ReportSubject]
    weeks: list[ReportWeek]


@reports("GET", "/children/{student_id}/report", access=Access.VISITOR)
async def get_report(call: Call, student_id: str, query: ReportQuery) -> ReportOut:
    """My child's term."""
    view = await child_view_for_family(
        call.ctx, call.person_id, student_id, span=Span.TERM, day=query.day
    )
    local = view.school.rules.local_subjects
    return ReportOut(
        term=view.period.term.name if view.period.term else "",
        first_on=view.period.first_on,
        last_on=view.period.last_on,
        figures=_figures(view.figures),
        subjects=[
            ReportSubject(subject=subject_row(one.subject, local), figures=_figures(one.figures))
            for one in view.subjects
        ],
        weeks=[
            ReportWeek(monday=week.monday, figures=_figures(week.figures)) for week in view.weeks
        ],
    )


def _figures(figures: domain.reports.Figures) -> ReportFigures:
    return ReportFigures(
        homework=figures.homework,
        minutes=figures.minutes,
        to_hand_in=figures.wanted,
        handed_in=figures.handed_in,
        on_time=figures.on_time,
        returned=figures.returned,
        marked=figures.marked,
    )
