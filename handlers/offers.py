"""Taking a role that somebody of the school, or the operator, has offered by a one-time link."""

from __future__ import annotations

from domain.errors import InvalidError
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from handlers.console import staff_words
from services.offers import accept_offer, open_offer


class OfferHandler(PageHandler):
    """What is offered, and the answer."""

    access = Access.VISITOR

    async def get(self, token: str) -> None:
        """Show it."""
        await self._show(token)

    async def post(self, token: str) -> None:
        """Take it; tapping twice takes it once."""
        name = self.get_body_argument("name", "")
        try:
            await accept_offer(self.ctx, self.session.person_id, token, name)
        except InvalidError as error:
            await self._show(token, error)
            return
        self.go("/h5/?done=appointed")

    async def _show(self, token: str, error: InvalidError | None = None) -> None:
        opened = await open_offer(self.ctx, self.session.person_id, token)
        self.page(
            "h5/offer.html",
            status=status_of(error) or 200,
            opened=opened,
            title=staff_words.offer_title(opened.offer, opened.school, opened.school_class),
            until=staff_words.last_day(opened.offer.until),
            problems=phrases.field_messages(error),
        )
