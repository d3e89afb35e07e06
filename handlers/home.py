"""The first page: my children, what is new, what needs me; for a head teacher also the way to their work."""

from __future__ import annotations

from domain.errors import NotFoundError
from handlers.base import Access, PageHandler
from handlers.console import words
from services.approvals import requests_of_family
from services.consents import consents_of
from services.erasure import is_leaving
from services.home import staff_side_of
from services.people import children_of, posts_of
from services.reading import notices_of_guardian

_NEWEST = 5


class HomeHandler(PageHandler):
    """The home page of every adult, whatever they are to the school."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        person_id = self.session.person_id
        children = await children_of(self.ctx, person_id)
        newest = (await notices_of_guardian(self.ctx, person_id, limit=_NEWEST)).entries
        staff = await staff_side_of(self.ctx, person_id, acting=self.session.acting)
        asked = await self.ctx.stores.claims.of_person(person_id)
        consents = await consents_of(self.ctx, person_id, children)
        self.page(
            "h5/home.html",
            unanswered=consents.unanswered,
            leaving=await is_leaving(self.ctx, person_id),
            children=children,
            entries=newest,
            teaching=staff.teaching,
            sets_homework=staff.sets_homework,
            posts=staff.posts,
            acting=staff.acting,
            words=words,
            claims=staff.claims,
            leaves=staff.leaves,
            asked=asked,
            requests=len(await requests_of_family(self.ctx, person_id)) if children else 0,
        )


class SwitchHandler(PageHandler):
    """Acting from another place, in one tap."""

    access = Access.VISITOR

    async def post(self) -> None:
        """Switch; only to a place where they are somebody."""
        place_id = self.get_body_argument("place", "")
        posts = await posts_of(self.ctx, self.session.person_id)
        if place_id not in {post.place_id for post in posts}:
            raise NotFoundError
        await self.ctx.stores.sessions.act_at(self.session.id, place_id)
        self.go("/h5/?done=switched")
