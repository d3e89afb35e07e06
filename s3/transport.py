"""Requests to one bucket: signed, to its own host alone, and asked again where that can do no harm.

No redirect is followed and no proxy taken from the environment; what a server says of an error is read up to a size.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from domain.errors import FilesAwayError
from s3.signing import NO_BODY, Keys, encoded, query_text, signed

log = logging.getLogger("yanshu.bucket")

_LARGEST_ANSWER = 4 * 1024 * 1024  # a page of a list: a thousand keys
_CONNECTIONS = 32
_CODE = re.compile(rb"<Code>(\w{1,64})</Code>")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def trouble(self) -> str:
        """`503 SlowDown`, `404 NoSuchKey`: what the log says of it. Never more of the body."""
        code = _CODE.search(self.body)
        return f"{self.status} {code[1].decode()}" if code else str(self.status)


class Where(Protocol):
    """Which bucket, and who asks: the operator's settings."""

    @property
    def endpoint(self) -> str:
        """Scheme, host and perhaps a port."""

    @property
    def bucket(self) -> str:
        """The bucket's name."""

    @property
    def style(self) -> str:
        """`host`: the bucket stands before the host's name; `path`: it is the first part of every path."""


class Transport:
    """Asks one bucket.

    Args:
        where: the bucket.
        keys: who asks.
        patience_seconds: how long a server may say nothing, or take for one request with a body.
        pause_seconds: before the second try; the third waits four times as long.
    """

    def __init__(
        self, where: Where, keys: Keys, *, patience_seconds: float, pause_seconds: float
    ) -> None:
        parts = urlsplit(where.endpoint)
        before = f"{where.bucket}." if where.style == "host" else ""
        self._host = f"{before}{parts.netloc}"
        self._base = f"{parts.scheme}://{self._host}"
        self._folder = "" if where.style == "host" else f"/{encoded(where.bucket)}"
        self._keys = keys
        self._patience = patience_seconds
        self._pauses = (pause_seconds, pause_seconds * 4)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready; the first request opens the first connection."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._patience, sock_read=self._patience
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # bytes come back as they were given
            skip_auto_headers=("Content-Type", "User-Agent"),
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def asked(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, and its answer while it comes. Raises what aiohttp and asyncio do."""
        if self._session is None:
            raise RuntimeError("the bucket hasn't been opened")
        path = f"{self._folder}/{encoded(key, safe='/')}"
        sent = signed(
            self._keys,
            method,
            host=self._host,
            path=path,
            query=query or {},
            headers=headers or {},
            body_sha256=await asyncio.to_thread(_sha256, body) if body else NO_BODY,
            at=datetime.now(UTC),
        )
        address = URL(f"{self._base}{path}?{query_text(query or {})}", encoded=True)
        async with self._session.request(
            method,
            address,
            headers=sent,
            data=io.BytesIO(body) if body else None,
            allow_redirects=False,
        ) as answer:
            yield answer

    async def ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        expected: tuple[int, ...] = (200,),
    ) -> Answer:
        """The whole answer to what may be asked twice: three tries, while the server is silent or says it is its fault.

        Raises FilesAwayError for any other status than those `expected`.
        """
        trouble = ""
        for pause in (*self._pauses, None):
            try:
                async with (
                    asyncio.timeout(self._patience),
                    self.asked(method, key, query=query, body=body) as answer,
                ):
                    said = Answer(answer.status, answer.headers, await _read(answer))
                if said.status in expected:
                    return said
                trouble = said.trouble
                if said.status < 500 and said.status != 429:
                    break
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                trouble = type(error).__name__
            if pause is not None:
                await asyncio.sleep(pause)
        log.warning("the bucket does not take a %s: %s", method, trouble)
        raise FilesAwayError


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for piece in answer.content.iter_any():
        found += piece
        if len(found) > _LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError("an answer without end")
    return bytes(found)
