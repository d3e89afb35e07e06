"""For machines that watch: is the process alive, can it work, and how much it has done."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from tornado.web import HTTPError, RequestHandler

from handlers.base import Access, BaseHandler

_READY_SECONDS = 3.0

REQUESTS = Counter("yanshu_requests_total", "Requests answered", ["handler", "status"])
DURATION = Histogram(
    "yanshu_request_seconds",
    "Time to answer",
    ["handler"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def count_request(handler: RequestHandler) -> None:
    """Tornado's log_function: counted by handler and status; addresses and queries are never written down."""
    name = type(handler).__name__
    REQUESTS.labels(name, str(handler.get_status())).inc()
    DURATION.labels(name).observe(handler.request.request_time())


class HealthHandler(BaseHandler):
    """`/healthz`: the process answers."""

    access = Access.PUBLIC

    def get(self) -> None:
        """Says so."""
        self.finish({"data": "ok"})


class ReadyHandler(BaseHandler):
    """`/readyz`: the stores answer too."""

    access = Access.PUBLIC

    async def get(self) -> None:
        """200 when work can be done, 503 when not; why stands in the log."""
        try:
            await asyncio.wait_for(self.ctx.stores.ping(), _READY_SECONDS)
        except Exception as error:
            raise HTTPError(503, "a store does not answer: %s", type(error).__name__) from None
        self.finish({"data": "ok"})

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """A word for machines."""
        self.finish({"error": {"code": "not_ready", "message": "", "fields": {}}})


class MetricsHandler(BaseHandler):
    """`/metrics` in Prometheus' text format: with the operator's token, or from this machine when none is set."""

    access = Access.OPERATOR

    def prepare(self) -> None:
        """Refuse everybody else."""
        token = self.settings["metrics_token"]
        if token:
            given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
            allowed = hmac.compare_digest(given.encode(), token.encode())
        else:
            address = ipaddress.ip_address(self.request.remote_ip or "0.0.0.0")  # noqa: S104 - a refusal
            allowed = address.is_loopback and "X-Forwarded-For" not in self.request.headers
        if not allowed:
            raise HTTPError(403)

    def get(self) -> None:
        """The figures."""
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest())


def routes() -> list[tuple[str, type[BaseHandler]]]:
    """The addresses for machines."""
    return [("/healthz", HealthHandler), ("/readyz", ReadyHandler), ("/metrics", MetricsHandler)]
