"""HTTP as bytes, for requests that no client library would send."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; `status` 0: it closed the connection without a word."""

    status: int
    body: bytes = b""


CLOSED = Answer(0)


class Wire:
    """One kept connection to a port of this machine, opened anew when the server closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, raw: bytes, *, whole: bool = True) -> Answer:
        """Send these bytes and read one answer. `whole` False: nothing follows, the sender hangs up."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await self._open()
            answer = CLOSED
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                # A server that has read enough answers and closes while we are still writing.
                with suppress(ConnectionError):
                    writer.write(raw)
                    await writer.drain()
                    if not whole:
                        writer.write_eof()
                answer, keep = await _read_answer(reader)
                if keep and whole:
                    return answer
            await self.close()
            return answer

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        return self._streams

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.splitlines()
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    # Tornado hangs up after an answer without headers (what it could not read as HTTP).
    keep = "content-length" in headers and headers.get("connection") != "close"
    return Answer(int(first.split()[1]), body), keep
