"""Subscription messages: a yes becomes a credit, a notice takes it, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from domain.channels import Channel, Reason
from domain.deliveries import Delivery
from domain.notices import Notice
from domain.receipts import Receipt
from domain.subscriptions import subscription_id
from services.deliveries import carry_out_work
from services.erasure import ask_erasure
from services.people import recognise
from services.pushes import push_deliveries
from services.reach import forecast_reach
from tests.erasing import erase_wholly
from tests.flows.test_sending import (
    only,
    publish,
    receipts,
    settled,
    teaching_of,
    waiting_for_wechat,
)
from tests.miniapp.client import MiniClient
from tests.town import Phone, Town, claim_text, open_town
from tests.waiting import wait_until

SEND = "/cgi-bin/message/subscribe/send"
ONE, LONG = "yanshu-mini-notice", "yanshu-mini-standing"


@pytest.fixture
async def opened() -> AsyncIterator[list[aiohttp.ClientSession]]:
    sessions: list[aiohttp.ClientSession] = []
    yield sessions
    for session in sessions:
        await session.close()


class Parent:
    """An adult who is known in the mini-program alone: the account has never met them."""

    def __init__(self, town: Town, phone: Phone, mini: MiniClient) -> None:
        self.town, self.phone, self.mini = town, phone, mini

    async def own(self) -> dict[str, Any]:
        """What the mini-program shows of subscriptions."""
        found: dict[str, Any] = (await self.mini.call("GET", "/subscriptions")).data
        return found

    async def credits(self) -> int:
        """How many notices they may still be told of."""
        return int((await self.own())["credits"])

    async def answer(self, said: str, *, prompt: str, template: str = ONE) -> None:
        """Tap the sheet's button: WeChat tells us by its push, and the client by itself."""
        await self.prompted(said, template=template)
        await self.report(said, prompt=prompt, template=template)

    async def prompted(self, said: str, *, template: str = ONE) -> None:
        """Answer WeChat's sheet, and lose the network before the client can report it."""
        await self._wechat("subscribe", answers={template: said})

    async def switch_off(self, template: str = ONE) -> None:
        """Take it back in WeChat's settings."""
        await self._wechat("unsubscribe", templates=[template])

    async def _wechat(self, act: str, **body: Any) -> None:
        outcome = await self.phone.act(act, **body)
        assert not outcome["fault"], outcome

    async def report(self, said: str, *, prompt: str, template: str = ONE) -> None:
        """What the client sends after the sheet has closed."""
        body = {"prompt": prompt, "results": {template: said}}
        answer = await self.mini.call("PUT", "/subscriptions", body)
        assert answer.status == 200, answer.body

    @property
    def service(self) -> list[dict[str, Any]]:
        """The cards under 服务通知, oldest first."""
        return self.phone.user.service


async def parent_of(
    town: Town, opened: list[aiohttp.ClientSession], child: int = 1, key: str = "mother"
) -> Parent:
    phone = town.phone(key)
    client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    opened.append(client)
    mini = MiniClient(town, phone, client)
    await mini.sign_in()
    name, digits = claim_text(child).split()
    bound = await mini.call("POST", "/bindings", {"name": name, "digits": digits})
    assert bound.data["answer"] == "bound"
    return Parent(town, phone, mini)


async def delivery_of(town: Town, notice: Notice) -> Delivery:
    (found,) = await town.ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
    delivery: Delivery = found
    return delivery


async def attempts(town: Town, notice: Notice) -> list[tuple[Channel, int]]:
    found = await town.ctx.stores.deliveries.attempts_of((await delivery_of(town, notice)).id)
    return [(a.channel, a.code) for a in found]


async def expanded(town: Town, teacher: Phone, **form: str) -> Notice:
    """A notice that is ready to be sent, while no worker runs."""
    notice = await publish(town, teacher, **form)
    await carry_out_work(town.ctx, notice.id)
    return notice


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


# -------------------------------------------------------------------------------- bad days


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


async def subscription_key(town: Town, parent: Parent, template: str = ONE) -> str:
    openid = town.world.mini_openid(parent.phone.user)
    identity = await town.ctx.stores.identities.find(town.ctx.mini.app_id, openid)
    assert identity is not None
    return subscription_id(identity.id, template)


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
