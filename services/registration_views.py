"""The figures of who has registered, as a post may see them: a region with its schools, a school with its classes.

There is nobody's name here; lists of who is missing are in `services.registration_classes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFoundError
from domain.regions import Region
from domain.registration import (
    PUPILS_AIM,
    ClassCount,
    Ratio,
    SchoolCount,
    school_year,
)
from domain.roles import Appointment, Right
from domain.schools import School, SchoolClass
from services.context import Context
from services.people import Post, teaching_of
from services.registration import recount_school

_NONE = Ratio(0, 0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a place: children with a guardian, schools with this year's data, spaces that are open."""

    children: Ratio
    data: Ratio
    schools: Ratio
    classes: Ratio
    teachers: Ratio
    institutions: Ratio = _NONE


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school in a region's list; `count` is None until it was counted for the first time."""

    school: School
    count: SchoolCount | None
    up_to_date: bool  # its pupils are those of this school year

    @property
    def children(self) -> Ratio:
        """Pupils with a guardian."""
        return self.count.children if self.count else Ratio(0, 0, PUPILS_AIM)

    @property
    def classes(self) -> Ratio:
        """Classes whose space is open."""
        return self.count.class_spaces if self.count else Ratio(0, 0)

    @property
    def teachers(self) -> Ratio:
        """Teachers who have taken their role."""
        return self.count.teacher_spaces if self.count else Ratio(0, 0)

    @property
    def opened(self) -> bool:
        """Whether somebody runs it."""
        return self.count is not None and self.count.staff.opened


@dataclass(frozen=True, slots=True)
class RegionLine:
    """A region in the list of the one above it."""

    region: Region
    figures: Figures


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region: `above` leads to it from the post's own; of all `schools` below it `own` are in none of `regions`."""

    region: Region
    above: tuple[Region, ...]
    year: int
    figures: Figures
    regions: tuple[RegionLine, ...]
    schools: tuple[SchoolLine, ...]
    own: tuple[SchoolLine, ...]
    counted_at: datetime | None  # the oldest of the figures


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in its school's list."""

    school_class: SchoolClass
    count: ClassCount


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school, or what of it a post reaches (`whole` False: then nothing is said of its staff)."""

    school: School
    above: tuple[Region, ...]
    year: int
    whole: bool
    figures: Figures
    grades: tuple[tuple[int, tuple[ClassLine, ...]], ...]
    counted_at: datetime


# -------------------------------------------------------------------------------------- access


async def access_region(ctx: Context, post: Post, region_id: str) -> Region:
    """The post's own region or one below it. Raises NotFoundError."""
    region = await ctx.stores.regions.find(region_id)
    if region is None or post.region is None or post.region.id not in region.region_ids:
        raise NotFoundError
    return region


async def access_school(ctx: Context, post: Post, school_id: str) -> School:
    """The post's own school, or one below its region. Raises NotFoundError."""
    if post.school is not None and post.school.id == school_id:
        return post.school
    school = await ctx.stores.schools.find_school(school_id)
    if school is None or post.region is None or post.region.id not in school.region_ids:
        raise NotFoundError
    return school


async def classes_in_reach(ctx: Context, post: Post, school: School) -> tuple[SchoolClass, ...]:
    """The classes of a school of which this post sees figures. Raises NotFoundError."""
    if post.region is not None and post.school is None:
        every = await ctx.stores.schools.classes_of_school(school.id)
        living = [c for c in every if c.ended_at is None]
        return tuple(sorted(living, key=lambda c: (c.grade, c.name)))
    return (await teaching_of(ctx, post, Right.REGISTRATION)).classes


def sees_whole(post: Post) -> bool:
    """Whether a post sees the figures of its whole place, not only of some classes."""
    return post.has_everywhere(Right.REGISTRATION)


async def regions_above(ctx: Context, post: Post, region_ids: Sequence[str]) -> tuple[Region, ...]:
    """The regions from the post's own down; none for a post at a school."""
    if post.region is None or post.region.id not in region_ids:
        return ()
    wanted = region_ids[list(region_ids).index(post.region.id) :]
    found = await ctx.stores.regions.regions(wanted)
    return tuple(found[r] for r in wanted if r in found)


# ------------------------------------------------------------------------------------- regions


async def region_view(ctx: Context, post: Post, region_id: str) -> RegionView:
    """A region's figures. Raises NotFoundError."""
    region = await access_region(ctx, post, region_id)
    year = school_year(ctx.now())
    # Which schools are below is asked of the schools themselves, so that one that moved is never seen where it was.
    schools = await ctx.stores.schools.schools_below(region.id)
    counts = await ctx.stores.registrations.of_schools(s.id for s in schools)
    lines = tuple(_school_line(school, counts.get(school.id), year) for school in schools)
    regions = await ctx.stores.regions.below(region.id)
    staffed = await _staffed(ctx, regions)
    below = {r.id: r for r in regions if _next_below(region, r.region_ids) == r.id}
    inside: dict[str, list[SchoolLine]] = {region_id: [] for region_id in below}
    own: list[SchoolLine] = []
    for line in lines:
        inside.get(_next_below(region, line.school.region_ids), own).append(line)
    return RegionView(
        region=region,
        above=(await regions_above(ctx, post, region.region_ids))[:-1],
        year=year,
        figures=_summed(lines, [r.id in staffed for r in regions]),
        regions=tuple(
            RegionLine(
                r, _summed(inside[r.id], [s.id in staffed for s in regions if r.id in s.region_ids])
            )
            for r in below.values()
        ),
        schools=lines,
        own=tuple(own),
        counted_at=min((c.counted_at for c in counts.values()), default=None),
    )


def _next_below(region: Region, region_ids: Sequence[str]) -> str:
    """The region under this one on the way down; empty where the way ends here."""
    after = list(region_ids).index(region.id) + 1
    return region_ids[after] if after < len(region_ids) else ""


def _school_line(school: School, count: SchoolCount | None, year: int) -> SchoolLine:
    return SchoolLine(school, count, school.year >= year and count is not None and count.pupils > 0)


async def _staffed(ctx: Context, regions: Sequence[Region]) -> frozenset[str]:
    """The regions in which somebody keeps order."""
    held = await ctx.stores.appointments.of_regions([r.id for r in regions])
    return frozenset(a.region_id for a in held if a.stands(ctx.now()) and _keeps_order(a))


def _keeps_order(appointment: Appointment) -> bool:
    return appointment.region_id != "" and appointment.role.value.endswith("_admin")


def _summed(lines: Sequence[SchoolLine], staffed: Sequence[bool]) -> Figures:
    return Figures(
        children=_added((line.children for line in lines), PUPILS_AIM),
        data=Ratio(sum(line.up_to_date for line in lines), len(lines)),
        schools=Ratio(sum(line.opened for line in lines), len(lines)),
        classes=_added(line.classes for line in lines),
        teachers=_added(line.teachers for line in lines),
        institutions=Ratio(sum(staffed), len(staffed)),
    )


def _added(ratios: Iterable[Ratio], aim: int = 100) -> Ratio:
    return sum(ratios, Ratio(0, 0, aim))


# -------------------------------------------------------------------------- schools and classes


async def school_view(ctx: Context, post: Post, school_id: str) -> SchoolView:
    """A school's figures, by grade and class; of a class's teacher's classes alone. Raises NotFoundError."""
    school = await access_school(ctx, post, school_id)
    classes = await classes_in_reach(ctx, post, school)
    count, kept = await ctx.stores.registrations.of_school(school.id)
    counts = {c.class_id: c for c in kept}
    if count is None or not {c.id for c in classes} <= set(counts):
        count, kept = await recount_school(ctx, school.id)
        counts = {c.class_id: c for c in kept}
    lines = [ClassLine(c, counts[c.id]) for c in classes if c.id in counts]
    year = school_year(ctx.now())
    line = _school_line(school, count, year)
    whole = sees_whole(post)
    grades = sorted({c.grade for c in classes})
    return SchoolView(
        school=school,
        above=await regions_above(ctx, post, school.region_ids),
        year=year,
        whole=whole,
        figures=Figures(
            children=_added((c.count.children for c in lines), PUPILS_AIM),
            data=Ratio(int(line.up_to_date), 1),
            schools=Ratio(int(line.opened), 1),
            classes=Ratio(sum(c.count.opened for c in lines), len(lines)),
            teachers=line.teachers if whole else Ratio(0, 0),
        ),
        grades=tuple((g, tuple(c for c in lines if c.school_class.grade == g)) for g in grades),
        counted_at=count.counted_at,
    )
