"""Addresses that are nobody's."""

from __future__ import annotations

from tornado.web import HTTPError

from handlers.base import Access, PageHandler


class MissingHandler(PageHandler):
    """Whatever no route takes: a page that says so."""

    access = Access.PUBLIC

    async def prepare(self) -> None:
        """Refuse before any method is looked for."""
        raise HTTPError(404)
