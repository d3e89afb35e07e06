"""How often what hangs on a shelf was opened, for whoever keeps it: the last seven days, and a class's term.

One query for the whole shelf (`link_days` by shelf and day); a school's term would be every class's every day, so that
is not read here. Of classes with few children nothing is counted (`domain.use.too_few`), and nothing knows by whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.link_uses import Use
from domain.schools import School
from domain.use import FEW, Views, too_few, total, views_of
from services.context import Context
from services.periods import Span, period_on
from services.shelves import ShelfPlace
from services.terms import school_day
from services.use import pupils_of

DAYS = 7


@dataclass(frozen=True, slots=True)
class EntryUse:
    """How often one entry was opened: `days` are those of the last seven on which it was, the newest first; `term` is
    all of the term in a class, None for a school."""

    week: Views = field(default_factory=Views)
    days: tuple[tuple[date, Views], ...] = ()
    term: Views | None = None


@dataclass(frozen=True, slots=True)
class ShelfUses:
    """Of a whole shelf, by code; `few`: there are too few children for anything to be shown."""

    by_code: Mapping[str, EntryUse]
    few: bool = False
    nothing: EntryUse = field(default_factory=EntryUse)

    def of(self, code: str) -> EntryUse:
        """Of one entry, also of one that nobody opened."""
        return self.by_code.get(code, self.nothing)


async def uses_of_shelf(ctx: Context, place: ShelfPlace) -> ShelfUses | None:
    """For a school's or class's shelf that the caller may keep; None for a region's, which is no school's."""
    school, school_class = place.school, place.school_class
    if school is None:
        return None
    pupils = await pupils_of(ctx, school)
    hidden = too_few(pupils)
    if sum(pupils.values()) < FEW or (school_class is not None and school_class.id in hidden):
        return ShelfUses({}, few=True)
    week = school_day(ctx.now()) - timedelta(days=DAYS - 1)
    term = await _term_of(ctx, school) if school_class else None
    since = min(week, term or week)
    found: dict[str, list[Use]] = defaultdict(list)
    for use in await ctx.stores.link_uses.of_shelf(place.key, since.isoformat()):
        here = use.class_id == school_class.id if school_class else use.class_id not in hidden
        if here and use.school_id == school.id:
            found[use.code].append(use)
    nothing = EntryUse(term=Views() if term else None)
    by_code = {code: _entry_use(uses, week, term) for code, uses in found.items()}
    return ShelfUses(by_code, nothing=nothing)


async def _term_of(ctx: Context, school: School) -> date:
    return (await period_on(ctx, school, Span.TERM, None)).first_on


def _entry_use(uses: list[Use], week: date, term: date | None) -> EntryUse:
    of_day: dict[date, Views] = defaultdict(Views)
    for use in uses:
        of_day[date.fromisoformat(use.day)] += views_of(use)
    days = tuple(sorted(((d, v) for d, v in of_day.items() if d >= week), reverse=True, key=_day))
    of_term = total(v for d, v in of_day.items() if d >= term) if term else None
    return EntryUse(total(views for _, views in days), days, of_term)


def _day(line: tuple[date, Views]) -> date:
    return line[0]
