"""What one process keeps ready for searching: the catalogue's books and words, and what a school's people open.

Nothing in it is anybody's question: what was looked for is neither kept nor counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic as clock
from typing import TYPE_CHECKING

from domain.catalogue import Catalogue
from domain.search import FiledBook, file_books
from domain.search_query import Vocabulary
from domain.search_words import words_for
from domain.stages import System
from domain.times import SCHOOL_ZONE
from services.search_resources import ResourceRoom

if TYPE_CHECKING:
    from services.context import Context

log = logging.getLogger("yanshu.services")

USE_DAYS = 7
USES_KEPT_SECONDS = 600.0
_SCHOOLS = 500  # whose uses are kept


@dataclass(frozen=True, slots=True)
class _Uses:
    counts: Mapping[str, int]
    fresh_until: float


class SearchRoom:
    """One a process. A catalogue's words are made once (some 60 ms), when the first one asks."""

    def __init__(self) -> None:
        self._catalogue_id = ""
        self.resources = ResourceRoom()
        self._books: tuple[FiledBook, ...] = ()
        self._words: dict[System, Vocabulary] = {}
        self._uses: OrderedDict[str, _Uses] = OrderedDict()
        self._asked: dict[str, asyncio.Task[None]] = {}

    def books(self, catalogue: Catalogue | None) -> tuple[FiledBook, ...]:
        """The books that are leaves now."""
        self._turn_to(catalogue)
        return self._books

    def vocabulary(self, catalogue: Catalogue | None, system: System) -> Vocabulary:
        """The words of the catalogue that counts, at a school that cuts the nine years like this."""
        self._turn_to(catalogue)
        if system not in self._words:
            books = catalogue.current if catalogue else ()
            self._words[system] = Vocabulary(words_for(books, system))
        return self._words[system]

    def _turn_to(self, catalogue: Catalogue | None) -> None:
        wanted = catalogue.id if catalogue else ""
        if wanted != self._catalogue_id:
            self._books = file_books(catalogue.current) if catalogue else ()
            self._words = {}
            self._catalogue_id = wanted

    def uses(self, ctx: Context, school_id: str) -> Mapping[str, int]:
        """How often each link was opened at a school of late, as far as it is known; asked for anew meanwhile."""
        held = self._uses.get(school_id)
        stale = held is None or clock() > held.fresh_until
        if school_id and stale and school_id not in self._asked:
            task = asyncio.get_running_loop().create_task(self._count(ctx, school_id))
            self._asked[school_id] = task
        return held.counts if held else {}

    @property
    def asking(self) -> bool:
        """Whether uses are being read just now."""
        return bool(self._asked)

    async def _count(self, ctx: Context, school_id: str) -> None:
        try:
            counts: dict[str, int] = {}
            today = ctx.now().astimezone(SCHOOL_ZONE).date()
            first = (today - timedelta(days=USE_DAYS - 1)).isoformat()
            for use in await ctx.stores.link_uses.of_school(school_id, first, today.isoformat()):
                counts[use.code] = counts.get(use.code, 0) + use.count
            self._uses[school_id] = _Uses(counts, clock() + USES_KEPT_SECONDS)
            while len(self._uses) > _SCHOOLS:
                self._uses.popitem(last=False)
        except Exception as error:  # what was found goes on being ranked without it
            log.warning("uses of links could not be read: %s", type(error).__name__)
        finally:
            del self._asked[school_id]

    async def close(self) -> None:
        """Stop what is being asked."""
        for task in self._asked.values():
            task.cancel()
        await self.resources.close()
