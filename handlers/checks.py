"""The door through which WeChat fetches a picture that it looks at: open for half an hour, known to WeChat alone."""

from __future__ import annotations

from tornado.web import HTTPError

from domain.errors import NotFoundError
from handlers.base import Access, BaseHandler
from handlers.files import send_file
from services.checks import picture_behind


class CheckHandler(BaseHandler):
    """One picture; who has the address has the picture, until WeChat has said what it thinks."""

    access = Access.PUBLIC

    async def get(self, key: str) -> None:
        """Its bytes, kept by nobody on the way."""
        try:
            file, content = await picture_behind(self.ctx, key)
        except NotFoundError:
            raise HTTPError(404) from None
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Robots-Tag", "noindex")
        await send_file(self, file, content)
