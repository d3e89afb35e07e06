"""What waits for somebody at a desk: each line is a list that exists elsewhere, counted, with the way to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotFoundError
from domain.imports import ImportState
from domain.registration import Ratio, school_year
from domain.resources import Stand
from domain.roles import Right
from services.approvals import waiting_claims
from services.context import Context
from services.imports import imports_of
from services.leaves import waiting_leaves
from services.people import Post, Teaching, teaching_of
from services.quarantine import quarantined
from services.registration_views import Figures, region_view, school_view
from services.resource_access import own_rung
from services.resource_reviews import queue_of
from services.resources import own_resources
from services.reviews import waiting_reviews
from services.shelves import broken_entries


class Task(StrEnum):
    """What may wait, in the order in which it is shown: what keeps a family waiting comes first."""

    CLAIMS = "claims"  # requests that the school may decide now
    LEAVES = "leaves"  # days off that nobody has answered
    REVIEWS = "reviews"  # words and pictures that only their author sees until somebody has looked
    QUARANTINE = "quarantine"  # phones that stand with two families
    IMPORTS = "imports"  # lists that were tried and not applied
    ROLL_OVER = "rollover"  # the classes stand for an earlier school year
    HEADLESS = "headless"  # classes without anybody who opens them
    RESOURCES = "resources"  # resources that wait for one's place
    RETURNED = "returned"  # one's own that came back
    LINKS = "links"  # links of one's shelf that do not open any more
    BELOW = "below"  # schools of a region below the aim


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of one kind."""

    task: Task
    count: int


@dataclass(frozen=True, slots=True)
class Today:
    """The first page: what waits, and the one figure that a place is measured by."""

    waiting: tuple[Waiting, ...]
    children: Ratio | None


async def today_of(ctx: Context, post: Post) -> Today:
    """What waits for this post, as far as its rights go."""
    figures: Figures | None = None
    counts: dict[Task, int] = {}
    if post.school is not None:
        if post.has(Right.REGISTRATION):
            figures = (await school_view(ctx, post, post.school.id)).figures
        counts |= await _of_school(ctx, post, figures)
    elif post.region is not None and post.has(Right.REGISTRATION):
        view = await region_view(ctx, post, post.region.id)
        figures = view.figures
        counts[Task.BELOW] = sum(line.children.below for line in view.schools)
    if own_rung(post) is not None:
        counts[Task.RESOURCES] = sum(not seen.is_author for seen in await queue_of(ctx, post))
    if post.school is not None and post.has(Right.RESOURCES):
        own = await own_resources(ctx, post)
        counts[Task.RETURNED] = sum(r.stand is Stand.RETURNED for r in own)
    if post.has_everywhere(Right.LINKS):
        counts[Task.LINKS] = await broken_entries(ctx, post)
    return Today(
        tuple(Waiting(task, counts[task]) for task in Task if counts.get(task)),
        figures.children if figures else None,
    )


async def _of_school(ctx: Context, post: Post, figures: Figures | None) -> dict[Task, int]:
    counts: dict[Task, int] = {}
    for right, task, count in _DECIDED:
        if post.has(right):
            with suppress(NotFoundError):  # head teacher of a class that has left the school
                counts[task] = await count(ctx, await teaching_of(ctx, post, right))
    if post.has_everywhere(Right.ROSTER):
        counts[Task.QUARANTINE] = len(await quarantined(ctx, post))
        tried = await imports_of(ctx, post)
        counts[Task.IMPORTS] = sum(i.state is ImportState.READY for i in tried)
    if post.has_everywhere(Right.ROLL_OVER) and post.school is not None:
        counts[Task.ROLL_OVER] = int(0 < post.school.year < school_year(ctx.now()))
    if post.has_everywhere(Right.APPOINT) and figures is not None:
        counts[Task.HEADLESS] = figures.classes.missing
    return counts


async def _claims(ctx: Context, teaching: Teaching) -> int:
    claims = await waiting_claims(ctx, teaching)
    return sum(claim.standing.may_school for claim in claims)


async def _leaves(ctx: Context, teaching: Teaching) -> int:
    return len(await waiting_leaves(ctx, teaching))


async def _reviews(ctx: Context, teaching: Teaching) -> int:
    return len(await waiting_reviews(ctx, teaching))


# What a class's head teacher or the office decides: by which right, and how it is counted.
_DECIDED = (
    (Right.CLAIMS, Task.CLAIMS, _claims),
    (Right.LEAVES, Task.LEAVES, _leaves),
    (Right.MODERATE, Task.REVIEWS, _reviews),
)
