"""Searching in a browser: at a school's open page, and in WeChat for whoever signed in. Works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from domain.errors import InvalidError, NotFoundError
from domain.search import FOUND_LIMIT
from domain.search_text import QUERY_LIMIT
from domain.stages import LAST_GRADE
from handlers import link_words
from handlers.base import Access, PageHandler
from services.search import (
    OPEN_SEARCHES_AN_HOUR,
    PAGE_OF_HITS,
    SEARCHES_AN_HOUR,
    Found,
    note_search,
    own_seeker,
    public_seeker,
    search,
)
from services.search_sources import Seeker

NOTHING = Found((), 0, 0)


class SearchPage(PageHandler):
    """What these pages share."""

    def typed(self) -> str:
        """What is looked for, as far as a search reads."""
        return self.get_argument("q", "")[:QUERY_LIMIT].strip()

    async def found(self, seeker: Seeker) -> Found:
        """A page of it; nothing for nothing that can be looked for."""
        start = self.get_argument("start", "0")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 4 else 0
        try:
            return await search(
                self.ctx, seeker, self.typed(), start=min(number, FOUND_LIMIT), limit=PAGE_OF_HITS
            )
        except InvalidError:
            return NOTHING

    def more(self, root: str, found: Found, kept: Sequence[tuple[str, str]]) -> str:
        """Where its next page is; empty at the end."""
        query = urlencode([*kept, ("q", self.typed()), ("start", str(found.next_at))])
        return f"{root}?{query}" if found.next_at else ""

    async def show(
        self, seeker: Seeker, root: str, back: str, kept: Sequence[tuple[str, str]]
    ) -> None:
        """The page; `kept` goes along from search to search."""
        found = await self.found(seeker)
        self.page(
            "links/search.html",
            found=found,
            typed=self.typed(),
            school=seeker.school,
            school_class=seeker.school_class,
            words=link_words,
            root=root,
            back=back,
            kept=kept,
            more=self.more(root, found, kept),
            is_open=self.access is Access.PUBLIC,
            longest=QUERY_LIMIT,
        )


class OpenSearchHandler(SearchPage):
    """Of a school's open page: `class=` or `grade=` say for whom it is looked."""

    access = Access.PUBLIC

    async def get(self, school_id: str) -> None:
        """Look; also by an address that somebody wrote down, with `q=`."""
        await self._look(school_id)

    async def post(self, school_id: str) -> None:
        """Look, as the page's own box asks: what a child typed stands in no address.

        So a shared tablet's history and its bar of addresses offer it to nobody. Going back finds the page again.
        """
        self.set_header("Cache-Control", "private, no-cache")
        await self._look(school_id)

    async def _look(self, school_id: str) -> None:
        class_id = self.get_argument("class", "")[:200]
        grades = {str(number): number for number in range(1, LAST_GRADE + 1)}
        grade = grades.get(self.get_argument("grade", ""), 0)
        seeker = await public_seeker(self.ctx, school_id, class_id=class_id, grade=grade)
        who = self.request.remote_ip or ""
        await note_search(self.ctx, who, per_hour=OPEN_SEARCHES_AN_HOUR, name="search_open")
        root = f"/links/{quote(school_id, safe='')}"
        if class_id:
            await self.show(
                seeker,
                f"{root}/search",
                f"{root}/classes/{quote(class_id, safe='')}",
                [("class", class_id)],
            )
        elif grade:
            kept = [("grade", str(grade))]
            await self.show(seeker, f"{root}/search", f"{root}/grades/{grade}", kept)
        else:
            await self.show(seeker, f"{root}/search", root, [])


class OwnSearchHandler(SearchPage):
    """For a guardian (`child=`), or for whoever is at work here (`class=`)."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Look. A guardian who also teaches looks as one where no class is named."""
        person_id = self.session.person_id
        await note_search(self.ctx, person_id, per_hour=SEARCHES_AN_HOUR)
        kept = [
            (name, value)
            for name in ("child", "class")
            if (value := self.get_query_argument(name, "")[:200])
        ]
        named = dict(kept)
        if "child" in named and "class" in named:
            raise NotFoundError
        seeker = await own_seeker(
            self.ctx,
            person_id,
            child=named.get("child", ""),
            class_id=named.get("class", ""),
            acting=self.session.acting,
        )
        back = f"/h5/links?{urlencode(kept)}" if kept else "/h5/links"
        await self.show(seeker, "/h5/search", back, kept)
