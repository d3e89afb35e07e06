"""Subscription messages on bad days: a yes is never used twice, and what WeChat has not used is given back."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from domain.channels import Channel, Reason
from domain.receipts import Receipt
from services.pushes import push_deliveries
from tests.flows.subscribing import (
    SEND,
    attempts,
    delivery_of,
    expanded,
    parent_of,
    subscription_key,
)
from tests.flows.test_sending import (
    only,
    publish,
    receipts,
    settled,
    waiting_for_wechat,
)
from tests.town import Town


async def test_wechats_own_count_is_right(town: Town, opened: list[aiohttp.ClientSession]) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    for number in range(3):
        await mother.report("accept", prompt=f"prompt-{number}")  # that WeChat knows nothing of
    assert await mother.credits() == 3
    notice = await publish(town, teacher)
    assert only(await settled(town, teacher, notice, 1)) == (Receipt.UNREACHABLE, Reason.USED_UP)
    assert await attempts(town, notice) == [(Channel.ONE_TIME, 43101)]
    assert await mother.credits() == 0


@pytest.mark.parametrize("fault", ["lose_answer", "html"])
async def test_a_send_without_an_answer_is_never_sent_again(
    town: Town, opened: list[aiohttp.ClientSession], fault: str
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    for number in range(2):
        await mother.answer("accept", prompt=f"prompt-{number}")
    town.faults(**{fault: SEND})
    notice = await publish(town, teacher)
    seen = await settled(town, teacher, notice, 1)
    assert only(seen) == (Receipt.UNREACHABLE, Reason.NO_ANSWER)
    assert town.world.calls[SEND].total() == 1
    # It may have been used, and is not given back.
    assert await mother.credits() == 1


@pytest.mark.parametrize(
    ("code", "reason", "pauses"),
    [
        (40037, Reason.NOT_SET_UP, True),
        (43107, Reason.NOT_SET_UP, True),
        (45009, Reason.QUOTA, True),
        (45168, Reason.REFUSED_BY_WECHAT, False),
        (47003, Reason.REFUSED_BY_WECHAT, False),
        (40003, Reason.REFUSED_BY_WECHAT, False),
    ],
)
async def test_what_wechat_has_not_used_is_given_back(
    town: Town, opened: list[aiohttp.ClientSession], code: int, reason: Reason, pauses: bool
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    town.faults(fail={SEND: code})
    notice = await publish(town, teacher)
    assert only(await settled(town, teacher, notice, 1)) == (Receipt.UNREACHABLE, reason)
    assert await mother.credits() == 1
    paused = await town.ctx.stores.pauses.active(town.ctx.policy.app_id, town.ctx.now())
    assert [p.channel for p in paused] == ([Channel.ONE_TIME] if pauses else [])


async def test_a_wrong_secret_waits_and_keeps_the_credit(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    town.faults(fail={SEND: 40164})
    notice = await publish(town, teacher)
    waiting = await waiting_for_wechat(town, teacher, notice)
    assert waiting.push is not None
    assert waiting.push.channel is None
    assert await mother.credits() == 1


async def test_two_workers_never_spend_the_same_credit(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    await town.stop_worker()
    notices = [await expanded(town, teacher, key=f"key-{n}") for n in range(4)]

    async def push_all() -> None:
        await asyncio.gather(*(push_deliveries(town.ctx, n.id, n.class_ids[0]) for n in notices))

    # Whoever finds the adult being written to leaves theirs due, for the next run.
    await asyncio.gather(push_all(), push_all())
    for notice in notices:
        await push_deliveries(town.ctx, notice.id, notice.class_ids[0])
    states = [only(await receipts(town, teacher, n)) for n in notices]
    assert states.count((Receipt.UNREACHABLE, Reason.USED_UP)) == 3
    assert [s for s, _ in states].count(Receipt.DELIVERED) == 1
    assert len(mother.service) == 1
    assert await mother.credits() == 0
    assert 43108 not in town.world.calls[SEND]


@pytest.mark.parametrize("spent", [True, False])
async def test_a_worker_that_dies_over_it_leaves_an_open_question_and_no_second_message(
    town: Town, opened: list[aiohttp.ClientSession], spent: bool
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    for number in range(2):
        await mother.answer("accept", prompt=f"prompt-{number}")
    await town.stop_worker()
    notice = await expanded(town, teacher)
    delivery = await delivery_of(town, notice)
    # What a process leaves that dies after it noted the channel, before or after it took the credit and sent.
    assert await town.ctx.stores.deliveries.note_channel(delivery.id, "publish", Channel.ONE_TIME)
    if spent:
        key = await subscription_key(town, mother)
        assert await town.ctx.stores.subscriptions.spend(key, town.ctx.now())
    await push_deliveries(town.ctx, notice.id, notice.class_ids[0])
    outcome = (await delivery_of(town, notice)).outcome
    assert outcome is not None
    assert (outcome.channel, outcome.reason) == (Channel.ONE_TIME, Reason.NO_ANSWER)
    assert mother.service == []
    assert await mother.credits() == (1 if spent else 2)
