"""Requests to the provider: to its own host and those its discovery document names, and nowhere else.

No redirect is followed, no proxy taken from the environment, and an answer is read up to a size. What
comes back is JSON or it is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from oidc.errors import OidcError, Trouble

_LARGEST_ANSWER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object and the status it came with."""

    status: int
    values: dict[str, Any]


def origin_of(address: str, *, loopback: bool) -> str:
    """Scheme, host and port of an address that may be asked.

    Args:
        address: as settings or the discovery document have it.
        loopback: whether http:// to this machine itself is allowed: only where the issuer is there.

    Raises:
        OidcError: UNPROVEN when it is not https, carries a user or a fragment, or is no address.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise OidcError(Trouble.UNPROVEN, "an address that is none") from None
    here = loopback and parts.scheme == "http" and is_loopback(host)
    if not host or not (parts.scheme == "https" or here):
        raise OidcError(Trouble.UNPROVEN, "an address that is not https")
    if parts.username is not None or parts.fragment:
        raise OidcError(Trouble.UNPROVEN, "an address with a user or a fragment")
    return f"{parts.scheme}://{host}:{port or (443 if parts.scheme == 'https' else 80)}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """Asks the origins it was allowed to ask.

    Args:
        timeout_seconds: for one request, from the connection to the end of the answer.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready to connect; the first request opens the first connection."""
        self._session = aiohttp.ClientSession(
            timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def get(self, address: str, *, allowed: frozenset[str]) -> dict[str, Any]:
        """A JSON object. Raises OidcError, DOWN for any other answer than 200."""
        answer = await self._ask("GET", address, allowed, None, {})
        if answer.status != 200:
            raise OidcError(Trouble.DOWN, f"status {answer.status}")
        return answer.values

    async def post(
        self, address: str, form: str, headers: Mapping[str, str], *, allowed: frozenset[str]
    ) -> Answer:
        """Send a form; the answer with its status, which may be the provider's refusal. Raises OidcError."""
        return await self._ask("POST", address, allowed, form, headers)

    async def _ask(
        self,
        method: str,
        address: str,
        allowed: frozenset[str],
        body: str | None,
        headers: Mapping[str, str],
    ) -> Answer:
        if self._session is None:
            raise RuntimeError("single sign-on hasn't been started")
        if origin_of(address, loopback=True) not in allowed:
            raise OidcError(Trouble.UNPROVEN, "a host that nobody has named")
        try:
            async with self._session.request(
                method,
                URL(address, encoded=True),
                data=body,
                headers={"Accept": "application/json", **headers},
                allow_redirects=False,
            ) as response:
                return Answer(response.status, _object(await _read(response)))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OidcError(Trouble.DOWN, type(error).__name__) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > _LARGEST_ANSWER:
            raise OidcError(Trouble.DOWN, "an answer without end")
    return bytes(raw)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        values = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise OidcError(Trouble.DOWN, "an answer that is not JSON") from None
    if not isinstance(values, dict):
        raise OidcError(Trouble.DOWN, "an answer that is no JSON object")
    return values
