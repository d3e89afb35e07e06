"""One request to a page outside, and what came of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from web.resolving import Lookup, NotPublicError, PublicResolver, is_public, look_up

AGENT = "Yanshu-LinkCheck/1.0 (school link check)"
_SECONDS = 15.0
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: its status, where it says to go on to, how long to wait, and the beginning of its body."""

    status: int
    location: str = ""
    retry_after: str = ""
    body: bytes = b""


class Refused(Exception):
    """Not asked at all: the address isn't one that may be asked."""


class Outside:
    """Asks https addresses of public hosts.

    Args:
        lookup: names to addresses.
        judge: whether an address may be connected to.
        trust: which certificates count; None is those of the system.
        port: where https is; tests have another one.
    """

    def __init__(
        self,
        *,
        lookup: Lookup = look_up,
        judge: Callable[[str], bool] = is_public,
        trust: ssl.SSLContext | None = None,
        port: int = 443,
        seconds: float = _SECONDS,
    ) -> None:
        self._resolver = PublicResolver(lookup, judge)
        self._trust = trust
        self._port = port
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=seconds / 2)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                use_dns_cache=False,
                limit=_CONNECTIONS,
                force_close=True,
                ssl=self._trust if self._trust is not None else True,
            ),
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # nothing unfolds here
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def fetch(self, address: str, *, allowed: Sequence[str], largest: int) -> bytes | None:
        """The whole body of an address on one of these hosts; None for anything but that: no answer, another
        status, a redirect, more than `largest`."""
        host = urlsplit(address).hostname or ""
        if not any(host == one or host.endswith("." + one) for one in allowed):
            return None
        try:
            seen = await self.ask("GET", address, largest=largest + 1)
        except (Refused, OSError):
            return None
        return seen.body if seen.status == 200 and len(seen.body) <= largest else None

    async def ask(self, method: str, address: str, *, largest: int = 0) -> Seen:
        """Ask once, follow nothing, read at most `largest` bytes.

        Raises Refused for what may not be asked, OSError (also its TimeoutError) for no answer.
        """
        if self._session is None:
            raise RuntimeError("the outside hasn't been opened")
        url = self._judged(address)
        try:
            async with self._session.request(method, url, allow_redirects=False) as answer:
                body = await _beginning(answer, largest) if method != "HEAD" else b""
                return Seen(
                    answer.status,
                    answer.headers.get("Location", ""),
                    answer.headers.get("Retry-After", ""),
                    body,
                )
        except NotPublicError:
            raise Refused("not public") from None
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            if isinstance(error.__cause__ or error, NotPublicError) or isinstance(
                getattr(error, "os_error", None), NotPublicError
            ):
                raise Refused("not public") from None
            raise OSError(type(error).__name__) from None

    def _judged(self, address: str) -> URL:
        """https, a name and no number, no user; its usual port. Raises Refused."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Refused("no address") from None
        if parts.scheme != "https" or not host or port not in (None, 443):
            raise Refused("not https")
        if parts.username is not None or parts.password is not None:
            raise Refused("a user")
        # A number as host would be connected to without being looked up.
        if not host.rpartition(".")[2].isalpha() or "." not in host:
            raise Refused("no name")
        try:
            return URL(address, encoded=True).with_port(self._port)
        except ValueError:
            raise Refused("no address") from None


async def _beginning(answer: aiohttp.ClientResponse, largest: int) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_any():
        found += chunk
        if len(found) >= largest:
            break
    return bytes(found[:largest])
