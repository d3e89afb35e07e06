"""The JSON API's addresses, made of its declarations, and the document that describes them."""

from __future__ import annotations

import json

from tornado.routing import URLSpec

from handlers.base import Access, BaseHandler
from miniapp.activities import activities
from miniapp.answers import answers
from miniapp.approvals import approvals
from miniapp.bindings import bindings
from miniapp.children import children
from miniapp.circles import circles
from miniapp.claims import claims
from miniapp.consents import consents
from miniapp.endpoints import PREFIX, Tagged, by_address
from miniapp.erasure import erasure
from miniapp.evenings import evenings
from miniapp.families import families
from miniapp.family_files import family_files
from miniapp.files import files
from miniapp.groups import groups
from miniapp.handler import MissingApiHandler, handler_of
from miniapp.home import home
from miniapp.homework import homework
from miniapp.invitations import invitations
from miniapp.leaves import leaves
from miniapp.links import links
from miniapp.marking import marking
from miniapp.messages import messages
from miniapp.mistakes import mistakes
from miniapp.notices import notices
from miniapp.openapi import document
from miniapp.overruns import overruns
from miniapp.own_resources import own
from miniapp.practice import practice
from miniapp.publishing import publishing
from miniapp.quiet import quiet
from miniapp.receipts import receipts
from miniapp.reports import reports
from miniapp.resource_reviews import resource_reviews
from miniapp.resources import resources
from miniapp.reviews import reviews
from miniapp.search import searching
from miniapp.sessions import sessions
from miniapp.sockets import DeskSocketHandler, SocketHandler
from miniapp.submissions import submissions
from miniapp.subscriptions import subscriptions
from miniapp.tasklists import tasklists
from miniapp.taskworks import taskworks
from miniapp.teaching import teaching
from miniapp.threads import threads
from miniapp.uploads import uploads

REGISTRIES = (
    sessions,
    home,
    notices,
    homework,
    overruns,
    evenings,
    links,
    searching,
    resources,
    resource_reviews,
    own,
    files,
    uploads,
    submissions,
    marking,
    mistakes,
    practice,
    reports,
    activities,
    answers,
    leaves,
    tasklists,
    taskworks,
    children,
    bindings,
    invitations,
    claims,
    consents,
    teaching,
    publishing,
    quiet,
    receipts,
    family_files,
    erasure,
    families,
    approvals,
    reviews,
    subscriptions,
    groups,
    threads,
    messages,
    circles,
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


def socket_routes() -> list[URLSpec]:
    """Where devices listen; before the console's own addresses, which end with one for whatever there is not."""
    return [URLSpec(r"/ws", SocketHandler), URLSpec(r"/console/ws", DeskSocketHandler)]
