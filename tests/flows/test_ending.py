"""A parent ends a binding in the chat: which child, whether they mean it, and out of it at any moment."""

import pytest

from services.families import end_own_binding
from services.people import recognise
from tests.town import Phone, Town, claim_text, pupil, school_class


async def _parent_of_two(town: Town) -> Phone:
    await town.settle_school()
    parent = town.phone("parent")
    await parent.follow()
    for child in (1, 2):
        assert "绑定成功" in await parent.say(claim_text(child))
    return parent


async def _children(town: Town, phone: Phone) -> set[str]:
    person = await recognise(town.ctx, phone.user.openid)
    return {b.student_id for b in await town.ctx.stores.bindings.active_of_person(person)}


def _child(number: int) -> str:
    return pupil(school_class(1), number)[0].id


@pytest.mark.parametrize("said", ["2", "２", " 2。"])
async def test_the_child_is_chosen_and_confirmed(town: Town, said: str) -> None:
    parent = await _parent_of_two(town)
    asked = await parent.say("解绑")
    assert "1. 学*一（三年级1班）" in asked
    assert "2. 学*二（三年级1班）" in asked
    assert "学*二" in await parent.say(said)
    assert await _children(town, parent) == {_child(1), _child(2)}
    assert "已经解除" in await parent.say("确认")
    assert await _children(town, parent) == {_child(1)}
    assert "已经解除了" in await parent.say("确认")
    assert await _children(town, parent) == {_child(1)}


@pytest.mark.parametrize("before", [[], ["1"], ["九"], ["1", "什么"]])
async def test_cancelling_ends_the_dialog_and_nothing_else(town: Town, before: list[str]) -> None:
    parent = await _parent_of_two(town)
    for text in ("解绑", *before):
        await parent.say(text)
    assert "绑定保留不变" in await parent.say("取消")
    await parent.say("1")
    await parent.say("确认")
    assert await _children(town, parent) == {_child(1), _child(2)}


@pytest.mark.parametrize("said", ["0", "3", "-1", "一", "9999999999", "²", "确认"])
async def test_a_number_that_was_not_offered_is_asked_for_again(town: Town, said: str) -> None:
    parent = await _parent_of_two(town)
    await parent.say("解绑")
    assert "1 到 2" in await parent.say(said)
    await parent.say("1")
    assert "回复“确认”" in await parent.say("再想想")
    assert await _children(town, parent) == {_child(1), _child(2)}
    assert "已经解除" in await parent.say("确认")


async def test_with_one_child_the_question_is_whether(town: Town) -> None:
    await town.settle_school()
    parent = await town.settle_guardian("parent", 1)
    assert "学*一" in await parent.say("解绑")
    assert "已经解除" in await parent.say("确认")
    assert "还没有绑定" in await parent.say("解绑")
    # The line of the list is free for whoever has its number, also for them.
    assert "绑定成功" in await parent.say(claim_text(1))


async def test_a_binding_that_ended_meanwhile_is_said_so(town: Town) -> None:
    parent = await _parent_of_two(town)
    await parent.say("解绑")
    person = await recognise(town.ctx, parent.user.openid)
    await end_own_binding(town.ctx, person, _child(2))
    assert "已经不在了" in await parent.say("2")
    assert await _children(town, parent) == {_child(1)}


async def test_a_command_leads_out_of_the_dialog(town: Town) -> None:
    parent = await _parent_of_two(town)
    await parent.say("解绑")
    assert "解除绑定" in await parent.say("我的孩子")
    await parent.say("1")
    await parent.say("确认")
    assert await _children(town, parent) == {_child(1), _child(2)}
