"""Homework set by a message in the chat; and set while WeChat is slow or refuses."""

from __future__ import annotations

from typing import Any

import pytest

from domain.channels import Reason
from domain.roles import Appointment, Role
from domain.times import SCHOOL_ZONE
from services.boards import board_of
from services.evenings import evenings_of_guardian
from services.overruns import waiting_overruns
from services.people import access_teaching, recognise
from services.receipts import receipts_of
from tests.homeworking import publish, teacher
from tests.town import SCHOOL, Phone, Town, school_class
from tests.waiting import wait_until

CLASS = school_class(1)
TYPED = "布置 三1班 数学 20分钟 课本第12页1-3题 明天交"
TEMPLATE = "/cgi-bin/message/template/send"


async def all_of(town: Town) -> list[dict[str, Any]]:
    return [d async for d in town.ctx.stores.database["homework"].find({"subject": "maths"})]


async def fill_the_evening(town: Town, minutes: int) -> None:
    """Somebody else's homework, today."""
    other = await teacher(town.ctx, 7, subject="english")
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    made = await publish(town.ctx, other, minutes=minutes, day=day)
    assert made.clashes == ()


@pytest.fixture
async def head(town: Town) -> Phone:
    return await town.settle_school(children=2)


async def test_typed_confirmed_and_on_the_board(town: Town, head: Phone) -> None:
    parent = await town.settle_guardian("parent", 1)
    await fill_the_evening(town, 30)
    understood = await head.say(TYPED)
    for words in (
        "三年级1班",
        "数学",
        "约 20 分钟（书面）",
        "课本第12页1-3题 明天交",
        "还剩 30 分钟",
        "确定",
    ):
        assert words in understood
    assert await all_of(town) == []
    assert "约 15 分钟" in await head.say("15分钟")
    assert "已发布" in await head.say("确定")
    (homework,) = await all_of(town)
    assert (homework["state"], homework["versions"][0]["minutes"]) == ("published", 15)
    (board,) = (await board_of(town.ctx, SCHOOL.id)).classes
    assert board.load.total == 45
    assert "数学" in await parent.say("作业")
    assert "已经发布了" in await head.say("确定")
    assert len(await all_of(town)) == 1


async def test_every_message_comes_three_times_and_it_is_one_homework(
    town: Town, head: Phone
) -> None:
    town.faults(deliver=3)
    for text in (TYPED, "确定"):
        await head.say(text)
        attempts = town.world.deliveries[-1]["attempts"]
        assert len({attempt["reply"]["text"] for attempt in attempts}) == 1
    (homework,) = await all_of(town)
    assert homework["state"] == "published"


async def test_over_the_budget_it_says_what_is_there_and_shortening_publishes(
    town: Town, head: Phone
) -> None:
    await fill_the_evening(town, 50)
    await head.say(TYPED)
    refused = await head.say("确定")
    for words in ("没有发出去", "会超出 10 分钟", "英语 50 分钟（老师7）", "申请"):
        assert words in refused
    (homework,) = await all_of(town)
    assert homework["state"] == "unpublished"
    assert "约 10 分钟" in await head.say("10分钟")
    assert "已发布" in await head.say("确定")
    (homework,) = await all_of(town)
    assert homework["state"] == "published"


async def test_over_the_budget_the_head_teacher_is_asked(town: Town, head: Phone) -> None:
    subject_teacher = town.phone("maths", following=True)
    person = await recognise(town.ctx, subject_teacher.user.openid)
    await town.ctx.stores.appointments.save(_maths(person))
    await fill_the_evening(town, 50)
    await subject_teacher.say("布置 20分钟 课本第12页")  # one class, one subject
    assert "没有发出去" in await subject_teacher.say("确定")
    assert "理由写在后面" in await subject_teacher.say("申请")
    assert "已经转告班主任，" in await subject_teacher.say("申请 明天单元测试")
    assert "已经转告班主任了" in await subject_teacher.say("好的")
    (waiting,) = await waiting_overruns(
        town.ctx, await access_teaching(town.ctx, await recognise(town.ctx, head.user.openid))
    )
    assert (waiting.overrun.why, waiting.overrun.asked_by) == ("明天单元测试", person)


def _maths(person: str) -> Appointment:
    return Appointment(
        id=f"{CLASS.id}:maths:{person}",
        person_id=person,
        role=Role.SUBJECT_TEACHER,
        name="周老师",
        school_id=SCHOOL.id,
        class_id=CLASS.id,
        subject="maths",
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (["布置"], "写在一条消息里"),
        (["布置 三1班 数学 课本第12页"], "大约要多少分钟"),
        (["布置 三1班 20分钟 课本第12页"], "是哪门学科"),
        (["布置 五(3)班 数学 20分钟 课本第12页"], "没有“五(3)班”"),
        (["布置 三1班 数学 20分钟"], "作业内容是什么"),
        ([TYPED, "嗯嗯"], "没有看懂"),
        ([TYPED, "取消"], "没有布置"),
        (["布置 三1班 数学 课本第12页", "确定"], "大约要多少分钟"),
        ([TYPED, "1月1日的"], "请核对"),
        ([TYPED, "语文"], "学科：语文"),
    ],
)
async def test_what_is_not_understood_is_asked_for_and_nothing_is_published(
    town: Town, head: Phone, said: list[str], answer: str
) -> None:
    for text in said:
        heard = await head.say(text)
    assert answer in heard
    assert await all_of(town) == []


async def test_a_parent_sets_nothing(town: Town, head: Phone) -> None:
    parent = await town.settle_guardian("parent", 1)
    assert "最新通知" in await parent.say(TYPED)
    await parent.say("确定")
    assert await all_of(town) == []
    assert head.user.key == "teacher"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"fail": {TEMPLATE: 45009}}, Reason.QUOTA), ({"latency_ms": 300}, None)],
)
async def test_while_wechat_is_slow_or_refuses_families_find_it_and_the_board_is_right(
    town: Town, head: Phone, fault: dict[str, Any], reason: Reason | None
) -> None:
    parent = await town.settle_guardian("parent", 1)
    town.faults(**fault)
    await head.say(TYPED)
    assert "已发布" in await head.say("确定")
    (homework,) = await all_of(town)
    person = await recognise(town.ctx, parent.user.openid)
    (evening,) = await evenings_of_guardian(town.ctx, person)
    assert [h.id for h in evening.items] == [homework["_id"]]
    assert "课本第12页" in (await parent.get("/h5/homework")).text
    (board,) = (await board_of(town.ctx, SCHOOL.id)).classes
    assert [line.minutes for line in board.lines] == [20]
    teaching = await access_teaching(town.ctx, await recognise(town.ctx, head.user.openid))

    async def settled() -> Any:
        seen = await receipts_of(town.ctx, teaching, homework["_id"])
        return seen if seen.guardians_read()[1] and not seen.waiting else None

    seen = await wait_until(settled, description="every message is settled")
    (guardian,) = [g for child in seen.children() for g in child.guardians]
    assert guardian.reason is reason
    assert (await parent.get(f"/h5/notices/{homework['_id']}")).status == 200


async def test_a_teacher_without_a_child_here_gets_the_teachers_side_of_a_word(
    town: Town, head: Phone
) -> None:
    for word, title, path in (
        ("作业", "我布置的作业", "/h5/teach/homework"),
        ("最新通知", "我发的通知与回执", "/h5/teach"),
        ("请假", "班里的请假", "/h5/teach/leaves"),
    ):
        answer = await head.say(word)
        assert "还没有绑定" not in answer
        assert f'{town.base}{path}">{title}' in answer
        assert (await head.get(path)).status == 200
    assert "还没有绑定孩子" in await town.phone("stranger", following=True).say("作业")
