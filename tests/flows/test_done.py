"""确定 sent again right after: it is told what was done, and it was done once, whatever WeChat brings twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.conversation import converse, finish_background
from tests.town import Phone, Town, claim_text
from wechat.messages import Inbound

_keys = itertools.count(1)


@dataclass(frozen=True)
class Story:
    """What is said up to the question, what is answered, what is told then and later; how often it was done."""

    before: tuple[str, ...]
    answer: str
    told: str
    already: str
    count: Callable[[Any], Awaitable[int]]


async def published(database: Any) -> int:
    return int(await database["homework"].count_documents({"state": "published"}))


async def ended(database: Any) -> int:
    return int(await database["bindings"].count_documents({"state": "ended"}))


async def passed_on(database: Any) -> int:
    return int(await database["messages"].count_documents({}))


STORIES = {
    "homework": Story(
        ("布置 三1班 数学 20分钟 课本第12页",), "确定", "已发布", "作业已经发布了", published
    ),
    "binding": Story(("解绑",), "确认", "已经解除。以后", "绑定已经解除了", ended),
    "message": Story(("明天要去看牙医",), "好的", "已转给王老师", "已经转给王老师了", passed_on),
    "number": Story(("明天要去看牙医",), "1", "已转给王老师", "已经转给王老师了", passed_on),
}


@pytest.fixture(params=STORIES)
async def story(request: pytest.FixtureRequest) -> Story:
    return STORIES[request.param]


@pytest.fixture
async def phone(town: Town, story: Story) -> Phone:
    """Who is asked the question: the head teacher, or a parent."""
    head = await town.settle_school(children=2)
    somebody = head if story.count is published else await town.settle_guardian("parent", 1)
    for words in story.before:
        assert story.told not in await somebody.say(words)
    return somebody


def message(phone: Phone, text: str) -> Inbound:
    """A text of theirs, as WeChat brings it."""
    number = next(_keys)
    return Inbound("gh_school", phone.user.openid, number, "text", f"m:{number}", text=text)


async def test_said_again_and_again_it_is_done_once(town: Town, phone: Phone, story: Story) -> None:
    database = town.ctx.stores.database
    assert story.told in await phone.say(story.answer)
    assert await story.count(database) == 1
    for words in (story.answer, "确定", "确认", f" {story.answer}。", story.answer):
        assert story.already in await phone.say(words)
    assert await story.count(database) == 1


async def test_said_several_times_at_one_moment_it_is_done_once(
    town: Town, phone: Phone, story: Story
) -> None:
    several = [message(phone, story.answer) for _ in range(5)]
    await asyncio.gather(*(converse(town.ctx, one) for one in several))
    await finish_background()
    assert await story.count(town.ctx.stores.database) == 1
    await converse(town.ctx, message(phone, story.answer))
    assert await story.count(town.ctx.stores.database) == 1


async def test_brought_again_by_wechat_it_has_the_same_answer(
    town: Town, phone: Phone, story: Story
) -> None:
    first = message(phone, story.answer)
    reply = await converse(town.ctx, first)
    assert story.told in reply.decode()
    assert await converse(town.ctx, first) == reply
    await finish_background()
    # As if its process had died before the reply was kept.
    await town.ctx.stores.callbacks.forget(first.openid, first.key)
    assert story.told in (await converse(town.ctx, first)).decode()
    assert await story.count(town.ctx.stores.database) == 1


async def test_cancelling_what_is_done_is_too_late_and_says_so(
    town: Town, phone: Phone, story: Story
) -> None:
    await phone.say(story.answer)
    for _ in range(2):
        assert story.already in await phone.say("取消")
    assert await story.count(town.ctx.stores.database) == 1


async def test_after_something_else_the_word_means_nothing_any_more(
    town: Town, phone: Phone, story: Story
) -> None:
    await phone.say(story.answer)
    await phone.say("帮助")
    assert story.already not in await phone.say("确定")
    assert await story.count(town.ctx.stores.database) == 1


async def test_a_thank_you_for_the_teachers_answer_is_passed_on(town: Town) -> None:
    await town.settle_school(children=1)
    parent = await town.settle_guardian("parent", 1)
    for words in ("明天要去看牙医", "1"):
        await parent.say(words)
    assert "“好的”" in await parent.say("好的")
    assert "已转给王老师" in await parent.say("1")
    assert await passed_on(town.ctx.stores.database) == 2


async def test_the_next_thing_is_asked_about_anew(town: Town) -> None:
    await town.settle_school(children=2)
    parent = await town.settle_guardian("parent", 1)
    assert "绑定成功" in await parent.say(claim_text(2))
    for words, answer in (
        ("解绑", "1. "),
        ("1", "回复“确认”"),
        ("确认", "已经解除"),
        ("解绑", "回复“确认”"),
    ):
        assert answer in await parent.say(words)
    assert await ended(town.ctx.stores.database) == 1
    assert "已经解除" in await parent.say("确认")
    assert await ended(town.ctx.stores.database) == 2
