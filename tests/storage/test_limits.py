"""How often somebody may try, counted for all processes together."""

import redis as redis_driver

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
