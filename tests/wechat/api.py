"""A small API server for tests of the gateway: says what it is told to say, remembers what it was sent.

A real server on a real socket, because what can go wrong between the two is what is tested.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from wechat.errors import WeChatError
from wechat.gateway import Gateway
from wechat.mini import MiniGateway
from wechat.tokens import TokenShelf

APP_ID = "wx0123456789abcdef"
SECRET = "app-secret-that-no-log-shows"
TOKEN_PATH = "/cgi-bin/stable_token"
TEMPLATE_PATH = "/cgi-bin/message/template/send"
CUSTOM_PATH = "/cgi-bin/message/custom/send"

# An answer: JSON, or a whole response, or one of the two ways of not answering.
OPENID = "oABCdefghijklmnopqrstuvwxyz0"
# Long enough for a server on the same machine however busy that is, short enough to wait for.
SHORT_SECONDS = 1.0
HANG, DROP = "hang", "drop"
Saying = dict[str, Any] | web.Response | str


class MemoryShelf:
    """A shelf for one process."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.ttls: list[int] = []
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, name: str) -> str | None:
        return self.kept.get(name)

    async def write(self, name: str, token: str, *, ttl_seconds: int) -> None:
        self.kept[name] = token
        self.ttls.append(ttl_seconds)

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        return self._locks[name]


class Api:
    """The server's memory and its instructions."""

    def __init__(self) -> None:
        self.base = ""
        self.calls: list[tuple[str, str, Any]] = []
        self.raw: list[bytes] = []
        self.tokens = [f"token-{number}-/+=&" for number in range(1, 50)]
        self.busiest = 0
        self._at_once: dict[str, int] = defaultdict(int)
        self._next: dict[str, deque[Saying]] = defaultdict(deque)
        self._always: dict[str, Saying] = {}
        self._released = asyncio.Event()
        self._arrival = asyncio.Condition()

    def next(self, path: str, *sayings: Saying) -> None:
        """Answer the coming calls of this path so, one after the other."""
        self._next[path].extend(sayings)

    def always(self, path: str, saying: Saying) -> None:
        self._always[path] = saying

    def count(self, path: str) -> int:
        return sum(1 for called, _, _ in self.calls if called == path)

    async def arrived(self, path: str, times: int = 1) -> None:
        """Wait until this path has been called so often."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: self.count(path) >= times)

    def release(self) -> None:
        """Let go of all calls that hang."""
        self._released.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        sent = json.loads(raw) if raw else dict(request.query)
        self.raw.append(raw)
        self.calls.append((request.path, request.query.get("access_token", ""), sent))
        async with self._arrival:
            self._arrival.notify_all()
        openid = str(sent.get("touser", ""))
        self._at_once[openid] += 1
        self.busiest = max(self.busiest, self._at_once[openid] if openid else 0)
        try:
            return await self._say(request)
        finally:
            self._at_once[openid] -= 1

    async def _say(self, request: web.Request) -> web.StreamResponse:
        waiting = self._next[request.path]
        saying = waiting.popleft() if waiting else self._always.get(request.path)
        if saying is None:
            saying = self._usual(request.path)
        if saying == HANG:
            await self._released.wait()
            return web.Response()
        if saying == DROP:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if isinstance(saying, dict):
            await asyncio.sleep(0)
            # WeChat labels its JSON as text.
            return web.Response(text=json.dumps(saying), content_type="text/plain")
        assert isinstance(saying, web.Response)
        return saying

    def _usual(self, path: str) -> Saying:
        if path == TOKEN_PATH:
            return {"access_token": self.tokens.pop(0), "expires_in": 7200}
        if path == TEMPLATE_PATH:
            return {"errcode": 0, "errmsg": "ok", "msgid": 200228332}
        return {"errcode": 0, "errmsg": "ok"}


def html() -> web.Response:
    return web.Response(text="<html>sorry</html>", content_type="text/html")


@asynccontextmanager
async def running_api() -> AsyncIterator[Api]:
    api = Api()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", api.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        api.release()
        await runner.cleanup()


@asynccontextmanager
async def gateway_to(
    base: str, shelf: TokenShelf, *, timeout_seconds: float = 5.0, connections: int = 64
) -> AsyncIterator[MiniGateway]:
    gateway = MiniGateway(
        app_id=APP_ID,
        secret=SECRET,
        api_base=base,
        open_base="https://open.weixin.qq.com",
        tokens=shelf,
        timeout_seconds=timeout_seconds,
        connections=connections,
        backoff_seconds=0.001,
    )
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()


async def template(gateway: Gateway, openid: str = OPENID) -> str:
    return await gateway.send_template(
        openid,
        template_id="T1",
        data={"thing1": "春游通知", "time2": "2026-11-22 08:00"},
        url="https://school.example/h5/n/1",
        client_msg_id="d-1",
    )


async def trouble_in(call: Any) -> WeChatError:
    with pytest.raises(WeChatError) as raised:
        await call
    # What is logged with a trace must not lead back to an address with a token in it.
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value
