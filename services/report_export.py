"""Reports of homework as Excel files: figures alone, no child and no teacher; that they were taken is noted first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.audit import Act
from domain.reports import Figures, SubjectFigures
from domain.subjects import LocalSubjects, subject_name
from services.context import Context
from services.figure_files import figures_file
from services.people import Post
from services.periods import Span
from services.reports import (
    Reach,
    WeekLine,
    class_view,
    region_view,
    school_view,
)
from services.spreadsheets import Row, Sheet

_FIGURES = (
    ("作业次数", 10),
    ("预计分钟", 10),
    ("应交", 10),
    ("已交", 10),
    ("按时", 10),
    ("退回订正", 10),
    ("已批改", 10),
)
_REACH = (("应达标（学科×周）", 16), ("已达标", 10))
_WEEKS = (("上课的周", 10), ("达标的周", 10))
_WANTED = (("每周至少", 10), ("每学期至少", 12))
_TERM = (("学科数", 10), ("学期达标的学科", 14))
_TEACHERS = (("任课教师", 10), ("布置了作业的", 14))


async def export_school(
    ctx: Context, post: Post, school_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of the classes and subjects of a school that somebody sees. Raises NotFoundError."""
    view = await school_view(ctx, post, school_id, span=span, day=day)
    rows = [
        [line.school_class.name, *_cells(line.figures), *_reach(line.reach), *_reach(line.term)]
        for line in view.lines
    ]
    local = view.school.rules.local_subjects
    sheets = [
        Sheet("班级", (("班级", 18), *_FIGURES, *_REACH, *_TERM), rows),
        _subjects(view.subjects, local),
        _weeks(view.weeks, with_teachers=view.whole),
    ]
    return await figures_file(ctx, post, Act.REPORT_EXPORTED, view.school, sheets)


async def export_region(
    ctx: Context, post: Post, region_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of a region's schools and subjects. Raises NotFoundError."""
    view = await region_view(ctx, post, region_id, span=span, day=day)
    rows: list[Row] = [
        [line.school.name, *_cells(line.figures), *_reach(line.reach), line.teachers, line.used]
        for line in view.lines
    ]
    sheets = [
        Sheet("学校", (("学校", 28), *_FIGURES, *_REACH, *_TEACHERS), rows),
        _subjects(view.subjects, ()),
        _weeks(view.weeks, with_teachers=True),
    ]
    return await figures_file(ctx, post, Act.REPORT_EXPORTED, view.region, sheets)


async def export_class(
    ctx: Context, post: Post, class_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(class, file) of a class's subjects, weeks and homework. Raises NotFoundError."""
    view = await class_view(ctx, post, class_id, span=span, day=day)
    local = view.school.rules.local_subjects
    rows: list[Row] = [
        [line.day.isoformat(), subject_name(line.subject, local), *_cells(line.figures)[1:]]
        for line in view.lines
    ]
    subjects: list[Row] = [
        [
            subject_name(one.subject, local),
            *_cells(one.figures),
            *_reach(one.reach),
            view.aim.week,
            view.aim.term,
        ]
        for one in view.subjects
    ]
    sheets = [
        Sheet("学科", (("学科", 16), *_FIGURES, *_WEEKS, *_WANTED), subjects),
        _weeks(view.weeks, with_teachers=False),
        Sheet("作业", (("哪天", 12), ("学科", 14), *_FIGURES[1:]), rows),
    ]
    return await figures_file(ctx, post, Act.REPORT_EXPORTED, view.school_class, sheets)


def _cells(figures: Figures) -> Row:
    return [
        figures.homework,
        figures.minutes,
        figures.wanted,
        figures.handed_in,
        figures.on_time,
        figures.returned,
        figures.marked,
    ]


def _reach(reach: Reach) -> Row:
    return [reach.due, reach.reached]


def _subjects(lines: Iterable[SubjectFigures], local: LocalSubjects) -> Sheet:
    rows = [[subject_name(one.subject, local), *_cells(one.figures)] for one in lines]
    return Sheet("学科", (("学科", 16), *_FIGURES), rows)


def _weeks(weeks: Iterable[WeekLine], *, with_teachers: bool) -> Sheet:
    """Week by week."""
    columns = (("从周一", 12), *_FIGURES, *_REACH, *(_TEACHERS if with_teachers else ()))
    rows = [
        [
            week.monday.isoformat(),
            *_cells(week.figures),
            *_reach(week.reach),
            *((week.teachers, week.used) if with_teachers else ()),
        ]
        for week in weeks
    ]
    return Sheet("每周", columns, rows)
