"""What the forms of a teacher who writes share: reading and showing long text, links, files and the key of a form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from tornado.web import HTTPError

from domain.errors import InvalidError
from domain.notices import Attachment
from handlers.base import PageHandler
from services.files import Owner, as_attachments, uploads_of

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LINK_FIELDS = 3


def key_with(key: str, *said: str) -> str:
    """A form's key together with what was said in it. The same again is the same; a page that somebody has come back to
    keeps its key, and what they send from it then is something else."""
    return hashlib.sha256(repr((key, *said)).encode()).hexdigest()


class WritingPage(PageHandler):
    """A page with a form in which something is written."""

    def form_key(self) -> str:
        """The key made when the form was served, by which it counts once. Raises HTTPError (400) without one."""
        key = self.get_body_argument("key", "")
        if not _KEY.fullmatch(key):
            raise HTTPError(400)
        return key

    def long_text(self, name: str) -> str:
        """What was typed, with line breaks as in the browser's text area."""
        return self.get_body_argument(name, "", strip=False).replace("\r\n", "\n")

    def typed_links(self) -> list[str]:
        """The fields for links that something stands in."""
        return [link for link in self.get_body_arguments("links") if link]

    def link_fields(self, links: Sequence[str]) -> list[str]:
        """As many as the form has, the empty ones last."""
        return [*links[:_LINK_FIELDS], *[""] * _LINK_FIELDS][:_LINK_FIELDS]

    async def attachments_of(self, file_ids: Sequence[str]) -> Sequence[Attachment]:
        """Their own uploads as the form shows them; none when one isn't theirs."""
        try:
            files = await uploads_of(self.ctx, Owner.of(self.teaching), file_ids)
        except InvalidError:
            return ()
        return as_attachments(files)
