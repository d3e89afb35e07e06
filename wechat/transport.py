"""One request to WeChat and its answer, judged: the only place that speaks HTTP.

Nothing of an answer is believed before it is looked at: WeChat labels JSON as text, leaves out
`errcode` when all is well, and a proxy on the way may answer with a page. No error raised here
carries an address, because addresses carry the token.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from wechat.errors import Trouble, WeChatError, error_of

_log = logging.getLogger("yanshu.wechat")

_LARGEST_ANSWER = 1024 * 1024
_LARGEST_MEDIA = 20 * 1024 * 1024  # WeChat takes pictures of 10 MB, and voice of a minute
_JSON = {"Content-Type": "application/json; charset=utf-8"}
# A connection is had in this part of the time, so that an overrun after it always means that the
# request may have arrived.
_CONNECT_SHARE = 0.6

Answer = dict[str, Any]
T = TypeVar("T")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG")  # JPEG, PNG


class Transport:
    """Sends requests; at most `connections` at a time, the rest wait their turn.

    Args:
        timeout_seconds: for one request, from the connection to the end of the answer.
        connections: kept open to WeChat.
    """

    def __init__(self, *, timeout_seconds: float, connections: int) -> None:
        self._timeout = aiohttp.ClientTimeout(
            total=timeout_seconds, connect=timeout_seconds * _CONNECT_SHARE
        )
        self._connections = connections
        self._turns = asyncio.Semaphore(connections)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready to connect; the first request opens the first connection."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def request(self, name: str, url: URL, payload: Mapping[str, Any] | None) -> Answer:
        """Send one request and return WeChat's answer.

        Args:
            name: of the call, for the log.
            url: complete, quoted.
            payload: posted as JSON in plain UTF-8 (menus refuse escapes); None to GET.

        Raises:
            WeChatError: an errcode, or DOWN, or UNCERTAIN when the request may have arrived
                and nothing usable came back.
        """
        return await self._asked(name, url, payload, _judged)

    async def request_once(self, name: str, url: URL, payload: Mapping[str, Any] | None) -> Answer:
        """As `request`, of a call that must not be made twice: DOWN only when nothing was sent at all.

        A page or a 5xx in the place of an answer leaves it UNCERTAIN.
        """
        return await self._asked(name, url, payload, _judged_once)

    async def request_picture(self, name: str, url: URL, payload: Mapping[str, Any]) -> bytes:
        """As `request`, of a call that is answered with a picture, and with JSON only when it is refused."""
        return await self._asked(name, url, payload, _judged_picture)

    async def request_media(self, name: str, url: URL) -> bytes:
        """As `request`, of something that somebody sent to the account: its bytes, whatever they are, and JSON only
        when it is refused."""
        return await self._asked(name, url, None, _judged_media, largest=_LARGEST_MEDIA)

    async def _asked(
        self,
        name: str,
        url: URL,
        payload: Mapping[str, Any] | None,
        judged: Callable[[int, bytes], T],
        *,
        largest: int = _LARGEST_ANSWER,
    ) -> T:
        if self._session is None:
            raise RuntimeError("the gateway hasn't been started")
        started = time.perf_counter()
        outcome, rid = "cancelled", ""
        try:
            async with self._turns:
                status, raw = await self._exchange(self._session, url, payload, largest)
            answer = judged(status, raw)
            outcome = "0"
        except WeChatError as error:
            outcome, rid = str(error.code or error.trouble), error.rid
            raise
        finally:
            _log.log(
                logging.INFO if outcome == "0" else logging.WARNING,
                "%s: errcode=%s rid=%s duration=%.1fms",
                name,
                outcome,
                rid or "-",
                (time.perf_counter() - started) * 1000,
            )
        return answer

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        payload: Mapping[str, Any] | None,
        largest: int,
    ) -> tuple[int, bytes]:
        body, headers, method = None, None, "GET"
        if payload is not None:
            method, headers = "POST", _JSON
            body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            async with session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status, await _read(response, largest)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # Never connected: it has certainly not happened.
            raise WeChatError(Trouble.DOWN) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise WeChatError(Trouble.UNCERTAIN) from None


async def _read(response: aiohttp.ClientResponse, largest: int) -> bytes:
    if (response.content_length or 0) > largest:
        raise WeChatError(Trouble.DOWN)
    if response.content_length is not None:
        return await response.read()
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > largest:
            raise WeChatError(Trouble.DOWN)
    return bytes(raw)


def _judged(status: int, raw: bytes) -> Answer:
    """Return the answer if WeChat says that all is well."""
    if status == 504:
        # A proxy gave up waiting for WeChat, which may have done it all the same.
        raise WeChatError(Trouble.UNCERTAIN)
    if status != 200:
        raise WeChatError(Trouble.DOWN)
    try:
        answer = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise WeChatError(Trouble.DOWN) from None
    if not isinstance(answer, dict):
        raise WeChatError(Trouble.DOWN)
    code = answer.get("errcode", 0)
    if type(code) is not int:
        raise WeChatError(Trouble.DOWN)
    if code:
        raise error_of(code, str(answer.get("errmsg", "")))
    return answer


def _judged_once(status: int, raw: bytes) -> Answer:
    """Return the answer; what is none may have come from behind a request that was carried out."""
    try:
        return _judged(status, raw)
    except WeChatError as error:
        if error.trouble is not Trouble.DOWN:
            raise
        raise WeChatError(Trouble.UNCERTAIN) from None


def _judged_picture(status: int, raw: bytes) -> bytes:
    """Return the picture if it is one."""
    if status == 200 and raw.startswith(_PICTURES):
        return raw
    _judged(status, raw)
    raise WeChatError(Trouble.DOWN)


def _judged_media(status: int, raw: bytes) -> bytes:
    """Return the bytes; what begins as JSON is a refusal, and a page is none of WeChat's."""
    if status == 200 and raw and raw.lstrip()[:1] not in (b"{", b"<"):
        return raw
    _judged(status, raw)
    raise WeChatError(Trouble.DOWN)
