"""A town for each story."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.flows.walking import Loop, open_loop
from tests.town import Town, open_town


@pytest.fixture
async def town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    """An installation of its own, with a worker that runs. What is counted while it does may be the worker's doing."""
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
    ) as opened:
        opened.start_worker()
        yield opened


@pytest.fixture
async def quiet_town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    """An installation where no job runs by itself."""
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
    ) as opened:
        yield opened


@pytest.fixture
def loop(mongodb_uri: str, redis_url: str, database_name: str) -> Iterator[Loop]:
    """An installation for walks at random, where no job runs by itself."""
    with open_loop(mongodb_uri, redis_url, database_name) as opened:
        yield opened


@pytest.fixture
async def opened() -> AsyncIterator[list[aiohttp.ClientSession]]:
    """The HTTP clients of a story, closed when it ends."""
    sessions: list[aiohttp.ClientSession] = []
    yield sessions
    for session in sessions:
        await session.close()
