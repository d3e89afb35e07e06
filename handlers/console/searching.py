"""The search at a desk: what one may open oneself, local resources too; to open it, or to copy its link."""

from __future__ import annotations

from domain.roles import Right
from domain.search_text import QUERY_LIMIT
from handlers import link_words
from handlers.base import Access
from handlers.console import resource_words
from handlers.console.links import LinksPage
from handlers.searching import SearchPage
from services.search import SEARCHES_AN_HOUR, note_search, working_seeker

ROOT = "/console/links/search"


class DeskSearchHandler(SearchPage, LinksPage):
    """`class=` says for which of one's classes it is looked."""

    access = Access.STAFF
    right = Right.LINKS

    async def get(self) -> None:
        """Look."""
        await note_search(self.ctx, self.session.person_id, per_hour=SEARCHES_AN_HOUR)
        class_id = self.get_query_argument("class", "")[:200]
        seeker = await working_seeker(self.ctx, self.acting, class_id)
        found = await self.found(seeker)
        school_class = seeker.school_class
        kept = [("class", school_class.id)] if school_class else []
        self.page(
            "console/search.html",
            found=found,
            typed=self.typed(),
            more=self.more(ROOT, found, kept),
            school_class=school_class,
            classes=await self.classes(),
            told=link_words,
            resources=resource_words,
            school=self.acting.school,
            absolute=self.absolute,
            longest=QUERY_LIMIT,
        )
