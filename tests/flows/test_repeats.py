"""WeChat brings a message three times, also to two processes at once: one effect, and the same reply every time."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest
import redis as redis_driver

from bot import commands, conversation, phrases
from bot.menu import menu
from engines import Engines
from services.deliveries import carry_out_work, catch_up
from services.people import children_of
from settings import Settings, dev_environment
from simulator.world import Account
from tests.flows.strangers import Sender
from tests.flows.test_sending import publish, settled
from tests.flows.wire import Wire
from tests.programs import Program, program
from tests.town import Phone, Town, claim_text, open_town
from tests.waiting import wait_until

_numbers = itertools.count(8_100_000_000_000_000_000)


@dataclass
class Crossing:
    """A family's messages, brought to one or several doors of the same installation."""

    town: Town
    phone: Phone
    sender: Sender
    doors: list[Wire]  # three, to one or two processes
    mongodb: Any

    async def bring(self, text: str, *, times: int = 3, at_once: bool) -> list[str]:
        """The same message brought several times, to the doors in turn; the replies as they are read.

        WeChat closes every delivery's envelope anew: only the message inside is the same.
        """
        message = self.sender.message(Content=text, MsgId=next(_numbers))

        async def one(turn: int) -> str:
            answer = await self.doors[turn % len(self.doors)].send(
                self.sender.sealed(message).raw()
            )
            assert answer.status == 200, answer
            return self.sender.read(answer.body) if answer.body != b"success" else "success"

        if at_once:
            return await asyncio.gather(*(one(turn) for turn in range(times)))
        return [await one(turn) for turn in range(times)]

    def count(self, collection: str) -> int:
        """How much a collection holds."""
        return int(self.mongodb[collection].count_documents({}))


@pytest.fixture(params=["one process", "two processes"])
async def crossing(
    request: pytest.FixtureRequest,
    mongodb_uri: str,
    redis_url: str,
    database_name: str,
    mongodb_client: pymongo.MongoClient[dict[str, Any]],
    tmp_path: Path,
) -> AsyncIterator[Crossing]:
    async with AsyncExitStack() as stack:
        opening = open_town(mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name)
        town = await stack.enter_async_context(opening)
        await town.settle_school()
        phone = town.phone("parent", following=True)
        ports = [int(town.base.rpartition(":")[2])]
        if request.param == "two processes":
            here = environment(mongodb_uri, redis_url, database_name, town.base)
            logs = [tmp_path / "first.log", tmp_path / "second.log"]
            starting = (stack.enter_async_context(serving(here, log)) for log in logs)
            ports = [server.port for server in await asyncio.gather(*starting)]
        doors = [Wire(port) for _, port in zip(range(3), itertools.cycle(ports), strict=False)]
        for door in doors:
            stack.push_async_callback(door.close)
        sender = Sender(town.world.account, "/wechat/callback", phone.user.openid)
        yield Crossing(town, phone, sender, doors, mongodb_client[database_name])


def environment(mongodb_uri: str, redis_url: str, database: str, wechat: str) -> dict[str, str]:
    """What a process of the installation is told; `wechat` is where the simulator answers."""
    port = int(wechat.rpartition(":")[2])
    named = {"YANSHU_MONGODB_DATABASE": database}
    return dev_environment(named, port=port, mongodb_uri=mongodb_uri, redis_url=redis_url)


def serving(here: dict[str, str], log: Path) -> Any:
    """A web process on a free port."""
    return program("main.py", "serve", "--port", "0", environment=here, log=log)


# ------------------------------------------------------------------------------- three times


@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "at once"])
async def test_what_is_passed_on_to_the_head_teacher_is_said_once(
    crossing: Crossing, at_once: bool
) -> None:
    await crossing.bring(claim_text(1), times=1, at_once=False)
    for words in ("明天要去看牙医", "下午两点接他"):
        asked = await crossing.bring(words, at_once=at_once)
        assert set(asked) == {asked[0]}
        assert "回复 1" in asked[0]
    assert crossing.count("messages") == 0
    passed = await crossing.bring("1", at_once=at_once)
    assert set(passed) == {passed[0]}
    assert "已转给王老师" in passed[0]
    said = crossing.mongodb["messages"].find(sort=[("seq", 1)])
    assert [(m["seq"], m["text"], m["via"]) for m in said] == [
        (1, "明天要去看牙医", "account"),
        (2, "下午两点接他", "account"),
    ]
    # The same number in another message finds nothing that waits.
    assert "已转给" not in (await crossing.bring("1", times=1, at_once=False))[0]
    assert crossing.count("messages") == 2


@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "at once"])
async def test_a_child_is_bound_once_and_every_delivery_says_so(
    crossing: Crossing, at_once: bool
) -> None:
    replies = await crossing.bring(claim_text(1), at_once=at_once)
    assert len(replies) == 3
    assert set(replies) == {replies[0]}
    assert "绑定成功" in replies[0]
    assert (crossing.count("bindings"), crossing.count("inbox")) == (1, 1)
    # Another message with the same words is another message.
    assert "已经绑定" in (await crossing.bring(claim_text(1), times=1, at_once=False))[0]
    assert (crossing.count("bindings"), crossing.count("inbox")) == (1, 2)


@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "at once"])
async def test_a_dialog_goes_one_step_a_message(crossing: Crossing, at_once: bool) -> None:
    asked = await crossing.bring("绑定", at_once=at_once)
    assert set(asked) == {asked[0]}
    assert "手机号后四位" in asked[0]
    # Inside the dialog a text without digits is asked for again; outside it would be the help text.
    again = await crossing.bring("学生甲一", at_once=at_once)
    assert set(again) == {again[0]}
    assert phrases.ASK_CHILD_AGAIN.strip()[:8] in again[0]
    left = await crossing.bring("取消", at_once=at_once)
    assert set(left) == {left[0]}
    outside = await crossing.bring("学生甲一", at_once=at_once)
    assert phrases.ASK_CHILD_AGAIN.strip()[:8] not in outside[0]
    assert crossing.count("inbox") == 4


async def test_a_wrong_guess_counts_once(crossing: Crossing) -> None:
    for digits in range(7000, 7010):
        replies = await crossing.bring(f"{claim_text(1).split()[0]} {digits}", at_once=True)
        assert set(replies) == {replies[0]}
        assert "没有找到" in replies[0]
    stopped = await crossing.bring(claim_text(1), at_once=True)
    assert set(stopped) == {stopped[0]}
    assert "一小时后" in stopped[0]
    assert crossing.count("bindings") == 0


async def test_a_menu_tap_and_a_follow_that_come_three_times_are_one(crossing: Crossing) -> None:
    town, phone = crossing.town, crossing.town.phone("newcomer")
    account = town.world.account
    account.callbacks = [f"http://127.0.0.1:{door.port}/wechat/callback" for door in crossing.doors]
    await town.ctx.wechat.set_menu(menu(town.base))
    town.faults(deliver=3)
    greeting = await phone.follow()
    assert "/h5/bind" in greeting
    assert await phone.tap("bind_child")
    replies = [attempt["reply"] for attempt in town.world.deliveries[-1]["attempts"]]
    assert len(replies) == 3
    assert len({reply["text"] for reply in replies}) == 1
    assert crossing.count("inbox") == 2
    assert crossing.count("identities") == 2  # this family's and the teacher's


# ------------------------------------------------------------------------------ a process dies


async def test_a_message_whose_process_was_killed_is_answered_by_the_next_delivery(
    tmp_path: Path,
) -> None:
    database = "yanshu_test_killed"
    async with AsyncExitStack() as stack:
        # Engines of its own: this test halts the database.
        engines = stack.enter_context(Engines(tmp_path / "engines"))
        here = environment(engines.mongodb_uri, engines.redis_url, database, "http://127.0.0.1:1")
        first = await stack.enter_async_context(serving(here, tmp_path / "first.log"))
        second = await stack.enter_async_context(serving(here, tmp_path / "second.log"))
        own = Settings.from_environment(here).official_account
        account = Account(own.app_id, own.secret, own.token, own.aes_key)
        sender = Sender(account, "/wechat/callback", "oAFamilyWhoseMessageIsInDanger")
        message = sender.message(Content="帮助", MsgId=next(_numbers))
        doomed, other = Wire(first.port), Wire(second.port)
        stack.push_async_callback(other.close)
        with redis_driver.Redis.from_url(engines.redis_url) as redis:
            await _kill_while_it_answers(engines, first, doomed, sender, message, redis)
        answer = await other.send(sender.sealed(message).raw())
        assert answer.status == 200
        assert "绑定" in sender.read(answer.body)
        with pymongo.MongoClient[dict[str, Any]](engines.mongodb_uri) as client:
            assert client[database]["inbox"].count_documents({}) == 1
            assert client[database]["identities"].count_documents({}) == 1


async def _kill_while_it_answers(
    engines: Engines,
    server: Program,
    door: Wire,
    sender: Sender,
    message: bytes,
    redis: redis_driver.Redis,
) -> None:
    """Let it claim the message and find the database silent; kill it there."""
    os.kill(engines.pids["mongodb"], signal.SIGSTOP)
    try:
        delivery = asyncio.create_task(door.send(sender.sealed(message).raw()))
        await wait_until(
            lambda: list(redis.scan_iter(match="*:m:*")), description="the message is claimed"
        )
        await server.kill()
        assert (await delivery).status == 0
    finally:
        os.kill(engines.pids["mongodb"], signal.SIGCONT)


# ---------------------------------------------------------------------------------- too slow


async def test_an_answer_that_takes_longer_is_said_later_and_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.settle_school()
    parent = await town.settle_guardian("parent", 1)
    go_on, asked = asyncio.Event(), []

    async def slow(*arguments: Any) -> Any:
        asked.append(arguments)
        await go_on.wait()
        return await children_of(*arguments)

    monkeypatch.setattr(commands, "children_of", slow)
    town.faults(deliver=3)
    # Nothing is changed about the four seconds here: WeChat would hang up after five.
    outcome = await parent.act("say", text="我的孩子")
    assert (outcome["replies"], outcome["fault"]) == ([], "")
    attempts = town.world.deliveries[-1]["attempts"]
    assert [attempt["status"] for attempt in attempts] == [200, 200, 200]
    assert said_later(parent) == []
    go_on.set()
    await wait_until(lambda: said_later(parent), description="the answer is said")
    assert "您绑定的孩子" in said_later(parent)[0]
    assert len(asked) == 1
    assert town.world.per_openid[parent.user.openid] == 1


async def test_an_answer_that_fails_late_is_not_silence(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.settle_school()
    parent = await town.settle_guardian("parent", 1)
    go_on = asyncio.Event()

    async def failing(*_: Any) -> Any:
        await go_on.wait()
        raise RuntimeError

    monkeypatch.setattr(commands, "children_of", failing)
    monkeypatch.setattr(conversation, "DEADLINE_SECONDS", 0.1)
    outcome = await parent.act("say", text="我的孩子")
    assert (outcome["replies"], outcome["fault"]) == ([], "")
    go_on.set()
    await wait_until(lambda: said_later(parent), description="the family is told to come back")
    assert said_later(parent) == [phrases.BUSY]


def said_later(phone: Phone) -> list[str]:
    """What came as customer-service messages."""
    return [entry["text"] for entry in phone.user.chat if entry.get("via") == "custom"]


# ----------------------------------------------------------------------- two jobs, one delivery


async def test_a_family_bound_just_before_a_notice_gets_it_whichever_job_is_first(
    mongodb_uri: str, redis_url: str, database_name: str
) -> None:
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name
    ) as town:
        teacher = await town.settle_school(children=1)
        parent = await town.settle_guardian("parent", 1)
        notice = await publish(town, teacher)
        binding = await town.ctx.stores.database["bindings"].find_one({})
        # No worker runs yet: the new guardian's list is filled before the notice is carried out.
        await catch_up(town.ctx, binding["_id"])
        await carry_out_work(town.ctx, notice.id)
        town.start_worker()
        await settled(town, teacher, notice, 1)
        assert len(parent.cards) == 1
