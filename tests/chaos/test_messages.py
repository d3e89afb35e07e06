"""Three web processes, two devices a person that come and go, everything said twice, Redis killed in the middle."""

from __future__ import annotations

import asyncio
import functools
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp
import pytest

from app import running
from domain.messages import Message
from engines import Engines
from services.bearers import start_bearer
from services.context import Context
from settings import Settings, dev_environment
from tests.programs import program
from tests.sockets import SocketDevice
from tests.talking import HEAD, MATHS, MOTHER, OTHER, TALK, settle_school
from tests.waiting import wait_until

pytestmark = pytest.mark.chaos

PEOPLE = (MOTHER, OTHER, HEAD, MATHS)
EACH = 30  # messages a device
DATABASE = "yanshu_talk"


class Sea:
    """Devices over several processes, and what they wanted to say."""

    def __init__(self, ctx: Context, bases: list[str], client: aiohttp.ClientSession) -> None:
        self.ctx, self.bases, self.client = ctx, bases, client
        self.devices: list[SocketDevice] = []
        self.chance = random.Random(20260901)
        self.keys: dict[str, str] = {}

    async def add(self, person: str) -> None:
        """A device of somebody, at one of the processes."""
        tokens = await start_bearer(self.ctx, person, f"openid-{person}")
        headers = {"Authorization": f"Bearer {tokens.access}"}
        device = SocketDevice(self.client, self.address(), headers)
        await device.connect()
        self.devices.append(device)

    def address(self) -> str:
        return self.chance.choice(self.bases).replace("http", "ws", 1) + "/ws"

    async def talk(self, number: int) -> None:
        """One device says its words, each perhaps twice, and is torn away between them."""
        device = self.devices[number]
        for n in range(EACH):
            text = f"{number}-{n}"
            key = f"key-of-device-{number}-{n}"
            self.keys[key] = text
            for _ in range(1 + (self.chance.random() < 0.3)):
                await self.surely_say(device, text, key)
            if self.chance.random() < 0.15:
                await self.tear(device)

    async def surely_say(self, device: SocketDevice, text: str, key: str) -> None:
        """Say it until it is acknowledged, as a device does: always under the same key."""

        async def acknowledged() -> bool:
            return any(f["key"] == key for f in device.of("said"))

        while not await acknowledged():
            with suppress(ConnectionError, AssertionError):
                await device.say(TALK, text, key)
                await wait_until(acknowledged, description="said", seconds=5)
                return
            await self.tear(device)

    async def tear(self, device: SocketDevice) -> None:
        """Away without a word, and back at another process."""
        await device.disconnect(rudely=self.chance.random() < 0.5)
        device.url = self.address()
        await device.connect()


@pytest.fixture
async def sea(tmp_path: Path) -> AsyncIterator[tuple[Sea, Engines]]:
    with Engines(tmp_path / "engines") as engines:
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": DATABASE},
            port=9,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(running(Settings.from_environment(environment)))
            await settle_school(here.ctx)
            client = await stack.enter_async_context(
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
            )
            bases = []
            for number in range(3):
                served = await stack.enter_async_context(
                    program(
                        *("main.py", "serve", "--port", "0"),
                        environment=environment,
                        log=tmp_path / f"serve-{number}.log",
                    )
                )
                bases.append(served.url)
            made = Sea(here.ctx, bases, client)
            for person in PEOPLE:
                for _ in range(2):
                    await made.add(person)
            yield made, engines
            for device in made.devices:
                await device.disconnect()


def has_all(device: SocketDevice, total: int) -> bool:
    return len(device.heard[TALK]) >= total


async def test_every_device_ends_with_the_same_messages_each_once(
    sea: tuple[Sea, Engines],
) -> None:
    made, engines = sea

    async def kill_redis() -> None:
        await wait_until(
            lambda: any(len(d.heard[TALK]) > 60 for d in made.devices),
            description="people talk",
            seconds=100,
        )
        os.kill(engines.pids["redis"], signal.SIGKILL)

    await asyncio.gather(*(made.talk(n) for n in range(len(made.devices))), kill_redis())
    total = len(made.keys)
    assert total == len(made.devices) * EACH
    for device in made.devices:
        if (
            len(device.heard[TALK]) < total
        ):  # what was told while Redis was away comes with a beat, or so
            await made.tear(device)
        await wait_until(
            functools.partial(has_all, device, total),
            description="everything is heard",
            seconds=60,
        )
    kept: list[Message] = await made.ctx.stores.messages.stretch(TALK, 0, 10 * total)
    assert [m.seq for m in kept] == list(range(1, total + 1))
    assert sorted(m.text for m in kept) == sorted(made.keys.values())
    expected = [(m.seq, m.text) for m in kept]
    for device in made.devices:
        assert [(m["seq"], m["text"]) for m in device.heard[TALK]] == expected
    # Each device's own words are in the order in which it said them.
    for number in range(len(made.devices)):
        own = [text for _, text in expected if text.startswith(f"{number}-")]
        assert own == [f"{number}-{n}" for n in range(EACH)]
