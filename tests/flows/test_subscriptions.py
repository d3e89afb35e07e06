"""Subscription messages: a yes becomes a credit, a notice takes it, and nothing is sent twice."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import aiohttp
import pytest

from domain.channels import Channel, Reason
from domain.receipts import Receipt
from services.erasure import ask_erasure
from services.people import recognise
from services.reach import forecast_reach
from tests.erasing import erase_wholly
from tests.flows.subscribing import (
    LONG,
    ONE,
    attempts,
    delivery_of,
    parent_of,
    subscription_key,
)
from tests.flows.test_sending import (
    only,
    publish,
    receipts,
    settled,
    teaching_of,
)
from tests.town import Town, open_town
from tests.waiting import wait_until


async def test_a_yes_is_one_notice_and_the_next_falls_to_the_next_rung(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    own = await mother.own()
    assert (own["ask"], own["covers"], own["credits"], own["all"]) == ([ONE], "one", 0, False)
    teaching = await teaching_of(town, teacher)
    before = await forecast_reach(town.ctx, teaching, teaching.class_ids())
    assert [missed.reason for missed in before.missed] == [Reason.NOT_SUBSCRIBED]

    await mother.answer("accept", prompt="prompt-1")
    assert await mother.credits() == 1
    ready = await forecast_reach(town.ctx, teaching, teaching.class_ids())
    assert ready.reached == {Channel.ONE_TIME: 1}

    first = await publish(town, teacher, title="秋季运动会在学校操场举行请带水杯和运动鞋")
    seen = await settled(town, teacher, first, 1)
    assert only(seen) == (Receipt.DELIVERED, None)
    (card,) = mother.service
    assert card["page"] == f"pages/notice/index?id={first.id}"
    assert len(card["data"]["thing1"]) <= 20
    assert await mother.credits() == 0

    second = await publish(town, teacher, key="key-2")
    seen = await settled(town, teacher, second, 1)
    assert only(seen) == (Receipt.UNREACHABLE, Reason.USED_UP)
    assert len(mother.service) == 1
    assert await attempts(town, second) == []


async def test_wechat_itself_says_that_it_arrived_or_that_it_did_not(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    await mother.answer("accept", prompt="prompt-2")
    notice = await publish(town, teacher)

    async def proved() -> bool:
        outcome = (await delivery_of(town, notice)).outcome
        return outcome is not None and outcome.proved_at is not None

    await settled(town, teacher, notice, 1)
    await wait_until(proved, description="subscribe_msg_sent_event reached the delivery")

    town.faults(finish_status="failed: system failed")
    failed = await publish(town, teacher, key="key-2")

    async def fell() -> bool:
        seen = await receipts(town, teacher, failed)
        states = [(g.state, g.reason) for c in seen.children() for g in c.guardians]
        return states == [(Receipt.UNREACHABLE, Reason.SYSTEM_FAILED)]

    await wait_until(fell, description="the next rung after WeChat's failure")
    assert await mother.credits() == 0


async def test_without_a_msgid_it_is_delivered_and_the_event_about_it_changes_nothing(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    town.faults(subscribe_msgid=False, finish_status="failed: system failed")
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    notice = await publish(town, teacher)
    assert only(await settled(town, teacher, notice, 1)) == (Receipt.DELIVERED, None)
    await town.simulator.courier.settle()
    assert only(await receipts(town, teacher, notice)) == (Receipt.DELIVERED, None)


# ------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_a_prompt_counts_once_however_often_it_is_reported(
    mongodb_uri: str,
    redis_url: str,
    database_name: str,
    opened: list[aiohttp.ClientSession],
    form: str,
) -> None:
    servers = {"mongodb_uri": mongodb_uri, "redis_url": redis_url, "database": database_name}
    async with open_town(**servers, YANSHU_MINI_FORMAT=form) as town:
        await town.settle_school(children=1)
        mother = await parent_of(town, opened)
        town.faults(deliver=3)  # WeChat brings every event three times
        await mother.answer("accept", prompt="prompt-1")
        await mother.report("accept", prompt="prompt-1")
        assert await mother.credits() == 1
        # WeChat alone (some seconds later, as people are), and the client alone: neither of the two is lost.
        town.world.clock = lambda: time.time() + 5
        await mother.prompted("accept")
        assert await mother.credits() == 2
        await mother.report("acceptWithAudio", prompt="prompt-3")
        await mother.report("acceptWithAudio", prompt="prompt-4")
        assert await mother.credits() == 3
        assert not [note["fault"] for note in town.world.deliveries if note["fault"]]


async def test_answers_of_somebody_else_or_about_something_else_change_nothing(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    await town.settle_school(children=2)
    mother = await parent_of(town, opened)
    other = await parent_of(town, opened, child=2, key="other")
    await mother.answer("accept", prompt="prompt-1")
    assert await other.credits() == 0
    for body in (
        {"prompt": "prompt-2", "results": {"elsewhere": "accept"}},
        {"prompt": "prompt-2", "results": {ONE: "accept", "elsewhere": "accept"}},
        {"prompt": "prompt-2", "results": {}},
        {"prompt": "no", "results": {ONE: "accept"}},
        {"results": {ONE: "accept"}},
        {"prompt": "prompt-2", "results": {ONE: 1}},
    ):
        answer = await mother.mini.call("PUT", "/subscriptions", body)
        assert (answer.status, answer.code) == (422, "invalid"), body
    await mother.report("ban", prompt="prompt-3")
    await mother.report("filter", prompt="prompt-4")
    own = await mother.own()
    assert (own["credits"], own["templates"][0]["answer"]) == (1, "accepted")


async def test_a_no_leaves_what_was_accepted_and_switching_off_leaves_nothing(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    await mother.answer("reject", prompt="prompt-2")
    assert await mother.credits() == 1
    await mother.switch_off()
    own = await mother.own()
    assert (own["credits"], own["templates"][0]["answer"]) == (0, "off")
    notice = await publish(town, teacher)
    seen = await settled(town, teacher, notice, 1)
    assert only(seen) == (Receipt.REFUSED, Reason.SUBSCRIPTION_OFF)


async def test_who_comes_to_the_account_later_is_joined_and_keeps_the_credit(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    teacher = await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    person = (await mother.mini.call("GET", "/me")).data["person_id"]
    await mother.phone.follow()

    async def joined() -> bool:
        return bool(await recognise(town.ctx, mother.phone.user.openid) == person)

    await wait_until(joined, description="WeChat said that the two are one")
    notice = await publish(town, teacher)
    assert only(await settled(town, teacher, notice, 1)) == (Receipt.DELIVERED, None)
    assert (len(mother.phone.cards), len(mother.service)) == (1, 0)
    assert await mother.credits() == 1


async def test_a_long_term_yes_is_for_all_until_it_is_taken_back(
    mongodb_uri: str, redis_url: str, database_name: str, opened: list[aiohttp.ClientSession]
) -> None:
    async with open_town(
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
        database=database_name,
        YANSHU_MINI_TEMPLATE_LONG_TERM=LONG,
        YANSHU_MINI_TEMPLATE_LONG_TERM_FIELDS=json.dumps(
            {"thing1": "title", "thing2": "class", "name3": "sender", "time4": "time"}
        ),
    ) as town:
        town.start_worker()
        teacher = await town.settle_school(children=1)
        mother = await parent_of(town, opened)
        assert (await mother.own())["covers"] == "all"
        await mother.answer("accept", prompt="prompt-1", template=LONG)
        own = await mother.own()
        assert (own["all"], own["ask"], own["covers"]) == (True, [], "nothing")
        for number in (1, 2):
            notice = await publish(town, teacher, key=f"key-{number}")
            seen = await settled(town, teacher, notice, 1)
            assert only(seen) == (Receipt.DELIVERED, None)
        assert len(mother.service) == 2
        # WeChat knows before we do that it was taken back.
        mother.phone.user.subscribed.clear()
        notice = await publish(town, teacher, key="key-3")
        seen = await settled(town, teacher, notice, 1)
        assert only(seen) == (Receipt.REFUSED, Reason.SUBSCRIPTION_OFF)
        assert (await mother.own())["templates"][0]["answer"] == "off"


async def test_erasing_an_adult_takes_what_they_subscribed_to(
    town: Town, opened: list[aiohttp.ClientSession]
) -> None:
    await town.settle_school(children=1)
    mother = await parent_of(town, opened)
    await mother.answer("accept", prompt="prompt-1")
    key = await subscription_key(town, mother)
    held = await town.ctx.stores.subscriptions.find(key)
    assert held is not None
    await ask_erasure(town.ctx, held.person_id, wait=timedelta(0))
    await erase_wholly(town.ctx)
    assert await town.ctx.stores.subscriptions.find(key) is None
