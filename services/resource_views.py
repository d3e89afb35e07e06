"""What the pages of resources show beside them: names of places, books to choose, how many wait, what is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.catalogue import Book
from domain.resources import Resource, Rung
from domain.roles import Right
from services.context import Context
from services.editions import grade_books
from services.people import Post
from services.places import find_place
from services.resource_access import Seen, own_rung
from services.resource_reviews import QUEUE
from services.resources import twins_of


@dataclass(frozen=True, slots=True)
class Tabs:
    """Which pages a post has; `waiting` is how many wait for it, None for who decides nothing."""

    files: bool
    figures: bool
    waiting: int | None


async def tabs_of(ctx: Context, post: Post) -> Tabs:
    """Asked on every page of resources."""
    rung = own_rung(post)
    waiting = None
    if rung is not None:
        waiting = len(await ctx.stores.resources.waiting_at(rung.place_id, QUEUE))
    return Tabs(
        files=post.school is not None and post.has(Right.RESOURCES),
        figures=post.has_everywhere(Right.CURATE),
        waiting=waiting,
    )


async def names_of(
    ctx: Context, resources: Iterable[Resource], *more: Rung | None
) -> Mapping[str, str]:
    """Schools they come from and places that had to do with them, by id."""
    held = list(resources)
    ids = {r.school_id for r in held} | {rung.place_id for rung in more if rung}
    ids |= {step.rung.place_id for r in held for step in r.steps if step.rung}
    ids |= {r.waiting.rung.place_id for r in held if r.waiting}
    found = await asyncio.gather(*(find_place(ctx, place_id) for place_id in sorted(ids)))
    return {place.id: place.name for place in found if place is not None}


async def books_for(ctx: Context, post: Post, grade: int, subject: str) -> list[Book]:
    """The textbooks of a grade and subject, to file a resource under one of them."""
    if post.school is None or not grade or not subject:
        return []
    found = await grade_books(ctx, post.school, grade)
    return [book for book in found if book.subject == subject]


async def twins_for(ctx: Context, post: Post, seen: Seen) -> list[Resource]:
    """What holds the same files, for whoever decides: as far as they may see it."""
    if not seen.decides:
        return []
    content = [part.sha256 for part in seen.version.content.parts]
    return await twins_of(ctx, post, content, but=seen.resource.id)
