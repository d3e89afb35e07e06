"""What Redis remembers of somebody goes by their openid or id, and nothing of others."""

import redis as redis_driver

from storage.stores import Stores
from tests.erasing import everything_in_redis


async def test_every_key_of_somebody_goes_and_the_others_stay(
    stores: Stores, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    for openid, person in (("o-canary*", "person-canary"), ("o-other", "person-other")):
        await stores.callbacks.claim(openid, "m:1", b"text")
        await stores.callbacks.remember(openid, "m:1", b"text", b"reply")
        await stores.callbacks.save_dialog(openid, {"name": "binding"})
        await stores.callbacks.cache_person(openid, person)
        await stores.limits.hit("claim", person, per_hour=10)
        await stores.locks.take([openid], owner="run", seconds=30)
    stored = everything_in_redis(redis_client, own_keys)
    assert sum("canary" in key for key in stored) == 5
    assert await stores.traces.forget(["o-canary*", "person-canary", ""]) == 5
    left = everything_in_redis(redis_client, own_keys)
    assert left == {key: value for key, value in stored.items() if "canary" not in key}


async def test_nobody_named_is_nobody_forgotten(
    stores: Stores, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await stores.callbacks.cache_person("o-1", "p-1")
    before = everything_in_redis(redis_client, own_keys)
    assert await stores.traces.forget([]) == await stores.traces.forget([""]) == 0
    assert everything_in_redis(redis_client, own_keys) == before
