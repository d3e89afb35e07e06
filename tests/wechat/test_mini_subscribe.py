"""Subscription messages through the gateway: one send is one message, whatever becomes of the answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from simulator.app import Simulator
from tests.town import Town, open_town
from wechat.errors import Trouble, WeChatError

SEND = "/cgi-bin/message/subscribe/send"
DATA = {
    "thing1": "家长会",
    "thing2": "三年级二班",
    "name3": "王芳",
    "time4": "2026年11月28日 19:00",
}
ONE = "yanshu-mini-notice"


@pytest.fixture
async def town(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Town]:
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name
    ) as town:
        town.phone("li").user.subscribed[ONE] = 3
        yield town


async def send(town: Town) -> str:
    openid = town.world.mini_openid(town.phone("li").user)
    sent: str = await town.ctx.mini.send_subscribe(
        openid, template_id=ONE, data=DATA, page="pages/notice/index?id=1"
    )
    return sent


def asked(simulator: Simulator) -> int:
    return simulator.world.calls[SEND].total()


async def test_the_msgid_is_wechats_and_may_be_missing(town: Town) -> None:
    assert (await send(town)) == town.world.ledger[0]["id"]
    town.faults(subscribe_msgid=False)
    assert await send(town) == ""


@pytest.mark.parametrize("fault", ["lose_answer", "html"])
async def test_no_usable_answer_is_no_reason_to_send_again(town: Town, fault: str) -> None:
    town.faults(**{fault: SEND})
    with pytest.raises(WeChatError) as caught:
        await send(town)
    assert caught.value.trouble is Trouble.UNCERTAIN
    assert asked(town.simulator) == 1


async def test_wechat_says_wait_and_is_asked_again(town: Town) -> None:
    town.faults(fail={SEND: [-1, 43108]})
    assert await send(town)
    assert len(town.world.ledger) == 1


async def test_a_token_that_is_over_is_replaced(town: Town) -> None:
    await send(town)
    town.world.mini_tokens.expire_all(town.world.clock())
    await send(town)
    assert len(town.world.ledger) == 2


async def test_wechats_count_is_the_one_that_counts(town: Town) -> None:
    town.phone("li").user.subscribed.clear()
    with pytest.raises(WeChatError) as caught:
        await send(town)
    assert (caught.value.trouble, caught.value.code) == (Trouble.REFUSED, 43101)
    assert json.dumps(town.world.ledger) == "[]"
