"""The console's first page: what this post can do here."""

from __future__ import annotations

from handlers.base import Access
from handlers.console.base import ConsoleHandler


class HomeHandler(ConsoleHandler):
    """Where one arrives after signing in."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        self.page("console/home.html")
