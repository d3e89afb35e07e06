"""Credits are taken by one caller each, and an answer never overwrites one that it has not seen."""

from dataclasses import replace

from domain.subscriptions import Said, Subscription
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import at_once

KEY = "wx2:openid-1|t"


def a_subscription(**changes: object) -> Subscription:
    given: dict[str, object] = {
        "id": KEY,
        "person_id": "person-1",
        "touched_at": NOW,
        "answer": Said.ACCEPTED,
        "decided_at": NOW,
    }
    return Subscription(**(given | changes))  # type: ignore[arg-type]


async def got(stores: Stores, key: str = KEY) -> Subscription:
    found = await stores.subscriptions.find(key)
    assert found is not None
    return found


async def test_of_ten_at_once_three_get_the_three_credits(stores: Stores, twin: Stores) -> None:
    assert await stores.subscriptions.put(a_subscription(credits=3), was=None)
    taken = await at_once(
        *(some.subscriptions.spend(KEY, NOW + MINUTE) for some in [stores, twin] * 5)
    )
    assert sum(taken) == 3
    left = await got(stores)
    assert (left.credits, left.touched_at) == (0, NOW + MINUTE)
    assert not await stores.subscriptions.spend(KEY, NOW)
    assert not await stores.subscriptions.spend("nobody", NOW)


async def test_of_ten_that_saw_the_same_version_one_writes(stores: Stores, twin: Stores) -> None:
    first = await at_once(
        *(s.subscriptions.put(a_subscription(credits=1), was=None) for s in [stores, twin] * 5)
    )
    assert sum(first) == 1
    seen = await got(stores)
    changed = await at_once(
        *(
            s.subscriptions.put(replace(seen, credits=2), was=seen.version)
            for s in [stores, twin] * 5
        )
    )
    assert sum(changed) == 1
    assert (await got(stores)).credits == 2


async def test_an_answer_does_not_bring_back_a_credit_that_was_spent_meanwhile(
    stores: Stores,
) -> None:
    await stores.subscriptions.put(a_subscription(credits=1), was=None)
    seen = await got(stores)
    assert await stores.subscriptions.spend(KEY, NOW)
    assert not await stores.subscriptions.put(replace(seen, credits=2), was=seen.version)
    assert (await got(stores)).credits == 0


async def test_a_credit_goes_back_unless_all_was_switched_off(stores: Stores) -> None:
    await stores.subscriptions.put(a_subscription(credits=1), was=None)
    await stores.subscriptions.spend(KEY, NOW)
    await stores.subscriptions.give_back(KEY)
    assert (await got(stores)).credits == 1
    await stores.subscriptions.spend(KEY, NOW)
    held = await got(stores)
    await stores.subscriptions.put(replace(held, answer=Said.OFF), was=held.version)
    await stores.subscriptions.give_back(KEY)
    assert (await got(stores)).credits == 0


async def test_wechat_says_that_nothing_is_left(stores: Stores) -> None:
    await stores.subscriptions.put(a_subscription(credits=5), was=None)
    seen = await got(stores)
    await stores.subscriptions.run_dry(KEY, Said.ACCEPTED, NOW + MINUTE)
    left = await got(stores)
    assert (left.credits, left.answer) == (0, Said.ACCEPTED)
    assert not await stores.subscriptions.put(seen, was=seen.version)


async def test_they_go_with_their_identity(stores: Stores) -> None:
    other, longer = "wx2:openid-2|t", "wx2:openid-11|t"
    for key in (KEY, "wx2:openid-1|t2", other, longer):
        await stores.subscriptions.put(a_subscription(id=key, credits=1), was=None)
    await stores.subscriptions.move("wx2:openid-1", "person-2")
    found = await stores.subscriptions.many([KEY, "wx2:openid-1|t2", other, longer])
    moved = {key for key, held in found.items() if held.person_id == "person-2"}
    assert moved == {KEY, "wx2:openid-1|t2"}
