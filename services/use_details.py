"""What the figures of use were counted from: a class's links and what was given out with links, a link's days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.errors import NotFoundError
from domain.link_uses import Use
from domain.notices import NoticeKind, NoticeState
from domain.roles import Right
from domain.schools import School, SchoolClass
from domain.times import SCHOOL_ZONE
from domain.use import Part, Views, parts_added, too_few, views_of
from services.context import Context
from services.people import Post, teaching_of
from services.periods import Period, Span, access_school_figures, period_on
from services.resource_access import shelved_for
from services.use import Line, LinkLine, WeekLine, class_line, days_of, link_lines, pupils_of


class Given(StrEnum):
    """What says that a lesson used a resource."""

    NOTICE = "notice"
    HOMEWORK = "homework"
    RESOURCE = "resource"  # its teacher, of a local resource


@dataclass(frozen=True, slots=True)
class GivenOut:
    """What a lesson in one class was counted from: a notice or homework with so many links, or a resource that the
    teacher says they used. `title` is that resource's, where who looks may see it. `own`: of who looks."""

    day: date
    what: Given
    links: int
    own: bool
    resource_id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class: its links and its lessons."""

    school: School
    school_class: SchoolClass
    period: Period
    line: Line
    shelves: tuple[Part, ...]
    subjects: tuple[Part, ...]
    weeks: tuple[WeekLine, ...]
    links: tuple[LinkLine, ...]
    given: tuple[GivenOut, ...]


@dataclass(frozen=True, slots=True)
class LinkView:
    """One link in a class (none: the whole school), day by day."""

    school: School
    school_class: SchoolClass | None
    period: Period
    link: LinkLine
    days: tuple[tuple[date, Views], ...]


async def _hidden(ctx: Context, school: School, class_id: str) -> tuple[frozenset[str], int]:
    pupils = await pupils_of(ctx, school)
    return too_few(pupils), pupils.get(class_id, 0)


async def class_view(
    ctx: Context, post: Post, class_id: str, *, span: Span, day: date | None = None
) -> ClassView:
    """A class of one's own school with the links its figures count. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.REPORTS)
    school_class, school = teaching.find_class(class_id), teaching.school
    period = await period_on(ctx, school, span, day)
    few, pupils = await _hidden(ctx, school, class_id)
    hidden = class_id in few
    uses: list[Use] = []
    if not hidden:
        uses = await ctx.stores.link_uses.of_class(school.id, class_id, *days_of(period))
    begin = datetime.combine(period.first_on, time(), SCHOOL_ZONE)
    end = datetime.combine(period.last_on + timedelta(days=1), time(), SCHOOL_ZONE)
    notices = [
        n
        for n in await ctx.stores.notices.of_class(school.id, class_id, begin, end)
        if n.state is NoticeState.PUBLISHED and n.current.links
    ]
    kept = await ctx.stores.use.class_uses(school.id, period.mondays[0], period.mondays[-1])
    weeks = [use for use in kept if use.class_id == class_id]
    of_week = {use.monday: use for use in weeks}
    given = [
        GivenOut(
            n.publish_at.astimezone(SCHOOL_ZONE).date(),
            Given.HOMEWORK if n.kind is NoticeKind.HOMEWORK else Given.NOTICE,
            len(n.current.links),
            n.author_id == post.person_id,
        )
        for n in notices
    ] + await _said_of_lessons(ctx, post, school.id, class_id, period)
    return ClassView(
        school,
        school_class,
        period,
        class_line(weeks, pupils, hidden=hidden),
        () if hidden else parts_added(part for use in weeks for part in use.shelves),
        () if hidden else parts_added(part for use in weeks for part in use.subjects),
        tuple(
            WeekLine(m, class_line([of_week[m]] if m in of_week else [], pupils, hidden=hidden))
            for m in period.mondays
        ),
        await link_lines(ctx, uses),
        tuple(sorted(given, key=lambda g: (g.day, g.what, g.links, g.title), reverse=True)),
    )


async def _said_of_lessons(
    ctx: Context, post: Post, school_id: str, class_id: str, period: Period
) -> list[GivenOut]:
    """Resources of which teachers say that they used them in this class."""
    said = await ctx.stores.resource_lessons.of_class(
        school_id, class_id, period.first_on, period.last_on
    )
    held = await ctx.stores.resources.many({use.resource_id for use in said}) if said else {}
    found = []
    for use in said:
        resource = held.get(use.resource_id)
        version = shelved_for(post, resource) if resource and post.has(Right.RESOURCES) else None
        found.append(
            GivenOut(
                use.day,
                Given.RESOURCE,
                0,
                use.person_id == post.person_id,
                use.resource_id if version else "",
                version.content.title if version else "",
            )
        )
    return found


async def link_view(
    ctx: Context, post: Post, code: str, class_id: str, *, span: Span, day: date | None = None
) -> LinkView:
    """One link in a class, or in one's whole school, day by day. Raises NotFoundError."""
    if class_id:
        teaching = await teaching_of(ctx, post, Right.REPORTS)
        school, school_class = teaching.school, teaching.find_class(class_id)
    else:
        seen = await access_school_figures(ctx, post, Right.REPORTS, "")
        if not seen.whole or post.school is None:
            raise NotFoundError
        school, school_class = seen.school, None
    period = await period_on(ctx, school, span, day)
    if school_class is None and period.span is not Span.WEEK:
        raise NotFoundError
    hidden, _ = await _hidden(ctx, school, class_id)
    days = days_of(period)
    store = ctx.stores.link_uses
    every = await (
        store.of_class(school.id, class_id, *days)
        if class_id
        else store.of_school(school.id, *days)
    )
    uses = [use for use in every if use.code == code and use.class_id not in hidden]
    if not uses:
        raise NotFoundError
    of_day: dict[date, Views] = defaultdict(Views)
    for use in uses:
        of_day[date.fromisoformat(use.day)] += views_of(use)
    (line,) = await link_lines(ctx, uses)
    return LinkView(school, school_class, period, line, tuple(sorted(of_day.items())))
