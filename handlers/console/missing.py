"""Addresses of the console that are nobody's."""

from __future__ import annotations

from tornado.web import HTTPError

from handlers.base import Access
from handlers.console.base import ConsoleHandler


class MissingHandler(ConsoleHandler):
    """A page that says so, and leads back to the console."""

    access = Access.PUBLIC

    async def prepare(self) -> None:
        """Refuse before any method is looked for."""
        raise HTTPError(404)
