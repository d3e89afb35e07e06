"""A load from many connections, lean enough not to be what is measured: ready bytes out, a status and a length in."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Load:
    """What one round came to."""

    per_second: float
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last is in."""

    def __init__(
        self, requests: list[bytes], seconds: list[float], done: asyncio.Future[None]
    ) -> None:
        self._requests, self._seconds, self._done = requests, seconds, done
        self._buffer = b""
        self._begun = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        if not self._requests:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._begun = time.perf_counter()
        self._transport.write(self._requests.pop())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 302")):
            self._fail(head.partition(b"\r\n")[0].decode())
            return
        self._seconds.append(time.perf_counter() - self._begun)
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("connection lost")

    def _fail(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError(why))


async def press(port: int, requests: Sequence[bytes], *, connections: int = 64) -> Load:
    """Send all requests over so many connections; raises RuntimeError at the first answer that is not 200 or 302."""
    waiting, seconds = list(reversed(requests)), list[float]()
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    ends = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            partial(_Connection, waiting, seconds, done), "127.0.0.1", port
        )
    await asyncio.gather(*ends)
    took = time.perf_counter() - begun
    cuts = statistics.quantiles(seconds, n=100)
    return Load(len(seconds) / took, cuts[49] * 1000, cuts[98] * 1000)


def median(loads: Sequence[Load]) -> Load:
    """The median of each figure."""
    return Load(
        statistics.median(x.per_second for x in loads),
        statistics.median(x.p50_ms for x in loads),
        statistics.median(x.p99_ms for x in loads),
    )
