"""Who has not the app open gets one push for all that was said to them, and none for what they have read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from domain.groups import GroupRules, Mode, class_group
from domain.rings import AGAIN_AFTER, RING_AFTER
from domain.threads import talk_id
from domain.times import SCHOOL_ZONE
from services.context import Context
from services.messages import mark_read, recall_message, send_message
from services.people import learn_union, recognise
from services.rings import gather, tend_rings
from services.threads import open_child_thread, teachers_for
from storage.messages import MessageStore
from storage.rings import RingStore
from storage.threads import ThreadStore
from tests.flows.conftest import quiet_town as quiet_town
from tests.miniapp.conftest import Device
from tests.miniapp.conftest import device as device
from tests.talking import HEAD, another_process, settle_school, text, unbind
from tests.town import SCHOOL, Town, pupil, school_class
from tests.waiting import wait_until
from wechat.errors import Trouble, WeChatError

CLASS = school_class(1)
TALK = talk_id(class_group(CLASS.id))
SECOND = timedelta(seconds=1)
JSON = {"Accept": "application/json"}


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """王老师, and two mothers who follow; the class may talk freely."""
    await quiet_town.settle_school(children=3)
    for number in (1, 2):
        await quiet_town.settle_guardian(f"mother{number}", number)
    rules = GroupRules(id=SCHOOL.id, modes=((class_group(CLASS.id), Mode.OPEN),), version=1)
    assert await quiet_town.ctx.stores.groups.change_rules(rules)
    return quiet_town


async def person(town: Town, key: str) -> str:
    return await recognise(town.ctx, town.phone(key).user.openid)


def later(town_or_ctx: Any, after: timedelta = RING_AFTER + SECOND) -> Context:
    """The same, some minutes from now."""
    ctx: Context = getattr(town_or_ctx, "ctx", town_or_ctx)
    return replace(ctx, now=lambda: ctx.now() + after)


async def say(town: Any, author: str, words: str, *, thread: str = TALK, **more: Any) -> int:
    sent = await send_message(town.ctx, author, thread, text(words, **more), key=town.ctx.new_id())
    return sent.message.seq if sent.message else 0


def pushes(town: Town, key: str) -> list[Mapping[str, Any]]:
    """What the simulated WeChat says that it brought to somebody."""
    openid = town.phone(key).user.openid
    return [row for row in town.world.ledger if row["openid"] == openid]


async def test_three_messages_are_one_push_and_it_says_how_many_and_from_whom(town: Town) -> None:
    teacher = await person(town, "teacher")
    for words in ("明天秋游。", "请带水。", "八点集合。"):
        await say(town, teacher, words)
    await tend_rings(town.ctx)
    assert not town.world.ledger  # who has the app open reads it by then
    await tend_rings(later(town))
    await tend_rings(later(town, timedelta(hours=1)))
    (push,) = pushes(town, "mother1")
    assert "您有 3 条新消息" in str(push)
    assert "三年级1班 班级群" in str(push)
    assert "秋游" not in str(push)
    assert push["url"].endswith("/h5/messages")
    assert len(pushes(town, "mother2")) == 1
    assert not pushes(town, "teacher")  # who said it hears nothing of it


async def test_who_has_read_meanwhile_gets_nothing(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    seq = await say(town, teacher, "明天秋游。")
    await gather(later(town))  # it is due; then they open it
    await mark_read(town.ctx, mother, TALK, seq)
    await tend_rings(later(town))
    assert not pushes(town, "mother1")
    assert len(pushes(town, "mother2")) == 1


async def test_who_does_not_look_is_not_told_again_before_they_have_read(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    await say(town, teacher, "明天秋游。")
    await tend_rings(later(town))
    seq = await say(town, teacher, "记得带水。")
    await tend_rings(later(town, timedelta(minutes=20)))
    assert len(pushes(town, "mother1")) == 1
    hour = later(town, timedelta(hours=1))
    await mark_read(hour, mother, TALK, seq)
    await send_message(hour, teacher, TALK, text("改到九点。"), key="later-key-1")
    await tend_rings(later(hour))
    assert len(pushes(town, "mother1")) == 2
    assert len(pushes(town, "mother2")) == 1  # she has not looked since
    tomorrow = later(town, AGAIN_AFTER + timedelta(hours=2))
    await send_message(tomorrow, teacher, TALK, text("今天下雨，不去了。"), key="later-key-2")
    await tend_rings(later(tomorrow))
    assert len(pushes(town, "mother2")) == 2


async def test_what_is_counted_or_taken_back_rings_for_nobody(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    seq = await say(town, teacher, "明天秋游。")
    await mark_read(town.ctx, await person(town, "mother2"), TALK, seq)
    await say(town, mother, "收到")
    await recall_message(town.ctx, teacher, TALK, seq)
    ref = (await teachers_for(town.ctx, mother, pupil(CLASS, 1)[0].id))[0][0]
    thread = await open_child_thread(town.ctx, mother, pupil(CLASS, 1)[0].id, ref)
    await say(town, mother, "谢谢老师", thread=thread.id)  # a message of its own here, but praise
    await tend_rings(later(town))
    assert not town.world.ledger


async def test_several_threads_are_one_push_and_no_child_is_named_in_it(town: Town) -> None:
    teacher = await person(town, "teacher")
    child = pupil(CLASS, 1)[0]
    mother = await person(town, "mother1")
    ref = (await teachers_for(town.ctx, mother, child.id))[0][0]
    thread = await open_child_thread(town.ctx, mother, child.id, ref)
    await say(town, mother, "他今天咳嗽。", thread=thread.id)
    await say(town, await person(town, "mother2"), "明天几点？")
    await tend_rings(later(town))
    (push,) = pushes(town, "teacher")
    assert "您有 2 条新消息" in str(push)
    assert "一位家长" in str(push)
    assert child.name not in str(push)
    assert "咳嗽" not in str(push)
    hour = later(town, timedelta(hours=1))
    await mark_read(hour, mother, TALK, 1)
    await send_message(hour, teacher, thread.id, text("多喝水。"), key="later-key")
    await tend_rings(later(hour))
    assert "王老师" in str(pushes(town, "mother1")[-1])


async def test_who_has_a_device_connected_is_told_once_it_is_gone(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    await town.ctx.stores.wires.note_present([mother], 60)
    await say(town, teacher, "明天秋游。")
    await tend_rings(later(town))
    assert not pushes(town, "mother1")
    assert pushes(town, "mother2")
    await town.ctx.stores.wires.note_present([mother], 0.001)

    async def gone() -> bool:
        return not await town.ctx.stores.wires.present([mother])

    await wait_until(gone, description="the device counts as connected no more")
    await tend_rings(later(town, 3 * RING_AFTER))
    assert len(pushes(town, "mother1")) == 1


@pytest.mark.parametrize("way", ["browser", "list", "mini"])
async def test_who_asks_again_and_again_without_a_socket_is_there_too(
    town: Town, device: Device, way: str
) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    phone, mini = town.phone("mother1"), device("mother1")
    if way == "mini":
        await learn_union(town.ctx, phone.user.openid)
        await mini.sign_in()
    else:
        await phone.csrf()  # signed in
    await say(town, teacher, "明天秋游。")
    await gather(later(town))  # both mothers' are due
    if way == "browser":
        given = (await phone.get(f"/h5/messages/{TALK}/news?after=0", **JSON)).data["items"]
    elif way == "list":
        given = (await phone.get("/h5/messages", **JSON)).data["html"]
    else:
        seen = {"seen": [{"thread": TALK, "after": 0}]}
        given = (await mini.call("POST", "/threads/news", seen)).data["items"]
    assert given

    async def there() -> bool:
        return mother in await town.ctx.stores.wires.present([mother])

    await wait_until(there, description="who asks counts as there")
    await tend_rings(later(town))
    assert not pushes(town, "mother1")
    assert pushes(town, "mother2")
    # Gone without having read it: told, as anybody else is.
    await town.ctx.stores.wires.note_present([mother], 0.001)

    async def gone() -> bool:
        return not await there()

    await wait_until(gone, description="who asks no more is there no more")
    await tend_rings(later(town, 3 * RING_AFTER))
    assert len(pushes(town, "mother1")) == 1


async def test_whoever_was_let_go_meanwhile_hears_nothing(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    await say(town, teacher, "明天秋游。")
    await gather(later(town))
    await unbind(town.ctx, mother, pupil(CLASS, 1)[0].id)
    await tend_rings(later(town))
    assert not pushes(town, "mother1")
    assert len(pushes(town, "mother2")) == 1


async def test_nothing_rings_in_the_quiet_hours(town: Town) -> None:
    teacher = await person(town, "teacher")
    school = await town.ctx.stores.schools.find_school(SCHOOL.id)
    assert school is not None
    evening = town.ctx.now() + RING_AFTER
    start, end = evening - timedelta(hours=1), evening + timedelta(hours=9)
    rules = replace(
        school.rules,
        quiet_start=start.astimezone(SCHOOL_ZONE).strftime("%H:%M"),
        quiet_end=end.astimezone(SCHOOL_ZONE).strftime("%H:%M"),
    )
    await town.ctx.stores.schools.save_school(replace(school, rules=rules))
    await say(town, teacher, "明天秋游。")
    await tend_rings(later(town))
    assert not town.world.ledger
    await tend_rings(later(town, timedelta(hours=10)))
    assert len(pushes(town, "mother1")) == 1


async def test_two_processes_tell_everybody_once(town: Town) -> None:
    teacher = await person(town, "teacher")
    await say(town, teacher, "明天秋游。")
    async with another_process(town) as other:
        await asyncio.gather(
            *(tend_rings(later(ctx)) for ctx in (town.ctx, other) for _ in range(3))
        )
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == [1, 1]


class Killed(BaseException):
    """The process dies here."""


class Dying:
    """WeChat gets the message, and the process dies before it hears so."""

    def __init__(self, wechat: Any) -> None:
        self._wechat = wechat
        self._is_dead = False
        self.on_the_wire = 0  # of those that were sent at once with the one that killed it

    async def send_template(self, openid: str, **words: Any) -> str:
        await self._die_with(lambda: self._wechat.send_template(openid, **words))
        return ""

    async def send_news(self, openid: str, **words: Any) -> None:
        await self._die_with(lambda: self._wechat.send_news(openid, **words))

    async def _die_with(self, send: Callable[[], Awaitable[object]]) -> None:
        if not self._is_dead:
            self.on_the_wire += 1
            await send()
            self.on_the_wire -= 1
        self._is_dead = True
        raise Killed


async def test_a_process_that_dies_while_sending_tells_nobody_twice(town: Town) -> None:
    await say(town, await person(town, "teacher"), "明天秋游。")
    with pytest.raises(Killed):
        await tend_rings(replace(later(town), wechat=cast(Any, Dying(town.ctx.wechat))))
    # Its lease lapses; the same id is one message for WeChat.
    await tend_rings(later(town, RING_AFTER + 2 * town.ctx.policy.lease))
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == [1, 1]
    await tend_rings(later(town, timedelta(hours=2)))
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == [1, 1]


async def test_a_message_without_an_id_is_never_sent_twice(town: Town) -> None:
    for key in ("mother1", "mother2"):
        await town.phone(key).say("您好")  # WeChat lets the account answer for a while
    bare = replace(town.ctx, policy=replace(town.ctx.policy, notice_card=None))
    await say(town, await person(town, "teacher"), "明天秋游。")
    dying = Dying(town.ctx.wechat)
    with pytest.raises(Killed):
        await tend_rings(replace(later(bare), wechat=cast(Any, dying)))
    await wait_until(lambda: not dying.on_the_wire, description="WeChat has what was on its way")
    first = [len(pushes(town, key)) for key in ("mother1", "mother2")]
    await tend_rings(later(bare, RING_AFTER + 2 * town.ctx.policy.lease))
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == first


async def test_a_process_that_dies_before_it_gathered_leaves_nobody_out(town: Town) -> None:
    await say(town, await person(town, "teacher"), "明天秋游。")

    async def die(*_: Any) -> None:
        raise Killed

    dying = replace(town.ctx.stores, messages=_Forgetful(town.ctx.stores.messages, die))
    with pytest.raises(Killed):
        await tend_rings(replace(later(town), stores=dying))
    await tend_rings(later(town))
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == [1, 1]


class _Forgetful:
    """Everything of a store but `mark_rung`."""

    def __init__(self, store: Any, instead: Any) -> None:
        self._store, self.mark_rung = store, instead

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Down:
    """WeChat cannot be reached."""

    async def send_template(self, openid: str, **_: Any) -> str:
        raise WeChatError(Trouble.DOWN)


async def test_while_wechat_is_down_it_is_tried_again_later(town: Town) -> None:
    await say(town, await person(town, "teacher"), "明天秋游。")
    await tend_rings(replace(later(town), wechat=cast(Any, Down())))
    assert not town.world.ledger
    await tend_rings(later(town, 2 * RING_AFTER))
    assert [len(pushes(town, key)) for key in ("mother1", "mother2")] == [1, 1]


class Counting(CommandListener):
    """How often a collection is asked something."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def started(self, event: CommandStartedEvent) -> None:
        self.asked[str(event.command.get(event.command_name))] += 1

    def succeeded(self, event: object) -> None:
        """Not asked for."""

    failed = succeeded


async def test_a_class_of_a_hundred_takes_as_many_questions_as_one_of_four(
    quiet_town: Town, mongodb_uri: str, database_name: str
) -> None:
    """And as many after a thousand messages that everybody was told of."""
    asked: list[Counter[str]] = []
    told = 0
    for families in (4, 100):
        await quiet_town.ctx.stores.database.client.drop_database(database_name)
        await settle_school(quiet_town.ctx, families=2 * families)
        counting = Counting()
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            mongodb_uri, event_listeners=[counting], tz_aware=True
        )
        database = client[database_name]
        ctx = _heard_over(quiet_town.ctx, database)
        await send_message(ctx, HEAD, TALK, text("明天秋游。"), key="key-00001")
        counting.asked.clear()
        await tend_rings(later(ctx))
        asked.append(Counter(counting.asked))
        told = await database["rings"].count_documents({"told_at": {"$ne": None}})
        client.close()
        assert told == families + 1  # the families of the class, and who teaches maths
    assert asked[0]["rings"] == asked[1]["rings"]
    assert asked[0]["messages"] == asked[1]["messages"]


def _heard_over(ctx: Context, database: Any) -> Context:
    """The same, with what talk is kept in reached over a connection that is listened to."""
    stores = replace(
        ctx.stores,
        rings=RingStore(database),
        messages=MessageStore(database),
        threads=ThreadStore(database),
    )
    return replace(ctx, stores=stores)
