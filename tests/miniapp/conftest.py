"""A town with a mini-program, and devices in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from tests.flows.conftest import town as town
from tests.miniapp.client import MiniClient
from tests.town import Town

Device = Callable[[str], MiniClient]


@pytest.fixture
async def device(town: Town) -> AsyncIterator[Device]:
    """`device("mother")`: her mini-program, not signed in yet."""
    opened: list[aiohttp.ClientSession] = []

    def make(key: str) -> MiniClient:
        client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        opened.append(client)
        return MiniClient(town, town.phone(key), client)

    yield make
    for client in opened:
        await client.close()
