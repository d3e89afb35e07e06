"""How often what hangs on a shelf was opened, for whoever keeps it: lately, and all term.

A class's and a school's last seven days, and a class's term, are one query for the whole shelf (`link_days` by shelf
and day). A school's term is its weeks as they were counted (`shelf_uses`), this week's days as they are; a region's
week and term are the same weeks of all its schools, which are kept added up (`services.shelf_sums`). Of classes with
few children nothing is counted (`domain.use.too_few`), and nothing knows by whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter

from domain.link_uses import Use
from domain.monitors import monday_of
from domain.regions import Region
from domain.schools import School
from domain.shelf_uses import at_school, sum_key
from domain.use import FEW, Views, too_few, total, views_of
from services.context import Context
from services.periods import Period, Span, period_of, period_on
from services.shelves import ShelfPlace
from services.terms import calendar_of_region, school_day
from services.use import pupils_of

DAYS = 7
_Days = tuple[tuple[date, Views], ...]


@dataclass(frozen=True, slots=True)
class EntryUse:
    """How often one entry was opened. `week` is its last seven days, of a region's this week from Monday on; `days` are
    those of the seven on which it was, the newest first; `weeks` the term's of a school, by their Mondays, likewise."""

    week: Views = field(default_factory=Views)
    term: Views = field(default_factory=Views)
    days: _Days = ()
    weeks: _Days = ()


@dataclass(frozen=True, slots=True)
class ShelfUses:
    """Of a whole shelf, by code; `few`: there are too few children for anything to be shown."""

    by_code: Mapping[str, EntryUse]
    few: bool = False

    def of(self, code: str) -> EntryUse:
        """Of one entry, also of one that nobody opened."""
        return self.by_code.get(code, EntryUse())


async def uses_of_shelf(ctx: Context, place: ShelfPlace) -> ShelfUses:
    """For a shelf that the caller may keep."""
    if place.school is None:
        return ShelfUses(await _of_region(ctx, place.region) if place.region else {})
    pupils = await pupils_of(ctx, place.school)
    hidden = too_few(pupils)
    own = place.school_class
    if sum(pupils.values()) < FEW or (own is not None and own.id in hidden):
        return ShelfUses({}, few=True)
    week = school_day(ctx.now()) - timedelta(days=DAYS - 1)
    term = await period_on(ctx, place.school, Span.TERM, None)
    since = min(week, term.first_on) if own else week
    found: dict[str, list[Use]] = defaultdict(list)
    for use in await ctx.stores.link_uses.of_shelf(place.key, since.isoformat()):
        here = use.class_id == own.id if own else use.class_id not in hidden
        if here and use.school_id == place.school.id:
            found[use.code].append(use)
    if own:
        return ShelfUses({c: _in_class(uses, week, term) for c, uses in found.items()})
    this_week = monday_of(school_day(ctx.now()))
    counted = await _counted(ctx, place.school, place.key, term, this_week)
    in_term = this_week in term.mondays
    return ShelfUses(
        {
            code: _in_school(found[code], counted[code], this_week if in_term else None)
            for code in {*found, *counted}
        }
    )


async def _of_region(ctx: Context, region: Region) -> dict[str, EntryUse]:
    """A week is one from Monday on here, as in the figures that it opens to."""
    today = school_day(ctx.now())
    period = period_of(await calendar_of_region(ctx, region), today, Span.TERM, None)
    this_week = monday_of(today)
    of_week: dict[str, Views] = defaultdict(Views)
    of_term: dict[str, Views] = defaultdict(Views)
    keys = [sum_key(region.id, monday) for monday in {*period.mondays, this_week}]
    for use in await ctx.stores.use.shelf_uses_by_key(keys):
        for part in use.links:
            if use.monday == this_week:
                of_week[part.key] += part.views
            if use.monday in period.mondays:
                of_term[part.key] += part.views
    return {c: EntryUse(of_week[c], of_term[c]) for c in {*of_week, *of_term}}


async def _counted(
    ctx: Context, school: School, key: str, term: Period, this_week: date
) -> dict[str, dict[date, Views]]:
    """The term's weeks but for this one, link by link."""
    found: dict[str, dict[date, Views]] = defaultdict(dict)
    keys = [at_school(key, school.id, monday) for monday in term.mondays if monday != this_week]
    for use in await ctx.stores.use.shelf_uses_by_key(keys):
        for part in use.links:
            found[part.key][use.monday] = part.views
    return found


def _in_class(uses: Iterable[Use], week: date, term: Period) -> EntryUse:
    of_day = _by_day(uses)
    days = [(day, views) for day, views in of_day.items() if day >= week]
    return EntryUse(
        total(views for _, views in days),
        total(views for day, views in of_day.items() if day >= term.first_on),
        _newest_first(days),
    )


def _in_school(
    uses: Iterable[Use], counted: Mapping[date, Views], this_week: date | None
) -> EntryUse:
    """`this_week`, where it is one of the term's, is as it is now: all of it is among the last seven days."""
    days = _by_day(uses)
    weeks = dict(counted)
    if this_week and (now := total(v for day, v in days.items() if day >= this_week)).every:
        weeks[this_week] = now
    return EntryUse(
        total(days.values()),
        total(weeks.values()),
        _newest_first(days.items()),
        _newest_first(weeks.items()),
    )


def _by_day(uses: Iterable[Use]) -> dict[date, Views]:
    of_day: dict[date, Views] = defaultdict(Views)
    for use in uses:
        of_day[date.fromisoformat(use.day)] += views_of(use)
    return of_day


def _newest_first(lines: Iterable[tuple[date, Views]]) -> _Days:
    return tuple(sorted(lines, key=itemgetter(0), reverse=True))
