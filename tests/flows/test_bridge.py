"""What a guardian writes to the official account goes to the head teacher when they say so, and nowhere otherwise."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from domain.bindings import Custody
from domain.bridges import CarryState, due_at, how_far
from domain.channels import Reason
from domain.messages import Message
from domain.times import SCHOOL_ZONE, QuietHours
from services.bridge_answers import carry_answers
from services.families import change_binding, end_own_binding
from services.messages import send_message
from services.people import access_teaching, recognise
from services.threads import open_child_thread, threads_of
from tests.recordings import jpeg_with_position
from tests.talking import another_process, bind
from tests.town import SCHOOL, Phone, Town, claim_text, school_class
from tests.waiting import wait_until

CLASS = school_class(1)
WORDS = "明天要去看牙医，上午不来"


@pytest.fixture
async def head(town: Town) -> Phone:
    return await town.settle_school(children=3)


@pytest.fixture
async def parent(town: Town, head: Phone) -> Phone:
    return await town.settle_guardian("parent", 1)


async def said(town: Town) -> list[dict[str, Any]]:
    """Every message there is, in its order."""
    found = town.ctx.stores.database["messages"].find(sort=[("thread_id", 1), ("seq", 1)])
    return [m async for m in found]


async def school_says(town: Town, **rules: Any) -> None:
    """The school's own rules from now on."""
    await town.ctx.stores.schools.change_school(
        SCHOOL.id, {"rules": replace(SCHOOL.rules, **rules)}
    )


async def test_it_is_asked_first_and_the_teacher_reads_where_it_came_from(
    town: Town, head: Phone, parent: Phone
) -> None:
    asked = await parent.say(WORDS)
    assert "“明天要去看牙医，上午不来”" in asked
    assert "回复 1：给学*一的班主任（王老师）" in asked
    assert await said(town) == []
    passed = await parent.say("1")
    assert "已转给王老师" in passed
    (message,) = await said(town)
    assert (message["text"], message["via"], message["seq"]) == (WORDS, "account", 1)
    (path,) = {part.split('"')[0] for part in passed.split('href="')[1:]}
    for phone in (head, parent):
        page = await phone.get(path.removeprefix(town.base))
        assert page.status == 200
        assert WORDS in page.text
        assert "来自公众号" in page.text


async def test_without_an_answer_or_after_cancel_nothing_is_kept(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    assert "不转" in await parent.say("取消")
    assert "回复“请假”给孩子请假" in await parent.say("1")
    # What was cancelled does not go with what is written next.
    assert "看牙医" not in await parent.say("鞋子忘在教室了")
    await parent.say("1")
    assert [m["text"] for m in await said(town)] == ["鞋子忘在教室了"]


async def test_commands_stay_commands_while_something_waits(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    assert "绑定的孩子" in await parent.say("我的孩子")
    assert "可以这样用" in await parent.say("1")  # another subject: the question is over
    assert await said(town) == []


async def test_with_several_children_it_goes_to_the_one_that_was_chosen(
    town: Town, head: Phone, parent: Phone
) -> None:
    assert "绑定成功" in await parent.say(claim_text(2))
    asked = await parent.say(WORDS)
    assert "1. " in asked
    assert "2. " in asked
    assert "1 到 2" in await parent.say("7")
    assert "已转给" in await parent.say("2")
    (message,) = await said(town)
    assert message["thread_id"].startswith(f"child:{CLASS.id}-0002:")
    assert message["author_name"].startswith("学生二")


async def test_more_may_be_written_before_the_number(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    asked = await parent.say("牙套松了，学校里别吃硬的")
    assert "看牙医" in asked
    assert "牙套松了" in asked
    await parent.say("好的")
    assert [m["text"] for m in await said(town)] == [WORDS, "牙套松了，学校里别吃硬的"]


async def test_the_school_may_switch_it_off_also_while_something_waits(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    await school_says(town, bridge=False)
    assert "不能转" in await parent.say("1")
    assert "可以这样用" in await parent.say(WORDS)
    assert await said(town) == []


async def test_who_is_no_guardian_any_more_has_nothing_passed_on(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    person = await recognise(town.ctx, parent.user.openid)
    await end_own_binding(town.ctx, person, f"{CLASS.id}-0001")
    assert "不能转" in await parent.say("1")
    assert await said(town) == []
    assert await threads_of(town.ctx, person) == []


async def test_who_may_only_read_strangers_and_teachers_are_helped_as_before(
    town: Town, head: Phone, parent: Phone
) -> None:
    person = await recognise(town.ctx, parent.user.openid)
    teaching = await access_teaching(town.ctx, await recognise(town.ctx, head.user.openid))
    form = {"custody": Custody.READ_ONLY, "until": "", "reason": "court"}
    await change_binding(town.ctx, teaching, f"{CLASS.id}-0001", person, form)
    assert "可以这样用" in await parent.say(WORDS)
    assert "老师好" in await head.say(WORDS)
    assert "绑定" in await town.phone("stranger", following=True).say(WORDS)
    assert await said(town) == []


async def test_pictures_and_voice_go_with_the_words_in_their_order(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say("药在书包里")
    await parent.act("image", content=base64.b64encode(jpeg_with_position()).decode())
    (asked,) = (await parent.act("voice", Recognition="中午吃一粒"))["replies"]
    for words in ("药在书包里", "［图片］", "［语音］“中午吃一粒”"):
        assert words in asked["text"]
    assert await count_files(town) == 0  # nothing is fetched before it is wanted
    assert "已转给" in await parent.say("1")
    messages = await said(town)
    assert [(m["kind"], m.get("text", "")) for m in messages] == [
        ("text", "药在书包里"),
        ("picture", ""),
        ("voice", "中午吃一粒"),
    ]
    assert await count_files(town) == 2
    for message in messages[1:]:
        path = f"/h5/messages/{quote(message['thread_id'], safe='')}/{message['seq']}/files/"
        path += message["files"][0]["file_id"]
        assert (await head.get(path)).status == 200
        stranger = await town.settle_guardian("stranger", 2)
        assert (await stranger.get(path)).status == 404


async def test_what_wechat_has_no_more_or_is_no_picture_is_left_out_and_said_so(
    town: Town, head: Phone, parent: Phone
) -> None:
    await parent.say(WORDS)
    await parent.act("image", content=base64.b64encode(b"MZ no picture").decode())
    await parent.act("voice")
    del town.world.media[max(town.world.media, key=lambda m: int(m.partition("-")[2], 16))]
    assert "有 2 条" in await parent.say("1")
    assert [m["text"] for m in await said(town)] == [WORDS]
    again = await parent.say("1")
    assert "已经转给王老师了" in again
    assert "有 2 条" in again


async def test_what_cannot_be_passed_on_is_said_so(town: Town, head: Phone, parent: Phone) -> None:
    video = {"MsgType": "video", "MediaId": "v", "ThumbMediaId": "t", "MsgId": 77}
    delivery = await town.simulator.courier.deliver(parent.user, video)
    assert "这一种转不了" in delivery.replies[0]["text"]
    assert await said(town) == []


async def count_files(town: Town) -> int:
    """How many files are kept."""
    return int(await town.ctx.stores.database["files"].count_documents({}))


# ------------------------------------------------------------------------------- and back


async def passed_on(town: Town, parent: Phone) -> str:
    """The thread that what the parent wrote has gone to."""
    await parent.say(WORDS)
    await parent.say("1")
    return str((await said(town))[-1]["thread_id"])


async def answer(town: Town, head: Phone, thread_id: str, words: str, **more: Any) -> Message:
    """The head teacher answers in the thread."""
    person = await recognise(town.ctx, head.user.openid)
    form = {"kind": "text", "text": words, **more}
    sent = await send_message(town.ctx, person, thread_id, form, key=town.ctx.new_id())
    assert sent.message is not None
    return sent.message


def heard(phone: Phone) -> list[str]:
    """The customer-service texts in somebody's chat."""
    return [e["text"] for e in phone.user.chat if e.get("via") == "custom"]


async def carried(town: Town, message: Message) -> Message:
    """An answer once nothing of it is on its way any more."""

    async def done() -> Message | None:
        found: Message = await town.ctx.stores.messages.find(message.id)
        far = how_far(found.carry)
        return found if far in (CarryState.SENT, CarryState.MISSED) else None

    found: Message = await wait_until(done, description="the answer is settled")
    return found


async def test_answers_come_back_to_the_chat_in_order_and_nobody_elses(
    town: Town, head: Phone, parent: Phone
) -> None:
    thread_id = await passed_on(town, parent)
    father = town.phone("father", following=True)
    await father.say("你好")
    await bind(town.ctx, await recognise(town.ctx, father.user.openid), f"{CLASS.id}-0001")
    first = await answer(town, head, thread_id, "好的，<b>祝顺利")
    second = await answer(town, head, thread_id, "作业明天补")
    assert [how_far((await carried(town, m)).carry) for m in (first, second)] == ["sent", "sent"]
    one, two = heard(parent)
    assert one.startswith("王老师（关于学*一）：\n好的，＜b>祝顺利\n")
    assert "作业明天补" in two
    assert thread_id.replace(":", "%3A") in two
    assert heard(father) == []  # he reads it in the app; he did not write from here
    page = await head.get(f"/h5/messages/{quote(thread_id, safe='')}")
    assert page.text.count("已送到公众号") == 2
    # What the parent says back is offered again, and never sent by itself.
    assert "回复 1" in await parent.say("谢谢老师")


async def test_in_a_thread_that_nobody_wrote_to_from_the_account_nothing_is_sent(
    town: Town, head: Phone, parent: Phone
) -> None:
    person = await recognise(town.ctx, head.user.openid)
    thread = await open_child_thread(town.ctx, person, f"{CLASS.id}-0001")
    message = await answer(town, head, thread.id, "在吗")
    assert (message.carry, message.carry_at) == ((), None)


@pytest.mark.parametrize(
    ("code", "reason"), [(43004, Reason.UNFOLLOWED), (45015, Reason.WINDOW_CLOSED)]
)
async def test_what_wechat_refuses_is_said_in_the_thread_and_read_in_the_app(
    town: Town, head: Phone, parent: Phone, code: int, reason: Reason
) -> None:
    thread_id = await passed_on(town, parent)
    town.faults(fail={"/cgi-bin/message/custom/send": code})
    message = await answer(town, head, thread_id, "好的")
    missed = await carried(town, message)
    assert [(c.state, c.reason) for c in missed.carry] == [(CarryState.MISSED, reason)]
    assert heard(parent) == []
    path = f"/h5/messages/{quote(thread_id, safe='')}"
    assert "未送达微信" in (await head.get(path)).text
    read = (await parent.get(path)).text
    assert "好的" in read
    assert "未送达微信" not in read  # the teacher's business


async def test_who_left_the_account_is_not_asked_for(
    town: Town, head: Phone, parent: Phone
) -> None:
    thread_id = await passed_on(town, parent)
    await parent.act("unfollow")
    message = await answer(town, head, thread_id, "好的")
    missed = await carried(town, message)
    assert [(c.state, c.reason) for c in missed.carry] == [(CarryState.MISSED, Reason.UNFOLLOWED)]


async def test_two_workers_and_a_sweep_send_it_once_and_a_lost_answer_is_not_sent_again(
    quiet_town: Town,
) -> None:
    town = quiet_town
    head = await town.settle_school(children=3)
    parent = await town.settle_guardian("parent", 1)
    thread_id = await passed_on(town, parent)
    await answer(town, head, thread_id, "好的")
    async with another_process(town) as other:
        await asyncio.gather(*(carry_answers(c, thread_id) for c in (town.ctx, other, town.ctx)))
    assert len(heard(parent)) == 1
    # A process that died while WeChat was asked: nobody knows, and nobody sends it a second time.
    message = await answer(town, head, thread_id, "作业明天补")
    (carry,) = message.carry
    taken = replace(carry, state=CarryState.SENDING)
    lease = town.ctx.policy.lease
    marked = await town.ctx.stores.messages.mark_carry(
        message.id, carry, taken, lease=lease, at=town.ctx.now()
    )
    assert marked is not None
    await carry_answers(town.ctx, thread_id)
    assert how_far((await town.ctx.stores.messages.find(message.id)).carry) is CarryState.WAITING
    later = replace(town.ctx, now=lambda: town.ctx.now() + 2 * lease)
    await carry_answers(later, thread_id)
    (gone,) = (await town.ctx.stores.messages.find(message.id)).carry
    assert (gone.state, gone.reason) == (CarryState.MISSED, Reason.NO_ANSWER)
    assert len(heard(parent)) == 1


async def test_an_answer_for_who_is_no_guardian_any_more_goes_nowhere(quiet_town: Town) -> None:
    town = quiet_town
    head = await town.settle_school(children=3)
    parent = await town.settle_guardian("parent", 1)
    thread_id = await passed_on(town, parent)
    message = await answer(town, head, thread_id, "好的")
    person = await recognise(town.ctx, parent.user.openid)
    await end_own_binding(town.ctx, person, f"{CLASS.id}-0001")
    await carry_answers(town.ctx, thread_id)
    assert how_far((await town.ctx.stores.messages.find(message.id)).carry) is CarryState.MISSED
    assert heard(parent) == []


async def test_at_night_an_answer_waits_until_morning_unless_they_are_talking(
    quiet_town: Town,
) -> None:
    town = quiet_town
    head = await town.settle_school(children=3)
    parent = await town.settle_guardian("parent", 1)
    thread_id = await passed_on(town, parent)
    await school_says(town, quiet_start="21:00", quiet_end="07:00")
    wrote = (await town.ctx.stores.messages.find_at(thread_id, 1)).at
    evening = wrote.astimezone(SCHOOL_ZONE).replace(hour=22, minute=0) + timedelta(days=1)
    person = await recognise(town.ctx, head.user.openid)
    night = replace(town.ctx, now=lambda: evening.astimezone(UTC))
    sent = await send_message(
        night, person, thread_id, {"kind": "text", "text": "好的"}, key="key-at-night"
    )
    assert sent.message is not None
    due = sent.message.carry_at
    assert due is not None
    assert due.astimezone(SCHOOL_ZONE).strftime("%H:%M") == "07:00"
    assert due_at(evening - timedelta(minutes=5), evening, QuietHours()) == evening
