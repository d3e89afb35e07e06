"""Channels that WeChat has closed for everybody for a while."""

from datetime import timedelta

from domain.channels import Channel, Paused, Reason
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import APP, at_once

MIDNIGHT = NOW + timedelta(hours=14)
QUOTA = Paused(Channel.TEMPLATE, Reason.QUOTA, MIDNIGHT)
MENDING = Paused(Channel.TEMPLATE, Reason.NOT_SET_UP, NOW + MINUTE)


async def test_a_channel_is_closed_until_its_time_and_for_its_account(stores: Stores) -> None:
    await stores.pauses.add(APP, QUOTA)
    assert await stores.pauses.active(APP, NOW) == [QUOTA]
    assert await stores.pauses.active(APP, MIDNIGHT) == []
    assert await stores.pauses.active("wx2", NOW) == []


async def test_each_channel_has_its_own_pause(stores: Stores) -> None:
    service = Paused(Channel.SERVICE, Reason.QUOTA, MIDNIGHT)
    await stores.pauses.add(APP, QUOTA)
    await stores.pauses.add(APP, service)
    found = await stores.pauses.active(APP, NOW)
    assert sorted(found, key=lambda pause: pause.channel) == [service, QUOTA]


async def test_the_later_time_wins_with_its_own_reason(stores: Stores) -> None:
    await stores.pauses.add(APP, QUOTA)
    await stores.pauses.add(APP, MENDING)
    assert await stores.pauses.active(APP, NOW) == [QUOTA]
    longer = Paused(Channel.TEMPLATE, Reason.NOT_SET_UP, MIDNIGHT + MINUTE)
    await stores.pauses.add(APP, longer)
    assert await stores.pauses.active(APP, NOW) == [longer]


async def test_many_who_learn_it_at_once_close_it_once(stores: Stores, twin: Stores) -> None:
    pauses = [Paused(Channel.TEMPLATE, Reason.QUOTA, NOW + n * MINUTE) for n in range(1, 9)]
    await at_once(
        *(
            some.pauses.add(APP, pause)
            for some, pause in zip([stores, twin] * 4, pauses, strict=True)
        )
    )
    assert await stores.pauses.active(APP, NOW) == [pauses[-1]]
