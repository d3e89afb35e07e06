"""A school with the real server under its people's phones, and the simulator as the only double.

The phones run the shipped mini-program; `town` and `village` look at what the server made of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from services.people import learn_union, recognise
from tests.miniapp.village import Village
from tests.miniprogram.handset import Handset
from tests.programs import Program, program
from tests.town import Phone, Town

NewHandset = Callable[..., Awaitable[Handset]]


class Server(Protocol):
    """What answers the phones: it can be gone, and come back at the same address."""

    origin: str

    async def stop(self) -> None:
        """From now on nobody answers."""

    async def start(self) -> None:
        """It answers again, at the same address."""


class ServerHere:
    """The town's own server, in the test's loop: quick, and what is inside can be looked at."""

    def __init__(self, town: Town) -> None:
        self.origin = town.base
        self._town = town

    async def stop(self) -> None:
        """Close its doors."""
        await self._town.close_doors()

    async def start(self) -> None:
        """Open them."""
        self._town.open_doors()


class ServerApart:
    """A process of its own, `main.py serve` over the town's engines and WeChat; `stop` is kill -9."""

    def __init__(self, town: Town, stack: AsyncExitStack, log: Path) -> None:
        self.origin = ""
        self._town, self._stack, self._log = town, stack, log
        self._program: Program | None = None

    async def stop(self) -> None:
        """Kill it, whatever it is doing."""
        assert self._program is not None
        await self._program.kill()

    async def start(self) -> None:
        """Start it; it takes its first port again."""
        port = str(self._program.port) if self._program else "0"
        started = program(
            *("main.py", "serve", "--port", port),
            environment=self._town.environment,
            log=self._log,
        )
        self._program = await self._stack.enter_async_context(started)
        self.origin = self._program.url


@dataclass
class Campus:
    """The school: child N is 学生N with the digits 1000+N, `teacher` is head teacher of 三年级1班."""

    village: Village
    server: Server
    new_handset: NewHandset

    @property
    def town(self) -> Town:
        """Everything behind the phones."""
        return self.village.town

    async def teacher(self, **said: Any) -> Handset:
        """The head teacher's phone; what is `said` goes to WeChat's doubles in it."""
        return await self._known(self.village.teacher, **said)

    async def colleague(self, phone: Phone, **said: Any) -> Handset:
        """The phone of somebody else who was appointed."""
        return await self._known(phone, **said)

    async def parent(self, key: str, child: int, **said: Any) -> Handset:
        """The phone of somebody who follows the account and is bound to this child."""
        return await self._known(await self.town.settle_guardian(key, child), **said)

    async def stranger(self, key: str, **said: Any) -> Handset:
        """A phone of somebody whom nobody knows: not following, bound to nobody, no consent given."""
        return await self._handset(self.town.phone(key), **said)

    async def _known(self, phone: Phone, **said: Any) -> Handset:
        """Somebody whom the account knows, who agreed to the privacy guide already."""
        await recognise(self.town.ctx, phone.user.openid)
        await learn_union(self.town.ctx, phone.user.openid)
        handset = await self._handset(phone, **said)
        await handset.remember(consented=True)
        return handset

    async def _handset(self, phone: Phone, **said: Any) -> Handset:
        async def login() -> str:
            return str((await phone.act("login"))["code"])

        async def subscribed(answers: dict[str, str]) -> None:
            await phone.act("subscribe", answers=answers)

        handset = await self.new_handset(self.server.origin, login=login, **said)
        await handset.context.expose_function("__subscribed", subscribed)
        return handset


@asynccontextmanager
async def serving_apart(town: Town, log: Path) -> AsyncIterator[ServerApart]:
    """A server of its own over the town, already answering."""
    async with AsyncExitStack() as stack:
        server = ServerApart(town, stack, log)
        await server.start()
        yield server
