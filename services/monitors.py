"""How much homework there is, for who watches over it: of a grade, a school, a region. Figures, and what they count.

The figures are kept by `services.monitor_counting`. A region sees schools' figures, and no class's homework.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.budgets import Evening, evening_id
from domain.errors import NotFoundError
from domain.monitors import (
    ClassWeek,
    DayFigures,
    SubjectFigures,
    Tally,
    added,
    figures_of,
    subjects_added,
    tally_of,
)
from domain.names import natural_order
from domain.regions import Region
from domain.roles import Right
from domain.schools import School, SchoolClass
from services.context import Context
from services.people import Post, teaching_of
from services.periods import (
    Period,
    Span,
    access_region_figures,
    access_school_figures,
    classes_in_order,
    period_on,
)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class in the period."""

    school_class: SchoolClass
    tally: Tally


@dataclass(frozen=True, slots=True)
class SchoolMonitor:
    """A school, or the classes of it that somebody watches over."""

    school: School
    period: Period
    tally: Tally
    subjects: tuple[SubjectFigures, ...]
    lines: tuple[ClassLine, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school in the period."""

    school: School
    tally: Tally


@dataclass(frozen=True, slots=True)
class RegionMonitor:
    """A region with all its schools."""

    region: Region
    period: Period
    tally: Tally
    subjects: tuple[SubjectFigures, ...]
    lines: tuple[SchoolLine, ...]


@dataclass(frozen=True, slots=True)
class ClassDay:
    """One class-day with what it counts."""

    figures: DayFigures
    evening: Evening


@dataclass(frozen=True, slots=True)
class ClassMonitor:
    """One class, day by day."""

    school: School
    school_class: SchoolClass
    period: Period
    tally: Tally
    days: tuple[ClassDay, ...]


async def school_monitor(
    ctx: Context, post: Post, school_id: str = "", *, span: Span, day: date | None = None
) -> SchoolMonitor:
    """A school's figures; of one's own school the classes one watches over. Raises NotFoundError."""
    seen = await access_school_figures(ctx, post, Right.MONITOR, school_id)
    school, classes = seen.school, seen.classes
    period = await period_on(ctx, school, span, day)
    weeks = await ctx.stores.monitors.class_weeks(school.id, period.mondays[0], period.mondays[-1])
    shown = {c.id for c in classes}
    counted = [week for week in weeks if seen.whole or week.class_id in shown]
    days = [d for week in counted for d in week.days]
    return SchoolMonitor(
        school,
        period,
        tally_of(days),
        subjects_added(s for d in days for s in d.subjects),
        _lines(classes, counted),
        seen.whole,
    )


def _lines(classes: Sequence[SchoolClass], weeks: Sequence[ClassWeek]) -> tuple[ClassLine, ...]:
    by_class: dict[str, list[DayFigures]] = {c.id: [] for c in classes}
    for week in weeks:
        by_class.get(week.class_id, []).extend(week.days)
    return tuple(ClassLine(c, tally_of(by_class[c.id])) for c in classes_in_order(classes))


async def region_monitor(
    ctx: Context, post: Post, region_id: str = "", *, span: Span, day: date | None = None
) -> RegionMonitor:
    """A region's figures, school by school, those with most over the budget first. Raises NotFoundError."""
    region, period = await access_region_figures(ctx, post, Right.MONITOR, region_id, span, day)
    schools = await ctx.stores.schools.schools_below(region.id)
    weeks = await ctx.stores.monitors.school_weeks([s.id for s in schools], period.mondays)
    lines = [SchoolLine(s, added(w.tally for w in weeks if w.school_id == s.id)) for s in schools]
    lines.sort(key=lambda line: (-line.tally.over, natural_order(line.school.name)))
    return RegionMonitor(
        region,
        period,
        added(line.tally for line in lines),
        subjects_added(s for w in weeks for s in w.subjects),
        tuple(lines),
    )


async def class_monitor(
    ctx: Context, post: Post, class_id: str, *, span: Span, day: date | None = None
) -> ClassMonitor:
    """One class of one's own school with what each figure counts, read where it is reserved. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.MONITOR)
    school_class = next((c for c in teaching.classes if c.id == class_id), None)
    if school_class is None:
        raise NotFoundError
    period = await period_on(ctx, teaching.school, span, day)
    keys = [
        evening_id(class_id, period.first_on + timedelta(days=n))
        for n in range((period.last_on - period.first_on).days + 1)
    ]
    found = await ctx.stores.evenings.many(keys)
    days = [
        ClassDay(figures, evening)
        for key in keys
        if (evening := found.get(key)) and (figures := figures_of(evening))
    ]
    return ClassMonitor(
        teaching.school, school_class, period, tally_of(d.figures for d in days), tuple(days)
    )
