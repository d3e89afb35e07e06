"""The console's first page: what waits for this post, and the way to everything else."""

from __future__ import annotations

from handlers.base import Access
from handlers.console import registration_words
from handlers.console.base import ConsoleHandler
from services.today import today_of


class HomeHandler(ConsoleHandler):
    """Where one arrives after signing in."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        today = await today_of(self.ctx, self.acting)
        self.page("console/home.html", today=today, said=registration_words)
