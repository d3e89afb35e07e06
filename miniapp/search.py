"""Searching on a phone: what is found for a child of mine, or for me in a class of mine, and suggestions meanwhile."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.search import FOUND_LIMIT
from domain.search_text import QUERY_LIMIT
from domain.shelves import Icon, ShelfLevel
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.links import BookPage
from services.search import (
    PAGE_OF_HITS,
    SEARCHES_AN_HOUR,
    SUGGESTIONS_AN_HOUR,
    note_search,
    own_seeker,
    search,
    suggest,
)
from services.search_sources import Hit, Seeker

searching = Registry("search")


class SearchQuery(Schema):
    """What is looked for, and for whom: a child, or (at work) a class; for the first one without either."""

    q: str = Field(min_length=1, max_length=QUERY_LIMIT)
    child: str = Field("", max_length=200)
    class_id: str = Field("", max_length=200)
    cursor: Annotated[str, Field(pattern="^[0-9]{0,3}$")] = ""


class SuggestQuery(Schema):
    """What is typed so far, and for whom."""

    q: str = Field(min_length=1, max_length=QUERY_LIMIT)
    child: str = Field("", max_length=200)
    class_id: str = Field("", max_length=200)


class HitRow(Schema):
    """One thing that was found; `url` opens it. A book has several pages, the one that was wanted most first.

    A local resource (`kind` resource) has a page of its own here, by its id; its `url` is for a desk.
    """

    kind: str
    id: str
    title: str
    note: str
    icon: Icon
    subject: Subject | None
    level: ShelfLevel | None
    url: str
    pages: list[BookPage]


class Hits(Schema):
    """A page of them, the best first; `total` counts at most 200, `next_cursor` is null at the end. `reading`: local
    resources are still being read, and are not among them yet."""

    hits: list[HitRow]
    total: int
    next_cursor: str | None
    reading: bool


class Suggestions(Schema):
    """What may be meant, the likeliest first."""

    suggestions: list[str]


@searching("GET", "/search", access=Access.VISITOR)
async def search_all(call: Call, query: SearchQuery) -> Hits:
    """What I may open of what I look for."""
    await note_search(call.ctx, call.person_id, per_hour=SEARCHES_AN_HOUR)
    seeker = await _seeker(call, query.child, query.class_id)
    start = int(query.cursor or 0)
    if start >= FOUND_LIMIT:
        return Hits(hits=[], total=0, next_cursor=None, reading=False)
    found = await search(call.ctx, seeker, query.q, start=start, limit=PAGE_OF_HITS)
    return Hits(
        hits=[_row(call, seeker, hit) for hit in found.hits],
        total=found.total,
        next_cursor=str(found.next_at) if found.next_at else None,
        reading=found.reading,
    )


@searching("GET", "/search/suggest", access=Access.VISITOR)
async def suggest_searches(call: Call, query: SuggestQuery) -> Suggestions:
    """What I may be about to look for."""
    await note_search(call.ctx, call.person_id, per_hour=SUGGESTIONS_AN_HOUR, name="search_suggest")
    seeker = await _seeker(call, query.child, query.class_id)
    return Suggestions(suggestions=await suggest(call.ctx, seeker, query.q))


async def _seeker(call: Call, child: str, class_id: str) -> Seeker:
    return await own_seeker(
        call.ctx,
        call.person_id,
        child=child,
        class_id=class_id,
        acting=call.acting,
        resources=True,
    )


def _row(call: Call, seeker: Seeker, hit: Hit) -> HitRow:
    local = seeker.school.rules.local_subjects if seeker.school else ()
    root = call.ctx.policy.public_url
    return HitRow(
        kind=hit.kind,
        id=hit.id,
        title=hit.title,
        note=hit.content.chapter if hit.content else hit.note,
        icon=hit.icon,
        subject=subject_row(hit.subject, local) if hit.subject else None,
        level=hit.level,
        url=root + hit.path,
        pages=[BookPage(page=page, url=root + path) for page, path in hit.pages],
    )
