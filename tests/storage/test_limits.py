"""How often somebody may try, counted for all processes together."""

import pytest
import redis as redis_driver
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from storage.limits import LimitStore
from storage.stores import Stores
from tests.storage.conftest import at_once


async def test_the_eleventh_try_is_told_how_long_to_wait(stores: Stores, twin: Stores) -> None:
    for some in [stores, twin] * 5:
        assert await some.limits.hit("claim", "person-1", per_hour=10) == 0
    wait = await twin.limits.hit("claim", "person-1", per_hour=10)
    assert 1 <= wait <= 3600


async def test_tries_at_the_same_moment_are_all_counted(stores: Stores, twin: Stores) -> None:
    answers = await at_once(
        *(some.limits.hit("claim", "person-1", per_hour=5) for some in [stores, twin] * 5)
    )
    assert sum(wait == 0 for wait in answers) == 5


async def test_other_people_and_other_things_are_counted_apart(stores: Stores) -> None:
    assert await stores.limits.hit("claim", "person-1", per_hour=1) == 0
    assert await stores.limits.hit("claim", "person-1", per_hour=1) > 0
    assert await stores.limits.hit("claim", "person-2", per_hour=1) == 0
    assert await stores.limits.hit("upload", "person-1", per_hour=1) == 0


async def test_the_counts_end_by_themselves(
    stores: Stores, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await stores.limits.hit("claim", "person-1", per_hour=10)
    keys = list(redis_client.scan_iter(match=f"*{own_keys}*"))
    assert keys
    assert all(0 < redis_client.ttl(key) <= 3600 for key in keys)


async def test_while_redis_is_away_only_what_is_lenient_is_allowed() -> None:
    async with Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0)) as nobody:
        limits = LimitStore(nobody, prefix="yanshu")
        assert await limits.hit("code", "10.0.0.1", per_hour=1, lenient=True) == 0
        assert await limits.used_up("code", "10.0.0.1", per_hour=1, lenient=True) is False
        with pytest.raises(RedisError):
            await limits.hit("claim", "person-1", per_hour=1)
        with pytest.raises(RedisError):
            await limits.used_up("claim", "person-1", per_hour=1)
