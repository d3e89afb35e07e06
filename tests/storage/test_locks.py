"""Locks on openids that all processes share."""

import redis as redis_driver

from storage.stores import Stores
from tests.storage.conftest import at_once
from tests.waiting import wait_until

NAMES = [f"o{number}" for number in range(20)]


async def test_five_runs_at_once_share_the_names_without_overlap(
    stores: Stores, twin: Stores
) -> None:
    taken = await at_once(
        *(
            some.locks.take(NAMES, owner=f"run-{n}", seconds=30)
            for n, some in enumerate([stores, twin, stores, twin, stores])
        )
    )
    assert sorted(name for names in taken for name in names) == sorted(NAMES)


async def test_what_is_not_free_is_left_out_and_the_rest_is_taken(stores: Stores) -> None:
    assert await stores.locks.take(["o1", "o2"], owner="a", seconds=30) == {"o1", "o2"}
    assert await stores.locks.take(["o2", "o3"], owner="b", seconds=30) == {"o3"}
    assert await stores.locks.take([], owner="b", seconds=30) == set()


async def test_only_the_owner_gives_a_lock_back(stores: Stores) -> None:
    await stores.locks.take(["o1"], owner="a", seconds=30)
    await stores.locks.drop(["o1"], owner="b")
    assert await stores.locks.take(["o1"], owner="b", seconds=30) == set()
    await stores.locks.drop(["o1", "o9"], owner="a")
    await stores.locks.drop([], owner="a")
    assert await stores.locks.take(["o1"], owner="b", seconds=30) == {"o1"}


async def test_a_dead_owners_lock_ends_by_itself(
    stores: Stores, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await stores.locks.take(["o1"], owner="dead", seconds=30)
    (key,) = redis_client.scan_iter(match=f"{own_keys}*")
    assert 29_000 < redis_client.pttl(key) <= 30_000
    redis_client.pexpire(key, 1)
    await wait_until(lambda: not redis_client.exists(key), description="the lock has lapsed")
    assert await stores.locks.take(["o1"], owner="next", seconds=30) == {"o1"}
    await stores.locks.drop(["o1"], owner="dead")  # it comes back to life, and drops nothing
    assert await stores.locks.take(["o1"], owner="third", seconds=30) == set()


async def test_a_lock_is_renewed_by_its_owner_alone_who_can_be_asked_for(
    stores: Stores, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await stores.locks.take(["o1"], owner="a|王老师", seconds=5)
    assert await stores.locks.owner_of("o1") == "a|王老师"
    assert not await stores.locks.renew("o1", owner="b", seconds=30)
    assert await stores.locks.renew("o1", owner="a|王老师", seconds=30)
    (key,) = redis_client.scan_iter(match=f"{own_keys}*")
    assert redis_client.pttl(key) > 20_000
    assert await stores.locks.owner_of("o2") is None
    assert not await stores.locks.renew("o2", owner="a", seconds=30)
