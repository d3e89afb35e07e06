"""How much links are used as Excel files: no child and no teacher; that they were taken is noted first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.audit import Act
from domain.subjects import LocalSubjects, subject_name
from domain.use import Part, Views, per_hundred
from services.context import Context
from services.figure_files import figures_file
from services.people import Post
from services.periods import Span
from services.spreadsheets import Row, Sheet
from services.use import Line, LinkLine, WeekLine, region_view, school_view
from services.use_details import Given, class_view

_VIEWS = (("学生和家长", 12), ("教师", 10), ("其他入口", 10))
_PEOPLE = (("学生数", 10), ("每百名学生", 12), ("教师数", 10), ("每百名教师", 12))
_LESSONS = (("用了资源的课", 12), ("一周最多几位教师用过", 18))
_LINE = (*_VIEWS, *_PEOPLE, *_LESSONS)
_CLASS = (*_VIEWS, ("学生数", 10), ("每百名学生", 12), ("用了资源的课", 12))
GIVEN = {Given.NOTICE: "通知", Given.HOMEWORK: "作业", Given.RESOURCE: "课上用过"}
SHELVES = {"national": "国家", "region": "省市区", "school": "学校", "class": "班级"}


async def export_school(
    ctx: Context, post: Post, school_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of the classes of a school that somebody sees. Raises NotFoundError."""
    view = await school_view(ctx, post, school_id, span=span, day=day)
    local = view.school.rules.local_subjects
    rows: list[Row] = [[line.school_class.name, *_class_cells(line.line)] for line in view.lines]
    sheets = [
        Sheet("班级", (("班级", 18), *_CLASS), rows),
        *_parts(view.shelves, view.subjects, local),
        _weeks(view.weeks),
        *_links(view.links, local),
    ]
    return await figures_file(ctx, post, Act.USE_EXPORTED, view.school, sheets)


async def export_region(
    ctx: Context, post: Post, region_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(place, file) of a region's schools. Raises NotFoundError."""
    view = await region_view(ctx, post, region_id, span=span, day=day)
    rows: list[Row] = [[line.school.name, *_cells(line.line)] for line in view.lines]
    sheets = [
        Sheet("学校", (("学校", 28), *_LINE), rows),
        *_parts(view.shelves, view.subjects, ()),
        _weeks(view.weeks),
    ]
    return await figures_file(ctx, post, Act.USE_EXPORTED, view.region, sheets)


async def export_class(
    ctx: Context, post: Post, class_id: str, *, span: Span, day: date | None
) -> tuple[str, bytes]:
    """(class, file) of a class's links, subjects and weeks. Raises NotFoundError."""
    view = await class_view(ctx, post, class_id, span=span, day=day)
    local = view.school.rules.local_subjects
    weeks: list[Row] = [[w.monday.isoformat(), *_class_cells(w.line)] for w in view.weeks]
    given: list[Row] = [
        [g.day.isoformat(), GIVEN[g.what], g.links or "", g.title] for g in view.given
    ]
    sheets = [
        Sheet("每周", (("从周一", 12), *_CLASS), weeks),
        *_parts(view.shelves, view.subjects, local),
        *_links(view.links, local),
        Sheet(
            "用了资源的课",
            (("哪天", 12), ("是什么", 12), ("链接数", 10), ("校本资源", 28)),
            given,
        ),
    ]
    return await figures_file(ctx, post, Act.USE_EXPORTED, view.school_class, sheets)


def _of(views: Views) -> Row:
    return [views.families, views.teachers, views.others]


def _rate(views: int, people: int) -> int | str:
    found = per_hundred(views, people)
    return "" if found is None else found


def _cells(line: Line) -> Row:
    views: Row = ["人数太少"] * 3 if line.hidden else _of(line.views)
    return [
        *views,
        line.pupils,
        "" if line.hidden else _rate(line.views.families, line.pupils),
        line.teachers,
        "" if line.hidden else _rate(line.views.teachers, line.teachers),
        line.lessons,
        line.used,
    ]


def _class_cells(line: Line) -> Row:
    cells = _cells(line)
    return [*cells[:5], line.lessons]


def _parts(
    shelves: Iterable[Part], subjects: Iterable[Part], local: LocalSubjects
) -> tuple[Sheet, Sheet]:
    named: list[Row] = [[SHELVES.get(p.key, p.key), *_of(p.views)] for p in shelves]
    of_subject: list[Row] = [[_subject(p.key, local), *_of(p.views)] for p in subjects]
    return (
        Sheet("资源架", (("资源架", 14), *_VIEWS), named),
        Sheet("学科", (("学科", 16), *_VIEWS), of_subject),
    )


def _links(lines: Iterable[LinkLine], local: LocalSubjects) -> list[Sheet]:
    rows: list[Row] = [
        [x.title or "（已不在）", x.code, _subject(x.subject, local), *_of(x.views)] for x in lines
    ]
    return (
        [Sheet("链接", (("链接", 30), ("短码", 12), ("学科", 14), *_VIEWS), rows)] if rows else []
    )


def _weeks(weeks: Iterable[WeekLine]) -> Sheet:
    rows: list[Row] = [[week.monday.isoformat(), *_cells(week.line)] for week in weeks]
    return Sheet("每周", (("从周一", 12), *_LINE), rows)


def _subject(code: str, local: LocalSubjects) -> str:
    return subject_name(code, local) if code else "不分学科"
