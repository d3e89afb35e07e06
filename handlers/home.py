"""The first page: my children, what is new, what needs me; for a head teacher also the way to their work."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import NotFoundError
from domain.notices import ConfirmMode, NoticeState
from handlers.base import Access, PageHandler
from handlers.console import words
from services.approvals import requests_of_family, waiting_claims
from services.consents import consents_of
from services.erasure import is_leaving
from services.people import Post, Teaching, access_teaching, children_of, posts_of
from services.reading import Entry, notices_of_guardian

_NEWEST = 5


def wants_confirmation(entry: Entry) -> bool:
    """Whether this guardian is still asked to confirm this notice."""
    return (
        entry.notice.confirm is not ConfirmMode.NONE
        and entry.notice.state is NoticeState.PUBLISHED
        and entry.delivery.confirmed_at is None
        and entry.child.binding.may_confirm
    )


class HomeHandler(PageHandler):
    """The home page of every adult, whatever they are to the school."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        person_id = self.session.person_id
        children = await children_of(self.ctx, person_id)
        newest = (await notices_of_guardian(self.ctx, person_id, limit=_NEWEST)).entries
        posts = await posts_of(self.ctx, person_id)
        teaching = await self._find_teaching()
        claims = await waiting_claims(self.ctx, teaching) if teaching else []
        asked = await self.ctx.stores.claims.of_person(person_id)
        consents = await consents_of(self.ctx, person_id, children)
        self.page(
            "h5/home.html",
            unanswered=consents.unanswered,
            leaving=await is_leaving(self.ctx, person_id),
            children=children,
            entries=newest,
            wants_confirmation=wants_confirmation,
            teaching=teaching,
            posts=posts,
            acting=self._acting(posts, teaching),
            words=words,
            claims=sum(c.standing.may_school for c in claims),
            asked=asked,
            requests=len(await requests_of_family(self.ctx, person_id)) if children else 0,
        )

    async def _find_teaching(self) -> Teaching | None:
        try:
            return await access_teaching(
                self.ctx, self.session.person_id, acting=self.session.acting
            )
        except NotFoundError:
            return None

    def _acting(self, posts: Sequence[Post], teaching: Teaching | None) -> Post | None:
        """The place that is named at the top: where what this person does as staff is done from."""
        place_id = teaching.school.id if teaching else self.session.acting
        return next((p for p in posts if p.place_id == place_id), posts[0] if posts else None)


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
