"""A town with a mini-program, and devices in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from tests.miniapp.client import MiniClient
from tests.town import Town, open_town


@pytest.fixture
async def town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
    ) as town:
        town.start_worker()
        yield town


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
