"""The calendar of a place: which term counts for a school, and writing terms down.

A school's own term counts; where it has none, that of its district, then of its city, then of its province.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.regions import Region
from domain.roles import Right
from domain.schools import School
from domain.term_forms import parse_term
from domain.terms import (
    Calendar,
    Term,
    effective_terms,
    region_calendar,
    school_calendar,
    term_on,
)
from domain.times import SCHOOL_ZONE
from services.audit import note_act
from services.context import Context
from services.people import Post


@dataclass(frozen=True, slots=True)
class PlaceCalendar:
    """What a place's page shows: the terms it has written down itself, and all that count there.

    `above` are the names of the regions above it, by the id of their calendar.
    """

    own: Calendar
    terms: tuple[Term, ...]
    above: Mapping[str, str] = field(default_factory=dict)

    def is_own(self, term: Term) -> bool:
        """Whether the place wrote it down itself, rather than a region above it."""
        return term.place_id == self.own.id


def school_day(at: datetime) -> date:
    """The day it is in school time."""
    return at.astimezone(SCHOOL_ZONE).date()


async def calendar_of(ctx: Context, school: School) -> tuple[Term, ...]:
    """Every term that counts for a school, the earliest first."""
    return (await _calendar(ctx, school_calendar(school.id), school.region_ids)).terms


async def calendar_of_region(ctx: Context, region: Region) -> tuple[Term, ...]:
    """Every term that counts in a region: its own, else those of the regions above it."""
    above = tuple(i for i in region.region_ids if i != region.id)
    return (await _calendar(ctx, region_calendar(region.id), above)).terms


async def term_for(ctx: Context, school: School, day: date) -> Term | None:
    """The term a day lies in at a school; None between terms, or where nobody has written it down."""
    return term_on(await calendar_of(ctx, school), day)


async def calendar_at(ctx: Context, post: Post) -> PlaceCalendar:
    """The calendar of the place where somebody acts. Raises NotFoundError without the right to keep it."""
    calendar_id, region_ids = _access_place(post)
    seen = await _calendar(ctx, calendar_id, region_ids)
    regions = await ctx.stores.regions.regions(region_ids) if region_ids else {}
    return replace(seen, above={region_calendar(r.id): r.name for r in regions.values()})


async def access_term_as_keeper(ctx: Context, post: Post, term_id: str) -> Term:
    """A term this place wrote down itself. Raises NotFoundError for any other, and without the right."""
    term = (await calendar_at(ctx, post)).own.find(term_id)
    if term is None:
        raise NotFoundError
    return term


async def save_term(
    ctx: Context, post: Post, form: Mapping[str, str], *, editing: str = ""
) -> Term:
    """Write down a term of the post's place; `editing` is the id of the one it replaces.

    Raises NotFoundError without the right and for a term that is not this place's, InvalidError, and
    ConflictError when somebody else changed the calendar at this moment.
    """
    own = (await calendar_at(ctx, post)).own
    if editing and own.find(editing) is None:
        raise NotFoundError
    term = parse_term(form, own, editing)
    await _note(ctx, post, own.find(editing), term)
    await _change(ctx, own.without(editing).with_term(term))
    return term


async def remove_term(ctx: Context, post: Post, term_id: str) -> Term:
    """Take a term away; where a region above has one, that counts again. Returns what it was.

    Raises NotFoundError and ConflictError like `save_term`.
    """
    own = (await calendar_at(ctx, post)).own
    term = own.find(term_id)
    if term is None:
        raise NotFoundError
    await _note(ctx, post, term, None)
    await _change(ctx, own.without(term_id))
    return term


async def _note(ctx: Context, post: Post, before: Term | None, after: Term | None) -> None:
    changed = after or before
    if changed is not None:
        await note_act(
            ctx,
            post.actor,
            Act.PLACE_EDITED,
            subject=("term", changed.id),
            before=_noted(before),
            after=_noted(after),
        )


def _noted(term: Term | None) -> dict[str, object] | None:
    """What the audit log keeps of a term."""
    if term is None:
        return None
    days_off = sum((off.last_on - off.first_on).days + 1 for off in term.holidays)
    return {
        "term": f"{term.name} {term.begins_on} {term.ends_on}",
        "days_off": days_off,
        "extra_days": len(term.extra_days),
    }


async def _change(ctx: Context, calendar: Calendar) -> None:
    if not await ctx.stores.terms.mark_changed(calendar):
        raise ConflictError


async def _calendar(ctx: Context, calendar_id: str, region_ids: tuple[str, ...]) -> PlaceCalendar:
    """`region_ids` are those above the place, from the province down."""
    nearest_first = [calendar_id, *map(region_calendar, reversed(region_ids))]
    found = await ctx.stores.terms.calendars(nearest_first)
    own = found.get(calendar_id, Calendar(id=calendar_id))
    return PlaceCalendar(own, effective_terms(found[i] for i in nearest_first if i in found))


def _access_place(post: Post) -> tuple[str, tuple[str, ...]]:
    """The id of the post's own calendar and the regions above it. Raises NotFoundError."""
    if post.has_everywhere(Right.CALENDAR):
        if post.school is not None:
            return school_calendar(post.school.id), post.school.region_ids
        if post.region is not None:
            above = tuple(i for i in post.region.region_ids if i != post.region.id)
            return region_calendar(post.region.id), above
    raise NotFoundError
