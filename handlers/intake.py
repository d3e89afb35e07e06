"""A request's body that arrives in pieces. Who may send it, and what it has to be, others decide."""

from __future__ import annotations

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPServerRequest

# What is refused is still read, unkept, so that the sender hears the answer; not endlessly.
_DRAINED = 3


class Intake:
    """Keeps a body of up to `limit` bytes; of a larger one nothing."""

    def __init__(self, request: HTTPServerRequest, limit: int) -> None:
        self._limit = limit
        self._received = bytearray()
        if isinstance(request.connection, HTTP1Connection):
            request.connection.set_max_body_size(_DRAINED * limit)
        length = request.headers.get("Content-Length", "")
        self.is_too_large = length.isdigit() and int(length) > limit
        # Too large even to be read and let go: the sender may find the line closed instead of an answer.
        self.is_endless = self.is_too_large and int(length) > _DRAINED * limit

    def add(self, chunk: bytes) -> None:
        """Keep what fits; whatever is over the limit is let go at once."""
        if self.is_too_large or len(self._received) + len(chunk) > self._limit:
            self.is_too_large = True
            self._received.clear()
            return
        self._received += chunk

    def content(self) -> bytes:
        """What has arrived; nothing of what is too large."""
        return bytes(self._received)
