"""What a figure on a region's shelf was computed from: what is below, down to a school's weeks and a week's days.

Of a region's own shelf alone; a school's and a class's figures open to `services.use_details`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.errors import NotFoundError
from domain.names import natural_order
from domain.regions import Region
from domain.roles import Right
from domain.schools import School
from domain.shelf_uses import ShelfUse, at_school, path_of
from domain.shelves import Entry, ShelfLevel, place_key
from domain.use import FEW, Views, too_few, total, views_of
from services.context import Context
from services.people import Post
from services.periods import Period, Span, access_region_figures, schools_in_order
from services.places import Place, access_place
from services.use import days_of, pupils_of

_Opened = list[tuple[ShelfUse, Views]]


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a region's shelf over a period: at what is directly in a region, by name (of a district its schools),
    or at one school week by week, in one week by day. What was not opened has no line.

    `region` is the shelf's; `above` leads from it down to `here`, which is not in it.
    """

    region: Region
    entry: Entry
    period: Period
    here: Place
    above: tuple[Region, ...]
    views: Views
    regions: tuple[tuple[Region, Views], ...] = ()
    schools: tuple[tuple[School, Views], ...] = ()
    weeks: tuple[tuple[date, Views], ...] = ()
    days: tuple[tuple[date, Views], ...] = ()


async def region_entry_view(
    ctx: Context,
    post: Post,
    code: str,
    place_id: str = "",
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
    here = await access_place(ctx, post, Right.REPORTS, place_id)
    ids = here.region_ids[here.region_ids.index(region.id) :]
    found = await ctx.stores.regions.regions(ids)
    above = tuple(found[one] for one in ids if one in found and one != here.id)
    view = EntryView(region, entry, period, here, above, Views())
    if isinstance(here, School):
        return await _at_school(ctx, view, here)
    first, last = period.first_on, period.mondays[-1]
    uses = await ctx.stores.use.shelf_uses(key, path_of(ids), first, last)
    return await _in_region(ctx, view, _of_link(uses, code))


async def _at_school(ctx: Context, view: EntryView, school: School) -> EntryView:
    code, period = view.entry.id, view.period
    if period.span is Span.WEEK:
        days = await _days(ctx, school, code, period)
        return replace(view, views=total(views for _, views in days), days=days)
    keys = [at_school(view.entry.place, school.id, monday) for monday in period.mondays]
    opened = _of_link(await ctx.stores.use.shelf_uses_by_key(keys), code)
    return replace(view, views=total(views for _, views in opened), weeks=_by_week(opened))


async def _in_region(ctx: Context, view: EntryView, opened: _Opened) -> EntryView:
    of_school: dict[str, Views] = defaultdict(Views)
    of_region: dict[str, Views] = defaultdict(Views)
    for use, views in opened:
        if use.school_id:
            of_school[use.school_id] += views
        else:
            of_region[use.region_id] += views
    schools = await ctx.stores.schools.schools(of_school)
    regions = await ctx.stores.regions.regions(of_region)
    in_order = sorted(regions.values(), key=lambda region: natural_order(region.name))
    return replace(
        view,
        views=total(views for _, views in opened),
        regions=tuple((one, of_region[one.id]) for one in in_order),
        schools=tuple((one, of_school[one.id]) for one in schools_in_order(schools)),
        weeks=_by_week(opened) if view.period.span is Span.TERM else (),
    )


def _of_link(uses: Iterable[ShelfUse], code: str) -> _Opened:
    return [(use, part.views) for use in uses for part in use.links if part.key == code]


def _by_week(opened: _Opened) -> tuple[tuple[date, Views], ...]:
    of_week: dict[date, Views] = defaultdict(Views)
    for use, views in opened:
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
