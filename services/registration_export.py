"""Who has registered as an Excel file: figures, and the names of missing children only for who may see those pupils."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from domain.audit import Act
from domain.registration import Missing, Ratio
from domain.times import school_text
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.registration_classes import ClassView, class_view
from services.registration_views import (
    RegionView,
    SchoolView,
    region_view,
    school_view,
)
from services.spreadsheets import Row, Sheet, built

_RATIO_COLUMNS = (("学生", 9), ("已绑定", 9), ("未绑定", 9), ("绑定率 %", 10))
_SCHOOL_COLUMNS = (
    ("学校", 28),
    *_RATIO_COLUMNS,
    ("班级", 8),
    ("已开通班级", 12),
    ("教师", 8),
    ("已开通教师", 12),
    ("学校空间", 10),
    ("本学年数据", 12),
    ("统计时间", 18),
)
_CLASS_COLUMNS = (("班级", 18), *_RATIO_COLUMNS, ("班级空间", 10), ("统计时间", 18))
_MISSING_COLUMNS = (("班级", 18), ("序号", 7), ("学生", 14), ("情况", 40))


async def export_region(ctx: Context, post: Post, region_id: str) -> tuple[str, bytes]:
    """(place, file) of a region's schools; that they were taken is noted first. Raises NotFoundError."""
    view = await region_view(ctx, post, region_id)
    await _note(ctx, post, ("region", view.region.id), children=0)
    return view.region.name, await asyncio.to_thread(built, [_schools_sheet(view)])


async def export_school(
    ctx: Context, post: Post, school_id: str, why: Callable[[Missing], str]
) -> tuple[str, bytes]:
    """(place, file) of a school's classes and, where the post may see them, the missing children.

    Raises NotFoundError.
    """
    view = await school_view(ctx, post, school_id)
    lines = [line for _, of_grade in view.grades for line in of_grade]
    seen = [await class_view(ctx, post, line.school_class.id) for line in lines]
    await _note(ctx, post, ("school", view.school.id), children=_named(seen))
    sheets = [_classes_sheet(view), *_missing_sheets(seen, why)]
    return view.school.name, await asyncio.to_thread(built, sheets)


async def export_class(
    ctx: Context, post: Post, class_id: str, why: Callable[[Missing], str]
) -> tuple[str, bytes]:
    """(place, file) of one class. Raises NotFoundError."""
    view = await class_view(ctx, post, class_id)
    await _note(ctx, post, ("class", class_id), children=_named([view]))
    sheets = [Sheet("班级", _CLASS_COLUMNS, [_class_row(view)]), *_missing_sheets([view], why)]
    return view.school_class.name, await asyncio.to_thread(built, sheets)


async def note_printed(ctx: Context, post: Post, view: ClassView) -> None:
    """That a class's list of missing children was opened to be printed; noted before it is shown."""
    await _note(ctx, post, ("class", view.school_class.id), children=_named([view]))


async def _note(ctx: Context, post: Post, subject: tuple[str, str], *, children: int) -> None:
    """`children`: how many are named in it."""
    act, after = Act.REGISTRATION_EXPORTED, {"children": children}
    await note_act(ctx, post.actor, act, subject=subject, after=after)


def _named(views: Sequence[ClassView]) -> int:
    return sum(len(view.missing) for view in views)


def _schools_sheet(view: RegionView) -> Sheet:
    rows: list[Row] = [
        [
            line.school.name,
            *_ratio_cells(line.children),
            line.classes.all,
            line.classes.done,
            line.teachers.all,
            line.teachers.done,
            "已开通" if line.opened else "未开通",
            "已更新" if line.up_to_date else "未更新",
            school_text(line.count.counted_at) if line.count else "还没有统计",
        ]
        for line in view.schools
    ]
    return Sheet("学校", _SCHOOL_COLUMNS, rows)


def _classes_sheet(view: SchoolView) -> Sheet:
    rows: list[Row] = [
        [
            line.school_class.name,
            *_ratio_cells(line.count.children),
            "已开通" if line.count.opened else "未开通",
            school_text(line.count.counted_at),
        ]
        for _, of_grade in view.grades
        for line in of_grade
    ]
    return Sheet("班级", _CLASS_COLUMNS, rows)


def _class_row(view: ClassView) -> Row:
    return [
        view.school_class.name,
        *_ratio_cells(view.count.children),
        "已开通" if view.count.opened else "未开通",
        school_text(view.count.counted_at),
    ]


def _ratio_cells(ratio: Ratio) -> list[int | float]:
    return [ratio.all, ratio.done, ratio.missing, ratio.tenths / 10]


def _missing_sheets(views: Sequence[ClassView], why: Callable[[Missing], str]) -> list[Sheet]:
    """The list of missing children; no sheet at all where the post may see none."""
    if not any(view.names for view in views):
        return []
    rows: list[Row] = [
        [view.school_class.name, missing.student.number, missing.student.name, why(missing)]
        for view in views
        for missing in view.missing
    ]
    return [Sheet("未绑定学生", _MISSING_COLUMNS, rows)]
