"""Several phones in one browser: everything is also offered under /as/{person}/, with cookies of its own.

The application builds its links with the prefix that a proxy in front of it names, so each phone stays one person.
"""

import re
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router
from tornado.web import Application

_PREFIX = re.compile(r"(/as/[A-Za-z0-9_-]{1,64})(/.*)?")


class PhoneRouter(Router):
    """Takes /as/{person} off a path and names it in X-Forwarded-Prefix, as a proxy would."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Hand the request on without its prefix. What a stranger says about a prefix is dropped."""
        request.headers.pop("X-Forwarded-Prefix", None)
        match = _PREFIX.fullmatch(request.path or "")
        if match is not None:
            prefix, rest = match[1], match[2] or "/"
            request.path = rest
            request.uri = rest + (f"?{request.query}" if request.query else "")
            request.headers["X-Forwarded-Prefix"] = prefix
        return self._application.find_handler(request, **kwargs)
