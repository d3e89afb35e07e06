"""For machines that watch: is the process alive, can it work, and how much it has done."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
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
LINK_USES_LOST = Gauge(
    "yanshu_link_uses_lost", "Openings of links that this process could not count since it began"
)
LINK_USES_WAITING = Gauge(
    "yanshu_link_uses_waiting", "Openings of links that are counted and not written yet"
)


def count_request(handler: RequestHandler) -> None:
    """Tornado's log_function: counted by handler and status; addresses and queries are never written down."""
    count, duration = _figures_of(type(handler).__name__, handler.get_status())
    count.inc()
    duration.observe(handler.request.request_time())


@cache
def _figures_of(name: str, status: int) -> tuple[Counter, Histogram]:
    """What is counted of a handler and status; looked up once, for every request asks."""
    return REQUESTS.labels(name, str(status)), DURATION.labels(name)


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
        LINK_USES_LOST.set(self.ctx.links.lost)
        LINK_USES_WAITING.set(self.ctx.links.waiting)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest())


def routes() -> list[tuple[str, type[BaseHandler]]]:
    """The addresses for machines."""
    return [("/healthz", HealthHandler), ("/readyz", ReadyHandler), ("/metrics", MetricsHandler)]
