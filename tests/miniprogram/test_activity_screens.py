"""Screens of activities and leave over a server that answers at will; light, dark, large print."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.activity_stub import TODAY, ActivityStub, line, question, slots, subject
from tests.miniprogram.handset import Handset

MINE, OWN = "activities/mine/index", "activities/own/index"
ANSWER = "activities/answer/index?id=activity-1&child=child-1"
RESULTS, PUBLISH = "activities/results/index?id=activity-0", "activities/publish/index"
LEAVE, LEAVES = "activities/leave/index", "activities/leaves/index"


@pytest.fixture
async def stub() -> AsyncIterator[ActivityStub]:
    """Answers at will, held to the API's declarations."""
    stub = ActivityStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(parent: Handset, request: pytest.FixtureRequest) -> Handset:
    """A phone with writing of either size."""
    await parent.remember(text_size=request.param)
    return parent


async def test_what_i_am_asked(phone: Handset, stub: ActivityStub, screenshot: Screenshot) -> None:
    await phone.open()
    await expect(phone.part("activities")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("activities")
    await phone.is_at(MINE)
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("asked")).to_have_count(3)
    await expect(phone.part("asked").first).to_contain_text("候补第 2 位")
    await phone.shoot(screenshot, "1-list")
    stub.empty = True
    await phone.open(MINE)
    await expect(phone.text("还没有要填的活动")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open(ANSWER)
    await expect(phone.text("没能打开")).to_be_visible()
    stub.failing = False
    await phone.tap("state-act")
    await expect(phone.part("question")).to_have_count(7)


async def test_every_kind_of_question_is_answered_and_taken_back(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(ANSWER)
    await expect(phone.part("question")).to_have_count(7)
    await phone.shoot(screenshot, "1-empty")
    await phone.tap("send")
    await expect(phone.text("请填这一项").first).to_be_visible()
    assert stub.answers == []
    for name in ("q0-o0", "q1-o0", "q1-o2", "q2-o1", "q2-o2", "q2-o0"):
        await phone.tap(f"option-{name}")
    await phone.type("几位家长一起去？", "2")
    await phone.type("有什么想说的？", "谢谢老师")
    await phone.shoot(screenshot, "2-filled")
    await phone.tap("send")
    await expect(phone.part("answered")).to_contain_text("妈妈")
    assert stub.answers[0]["child_id"] == "child-1"
    assert stub.answers[0]["answers"] == [
        {"question_id": "q0", "option_ids": ["o0"]},
        {"question_id": "q1", "option_ids": ["o0", "o2"]},
        {"question_id": "q2", "option_ids": ["o1", "o2", "o0"]},
        {"question_id": "q3", "number": 2},
        {"question_id": "q5", "text": "谢谢老师"},
    ]
    await phone.tap("take-back")
    await phone.answer("取消填写")
    await expect(phone.part("answered")).to_have_count(0)


async def test_places_that_are_gone_and_an_activity_that_is_over(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    stub.questions = [slots(0, 1, 0, 1)]
    stub.totals = [{"question_id": "q0", "option_id": "o0", "count": 1, "mean_place": None}]
    await phone.open(ANSWER)
    await expect(phone.part("option-q0-o0")).to_contain_text("满了")
    await phone.tap("option-q0-o1")
    await phone.shoot(screenshot, "1-places")
    stub.full = True
    await phone.tap("send")
    await phone.answer("知道了")
    stub.state, stub.open, stub.subjects = "withdrawn", False, [subject(0, may_answer=False)]
    await phone.open(ANSWER)
    await expect(phone.part("notice")).to_contain_text("撤回")
    await phone.shoot(screenshot, "2-withdrawn")


async def test_a_teacher_sees_it_fill(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(OWN)
    await expect(phone.part("own")).to_have_count(1)
    await expect(phone.part("leaves")).to_contain_text("1")
    await phone.shoot(screenshot, "1-own")
    await phone.tap("own")
    await phone.is_at("activities/results/index")
    await expect(phone.part("line")).to_have_count(4)
    await phone.shoot(screenshot, "2-results")
    stub.lines[3] = line(3, "answered")
    await expect(phone.part("total-q0-o3")).to_contain_text("1 人")
    await expect(phone.part("answered")).to_contain_text("3")
    await phone.tap("tab-waiting")
    await expect(phone.part("line")).to_have_count(1)
    await phone.tap("close")
    await phone.answer("现在截止")
    await expect(phone.part("close")).to_have_count(0)
    assert stub.deadlines == [""]
    stub.empty = True
    await phone.open(OWN)
    await expect(phone.text("还没有发过活动")).to_be_visible()
    await phone.shoot(screenshot, "3-none")
    stub.failing = True
    await phone.open(RESULTS)
    await expect(phone.front.get_by_role("status").first).to_contain_text("连不上网络")


async def test_a_parents_evening_is_published_on_a_phone(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(PUBLISH)
    await phone.tap("send")
    await expect(phone.text("请写标题")).to_be_visible()
    assert stub.published == []
    await phone.tap("kind-booking")
    await phone.tap("class")
    await phone.type("标题", "家长会预约")
    await phone.type("说明", "每家十分钟，请选一个时段。")
    await phone.tap("make-slots")
    await phone.type("第 1 题 · 单选", "哪个时段方便？")
    await phone.tap("add-text")
    await phone.type("第 2 题 · 文字", "想聊什么？")
    await phone.tap("waits")
    await phone.shoot(screenshot, "1-written")
    await phone.tap("date")
    await phone.page.locator(".mp-picker").fill(str(TODAY + timedelta(days=2)))
    await phone.tap("send")
    await phone.is_at("activities/results/index")
    (said,) = stub.published
    assert (said["kind"], said["class_ids"], said["waits"]) == ("booking", ["class-2"], True)
    options = said["questions"][0]["options"]
    assert (len(options), options[0], options[-1]["text"]) == (
        12,
        {"text": "18:00", "seats": 1},
        "19:50",
    )


async def test_leave_is_asked_and_taken_back(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(LEAVE)
    await expect(phone.part("leave")).to_have_count(2)
    await phone.shoot(screenshot, "1-list")
    await phone.tap("new")
    await phone.tap("kind-personal")
    await phone.tap("last-am")
    await phone.tap("send")
    await expect(phone.text("请写一写原因")).to_be_visible()
    await phone.type("原因", "去参加比赛")
    await phone.shoot(screenshot, "2-asking")
    await phone.tap("send")
    await expect(phone.part("leave")).to_have_count(3)
    assert (stub.leaves[0]["kind"], stub.leaves[0]["last_half"]) == ("personal", "am")
    await phone.tap("withdraw")
    await phone.answer("不请了")
    await expect(phone.part("leave").first).to_contain_text("已撤回")
    stub.empty = True
    await phone.open(LEAVE)
    await expect(phone.text("还没有请过假")).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ("2026-12-02T16:59:00+08:00", "12月2日"),
        ("2026-12-02T17:00:00+08:00", "12月3日"),
        ("2026-12-04T20:00:00+08:00", "12月7日"),
    ],
)
async def test_leave_begins_with_the_day_that_is_meant(
    parent: Handset, asked: str, begins: str
) -> None:
    await parent.page.clock.set_fixed_time(asked)
    await parent.open(LEAVE)
    await parent.tap("new")
    for end in ("first", "last"):
        await expect(parent.part(end)).to_have_text(begins)
    await expect(parent.part("first-am")).to_have_attribute("aria-checked", "true")


async def test_leave_is_decided_with_one_tap(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(LEAVES)
    await expect(phone.part("leave")).to_have_count(2)
    await phone.type("回一句话（选填）", "注意保暖")
    await phone.shoot(screenshot, "1-waiting")
    await phone.tap("approve")
    await expect(phone.part("approve")).to_have_count(0)
    assert stub.decided == [{"approve": True, "reply": "注意保暖"}]
    stub.empty = True
    await phone.open(LEAVES)
    await expect(phone.text("没有请假的孩子")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open(LEAVES)
    await expect(phone.front.get_by_role("status").first).to_contain_text("连不上网络")


@pytest.mark.parametrize(
    ("receipt", "said"),
    [
        ({"state": "read"}, ("家长看过了", "")),
        ({"state": "delivered"}, ("微信已送达家长", "")),
        ({"state": "unreachable", "reason": "quota"}, ("微信未送达，家长打开后能看到", "额度用完了")),
        ({"state": "refused", "reason": "blocked"}, ("微信未送达，家长打开后能看到", "关闭了消息提醒")),
        ({"state": "unreachable", "reason": "wechat_down"}, ("微信未送达", "已停止重试；急的话请直接联系")),
        ({"state": "unreachable", "reason": "wechat_down", "waiting": True}, ("微信还没送到", "会自动重试")),
        ({"state": "unreachable", "waiting": True}, ("正在告诉家长", "")),
        ({"state": "never_bound"}, ("现在没有绑定的家长，请直接联系", "")),
        ({}, ("正在告诉家长", "")),
    ],
)  # fmt: skip
async def test_a_decision_says_whether_the_family_has_heard_of_it(
    phone: Handset,
    stub: ActivityStub,
    screenshot: Screenshot,
    receipt: dict[str, Any],
    said: tuple[str, str],
) -> None:
    says, why = said
    empty = {"state": None, "reason": None, "waiting": False, "due_at": None}
    stub.class_leaves[1] |= {"receipt": empty | receipt}
    await phone.open(LEAVES)
    await expect(phone.part("heard")).to_have_count(1)
    await expect(phone.part("heard")).to_contain_text(says)
    await expect(phone.part("heard")).to_contain_text(why)
    if not why:
        await expect(phone.part("heard")).to_have_text(says)
    if receipt.get("reason") == "quota":
        await phone.shoot(screenshot, "1-not-brought")


async def test_what_is_filled_in_survives_a_killed_app_and_is_signed(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    stub.questions = [
        question(0, "text", "有什么想说的？"),
        question(1, "sign", "我已阅读并同意"),
    ]
    await phone.open(ANSWER)
    await phone.type("有什么想说的？", "孩子对花粉过敏")
    await phone.open(ANSWER)  # the app was killed
    await expect(phone.front.locator("textarea")).to_have_value("孩子对花粉过敏")
    await phone.tap("send")
    await expect(phone.text("请签名")).to_be_visible()
    assert stub.answers == []
    await phone.tap("sign")
    await phone.is_at("pages/sign/index")
    await phone.back()
    await expect(phone.part("sign")).to_contain_text("来签名")
    await phone.tap("sign")
    await phone.write_name()
    await phone.shoot(screenshot, "1-pad")
    await phone.tap("send")
    await phone.is_at("activities/answer/index")
    await expect(phone.part("sign")).to_contain_text("已签名")
    await phone.open(ANSWER)
    await expect(phone.part("sign")).to_contain_text("已签名")
    await phone.shoot(screenshot, "2-signed")


async def test_an_open_activity_is_changed(
    phone: Handset, stub: ActivityStub, screenshot: Screenshot
) -> None:
    await phone.open(RESULTS)
    await phone.tap("change")
    await phone.is_at("activities/change/index")
    await expect(phone.part("row")).to_have_count(1)
    await phone.correct("18:00 名额", "0")
    await phone.tap("save")
    await expect(phone.text("名额只能增加，不能减少")).to_be_visible()
    assert stub.changes == []
    await phone.correct("18:00 名额", "2")
    await phone.tap("add-option")
    await phone.type("哪个时段方便？ 新的选项 1", "18:40")
    await phone.correct("标题", "家长会改到周五")
    await phone.tap("tells")
    await phone.shoot(screenshot, "1-changed")
    await phone.tap("save")
    await phone.is_at("activities/results/index")
    (said,) = stub.changes
    assert (said["version"], said["title"], said["tells"]) == (1, "家长会改到周五", False)
    assert said["more"] == [
        {
            "question_id": "q0",
            "seats": [{"option_id": "o0", "seats": 2}],
            "options": [{"text": "18:40", "seats": 1}],
        }
    ]
    stub.failing = True
    await phone.open("activities/change/index?id=activity-9")
    await expect(phone.text("没能打开")).to_be_visible()
