"""The token shelf on a real server: what is kept, who has the lock, and gateways that share it."""

import asyncio
import logging
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from engines import find_redis
from storage.tokens import RedisTokenShelf
from tests.wechat.api import TEMPLATE_PATH, TOKEN_PATH, Api, gateway_to, running_api
from wechat.errors import WeChatError
from wechat.gateway import Gateway


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server of its own, reached through a socket file: no port to choose."""
    folder = tmp_path_factory.mktemp("valkey")
    socket = folder / "valkey.sock"
    options = {"port": "0", "unixsocket": str(socket), "save": "", "dir": str(folder)}
    command = [find_redis()]
    for name, value in options.items():
        command += [f"--{name}", value]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert any("ready to accept connections" in line.lower() for line in process.stdout)
        yield socket
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
async def redis(server: Path) -> AsyncIterator[Redis]:
    client = Redis(unix_socket_path=str(server))
    yield client
    await client.aclose()


@pytest.fixture
def prefix() -> str:
    return f"test:{uuid.uuid4().hex}:"


@pytest.fixture
def shelf(redis: Redis, prefix: str) -> RedisTokenShelf:
    return RedisTokenShelf(redis, prefix=prefix, patience_seconds=0.05, poll_seconds=0.005)


async def test_a_token_is_kept_for_its_time(
    shelf: RedisTokenShelf, redis: Redis, prefix: str
) -> None:
    assert await shelf.read("wx1") is None
    await shelf.write("wx1", "t" * 600, ttl_seconds=60)
    assert await shelf.read("wx1") == "t" * 600
    assert await shelf.read("wx2") is None
    assert 0 < await redis.ttl(f"{prefix}wx1") <= 60


async def test_a_client_that_decodes_is_as_good(server: Path, prefix: str) -> None:
    async with Redis(unix_socket_path=str(server), decode_responses=True) as client:
        shelf = RedisTokenShelf(client, prefix=prefix)
        await shelf.write("wx1", "token", ttl_seconds=60)
        assert await shelf.read("wx1") == "token"


async def test_the_lock_is_one_for_all_and_free_afterwards(
    shelf: RedisTokenShelf, redis: Redis, prefix: str
) -> None:
    other = RedisTokenShelf(redis, prefix=prefix, patience_seconds=0.02, poll_seconds=0.005)
    async with shelf.lock("wx1"):
        with pytest.raises(TimeoutError):
            async with other.lock("wx1"):
                pytest.fail("the lock was given twice")
        async with other.lock("wx2"):
            assert await redis.exists(f"{prefix}wx1:lock", f"{prefix}wx2:lock") == 2
    assert await redis.keys(f"{prefix}*") == []


async def test_the_lock_is_released_when_the_work_fails(
    shelf: RedisTokenShelf, redis: Redis, prefix: str
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with shelf.lock("wx1"):
            raise ZeroDivisionError
    assert await redis.keys(f"{prefix}*") == []


async def test_a_lock_runs_out_when_its_holder_died(
    shelf: RedisTokenShelf, redis: Redis, prefix: str
) -> None:
    await redis.set(f"{prefix}wx1:lock", "a dead process", px=20)
    patient = RedisTokenShelf(redis, prefix=prefix, patience_seconds=5, poll_seconds=0.005)
    async with patient.lock("wx1"):
        assert await redis.pttl(f"{prefix}wx1:lock") > 20


async def test_a_lock_that_ran_out_is_not_released_from_under_the_next_holder(
    shelf: RedisTokenShelf, redis: Redis, prefix: str
) -> None:
    async with shelf.lock("wx1"):
        await redis.set(f"{prefix}wx1:lock", "the next holder")
    assert await redis.get(f"{prefix}wx1:lock") == b"the next holder"


async def test_those_who_wait_get_the_lock_one_after_the_other(redis: Redis, prefix: str) -> None:
    shelf = RedisTokenShelf(redis, prefix=prefix, patience_seconds=10, poll_seconds=0.001)
    inside = busiest = 0

    async def hold() -> None:
        nonlocal inside, busiest
        async with shelf.lock("wx1"):
            inside += 1
            busiest = max(busiest, inside)
            await redis.ping()
            inside -= 1

    await asyncio.gather(*(hold() for _ in range(10)))
    assert (inside, busiest) == (0, 1)


async def test_a_shelf_out_of_reach_is_an_empty_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Redis(
        unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0)
    ) as client:
        shelf = RedisTokenShelf(client)
        with caplog.at_level(logging.WARNING, "yanshu.storage"):
            assert await shelf.read("wx1") is None
            await shelf.write("wx1", "secret-token", ttl_seconds=60)
            async with shelf.lock("wx1"):
                assert await shelf.read("wx1") is None
    assert "token shelf: write failed: ConnectionError" in caplog.text
    assert "secret-token" not in caplog.text


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running_api() as api:
        yield api


async def send(gateway: Gateway, openid: str) -> str:
    return await gateway.send_template(
        openid, template_id="T1", data={}, url="", client_msg_id=openid
    )


async def test_two_processes_ask_for_one_token(api: Api, server: Path, prefix: str) -> None:
    async with (
        Redis(unix_socket_path=str(server)) as one,
        Redis(unix_socket_path=str(server)) as two,
        gateway_to(api.base, RedisTokenShelf(one, prefix=prefix)) as first,
        gateway_to(api.base, RedisTokenShelf(two, prefix=prefix)) as second,
    ):
        sends = [send((first, second)[number % 2], f"o{number}") for number in range(20)]
        assert await asyncio.gather(*sends) == ["200228332"] * 20
        assert api.count(TOKEN_PATH) == 1

        api.next(TEMPLATE_PATH, *[{"errcode": 40001, "errmsg": "stale"}] * 20)
        sends = [send((first, second)[number % 2], f"p{number}") for number in range(20)]
        assert await asyncio.gather(*sends) == ["200228332"] * 20
        assert api.count(TOKEN_PATH) == 2


async def test_a_process_refused_for_ever_asks_once_more(
    api: Api, server: Path, prefix: str
) -> None:
    api.always(TEMPLATE_PATH, {"errcode": 40001, "errmsg": "invalid credential"})
    async with (
        Redis(unix_socket_path=str(server)) as client,
        gateway_to(api.base, RedisTokenShelf(client, prefix=prefix)) as first,
    ):
        with pytest.raises(WeChatError):
            await send(first, "o1")
    assert (api.count(TOKEN_PATH), api.count(TEMPLATE_PATH)) == (2, 2)


async def test_without_the_shelf_messages_still_go_out(api: Api, tmp_path: Path) -> None:
    async with (
        Redis(unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0)) as client,
        gateway_to(api.base, RedisTokenShelf(client)) as gateway,
    ):
        assert await send(gateway, "o1") == "200228332"
