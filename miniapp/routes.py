"""The JSON API's addresses, made of its declarations, and the document that describes them."""

from __future__ import annotations

import json

from tornado.routing import URLSpec

from handlers.base import Access, BaseHandler
from miniapp.approvals import approvals
from miniapp.bindings import bindings
from miniapp.children import children
from miniapp.claims import claims
from miniapp.consents import consents
from miniapp.endpoints import PREFIX, Tagged, by_address
from miniapp.erasure import erasure
from miniapp.evenings import evenings
from miniapp.families import families
from miniapp.family_files import family_files
from miniapp.files import files
from miniapp.handler import MissingApiHandler, handler_of
from miniapp.home import home
from miniapp.homework import homework
from miniapp.invitations import invitations
from miniapp.marking import marking
from miniapp.mistakes import mistakes
from miniapp.notices import notices
from miniapp.openapi import document
from miniapp.overruns import overruns
from miniapp.publishing import publishing
from miniapp.receipts import receipts
from miniapp.sessions import sessions
from miniapp.submissions import submissions
from miniapp.subscriptions import subscriptions
from miniapp.teaching import teaching
from miniapp.uploads import uploads

REGISTRIES = (
    sessions,
    home,
    notices,
    homework,
    overruns,
    evenings,
    files,
    uploads,
    submissions,
    marking,
    mistakes,
    children,
    bindings,
    invitations,
    claims,
    consents,
    teaching,
    publishing,
    receipts,
    family_files,
    erasure,
    families,
    approvals,
    subscriptions,
)
VERSION = "1"


class DocumentHandler(BaseHandler):
    """The OpenAPI document, for whoever writes a client."""

    access = Access.PUBLIC

    def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(_DOCUMENT)


# Made at once: two types of one name stop whoever declares them, and no client later.
_DOCUMENT = json.dumps(
    document(
        (Tagged(r.tag, endpoint) for r in REGISTRIES for endpoint in r.endpoints), version=VERSION
    ),
    ensure_ascii=False,
)
_HANDLERS = {
    tagged[0].endpoint.pattern: handler_of([t.endpoint for t in tagged])
    for tagged in by_address(REGISTRIES).values()
}


def routes() -> list[URLSpec]:
    """Every address below /api/v1."""
    return [
        URLSpec(rf"{PREFIX}/openapi\.json", DocumentHandler),
        *(URLSpec(pattern, handler) for pattern, handler in _HANDLERS.items()),
        URLSpec(rf"{PREFIX}(?:/.*)?", MissingApiHandler),
    ]
