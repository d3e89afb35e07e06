"""How much homework there is as an Excel file: figures alone, and that they were taken is noted first."""

from __future__ import annotations

from datetime import date

from domain.audit import Act
from domain.monitors import SubjectFigures, Tally
from domain.subjects import LocalSubjects, subject_name
from services.context import Context
from services.figure_files import figures_file
from services.monitors import region_monitor, school_monitor
from services.people import Post
from services.periods import Span
from services.spreadsheets import Row, Sheet

_TALLY = (
    ("有作业的班级天数", 16),
    ("时长之内", 12),
    ("超出", 10),
    ("其中经同意", 12),
    ("平均分钟", 12),
)
_SUBJECTS = (("学科", 16), ("次数", 10), ("分钟", 10))


async def export_school(
    ctx: Context, post: Post, school_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of a school's classes and subjects. Raises NotFoundError."""
    view = await school_monitor(ctx, post, school_id, span=span, day=day)
    rows: list[Row] = [[line.school_class.name, *_cells(line.tally)] for line in view.lines]
    sheets = [
        Sheet("班级", (("班级", 18), *_TALLY), [*rows, ["合计", *_cells(view.tally)]]),
        _subjects_sheet(view.subjects, view.school.rules.local_subjects),
    ]
    return await figures_file(ctx, post, Act.MONITOR_EXPORTED, view.school, sheets)


async def export_region(
    ctx: Context, post: Post, region_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of a region's schools and subjects. Raises NotFoundError."""
    view = await region_monitor(ctx, post, region_id, span=span, day=day)
    rows: list[Row] = [[line.school.name, *_cells(line.tally)] for line in view.lines]
    sheets = [
        Sheet("学校", (("学校", 28), *_TALLY), [*rows, ["合计", *_cells(view.tally)]]),
        _subjects_sheet(view.subjects, ()),
    ]
    return await figures_file(ctx, post, Act.MONITOR_EXPORTED, view.region, sheets)


def _cells(tally: Tally) -> Row:
    return [tally.days, tally.within, tally.over, tally.allowed, tally.average]


def _subjects_sheet(subjects: tuple[SubjectFigures, ...], local: LocalSubjects) -> Sheet:
    rows: list[Row] = [[subject_name(s.subject, local), s.count, s.minutes] for s in subjects]
    return Sheet("学科", _SUBJECTS, rows)
