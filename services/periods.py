"""Over what time figures are looked at, and of which classes: what monitors and reports of homework share.

It counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.monitors import monday_of
from domain.names import natural_order
from domain.regions import Region
from domain.roles import Right
from domain.schools import School, SchoolClass
from domain.terms import Term, term_on
from domain.times import SCHOOL_ZONE
from services.context import Context
from services.people import Post, Teaching, teaching_of
from services.places import access_region, access_school
from services.terms import calendar_of, calendar_of_region, school_day

_WEEK = timedelta(days=7)
_WEEKS_WITHOUT_A_TERM = 20


class Span(StrEnum):
    """Over what time."""

    WEEK = "week"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Period:
    """The weeks that are looked at, by their Mondays; `term` where it is one."""

    span: Span
    mondays: tuple[date, ...]
    term: Term | None

    @property
    def first_on(self) -> date:
        """The first day."""
        return self.mondays[0]

    @property
    def last_on(self) -> date:
        """The last day."""
        return self.mondays[-1] + timedelta(days=6)


def bounds_of(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period, and the first after it."""
    first = datetime.combine(period.first_on, time(), SCHOOL_ZONE)
    after = datetime.combine(period.last_on + timedelta(days=1), time(), SCHOOL_ZONE)
    return first, after


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody sees of a school: classes of today, and the `teaching` that it comes from where not all of it."""

    school: School
    classes: Sequence[SchoolClass]
    teaching: Teaching | None
    ended: Sequence[SchoolClass] = ()

    @property
    def whole(self) -> bool:
        """Whether it is the whole school."""
        return self.teaching is None


def period_of(terms: Sequence[Term], today: date, span: Span, day: date | None) -> Period:
    """The week of a day, or its term as far as it has come; without a term the last weeks."""
    monday = monday_of(day or today)
    if span is Span.WEEK:
        return Period(span, (monday,), term_on(terms, day or today))
    term = term_on(terms, day or today)
    first = monday_of(term.begins_on) if term else monday - (_WEEKS_WITHOUT_A_TERM - 1) * _WEEK
    last = monday_of(min(term.ends_on, max(today, term.begins_on))) if term else monday
    count = (last - first).days // 7 + 1
    return Period(span, tuple(first + n * _WEEK for n in range(count)), term)


async def period_on(ctx: Context, school: School, span: Span, day: date | None) -> Period:
    """The week or term of a day at a school."""
    return period_of(await calendar_of(ctx, school), school_day(ctx.now()), span, day)


async def access_school_figures(ctx: Context, post: Post, right: Right, school_id: str) -> Seen:
    """A school in one's reach; of one's own school (no id, or its own) the classes that the right is for.

    Raises NotFoundError.
    """
    own = post.school is not None and school_id in ("", post.place_id)
    if own and not post.has_everywhere(right):
        teaching = await teaching_of(ctx, post, right)
        return Seen(teaching.school, teaching.classes, teaching)
    school = await access_school(ctx, post, right, school_id)
    every = await ctx.stores.schools.classes_of_school(school.id)
    ended = [c for c in every if c.ended_at is not None]
    return Seen(school, [c for c in every if c.ended_at is None], None, ended)


async def access_region_figures(
    ctx: Context, post: Post, right: Right, region_id: str, span: Span, day: date | None
) -> tuple[Region, Period]:
    """A region in one's reach (no id: one's own), and the week or term of a day there. Raises NotFoundError."""
    region = await access_region(ctx, post, right, region_id)
    terms = await calendar_of_region(ctx, region)
    return region, period_of(terms, school_day(ctx.now()), span, day)


def schools_in_order(schools: Iterable[School]) -> list[School]:
    """By name: no figure puts them in order."""
    return sorted(schools, key=lambda school: natural_order(school.name))


def classes_in_order(classes: Iterable[SchoolClass]) -> list[SchoolClass]:
    """Grade by grade, and by name."""
    return sorted(classes, key=lambda c: (c.grade, natural_order(c.name)))
