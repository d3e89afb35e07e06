"""What one process tells the others: an end in the middle of it leaves nothing behind."""

import asyncio

from services.live import Live
from storage.stores import Stores
from tests.storage.conftest import opened


def lines_up(stores: Stores) -> int:
    """How many connections to Redis are up."""
    pool = stores.redis.connection_pool
    every = [*pool._available_connections, *pool._in_use_connections]
    return sum(connection.is_connected for connection in every)


async def test_what_is_being_told_at_the_end_is_told_and_its_connection_goes(
    mongodb_uri: str, redis_url: str, own_keys: str
) -> None:
    async with opened(mongodb_uri, redis_url, own_keys) as stores:
        telling = asyncio.ensure_future(stores.wires.tell("school-a", b"word"))
        await asyncio.sleep(0)  # it looks for a connection by now
    await telling
    assert lines_up(stores) == 0


async def test_whoever_is_noted_as_there_at_the_end_keeps_no_connection(
    mongodb_uri: str, redis_url: str, own_keys: str
) -> None:
    async with opened(mongodb_uri, redis_url, own_keys) as stores:
        live = Live()
        live._run(stores.wires.note_present(["person-1"], 60))
        await asyncio.sleep(0)
        await live.close()
        assert live._tasks == set()
    assert lines_up(stores) == 0
