"""How many resources teachers have filed in a term (R37): counted anew each time, and opened to what was counted.

Teachers and schools stand by name. Nothing is put in order by a figure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.audit import Act
from domain.errors import NotFoundError
from domain.names import natural_order
from domain.regions import Region
from domain.resources import Filed, Resource
from domain.roles import Right, may
from domain.schools import School
from domain.times import SCHOOL_ZONE
from services.aims import use_aim_for
from services.context import Context
from services.figure_files import figures_file
from services.people import Post
from services.periods import Period, Span, access_region_figures, period_on
from services.places import access_place, access_school
from services.resource_access import Seen, seen_by
from services.spreadsheets import Row, Sheet

_AT_ONCE = 8  # schools that are asked for at one moment


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """What one teacher filed, how much of it stands in a library, and whether it is as many as are wanted."""

    person_id: str
    name: str
    filed: int
    shelved: int
    reached: bool


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    """A school in a term. `lines` have every teacher, also those who filed nothing; `aim` is wanted of each."""

    school: School
    period: Period
    lines: tuple[TeacherLine, ...]
    aim: int

    @property
    def filed(self) -> int:
        """By all of them."""
        return sum(line.filed for line in self.lines)

    @property
    def shelved(self) -> int:
        """Of these, in a library."""
        return sum(line.shelved for line in self.lines)


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school in its region's list: so many of its teachers filed so many."""

    school: School
    teachers: int
    filed: int
    shelved: int


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """A region's schools in a term. The sums are of the lines that are shown: nothing is read for them."""

    region: Region
    period: Period
    lines: tuple[SchoolLine, ...]

    @property
    def filed(self) -> int:
        """At all of its schools."""
        return sum(line.filed for line in self.lines)

    @property
    def shelved(self) -> int:
        """Of these, in a library."""
        return sum(line.shelved for line in self.lines)


async def school_figures(
    ctx: Context, post: Post, school_id: str, day: date | None
) -> SchoolFigures:
    """Of one's own school, or one below one's region. Raises NotFoundError."""
    school = await access_school(ctx, post, Right.CURATE, school_id)
    period = await period_on(ctx, school, Span.TERM, day)
    found = await ctx.stores.resources.filed_in(school.id, *moments(period))
    held = await ctx.stores.appointments.of_school(school.id)
    names = {f.author.person_id: f.author.name for f in found}
    now = ctx.now()
    names |= {a.person_id: a.name for a in held if a.stands(now) and may(a.role, Right.RESOURCES)}
    aim = (await use_aim_for(ctx, school)).filed
    lines = [
        _line(person_id, name, [f for f in found if f.author.person_id == person_id], aim)
        for person_id, name in names.items()
    ]
    order = sorted(lines, key=lambda one: (natural_order(one.name), one.person_id))
    return SchoolFigures(school, period, tuple(order), aim)


def _line(person_id: str, name: str, filed: Sequence[Filed], aim: int) -> TeacherLine:
    shelved = sum(f.is_shelved for f in filed)
    return TeacherLine(person_id, name, len(filed), shelved, len(filed) >= aim)


async def filed_of_term(ctx: Context, post: Post, school: School, period: Period) -> int | None:
    """How many were filed at a school in a term, for who can open the figure; None for others, and for a week."""
    if period.span is not Span.TERM or not post.has_everywhere(Right.CURATE):
        return None
    return len(await ctx.stores.resources.filed_in(school.id, *moments(period)))


async def region_figures(
    ctx: Context, post: Post, region_id: str, day: date | None
) -> RegionFigures:
    """Of the schools below one's region. Raises NotFoundError."""
    region, period = await access_region_figures(ctx, post, Right.CURATE, region_id, Span.TERM, day)
    turn = asyncio.Semaphore(_AT_ONCE)

    async def line(school: School) -> SchoolLine:
        async with turn:
            found = await ctx.stores.resources.filed_in(school.id, *moments(period))
        people = {f.author.person_id for f in found}
        return SchoolLine(school, len(people), len(found), sum(f.is_shelved for f in found))

    schools = await ctx.stores.schools.schools_below(region.id)
    lines = await asyncio.gather(*(line(school) for school in schools))
    return RegionFigures(
        region, period, tuple(sorted(lines, key=lambda one: natural_order(one.school.name)))
    )


async def filed_by(
    ctx: Context, post: Post, school_id: str, person_id: str, day: date | None
) -> tuple[SchoolFigures, TeacherLine, list[Seen | None]]:
    """What a teacher's figure was counted from; None for one that this post may not see. Raises NotFoundError."""
    view = await school_figures(ctx, post, school_id, day)
    line = next((one for one in view.lines if one.person_id == person_id), None)
    if line is None:
        raise NotFoundError
    found = await ctx.stores.resources.filed_at(view.school.id, *moments(view.period))
    counted = [r for r in found if r.author.person_id == person_id and not r.withdrawn_at]
    return view, line, [_seen(post, resource) for resource in counted]


def _seen(post: Post, resource: Resource) -> Seen | None:
    try:
        return seen_by(post, resource)
    except NotFoundError:
        return None


def moments(period: Period) -> tuple[datetime, datetime]:
    """From when to before when: the term's own days where it is one."""
    first, last = period.first_on, period.last_on
    if period.term is not None:
        first, last = period.term.begins_on, period.term.ends_on
    begins = datetime.combine(first, time(), SCHOOL_ZONE)
    ends = datetime.combine(last + timedelta(days=1), time(), SCHOOL_ZONE)
    return begins.astimezone(UTC), ends.astimezone(UTC)


async def export_figures(
    ctx: Context, post: Post, place_id: str, day: date | None
) -> tuple[str, bytes]:
    """(place, Excel file) of a school's teachers or a region's schools; that it was taken is noted first."""
    place = await access_place(ctx, post, Right.CURATE, place_id)
    rows: list[Row]
    if isinstance(place, School):
        view = await school_figures(ctx, post, place.id, day)
        columns = (("教师", 16), ("上传", 10), ("已入库", 10), (f"满 {view.aim} 份", 10))
        rows = [[x.name, x.filed, x.shelved, "是" if x.reached else ""] for x in view.lines]
        sheet = Sheet("教师", columns, rows)
    else:
        below = await region_figures(ctx, post, place.id, day)
        columns = (("学校", 28), ("上传过的教师", 14), ("上传", 10), ("已入库", 10))
        rows = [[x.school.name, x.teachers, x.filed, x.shelved] for x in below.lines]
        sheet = Sheet("学校", columns, rows)
    return await figures_file(ctx, post, Act.RESOURCES_EXPORTED, place, [sheet])
