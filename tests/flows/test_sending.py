"""A notice goes out, and what the teacher then sees: on a good day, and on every bad one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.channels import Channel, Reason
from domain.deliveries import Delivery
from domain.notices import Notice
from domain.receipts import Receipt
from domain.schools import Rules
from domain.times import SCHOOL_ZONE, QuietHours
from services.deliveries import carry_out_work
from services.families import end_own_binding
from services.notices import draft_notice, publish_notice, remind_unread, withdraw_notice
from services.people import Teaching, access_teaching, children_of, recognise
from services.pushes import push_deliveries
from services.reading import confirm_notice, record_read
from services.receipts import Receipts, receipts_of
from storage.documents import to_value
from tests.town import Phone, Town, child_name, school_class
from tests.waiting import wait_until

TEMPLATE = "/cgi-bin/message/template/send"
SERVICE = "/cgi-bin/message/custom/send"


async def teaching_of(town: Town, teacher: Phone) -> Teaching:
    return await access_teaching(town.ctx, await recognise(town.ctx, teacher.user.openid))


async def publish(town: Town, teacher: Phone, *, key: str = "key-1", **form: str) -> Notice:
    teaching = await teaching_of(town, teacher)
    draft = await draft_notice(
        town.ctx,
        teaching,
        {"title": "秋季运动会", "body": "周五早上八点，操场集合。", **form},
        class_ids=[school_class(1).id],
        file_ids=[],
        links=[],
    )
    return await publish_notice(town.ctx, teaching, draft, idempotency_key=key)


async def receipts(town: Town, teacher: Phone, notice: Notice) -> Receipts:
    return await receipts_of(town.ctx, await teaching_of(town, teacher), notice.id)


async def settled(town: Town, teacher: Phone, notice: Notice, guardians: int) -> Receipts:
    """The receipts once every guardian's message is settled."""

    async def done() -> Receipts | None:
        seen = await receipts(town, teacher, notice)
        expanded = seen.guardians_read()[1] == guardians
        return seen if expanded and not seen.waiting else None

    found: Receipts = await wait_until(done, description="every message is settled")
    return found


async def waiting_for_wechat(town: Town, teacher: Phone, notice: Notice) -> Delivery:
    """The one delivery, once WeChat could not be asked and it waits to try again."""

    async def tried() -> Delivery | None:
        deliveries: Sequence[Delivery] = await town.ctx.stores.deliveries.of_notice(
            notice.school_id, notice.id
        )
        return next((d for d in deliveries if d.push is not None and d.push.tries), None)

    found: Delivery = await wait_until(
        tried, description="the message waits for WeChat", seconds=40
    )
    return found


def only(seen: Receipts) -> tuple[Receipt, Reason | None]:
    """What the teacher sees of the first child's one guardian."""
    guardian = seen.children()[0].guardians[0]
    return guardian.state, guardian.reason


async def test_each_guardian_gets_one_card_and_the_six_states_tell_them_apart(town: Town) -> None:
    teacher = await town.settle_school(children=4)
    reader = await town.settle_guardian("reader", 1)
    await town.settle_guardian("quiet", 2)
    await town.settle_guardian("gone", 3, following=False)
    notice = await publish(town, teacher, confirm="tap")
    seen = await settled(town, teacher, notice, 3)
    assert [child.state for child in seen.children()] == [
        Receipt.DELIVERED,
        Receipt.DELIVERED,
        Receipt.REFUSED,
        Receipt.NEVER_BOUND,
    ]
    assert len(reader.cards) == 1

    person = await recognise(town.ctx, reader.user.openid)
    await record_read(town.ctx, person, notice.id)
    assert (await receipts(town, teacher, notice)).children()[0].state is Receipt.READ
    assert await confirm_notice(town.ctx, person, notice.id, version=1)
    assert not await confirm_notice(town.ctx, person, notice.id, version=1)
    assert (await receipts(town, teacher, notice)).counts()[Receipt.CONFIRMED] == 1


async def test_the_same_form_sent_twice_is_one_notice_and_one_card(town: Town) -> None:
    teacher = await town.settle_school()
    reader = await town.settle_guardian("reader", 1)
    first = await publish(town, teacher)
    second = await publish(town, teacher, title="另一个标题")
    assert second == first or second.id == first.id
    await settled(town, teacher, first, 1)
    assert len(reader.cards) == 1


async def test_wechat_itself_says_that_it_arrived(town: Town) -> None:
    teacher = await town.settle_school()
    await town.settle_guardian("reader", 1)
    notice = await publish(town, teacher)

    async def proved() -> bool:
        found = await town.ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
        return bool(found and found[0].outcome and found[0].outcome.proved_at)

    await wait_until(proved, description="TEMPLATESENDJOBFINISH reached the delivery")


async def test_reminders_go_to_the_unread_alone_and_at_most_twice(town: Town) -> None:
    teacher = await town.settle_school()
    reader = await town.settle_guardian("reader", 1)
    await town.settle_guardian("sleeper", 2)
    notice = await publish(town, teacher)
    await settled(town, teacher, notice, 2)
    await record_read(town.ctx, await recognise(town.ctx, reader.user.openid), notice.id)
    teaching = await teaching_of(town, teacher)
    due = await remind_unread(town.ctx, teaching, notice.id, number=1)
    assert await remind_unread(town.ctx, teaching, notice.id, number=1) is not None
    assert due <= town.ctx.now()


async def test_a_reminder_at_night_waits_for_the_morning(town: Town) -> None:
    teacher = await town.settle_school()
    sleeper = await town.settle_guardian("sleeper", 1)
    notice = await publish(town, teacher)
    await settled(town, teacher, notice, 1)
    now = town.ctx.now().astimezone(SCHOOL_ZONE)
    dusk, morning = now - timedelta(hours=1), now + timedelta(hours=8)
    night = QuietHours(dusk.time(), morning.time())
    at_night = replace(town.ctx, policy=replace(town.ctx.policy, quiet_hours=night))
    due = await remind_unread(at_night, await teaching_of(town, teacher), notice.id, number=1)
    assert due == morning
    assert town.world.per_openid[sleeper.user.openid] == 1


async def test_a_reminder_waits_for_the_schools_own_morning(town: Town) -> None:
    teacher = await town.settle_school()
    sleeper = await town.settle_guardian("sleeper", 1)
    notice = await publish(town, teacher)
    await settled(town, teacher, notice, 1)
    now = town.ctx.now().astimezone(SCHOOL_ZONE)
    morning = (now + timedelta(hours=8)).replace(second=0, microsecond=0)
    rules = Rules(
        quiet_start=(now - timedelta(hours=1)).strftime("%H:%M"),
        quiet_end=morning.strftime("%H:%M"),
    )
    await town.ctx.stores.schools.change_school(notice.school_id, {"rules": rules})
    due = await remind_unread(town.ctx, await teaching_of(town, teacher), notice.id, number=1)
    assert due == morning
    assert town.world.per_openid[sleeper.user.openid] == 1


# ------------------------------------------------------------------------------- on bad days


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (43004, Receipt.REFUSED, Reason.UNFOLLOWED),
        (43101, Receipt.REFUSED, Reason.BLOCKED),
        (45009, Receipt.UNREACHABLE, Reason.QUOTA),
        (47003, Receipt.UNREACHABLE, Reason.REFUSED_BY_WECHAT),
        (70000, Receipt.UNREACHABLE, Reason.REFUSED_BY_WECHAT),
        (40037, Receipt.UNREACHABLE, Reason.NOT_SET_UP),
    ],
)
async def test_a_refusal_is_shown_for_what_it_is(
    town: Town, code: int, state: Receipt, reason: Reason
) -> None:
    teacher = await town.settle_school(children=1)
    await town.settle_guardian("reader", 1)
    town.faults(fail={TEMPLATE: code})
    notice = await publish(town, teacher)
    assert only(await settled(town, teacher, notice, 1)) == (state, reason)


async def test_a_used_up_quota_falls_to_the_open_customer_service_window(town: Town) -> None:
    teacher = await town.settle_school(children=1)
    reader = await town.settle_guardian("reader", 1)
    await reader.say("你好")
    town.faults(quota=0)
    notice = await publish(town, teacher)
    seen = await settled(town, teacher, notice, 1)
    outcome = seen.children()[0].guardians[0].delivery.outcome
    assert outcome is not None
    assert outcome.channel is Channel.SERVICE
    assert only(seen)[0] is Receipt.DELIVERED


@pytest.mark.parametrize(
    "faults",
    [
        {"fail": {TEMPLATE: 40001}},
        {"fail": {TEMPLATE: -1}},
        {"html": TEMPLATE},
        {"hang": "/cgi-bin/stable_token"},
    ],
    ids=["40001 for ever", "busy for ever", "HTML instead of JSON", "token endpoint hangs"],
)
async def test_when_wechat_cannot_be_asked_the_message_waits_and_the_teacher_sees_why(
    town: Town, faults: dict[str, Any]
) -> None:
    teacher = await town.settle_school(children=1)
    reader = await town.settle_guardian("reader", 1)
    town.faults(**faults)
    notice = await publish(town, teacher)
    await waiting_for_wechat(town, teacher, notice)
    seen = await receipts(town, teacher, notice)
    assert only(seen) == (Receipt.UNREACHABLE, Reason.WECHAT_DOWN)
    assert seen.waiting == 1
    assert reader.cards == []
    # What waits in the app can be read all the same.
    reading = await record_read(town.ctx, await recognise(town.ctx, reader.user.openid), notice.id)
    assert reading.entries[0].child.student.name == child_name(1)


async def test_a_lost_answer_is_asked_again_under_the_same_id_and_arrives_once(town: Town) -> None:
    teacher = await town.settle_school(children=1)
    reader = await town.settle_guardian("reader", 1)
    town.faults(lose_answer=TEMPLATE)
    notice = await publish(town, teacher)
    await waiting_for_wechat(town, teacher, notice)
    assert len(reader.cards) == 1


async def test_a_lost_answer_of_a_customer_service_message_is_never_sent_again(town: Town) -> None:
    teacher = await town.settle_school(children=1)
    reader = await town.settle_guardian("reader", 1)
    await reader.say("你好")
    town.faults(quota=0, lose_answer=SERVICE)
    notice = await publish(town, teacher)
    seen = await settled(town, teacher, notice, 1)
    assert only(seen) == (Receipt.UNREACHABLE, Reason.NO_ANSWER)
    assert town.world.per_openid[reader.user.openid] == 1


# -------------------------------------------------------------------- twice, and at the wrong moment


async def test_the_word_of_a_withdrawal_survives_a_worker_that_dies_over_it(town: Town) -> None:
    teacher = await town.settle_school(children=1)
    reader = await town.settle_guardian("reader", 1)
    notice = await publish(town, teacher)
    await settled(town, teacher, notice, 1)
    await record_read(town.ctx, await recognise(town.ctx, reader.user.openid), notice.id)
    await town.stop_worker()
    await withdraw_notice(town.ctx, await teaching_of(town, teacher), notice.id)
    work = (await town.ctx.stores.notices.find(notice.id)).work
    await carry_out_work(town.ctx, notice.id)
    # What a process leaves that dies before it notes that the work is done.
    await town.ctx.stores.database["notices"].update_one(
        {"_id": notice.id}, {"$set": {"work": [to_value(w) for w in work]}}
    )
    await carry_out_work(town.ctx, notice.id)
    await push_deliveries(town.ctx, notice.id, notice.class_ids[0])
    assert [card["data"]["thing1"][:4] for card in reader.cards[1:]] == ["已撤回："]


async def test_a_withdrawn_notice_that_is_opened_was_not_read(town: Town) -> None:
    teacher = await town.settle_school(children=1)
    late = await town.settle_guardian("late", 1)
    notice = await publish(town, teacher)
    await settled(town, teacher, notice, 1)
    await withdraw_notice(town.ctx, await teaching_of(town, teacher), notice.id)
    await record_read(town.ctx, await recognise(town.ctx, late.user.openid), notice.id)
    assert (await receipts(town, teacher, notice)).guardians_read() == (0, 1)
    assert "没有通知" in await late.say("最新通知")


async def test_who_is_let_go_while_others_are_written_to_hears_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = await town.settle_school(children=2)
    first = await town.settle_guardian("first", 1)
    second = await town.settle_guardian("second", 2)
    person = await recognise(town.ctx, second.user.openid)
    (child,) = await children_of(town.ctx, person)
    await town.stop_worker()
    notice = await publish(town, teacher)
    await carry_out_work(town.ctx, notice.id)
    locks = town.ctx.stores.locks
    take = locks.take

    async def take_and_let_go(names: Sequence[str], *, owner: str, seconds: float) -> set[str]:
        # The run has read everything it needs, and is about to send.
        await end_own_binding(town.ctx, person, child.student.id)
        taken: set[str] = await take(names, owner=owner, seconds=seconds)
        return taken

    monkeypatch.setattr(locks, "take", take_and_let_go)
    await push_deliveries(town.ctx, notice.id, notice.class_ids[0])
    assert (len(first.cards), len(second.cards)) == (1, 0)
