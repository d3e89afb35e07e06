"""What a figure on a region's shelf was computed from: its schools, a school's weeks, and a week's days.

Of a region's own shelf alone; a school's and a class's figures open to `services.use_details`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.errors import NotFoundError
from domain.regions import Region
from domain.roles import Right
from domain.schools import School
from domain.shelf_uses import ShelfUse
from domain.shelves import Entry, ShelfLevel, place_key
from domain.use import FEW, Views, too_few, total, views_of
from services.context import Context
from services.people import Post
from services.periods import Period, Span, access_region_figures, schools_in_order
from services.places import access_school
from services.shelf_uses import weeks_of_region
from services.use import days_of, pupils_of


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a region's shelf over a period: at its schools by name, or week by week at one of them (`school`);
    of one school and one week by day. What was not opened has no line."""

    region: Region
    entry: Entry
    period: Period
    views: Views
    school: School | None = None
    schools: tuple[tuple[School, Views], ...] = ()
    weeks: tuple[tuple[date, Views], ...] = ()
    days: tuple[tuple[date, Views], ...] = ()


async def region_entry_view(
    ctx: Context,
    post: Post,
    code: str,
    school_id: str = "",
    *,
    span: Span,
    day: date | None = None,
) -> EntryView:
    """Of an entry that hangs or hung on one's own region's shelf. Raises NotFoundError."""
    region, period = await access_region_figures(ctx, post, Right.REPORTS, "", span, day)
    key = place_key(ShelfLevel(region.level.value), region.id)
    entry = await ctx.stores.shelves.find(code)
    if entry is None or entry.place != key:
        raise NotFoundError
    school = await access_school(ctx, post, Right.REPORTS, school_id) if school_id else None
    if school is not None and span is Span.WEEK:
        by_day = await _days(ctx, school, code, period)
        views = total(views for _, views in by_day)
        return EntryView(region, entry, period, views, school=school, days=by_day)
    first, last = period.first_on, period.mondays[-1]
    every = await weeks_of_region(ctx, region, key, first, last)
    uses = [use for use in every if school is None or use.school_id == school.id]
    views = total(views for _, views in _of_link(uses, code))
    weeks = _by_week(uses, code) if span is Span.TERM else ()
    if school is not None:
        return EntryView(region, entry, period, views, school=school, weeks=weeks)
    by_school: dict[str, Views] = defaultdict(Views)
    for use, some in _of_link(uses, code):
        by_school[use.school_id] += some
    found = await ctx.stores.schools.schools_below(region.id)
    schools = [s for s in schools_in_order(found) if s.id in by_school]
    lines = tuple((one, by_school[one.id]) for one in schools)
    return EntryView(region, entry, period, views, schools=lines, weeks=weeks)


def _of_link(uses: Iterable[ShelfUse], code: str) -> list[tuple[ShelfUse, Views]]:
    return [(use, part.views) for use in uses for part in use.links if part.key == code]


def _by_week(uses: Iterable[ShelfUse], code: str) -> tuple[tuple[date, Views], ...]:
    of_week: dict[date, Views] = defaultdict(Views)
    for use, views in _of_link(uses, code):
        of_week[use.monday] += views
    return tuple(sorted(of_week.items(), reverse=True, key=lambda line: line[0]))


async def _days(
    ctx: Context, school: School, code: str, period: Period
) -> tuple[tuple[date, Views], ...]:
    """Without the classes of few children; of a school with few none."""
    pupils = await pupils_of(ctx, school)
    if sum(pupils.values()) < FEW:
        return ()
    hidden, (first, last) = too_few(pupils), days_of(period)
    of_day: dict[date, Views] = defaultdict(Views)
    for use in await ctx.stores.link_uses.of_link(school.id, code, first):
        if use.day <= last and use.class_id not in hidden:
            of_day[date.fromisoformat(use.day)] += views_of(use)
    return tuple(sorted(of_day.items(), reverse=True, key=lambda line: line[0]))
