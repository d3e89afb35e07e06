"""A school's activities for who watches over them: what was asked of whom, how many answered.

What was answered stays with who published it. Theme activities are counted in `services.activity_themes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.activities import Activity, Per
from domain.errors import NotFoundError
from domain.roles import Right
from domain.schools import School, SchoolClass
from domain.seats import Seats
from domain.terms import Term
from domain.times import list_start
from services.activities import is_author
from services.activity_results import export_results, export_totals, results_name, results_of
from services.activity_telling import staff_of
from services.context import Context
from services.people import Post, Teaching, teaching_of
from services.periods import Period, Span, bounds_of, period_of
from services.terms import calendar_of, school_day

_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One activity. `asked` is None where that is not known: adults of families. `places` counts (taken, all).

    `classes` are those of it that one watches over, `whole` says they are all of the school.
    """

    activity: Activity
    classes: tuple[SchoolClass, ...]
    whole: bool
    asked: int | None
    answered: int
    places: tuple[int, int] | None
    may_take: bool


@dataclass(frozen=True, slots=True)
class SchoolActivities:
    """One page of a term's; `older` is where the next begins. `terms` are those that have begun."""

    school: School
    period: Period
    terms: tuple[Term, ...]
    lines: tuple[ActivityLine, ...]
    themes: int
    older: str
    everything: bool


async def school_activities(
    ctx: Context, post: Post, *, day: date | None = None, before: str = ""
) -> SchoolActivities:
    """The activities that ask the classes one watches over, newest first. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.MONITOR)
    everything = post.has_everywhere(Right.MONITOR)
    terms = await calendar_of(ctx, teaching.school)
    today = school_day(ctx.now())
    period = period_of(terms, today, Span.TERM, day)
    since, until = bounds_of(period)
    found = await _page(ctx, teaching, before or list_start(until), since, everything)
    themes = await ctx.stores.activities.count_themes(teaching.school.id, since, until)
    return SchoolActivities(
        teaching.school,
        period,
        _begun(terms, today),
        await _lines(ctx, post, teaching, found[:_PAGE]),
        themes,
        found[_PAGE - 1].position if len(found) > _PAGE else "",
        everything,
    )


async def export_activity(ctx: Context, post: Post, activity_id: str) -> tuple[str, bytes]:
    """(name, file): with names for who published it, else what it comes to where that is shown to those who are asked.

    Raises NotFoundError.
    """
    teaching = await teaching_of(ctx, post, Right.MONITOR)
    activity = await ctx.stores.activities.find(activity_id)
    if activity is None or activity.school_id != teaching.school.id:
        raise NotFoundError
    if not _watches(teaching, activity, post.has_everywhere(Right.MONITOR)):
        raise NotFoundError
    publishes = await _publishing(ctx, post)
    if publishes is not None and is_author(publishes, activity):
        results = await results_of(ctx, publishes, activity_id)
        return results_name(activity), await export_results(ctx, publishes, results)
    if not activity.shows_totals:
        raise NotFoundError
    return results_name(activity), await export_totals(ctx, post.actor, activity)


async def _publishing(ctx: Context, post: Post) -> Teaching | None:
    return await teaching_of(ctx, post, Right.PUBLISH) if post.has(Right.PUBLISH) else None


def _begun(terms: Sequence[Term], today: date) -> tuple[Term, ...]:
    return tuple(term for term in terms if term.begins_on <= today)


def _watches(teaching: Teaching, activity: Activity, everything: bool) -> bool:
    return everything or not set(activity.class_ids).isdisjoint(teaching.class_ids())


async def _page(
    ctx: Context, teaching: Teaching, before: str, since: datetime, everything: bool
) -> list[Activity]:
    """A page and, where there is more, one beyond it."""
    found: list[Activity] = []
    while len(found) <= _PAGE:
        some = await ctx.stores.activities.newest_of_school(
            teaching.school.id, before=before, at=ctx.now(), since=since, limit=_PAGE + 1
        )
        found += [a for a in some if _watches(teaching, a, everything)]
        if len(some) <= _PAGE:
            break
        before = some[-1].position
    return found


async def _lines(
    ctx: Context, post: Post, teaching: Teaching, found: Sequence[Activity]
) -> tuple[ActivityLine, ...]:
    wanted = {class_id for a in found for class_id in a.class_ids}
    classes = [c for c in teaching.classes if c.id in wanted]
    pupils = await ctx.stores.schools.students_of(teaching.school.id, [c.id for c in classes])
    sizes = Counter(p.class_id for p in pupils)
    staff = await staff_of(ctx, teaching.school.id) if any(a.staff for a in found) else frozenset()
    held = await ctx.stores.seats.many([a.id for a in found if a.seated])
    publishes = await _publishing(ctx, post)
    lines = []
    for activity in found:
        mine = tuple(c for c in teaching.classes if c.id in activity.class_ids)
        seats = held.get(activity.id)
        lines.append(
            ActivityLine(
                activity=activity,
                classes=mine,
                whole=not activity.staff and len(mine) == len(teaching.classes),
                asked=_asked(activity, mine, sizes, staff),
                answered=await _answered(ctx, activity, mine, seats),
                places=_places(activity, seats),
                may_take=activity.shows_totals
                or (publishes is not None and is_author(publishes, activity)),
            )
        )
    return tuple(lines)


def _asked(
    activity: Activity,
    classes: Sequence[SchoolClass],
    sizes: Mapping[str, int],
    staff: frozenset[str],
) -> int | None:
    if activity.staff:
        return len(staff - {activity.author_id})
    return sum(sizes[c.id] for c in classes) if activity.per is Per.CHILD else None


async def _answered(
    ctx: Context, activity: Activity, classes: Sequence[SchoolClass], seats: Seats | None
) -> int:
    """How many answers of these classes stand: where there are places, of those who have one."""
    if not activity.questions:
        return 0
    replies = await ctx.stores.answers.replies_to(activity.school_id, activity.id)
    mine = {c.id for c in classes}
    if activity.seated is not None:
        holders = {h.subject_id for h in seats.holders} if seats else set()
        replies = [r for r in replies if r.subject_id in holders]
    return sum(activity.staff or r.class_id in mine for r in replies)


def _places(activity: Activity, seats: Seats | None) -> tuple[int, int] | None:
    if activity.seated is None:
        return None
    return len(seats.holders) if seats else 0, sum(o.seats for o in activity.seated.options)
