"""Theme activities of a term, at least one a school: district by district, school by school, and what was counted.

A region sees what an activity is called, when it was, and how many took part: no answer, and nobody's name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.activities import Activity
from domain.audit import Act
from domain.errors import NotFoundError
from domain.regions import Region
from domain.roles import Right
from domain.schools import School
from domain.seats import Seats
from domain.terms import Term
from domain.times import school_text
from services.context import Context
from services.figure_files import figures_file
from services.people import Post
from services.periods import Period, Span, bounds_of, period_of
from services.places import access_region, access_school
from services.spreadsheets import Row, Sheet
from services.terms import calendar_of, calendar_of_region, school_day

THEMES_AIM = 1  # theme activities a school and term
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """How many theme activities a school has had."""

    school: School
    themes: int


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """The schools of a region below, how many have had as many as they should, and theme activities in all."""

    region: Region
    schools: int
    done: int
    themes: int


@dataclass(frozen=True, slots=True)
class RegionThemes:
    """A region within one's own: what lies below it, and the schools that belong to it directly, by name."""

    region: Region
    own: bool
    period: Period
    terms: tuple[Term, ...]
    districts: tuple[DistrictLine, ...]
    schools: tuple[SchoolLine, ...]
    every: tuple[SchoolLine, ...]

    @property
    def done(self) -> int:
        """How many of all its schools have had as many as they should."""
        return _done(self.every)

    @property
    def themes(self) -> int:
        """How many theme activities there were in all."""
        return sum(line.themes for line in self.every)


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One that was counted, and how many answers to it stand; None where nothing is asked."""

    activity: Activity
    answered: int | None


@dataclass(frozen=True, slots=True)
class SchoolThemes:
    """What a school's figure was counted from, newest first."""

    school: School
    own: bool
    period: Period
    terms: tuple[Term, ...]
    lines: tuple[ThemeLine, ...]


async def region_themes(
    ctx: Context, post: Post, region_id: str = "", *, day: date | None = None
) -> RegionThemes:
    """The figures of a region within one's own. Raises NotFoundError."""
    region = await access_region(ctx, post, Right.MONITOR, region_id)
    period, terms = await _term(ctx, post, day)
    since, until = bounds_of(period)
    schools = await ctx.stores.schools.schools_below(region.id)
    every = await _counted(ctx, schools, since, until)
    below = await ctx.stores.regions.below(region.id)
    districts = [
        _district(one, [line for line in every if one.id in line.school.region_ids])
        for one in sorted(below, key=lambda r: r.name)
        if one.parent_id == region.id
    ]
    return RegionThemes(
        region=region,
        own=region.id == post.place_id,
        period=period,
        terms=terms,
        districts=tuple(districts),
        schools=tuple(line for line in every if line.school.region_ids[-1] == region.id),
        every=every,
    )


async def school_themes(
    ctx: Context, post: Post, school_id: str = "", *, day: date | None = None
) -> SchoolThemes:
    """What was counted for a school: one's own, or one within one's region. Raises NotFoundError."""
    school = await access_school(ctx, post, Right.MONITOR, school_id)
    period, terms = await _term(ctx, post, day)
    found = await ctx.stores.activities.themes_of_school(school.id, *bounds_of(period))
    seats = await ctx.stores.seats.many([a.id for a in found if a.seated])
    lines = [ThemeLine(a, await _took_part(ctx, a, seats.get(a.id))) for a in found]
    return SchoolThemes(school, post.school is not None, period, terms, tuple(lines))


async def export_region_themes(
    ctx: Context, post: Post, region_id: str, *, day: date | None
) -> tuple[str, bytes]:
    """(region, file): every school with its district; that it was taken is noted first. Raises NotFoundError."""
    view = await region_themes(ctx, post, region_id, day=day)
    below = {r.id: r.name for r in await ctx.stores.regions.below(view.region.id)}
    rows: list[Row] = []
    for line in view.every:
        inside = [below[r] for r in line.school.region_ids if r in below and r != view.region.id]
        done = "已做到" if line.themes >= THEMES_AIM else "还没有"
        rows.append([" ".join(inside), line.school.name, line.themes, done])
    heads = [("区县", 24), ("学校", 28), ("主题活动", 10), ("每学期至少一次", 16)]
    return await _file(ctx, post, view.region, [Sheet("主题活动", heads, rows)], view.period)


async def export_school_themes(
    ctx: Context, post: Post, school_id: str, *, day: date | None
) -> tuple[str, bytes]:
    """(school, file): what was counted; that it was taken is noted first. Raises NotFoundError."""
    view = await school_themes(ctx, post, school_id, day=day)
    rows: list[Row] = [
        [
            school_text(line.activity.created_at),
            line.activity.title,
            "教职工" if line.activity.staff else f"{len(line.activity.class_ids)} 个班的家长",
            "" if line.answered is None else line.answered,
        ]
        for line in view.lines
    ]
    heads = [("发布时间", 18), ("主题活动", 36), ("请谁参加", 18), ("已填", 8)]
    return await _file(ctx, post, view.school, [Sheet("主题活动", heads, rows)], view.period)


async def _term(ctx: Context, post: Post, day: date | None) -> tuple[Period, tuple[Term, ...]]:
    """The term of one's own place, so that a sum and its parts are of the same days; and those that have begun."""
    if post.school is not None:
        terms = await calendar_of(ctx, post.school)
    elif post.region is not None:
        terms = await calendar_of_region(ctx, post.region)
    else:
        raise NotFoundError
    today = school_day(ctx.now())
    begun = tuple(term for term in terms if term.begins_on <= today)
    return period_of(terms, today, Span.TERM, day), begun


async def _counted(
    ctx: Context, schools: Sequence[School], since: datetime, until: datetime
) -> tuple[SchoolLine, ...]:
    counts: list[int] = []
    for start in range(0, len(schools), _AT_ONCE):
        some = schools[start : start + _AT_ONCE]
        asked = (ctx.stores.activities.count_themes(s.id, since, until) for s in some)
        counts += await asyncio.gather(*asked)
    return tuple(SchoolLine(s, count) for s, count in zip(schools, counts, strict=True))


def _district(region: Region, lines: Sequence[SchoolLine]) -> DistrictLine:
    return DistrictLine(region, len(lines), _done(lines), sum(line.themes for line in lines))


def _done(lines: Sequence[SchoolLine]) -> int:
    return sum(line.themes >= THEMES_AIM for line in lines)


async def _took_part(ctx: Context, activity: Activity, seats: Seats | None) -> int | None:
    if not activity.questions:
        return None
    if activity.seated is not None:
        return len(seats.holders) if seats else 0
    return len(await ctx.stores.answers.replies_to(activity.school_id, activity.id))


async def _file(
    ctx: Context, post: Post, place: Region | School, sheets: Sequence[Sheet], period: Period
) -> tuple[str, bytes]:
    since, until = bounds_of(period)
    after = {"since": since, "until": until}
    return await figures_file(ctx, post, Act.THEMES_EXPORTED, place, sheets, after=after)
