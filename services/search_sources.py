"""Where search looks: books, shelves, and whatever else says how it is found. A new kind of thing is one `Source`.

A source loads only what the seeker may open, in the same step in which it finds it: there is no list of hits from
which something has to be taken away afterwards, and so nothing hidden is ever shown or counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.catalogue import Catalogue, Page
from domain.errors import NotFoundError
from domain.resources import Content
from domain.schools import School, SchoolClass
from domain.search import Asker, rank_books, rank_entries
from domain.search_query import Reading
from domain.search_words import Facet
from domain.shelves import Audience, Icon, ShelfLevel, Viewer, book_code
from services.context import Context
from services.links import entry_address
from services.resource_access import nearest_shelf
from services.shelf_views import PAGES, link_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Who looks, from where: `places` are the shelves they see, from the top down; `person_id` is empty for anybody.

    `libraries` are those of local resources that they may use where they look from, the nearest first.
    """

    viewer: Viewer
    places: tuple[str, ...]
    asker: Asker
    school: School | None = None
    school_class: SchoolClass | None = None
    person_id: str = ""
    door: str = ""
    libraries: tuple[str, ...] = ()

    @property
    def audience(self) -> Audience:
        """For whom they look."""
        return self.viewer.audience


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, and the ways in which it can be understood."""

    text: str
    readings: Sequence[Reading]
    catalogue: Catalogue | None
    typing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found. `pages`: for a book, its pages and their short links; `path` is the first one's.
    `level`: whose shelf or library it is in; `content`: of a local resource.

    `score` compares things of all kinds: about 10 is all that was asked for, more is nearer to who asks.
    """

    kind: str
    id: str
    title: str
    path: str
    score: float
    note: str = ""
    subject: str = ""
    icon: Icon = Icon.LESSON
    level: ShelfLevel | None = None
    pages: tuple[tuple[Page, str], ...] = ()
    content: Content | None = None


class Source(Protocol):
    """A kind of thing that can be found."""

    async def find(self, ctx: Context, seeker: Seeker, query: Query) -> list[Hit]:
        """What this seeker may open and was looking for, the best first; a few hundred at most."""
        ...


class Books:
    """The textbooks of the catalogue: everybody may open them."""

    async def find(self, ctx: Context, seeker: Seeker, query: Query) -> list[Hit]:
        """See `Source.find`."""
        books = ctx.search.books(query.catalogue)
        found = rank_books(query.readings, books, seeker.asker)
        pages = _pages_for(seeker.audience, query.readings)
        return [
            Hit(
                kind="book",
                id=book.id,
                title=book.title,
                path=link_path(book_code(book.id, pages[0]), seeker.door),
                score=score,
                subject=book.subject,
                icon=Icon.BOOK,
                pages=tuple((p, link_path(book_code(book.id, p), seeker.door)) for p in pages),
            )
            for score, book in found
        ]


class Entries:
    """The links of the shelves that the seeker sees."""

    async def find(self, ctx: Context, seeker: Seeker, query: Query) -> list[Hit]:
        """See `Source.find`."""
        hanging = await ctx.stores.shelves.of_places(seeker.places)
        seen = [entry for entry in hanging if seeker.viewer.may_see(entry)]
        hits = []
        for score, entry in rank_entries(query.text, query.readings, seen, seeker.asker):
            try:
                await entry_address(ctx, entry)
            except NotFoundError:  # a book of a catalogue that was taken back
                continue
            hits.append(
                Hit(
                    kind="link",
                    id=entry.id,
                    title=entry.title,
                    path=link_path(entry.id, seeker.door),
                    score=score,
                    note=entry.note,
                    subject=entry.subject,
                    icon=entry.icon,
                    level=entry.level,
                )
            )
        return hits


class Resources:
    """The local resources of the libraries that the seeker may use."""

    async def find(self, ctx: Context, seeker: Seeker, query: Query) -> list[Hit]:
        """See `Source.find`. What was found is loaded: nothing is shown that a library shows no more."""
        if not seeker.libraries:
            return []
        index = await ctx.search.resources.ready(ctx)
        if index is None:
            return []
        found = index.find(query.text, query.readings, seeker.libraries, seeker.asker)
        held = await ctx.stores.resources.many([filed.resource_id for _, filed in found])
        hits = []
        for score, filed in found:
            resource = held.get(filed.resource_id)
            shelf = nearest_shelf(seeker.libraries, resource) if resource else None
            if resource is None or shelf is None or shelf.version != filed.version:
                continue
            version = resource.version(shelf.version)
            hits.append(
                Hit(
                    kind="resource",
                    id=filed.resource_id,
                    title=version.content.title,
                    path=f"/console/resources/{filed.resource_id}",
                    score=score,
                    subject=version.content.subject,
                    icon=Icon.LESSON,
                    level=ShelfLevel(shelf.rung.tier.value),
                    content=version.content,
                )
            )
        return hits


SOURCES: tuple[Source, ...] = (Books(), Entries(), Resources())


def _pages_for(audience: Audience, readings: Sequence[Reading]) -> tuple[Page, ...]:
    """A book's pages; the one that was asked for (电子教材, 备课) first, where this reader has it."""
    pages = PAGES[audience]
    asked = next((r.values(Facet.PAGE) for r in readings if r.values(Facet.PAGE)), frozenset())
    return tuple(sorted(pages, key=lambda page: page.value not in asked))
