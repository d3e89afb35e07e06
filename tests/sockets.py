"""A device at `/ws` that keeps what it hears as a real one does: by number, once, asking for what it misses."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.waiting import wait_until


@dataclass
class SocketDevice:
    """One device of somebody. `heard` is, by thread, what it has; it survives any break."""

    client: aiohttp.ClientSession
    url: str
    headers: dict[str, str]
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    frames: list[dict[str, Any]] = field(default_factory=list)
    twice: int = 0
    gaps: int = 0
    code: int | None = None
    socket: aiohttp.ClientWebSocketResponse | None = None
    _reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open it, and hear what came meanwhile."""
        self.socket = await self.client.ws_connect(self.url, headers=self.headers, autoping=True)
        self._reading = asyncio.create_task(self._read(self.socket))
        await self.until(lambda: bool(self.of("hello")), "the socket's hello")

    async def disconnect(self, *, rudely: bool = False) -> None:
        """Close it, or only stop."""
        socket, reading = self.socket, self._reading
        self.socket = None
        if socket is not None and not rudely:
            await socket.close()
        elif socket is not None and socket._response.connection is not None:
            transport = socket._response.connection.transport
            if transport is not None:
                transport.abort()
        if reading is not None:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
        self.frames = [f for f in self.frames if f["type"] != "hello"]

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for word in socket:
            if word.type is aiohttp.WSMsgType.TEXT:
                await self._take(socket, json.loads(word.data))
        self.code = socket.close_code

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, told: dict[str, Any]) -> None:
        self.frames.append(told)
        if told["type"] == "message":
            await self._keep(socket, told)
        elif told["type"] == "hello":
            tails = {t["id"]: t["tail"] for t in told["threads"]}
            await self._catch_up(socket, tails)
        elif told["type"] == "beat":
            await self._catch_up(socket, told["tails"])
        elif told["type"] == "behind":
            await self._catch_up(socket, {told["thread"]: told["tail"]})

    async def _keep(self, socket: aiohttp.ClientWebSocketResponse, told: dict[str, Any]) -> None:
        heard = self.heard[told["thread"]]
        last = heard[-1]["seq"] if heard else 0
        if told["seq"] <= last:
            self.twice += 1
        elif told["seq"] == last + 1:
            heard.append(told)
        else:
            self.gaps += 1
            await self._catch_up(socket, {told["thread"]: told["seq"]})

    async def _catch_up(
        self, socket: aiohttp.ClientWebSocketResponse, tails: dict[str, int]
    ) -> None:
        behind = {t: len(self.heard[t]) for t, tail in tails.items() if tail > len(self.heard[t])}
        if behind:
            with suppress(ConnectionError):
                await socket.send_json({"type": "resume", "threads": behind})

    async def tell(self, **frame: Any) -> None:
        """Send a frame."""
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def say(self, thread: str, text: str, key: str = "") -> str:
        """Say something; returns the key."""
        key = key or secrets.token_hex(8)
        await self.tell(type="say", thread=thread, key=key, kind="text", text=text)
        return key

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Frames of a kind."""
        return [f for f in self.frames if f["type"] == kind]

    def texts(self, thread: str) -> list[str]:
        """What it has of a thread."""
        return [m["text"] for m in self.heard[thread]]

    async def until(self, fits: Callable[[], bool], what: str) -> None:
        """Wait for something."""

        async def asked() -> bool:
            return fits()

        await wait_until(asked, description=what)
