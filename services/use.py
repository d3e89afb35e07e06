"""How much links are used, for who may know: of a class, a school, a region, down to a link and its days.

The figures are kept by `services.use_counting`; what they were counted from is in `services.use_details`. Nothing
here knows who opened a link, and of a class with few children nothing is shown (`domain.use.too_few`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.aims import UseAim
from domain.link_uses import Use
from domain.regions import Region
from domain.roles import Right
from domain.schools import School, SchoolClass
from domain.use import (
    FEW,
    ClassUse,
    Part,
    SchoolUse,
    Views,
    parts_added,
    shelf_of,
    too_few,
    total,
    views_of,
)
from services.aims import use_aim_for
from services.context import Context
from services.links import titles_of
from services.people import Post
from services.periods import (
    Period,
    Seen,
    Span,
    access_region_figures,
    access_school_figures,
    classes_in_order,
    period_on,
    schools_in_order,
)
from services.resource_figures import filed_of_term


@dataclass(frozen=True, slots=True)
class Line:
    """Views and lessons of a place or a week, and of how many people; `hidden`: too few children."""

    views: Views = field(default_factory=Views)
    lessons: int = 0
    pupils: int = 0
    teachers: int = 0
    used: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week."""

    monday: date
    line: Line


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class in the period."""

    school_class: SchoolClass
    line: Line


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link: what it is called (empty where nobody knows any more), and how often it was opened."""

    code: str
    title: str
    subject: str
    shelf: str
    views: Views


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school, or the classes of it that somebody sees (not `whole`). `elsewhere` is what was opened for no class;
    `links` of a week alone, and for the whole school; `filed`: how many resources in a term, for who may open that."""

    school: School
    period: Period
    line: Line
    shelves: tuple[Part, ...]
    subjects: tuple[Part, ...]
    weeks: tuple[WeekLine, ...]
    lines: tuple[ClassLine, ...]
    elsewhere: Views
    links: tuple[LinkLine, ...]
    whole: bool
    aim: UseAim
    filed: int | None = None


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school in the period."""

    school: School
    line: Line


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region with all its schools, by name."""

    region: Region
    period: Period
    line: Line
    shelves: tuple[Part, ...]
    subjects: tuple[Part, ...]
    weeks: tuple[WeekLine, ...]
    lines: tuple[SchoolLine, ...]
    aim: UseAim


def days_of(period: Period) -> tuple[str, str]:
    """Its first and last day, as they are kept."""
    return period.first_on.isoformat(), period.last_on.isoformat()


def _views(parts: Iterable[Part]) -> Views:
    return total(part.views for part in parts)


async def pupils_of(ctx: Context, school: School) -> dict[str, int]:
    """How many children are in a school's classes now: of all, so that what is hidden is the same for everybody."""
    every = await ctx.stores.schools.classes_of_school(school.id)
    ids = [c.id for c in every if c.ended_at is None]
    found = await ctx.stores.schools.students_of(school.id, ids)
    counts = Counter(s.class_id for s in found)
    return {class_id: counts[class_id] for class_id in ids}


async def school_view(
    ctx: Context, post: Post, school_id: str = "", *, span: Span, day: date | None = None
) -> SchoolView:
    """A school's figures; of one's own school the classes one sees. Raises NotFoundError."""
    seen = await access_school_figures(ctx, post, Right.REPORTS, school_id)
    school = seen.school
    period = await period_on(ctx, school, span, day)
    first, last = period.mondays[0], period.mondays[-1]
    every = await ctx.stores.use.class_uses(school.id, first, last)
    here = {c.id for c in (*seen.classes, *seen.ended)}
    of_class: dict[str, list[ClassUse]] = defaultdict(list)
    for use in every:
        if use.class_id in here:
            of_class[use.class_id].append(use)
    pupils = await pupils_of(ctx, school)
    hidden = too_few(pupils)
    lines = tuple(
        ClassLine(c, class_line(of_class[c.id], pupils.get(c.id, 0), hidden=c.id in hidden))
        for c in classes_in_order(seen.classes)
    )
    if not seen.whole:
        aim = await use_aim_for(ctx, school)
        return _part_of_school(seen, period, of_class, lines, hidden, aim)
    kept = await ctx.stores.use.school_uses([school.id], period.mondays)
    if sum(pupils.values()) < FEW:
        kept = [replace(use, shelves=(), subjects=()) for use in kept]
        every = []
    shelves = parts_added(part for use in kept for part in use.shelves)
    in_classes = _views(part for use in every for part in use.shelves)
    whole = _views(shelves)
    return SchoolView(
        school,
        period,
        _school_line(kept),
        shelves,
        parts_added(part for use in kept for part in use.subjects),
        _weeks(period, kept),
        lines,
        Views(
            families=whole.families - in_classes.families,
            teachers=whole.teachers - in_classes.teachers,
            others=whole.others - in_classes.others,
        ),
        await _links_of_week(ctx, post, school, period, hidden),
        True,
        await use_aim_for(ctx, school),
        await filed_of_term(ctx, post, school, period),
    )


def _part_of_school(
    seen: Seen,
    period: Period,
    of_class: Mapping[str, Sequence[ClassUse]],
    lines: tuple[ClassLine, ...],
    hidden: frozenset[str],
    aim: UseAim,
) -> SchoolView:
    """Classes alone: what is hidden is in no sum either."""
    shown = [line for line in lines if line.school_class.id not in hidden]
    uses = [use for line in shown for use in of_class[line.school_class.id]]
    pupils = sum(line.line.pupils for line in shown)
    return SchoolView(
        seen.school,
        period,
        class_line(uses, pupils),
        parts_added(part for use in uses for part in use.shelves),
        parts_added(part for use in uses for part in use.subjects),
        tuple(
            WeekLine(m, class_line([use for use in uses if use.monday == m], pupils))
            for m in period.mondays
        ),
        lines,
        Views(),
        (),
        False,
        aim,
    )


def class_line(uses: Sequence[ClassUse], pupils: int, *, hidden: bool = False) -> Line:
    """Weeks of classes; of what is hidden the lessons alone."""
    lessons = sum(use.lessons for use in uses)
    if hidden:
        return Line(lessons=lessons, pupils=pupils, hidden=True)
    return Line(_views(p for use in uses for p in use.shelves), lessons, pupils)


def _school_line(uses: Sequence[SchoolUse]) -> Line:
    """Weeks of one school: its people are as many as there were in the last of them."""
    newest = max(uses, key=lambda use: use.monday, default=None)
    if newest is None:
        return Line()
    few = newest.pupils < FEW
    return Line(
        Views() if few else _views(part for use in uses for part in use.shelves),
        sum(use.lessons for use in uses),
        newest.pupils,
        newest.teachers,
        max(use.used for use in uses),
        hidden=few,
    )


def _weeks(period: Period, uses: Sequence[SchoolUse]) -> tuple[WeekLine, ...]:
    of_week: dict[date, list[SchoolUse]] = defaultdict(list)
    for use in uses:
        of_week[use.monday].append(use)
    return tuple(
        WeekLine(monday, _added(_school_line([use]) for use in of_week[monday]))
        for monday in period.mondays
    )


def _added(lines: Iterable[Line]) -> Line:
    """Several schools."""
    found = list(lines)
    return Line(
        total(line.views for line in found),
        sum(line.lessons for line in found),
        sum(line.pupils for line in found),
        sum(line.teachers for line in found),
        sum(line.used for line in found),
    )


async def region_view(
    ctx: Context, post: Post, region_id: str = "", *, span: Span, day: date | None = None
) -> RegionView:
    """A region's figures, its schools by name: one document a school and week. Raises NotFoundError."""
    region, period = await access_region_figures(ctx, post, Right.REPORTS, region_id, span, day)
    schools = await ctx.stores.schools.schools_below(region.id)
    found = await ctx.stores.use.school_uses([s.id for s in schools], period.mondays)
    of_school: dict[str, list[SchoolUse]] = defaultdict(list)
    for use in found:
        of_school[use.school_id].append(use)
    lines = tuple(SchoolLine(s, _school_line(of_school[s.id])) for s in schools_in_order(schools))
    return RegionView(
        region,
        period,
        _added(line.line for line in lines),
        parts_added(part for use in found if use.pupils >= FEW for part in use.shelves),
        parts_added(part for use in found if use.pupils >= FEW for part in use.subjects),
        _weeks(period, found),
        lines,
        await use_aim_for(ctx, region),
    )


async def _links_of_week(
    ctx: Context, post: Post, school: School, period: Period, hidden: frozenset[str]
) -> tuple[LinkLine, ...]:
    """Of one's own school, and of one week: a term's lines are too many to be read for a page."""
    if post.school is None or period.span is not Span.WEEK:
        return ()
    uses = await ctx.stores.link_uses.of_school(school.id, *days_of(period))
    return await link_lines(ctx, [use for use in uses if use.class_id not in hidden])


async def link_lines(ctx: Context, uses: Sequence[Use]) -> tuple[LinkLine, ...]:
    """Links by subject and name; none is ordered by how often it was opened."""
    of_code: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        of_code[use.code].append(use)
    titles = await titles_of(ctx, of_code)
    lines = [
        LinkLine(
            code,
            titles.get(code, ""),
            some[-1].subject,
            shelf_of(some[-1]),
            total(map(views_of, some)),
        )
        for code, some in of_code.items()
    ]
    return tuple(sorted(lines, key=lambda x: (x.subject, x.title, x.code)))
