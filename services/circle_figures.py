"""How much goes on in circles, for who may look at figures: of a school circle by circle, of a region school by school.

Each figure is counted from the topics of the term when it is asked for, so it cannot drift, and costs the same however
many terms lie before; only regions below another one stand there as `services.circle_counting` added them up that day.
Words, pictures and names stay in the circle: here a topic is a day with numbers.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.audit import Act
from domain.circle_figures import CircleFigures, CircleSum, TopicCount, figures_of, months_of
from domain.errors import NotFoundError
from domain.groups import RESEARCH_GROUPS, class_group, research_group
from domain.names import natural_order
from domain.regions import Region, RegionLevel
from domain.roles import Right
from domain.schools import School
from domain.times import school_text
from services.context import Context
from services.figure_files import figures_file
from services.people import Post
from services.periods import (
    Period,
    Seen,
    Span,
    access_region_figures,
    access_school_figures,
    bounds_of,
    classes_in_order,
    period_on,
    schools_in_order,
)
from services.spreadsheets import Row, Sheet
from services.terms import school_day

_AT_ONCE = 10
_Topics = Mapping[str, Sequence[TopicCount]]


@dataclass(frozen=True, slots=True)
class CircleLine:
    """One circle: of a class by its name, of teaching research by its number (1, 2) or what the school calls it."""

    circle_id: str
    name: str
    figures: CircleFigures


@dataclass(frozen=True, slots=True)
class SchoolCircles:
    """The circles of a school, or of the classes of it that somebody sees (not `whole`)."""

    school: School
    period: Period
    lines: tuple[CircleLine, ...]
    whole: bool

    @property
    def met(self) -> int:
        """How many have all that is looked for."""
        return sum(line.figures.is_met for line in self.lines)

    @property
    def topics(self) -> int:
        """How many topics there were."""
        return sum(line.figures.topics for line in self.lines)


@dataclass(frozen=True, slots=True)
class CircleTopics:
    """What one circle's figures stand on: every topic of the term that counts, the newest first."""

    school: School
    period: Period
    line: CircleLine
    topics: tuple[TopicCount, ...]


@dataclass(frozen=True, slots=True)
class BelowLine:
    """A region below another, each of its schools in its own term, as they were added up last (`at`).

    `missing` of its `schools` were not yet.
    """

    region: Region
    schools: int
    missing: int
    circles: int
    met: int
    topics: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RegionCircles:
    """A district with its schools; of a region with others below, those, each with a page of its own."""

    region: Region
    period: Period
    below: tuple[BelowLine, ...]
    schools: tuple[SchoolCircles, ...]


async def school_circles(
    ctx: Context, post: Post, school_id: str = "", *, day: date | None = None
) -> SchoolCircles:
    """A school's circles in a term: one's own, or within one's region. Raises NotFoundError."""
    return (await _opened(ctx, post, school_id, day))[0]


async def _opened(
    ctx: Context, post: Post, school_id: str, day: date | None
) -> tuple[SchoolCircles, _Topics]:
    seen = await access_school_figures(ctx, post, Right.MONITOR, school_id)
    period = await period_on(ctx, seen.school, Span.TERM, day)
    topics = await _counted(ctx, seen.school.id, period)
    return await _school(ctx, seen, period, topics), topics


async def _school(ctx: Context, seen: Seen, period: Period, topics: _Topics) -> SchoolCircles:
    named = [(class_group(c.id), c.name) for c in classes_in_order(seen.classes)]
    if seen.whole:
        called = dict((await ctx.stores.groups.rules(seen.school.id)).names)
        ids = [(number, research_group(seen.school.id, number)) for number in RESEARCH_GROUPS]
        named += [(i, called.get(i, f"教研圈 {number}")) for number, i in ids]
    months = _months(ctx, period)
    lines = tuple(CircleLine(i, name, figures_of(topics.get(i, ()), months)) for i, name in named)
    return SchoolCircles(seen.school, period, lines, seen.whole)


def _months(ctx: Context, period: Period) -> tuple[date, ...]:
    return months_of(period.first_on, min(period.last_on, school_day(ctx.now())))


async def _counted(ctx: Context, school_id: str, period: Period) -> _Topics:
    found: dict[str, list[TopicCount]] = defaultdict(list)
    for topic in await ctx.stores.circles.counts(school_id, *bounds_of(period)):
        found[topic.circle_id].append(topic)
    return found


async def circle_topics(
    ctx: Context, post: Post, school_id: str, circle_id: str, *, day: date | None = None
) -> CircleTopics:
    """What the figures of one circle stand on. Raises NotFoundError."""
    view, topics = await _opened(ctx, post, school_id, day)
    for line in view.lines:
        if line.circle_id == circle_id:
            found = tuple(t for t in reversed(topics.get(circle_id, ())) if t.counts)
            return CircleTopics(view.school, view.period, line, found)
    raise NotFoundError


async def region_circles(
    ctx: Context, post: Post, region_id: str = "", *, day: date | None = None
) -> RegionCircles:
    """A region within one's own; the schools of a district with their figures. Raises NotFoundError."""
    region, period = await access_region_figures(
        ctx, post, Right.MONITOR, region_id, Span.TERM, day
    )
    every = await ctx.stores.schools.schools_below(region.id)
    own = [
        s for s in every if region.level is RegionLevel.DISTRICT or s.region_ids[-1] == region.id
    ]
    return RegionCircles(
        region,
        period,
        await _below(ctx, region, every, day or school_day(ctx.now())),
        await _schools(ctx, schools_in_order(own), period),
    )


async def _below(
    ctx: Context, region: Region, schools: Sequence[School], day: date
) -> tuple[BelowLine, ...]:
    found = [r for r in await ctx.stores.regions.below(region.id) if r.parent_id == region.id]
    if not found:
        return ()
    sums = await ctx.stores.circle_sums.on([s.id for s in schools], day)
    return tuple(
        _below_line(one, [sums.get(s.id) for s in schools if one.id in s.region_ids])
        for one in sorted(found, key=lambda r: natural_order(r.name))
    )


def _below_line(region: Region, sums: Sequence[CircleSum | None]) -> BelowLine:
    counted = [one for one in sums if one is not None]
    return BelowLine(
        region,
        len(sums),
        len(sums) - len(counted),
        sum(one.circles for one in counted),
        sum(one.met for one in counted),
        sum(one.topics for one in counted),
        min((one.at for one in counted), default=None),
    )


async def _schools(
    ctx: Context, schools: Sequence[School], period: Period
) -> tuple[SchoolCircles, ...]:
    found: list[SchoolCircles] = []
    for start in range(0, len(schools), _AT_ONCE):
        some = schools[start : start + _AT_ONCE]
        found += await asyncio.gather(*(counted_circles(ctx, school, period) for school in some))
    return tuple(found)


async def counted_circles(ctx: Context, school: School, period: Period) -> SchoolCircles:
    """All circles of a school over a time, whoever asks."""
    every = await ctx.stores.schools.classes_of_school(school.id)
    standing = [c for c in every if c.ended_at is None]
    topics = await _counted(ctx, school.id, period)
    return await _school(ctx, Seen(school, standing, None), period, topics)


# ------------------------------------------------------------------------------------- files

_COLUMNS = (
    ("话题", 10),
    ("达标的月份", 12),
    ("月份", 8),
    ("阅读达标的话题", 16),
    ("评论达标的话题", 16),
)
_BELOW = (
    ("单位", 28),
    ("学校", 8),
    ("还没有统计的学校", 18),
    ("圈子", 8),
    ("各项都做到的圈子", 18),
    ("话题", 8),
    ("统计时间", 18),
)
_TOPIC = (("成员", 8), ("阅读", 8), ("孩子", 8), ("已读到的孩子", 14), ("评论（不含作者）", 16))


async def export_school_circles(
    ctx: Context, post: Post, school_id: str, *, day: date | None
) -> tuple[str, bytes]:
    """(school, file): its circles, and every topic with its numbers; that it was taken is noted first.

    Raises NotFoundError.
    """
    view, topics = await _opened(ctx, post, school_id, day)
    rows: list[Row] = [
        [
            *(line.name, school_text(t.created_at), "老师" if t.as_staff else "家长"),
            *(t.members, t.reads, t.children, t.reached, t.replies),
        ]
        for line in view.lines
        for t in topics.get(line.circle_id, ())
        if t.counts
    ]
    sheets = [
        Sheet("圈子", (("圈子", 20), *_COLUMNS), [_line(x) for x in view.lines]),
        Sheet("话题", (("圈子", 20), ("时间", 18), ("谁发的", 8), *_TOPIC), rows),
    ]
    return await figures_file(ctx, post, Act.CIRCLES_EXPORTED, view.school, sheets)


async def export_region_circles(
    ctx: Context, post: Post, region_id: str, *, day: date | None
) -> tuple[str, bytes]:
    """(region, file): regions below, and circles of its schools; that it was taken is noted first.

    Raises NotFoundError.
    """
    view = await region_circles(ctx, post, region_id, day=day)
    rows: list[Row] = [[s.school.name, *_line(x)] for s in view.schools for x in s.lines]
    sheets = [Sheet("圈子", (("学校", 28), ("圈子", 20), *_COLUMNS), rows)]
    if view.below:
        lines: list[Row] = [
            [
                *(x.region.name, x.schools, x.missing, x.circles, x.met, x.topics),
                school_text(x.at) if x.at else "",
            ]
            for x in view.below
        ]
        sheets = [Sheet("下级单位", _BELOW, lines), *(sheets if view.schools else [])]
    return await figures_file(ctx, post, Act.CIRCLES_EXPORTED, view.region, sheets)


def _line(line: CircleLine) -> Row:
    f = line.figures
    return [*(line.name, f.topics, f.busy_months, len(f.months), f.read_enough, f.answered_enough)]
