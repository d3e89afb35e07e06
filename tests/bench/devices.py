"""Devices that talk over raw websockets, to a server of ours or to any other: they cost the bench next to nothing."""

from __future__ import annotations

import asyncio
import statistics
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

AT_ONCE = 20  # who connect at the same time; the next comes when one of them is greeted
_MARK = b"@@"


class Device(asyncio.Protocol):
    """A raw websocket: counts what it hears, and times what carries a time."""

    def __init__(self, path: str, token: str, times: list[float]) -> None:
        self.path, self.token, self.times = path, token, times
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = 0
        self.own: Callable[[], None] | None = None
        self.name = b""
        self._held = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"{key}Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._held += data
        if not self._upgraded:
            head, found, rest = self._held.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head:
                self.opened.set_exception(RuntimeError(head.decode()))
                return
            self._held, self._upgraded = rest, True
            if not self.token:
                self.opened.set_result(None)
        while (frame := self._next()) is not None:
            self._take(frame)

    def _next(self) -> bytes | None:
        held = self._held
        if len(held) < 2:
            return None
        size, begin = held[1] & 0x7F, 2
        if size == 126:
            if len(held) < 4:
                return None
            size, begin = struct.unpack_from("!H", held, 2)[0], 4
        elif size == 127:
            if len(held) < 10:
                return None
            size, begin = struct.unpack_from("!Q", held, 2)[0], 10
        if len(held) < begin + size:
            return None
        self._held = held[begin + size :]
        return held[begin : begin + size]

    def _take(self, frame: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result(None)  # our hello
            return
        at = frame.find(_MARK)
        if at < 0:
            return
        self.heard += 1
        who, _, when = frame[at + 2 : frame.index(b"~", at)].partition(b" ")
        self.times.append(time.perf_counter() - float(when))
        if who == self.name and self.own is not None:
            self.own()

    def say(self, text: str) -> None:
        """A frame of a client: masked, with a mask of noughts."""
        payload = text.encode()
        size = len(payload)
        head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else b""
        head = head or struct.pack("!BBH", 0x81, 0x80 | 126, size)
        self.transport.write(head + b"\0\0\0\0" + payload)


@dataclass
class Crowd:
    """Devices at one server. `form` makes of a room, a number and a text what its devices send."""

    port: int
    path: Callable[[int, str], str]
    form: Callable[[str, int, str], str]
    tokens: dict[str, str]
    times: list[float] = field(default_factory=list)
    devices: dict[str, tuple[Device, str]] = field(default_factory=dict)

    async def join(self, people: Sequence[tuple[str, str]]) -> None:
        """Each of these people (who, room) has a device."""
        loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)

        async def one(person: str, room: str) -> None:
            async with gate:
                made = Device(self.path(0, room), self.tokens.get(person, ""), self.times)
                made.name = person.encode()
                await loop.create_connection(lambda: made, "127.0.0.1", self.port)
                await made.opened
                self.devices[person] = (made, room)

        await asyncio.gather(*(one(*who) for who in people))

    async def talk(self, people: Sequence[str], seconds: float) -> tuple[float, float, float]:
        """Each says the next when it has heard its own: messages a second, and p50 and p99 in ms."""
        self.times.clear()
        said, until = 0, time.perf_counter() + seconds

        def begin(person: str) -> None:
            device, room = self.devices[person]

            def again() -> None:
                nonlocal said
                said += 1
                if time.perf_counter() < until:
                    speak()

            def speak() -> None:
                text = f"@@{person} {time.perf_counter():.6f}~ 老师好，明天几点到校？"
                device.say(self.form(room, said, text))

            device.own = again
            speak()

        started = time.perf_counter()
        for person in people:
            begin(person)
        await asyncio.sleep(seconds + 0.5)
        rate = said / (time.perf_counter() - started - 0.5)
        return rate, *percentiles(self.times)

    async def pace(self, people: Sequence[str], count: int, every: float) -> tuple[float, float]:
        """So many messages at a steady pace: p50 and p99 in ms."""
        self.times.clear()
        for number in range(count):
            person = people[number % len(people)]
            device, room = self.devices[person]
            text = f"@@{person} {time.perf_counter():.6f}~ 老师好，明天几点到校？"
            device.say(self.form(room, number, text))
            await asyncio.sleep(every)
        await asyncio.sleep(0.5)
        return percentiles(self.times)

    def close(self) -> None:
        """Everybody goes."""
        for device, _ in self.devices.values():
            device.transport.close()
        self.devices.clear()


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """p50 and p99, in ms."""
    if len(times) < 2:
        return float("nan"), float("nan")
    cuts = statistics.quantiles(times, n=100)
    return cuts[49] * 1000, cuts[98] * 1000
