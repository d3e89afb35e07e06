"""A short way for POSTs to the API when the simulator runs alone.

Benches push a hundred thousand sends through it, so on a good day a POST is answered straight from
Tornado's connection, without building a handler. Everything else takes the ordinary way.
"""

from urllib.parse import parse_qsl

from tornado import httputil, web

from simulator.api import Api, Call

PREFIX = "/simulator/api"


class Express(httputil.HTTPServerConnectionDelegate):
    """Sorts requests: quick POSTs to the API, the rest to the application."""

    def __init__(self, api: Api, application: web.Application) -> None:
        self.api = api
        self.application = application

    def start_request(
        self, server_conn: object, request_conn: httputil.HTTPConnection
    ) -> httputil.HTTPMessageDelegate:
        """A delegate that decides when the headers are in."""
        return _Request(self, server_conn, request_conn)

    def on_close(self, server_conn: object) -> None:
        """Nothing is kept for a connection."""


class _Request(httputil.HTTPMessageDelegate):
    __slots__ = ("body", "connection", "express", "ordinary", "server_conn", "target")

    def __init__(
        self, express: Express, server_conn: object, connection: httputil.HTTPConnection
    ) -> None:
        self.express = express
        self.server_conn = server_conn
        self.connection = connection
        self.ordinary: httputil.HTTPMessageDelegate | None = None
        self.target = ""
        self.body: list[bytes] = []

    def headers_received(
        self,
        start_line: httputil.RequestStartLine | httputil.ResponseStartLine,
        headers: httputil.HTTPHeaders,
    ) -> None:
        express = self.express
        if isinstance(start_line, httputil.RequestStartLine):
            self.target = start_line.path
        quick = (
            isinstance(start_line, httputil.RequestStartLine)
            and start_line.method == "POST"
            and self.target.startswith(PREFIX)
            and express.api.world.faults.quiet
        )
        if not quick:
            self.ordinary = express.application.start_request(self.server_conn, self.connection)
            self.ordinary.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> None:
        if self.ordinary is not None:
            self.ordinary.data_received(chunk)
        else:
            self.body.append(chunk)

    def finish(self) -> None:
        if self.ordinary is not None:
            self.ordinary.finish()
            return
        path, _, query = self.target.partition("?")
        call = Call("POST", path[len(PREFIX) :], dict(parse_qsl(query)), b"".join(self.body))
        answer = self.express.api.run(call)
        headers = httputil.HTTPHeaders()
        headers["Content-Type"] = "text/plain"
        headers["Content-Length"] = str(len(answer))
        line = httputil.ResponseStartLine("HTTP/1.1", 200, "OK")
        self.connection.write_headers(line, headers, answer)
        self.connection.finish()

    def on_connection_close(self) -> None:
        if self.ordinary is not None:
            self.ordinary.on_connection_close()
