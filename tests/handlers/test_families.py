"""Seeing and ending a binding on the pages, from either side: once, at once, and by nobody else."""

import logging
import re

import pytest

from domain.bindings import EndReason
from domain.errors import ConflictError
from services.bindings import bind_guardian
from services.deliveries import carry_out_work
from services.families import end_binding
from tests.handlers.conftest import PDF, Village, bind
from tests.town import OTHER_SCHOOL, Phone, child_name, claim_text, school_class
from tests.waiting import wait_until

CHILD = school_class(1).id + "-0003"  # the mother's
END_OWN = f"/h5/children/{CHILD}/end"


async def _end_path(village: Village, phone: Phone | None = None) -> str:
    person = await village.person(phone or village.mother)
    return f"/h5/teach/families/{CHILD}/{person}/end"


async def _is_bound(village: Village, phone: Phone | None = None) -> bool:
    person = await village.person(phone or village.mother)
    return bool(await village.town.ctx.stores.bindings.active_of_person(person))


async def _ask_too(village: Village) -> None:
    """The stranger asks for the mother's child, and waits; she says nothing for a day."""
    form = {"name": child_name(3), "digits": "1003"}
    assert "交给孩子的家人确认" in (await village.stranger.post("/h5/bind", form)).text
    await village.let_the_family_be_late()


async def _claim_id(village: Village) -> str:
    document = await village.town.ctx.stores.database["claims"].find_one({})
    return str(document["_id"])


async def _approve(village: Village) -> None:
    form = {"claim": await _claim_id(village), "student": CHILD, "action": "approve"}
    assert (await village.teacher.post("/h5/teach/claims", form)).status == 200


# ------------------------------------------------------------------------------- the guardian


async def test_a_guardian_sees_class_relation_and_who_else_without_a_name(
    village: Village,
) -> None:
    page = await village.mother.get("/h5/children")
    for words in (child_name(3), "三年级1班", "妈妈", "只有您一位", "今天"):
        assert words in page.text
    await _ask_too(village)
    await _approve(village)
    page = await village.mother.get("/h5/children")
    assert "另一位家长" in page.text
    other = village.stranger
    assert await village.person(other) not in page.text
    assert other.user.openid not in page.text
    assert other.user.name not in page.text
    assert "妈妈" in (await other.get("/h5/children")).text


async def test_home_and_the_chat_lead_there(village: Village) -> None:
    assert "/h5/children" in (await village.mother.get("/h5/")).text
    assert "/h5/children" in await village.mother.say("我的孩子")


async def test_a_guardian_ends_after_a_question_and_twice_is_once(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    page = await village.mother.get(END_OWN)
    assert f"解除和{child_name(3)}的绑定" in page.text
    assert await _is_bound(village)
    with caplog.at_level(logging.INFO, "yanshu.services"):
        for _ in range(2):
            page = await village.mother.post(END_OWN)
            assert page.status == 200
            assert "已解除绑定" in page.text
            assert child_name(3) not in page.text
    assert not await _is_bound(village)
    lines = [r.getMessage() for r in caplog.records if "ended" in r.getMessage()]
    assert len(lines) == 1
    assert child_name(3) not in lines[0]
    assert village.mother.user.openid not in lines[0]
    assert (await village.mother.get(END_OWN)).status == 404
    # The list still says so: they may come back by it.
    form = {"name": child_name(3), "digits": "1003"}
    assert "绑定成功" in (await village.mother.post("/h5/bind", form)).text


async def test_without_the_forms_token_nothing_ends(village: Village) -> None:
    await village.mother.get("/h5/")
    await village.teacher.get("/h5/")
    for phone, path in (
        (village.mother, END_OWN),
        (village.teacher, await _end_path(village)),
    ):
        form = {"csrf": "guessed", "reason": "wrong"}
        async with phone.client.post(phone.url(path), data=form) as answer:
            assert answer.status == 403
    assert await _is_bound(village)


async def test_somebody_elses_child_and_an_absent_one_are_the_same(village: Village) -> None:
    for phone in (village.stranger, village.rival, village.teacher):
        foreign, absent = await phone.get(END_OWN), await phone.get("/h5/children/nothing/end")
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
        foreign, absent = await phone.post(END_OWN), await phone.post("/h5/children/nothing/end")
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
    assert await _is_bound(village)


# ------------------------------------------------------------------------------- requests


async def test_a_request_that_waits_is_seen_and_taken_back_once(village: Village) -> None:
    await _ask_too(village)
    assert child_name(3) in (await village.stranger.get("/h5/children")).text
    assert "申请" in (await village.stranger.get("/h5/")).text
    form = {"claim": await _claim_id(village)}
    for _ in range(2):
        page = await village.stranger.post("/h5/children/claims", form)
        assert "申请已撤回" in page.text
        assert child_name(3) not in page.text
    assert child_name(3) not in (await village.teacher.get("/h5/teach/claims")).text
    answer = {**form, "student": CHILD, "action": "approve"}
    assert (await village.teacher.post("/h5/teach/claims", answer)).status == 409
    assert not await _is_bound(village, village.stranger)
    # They may ask again.
    await _ask_too(village)
    await _approve(village)
    assert await _is_bound(village, village.stranger)
    assert (await village.stranger.post("/h5/children/claims", form)).status == 409
    assert await _is_bound(village, village.stranger)


async def test_somebody_elses_request_is_not_taken_back(village: Village) -> None:
    await _ask_too(village)
    form = {"claim": await _claim_id(village)}
    for phone in (village.mother, village.rival):
        for action in ("", "school"):
            asked = {"action": action}
            foreign = await phone.post("/h5/children/claims", {**form, **asked})
            absent = await phone.post("/h5/children/claims", {"claim": "nothing", **asked})
            assert foreign.status == absent.status == 404
            assert foreign.text == absent.text
    assert child_name(3) in (await village.teacher.get("/h5/teach/claims")).text


# ------------------------------------------------------------------------------- the head teacher


async def test_the_head_teacher_sees_each_child_and_guardian(village: Village) -> None:
    page = await village.teacher.get("/h5/teach/families")
    for words in (*map(child_name, (1, 2, 3)), "妈妈", "按名册绑定", "已关注", "还没绑定 2"):
        assert words in page.text
    page = await village.teacher.get("/h5/teach/families?show=unbound")
    assert child_name(1) in page.text
    assert child_name(3) not in page.text
    await _ask_too(village)
    await _approve(village)
    page = await village.teacher.get("/h5/teach/families")
    assert "老师确认" in page.text
    assert "没有关注公众号" in page.text
    assert "/h5/teach/families" in (await village.teacher.get("/h5/teach/")).text


async def test_another_class_and_another_schools_are_the_same_as_none(village: Village) -> None:
    foreign_class = school_class(1, OTHER_SCHOOL).id
    foreign = await village.teacher.get(f"/h5/teach/families?class={foreign_class}")
    absent = await village.teacher.get("/h5/teach/families?class=nothing")
    assert foreign.status == absent.status == 404
    assert foreign.text == absent.text
    path = await _end_path(village)
    nothing = "/h5/teach/families/nothing/nobody/end"
    # Of another school, of another class of this school, and nobody's teacher at all.
    colleague = await _colleague(village)
    for phone in (village.rival, colleague, village.stranger, village.mother):
        for ask in (phone.get, lambda p, phone=phone: phone.post(p, {"reason": "wrong"})):
            foreign, absent = await ask(path), await ask(nothing)
            assert foreign.status == absent.status == 404
            assert foreign.text == absent.text
            assert child_name(3) not in foreign.text
    assert await _is_bound(village)


async def _colleague(village: Village) -> Phone:
    """Head teacher of another class of the same school."""
    phone = village.town.phone("colleague", following=True)
    await phone.get("/h5/")
    person = await village.person(phone)
    database = village.town.ctx.stores.database
    await database["classes"].insert_one(
        {"_id": "class-9", "school_id": "school-a", "name": "三年级9班", "grade": 3}
    )
    await database["appointments"].insert_one(
        {
            "_id": "class-9:head_teacher",
            "school_id": "school-a",
            "class_id": "class-9",
            "person_id": person,
            "role": "head_teacher",
            "name": "陈老师",
        }
    )
    return phone


@pytest.mark.parametrize("reason", ["", "own", "nonsense"])
async def test_no_reason_ends_nothing_and_says_what_is_missing(
    village: Village, reason: str
) -> None:
    page = await village.teacher.post(await _end_path(village), {"reason": reason})
    assert page.status == 422
    assert "请选一个原因" in page.text
    assert child_name(3) in page.text
    assert await _is_bound(village)


async def test_ending_is_told_plainly_once_and_without_the_childs_name(village: Village) -> None:
    await village.mother.say("我的孩子")  # opens the window for a customer-service message
    path = await _end_path(village)
    page = await village.teacher.get(path)
    assert "绑错了" in page.text
    assert "监护变更" in page.text
    for _ in range(2):
        page = await village.teacher.post(path, {"reason": "moved"})
        assert page.status == 200
        assert "已解除" in page.text
    assert (await village.teacher.get(path)).status == 404
    assert (await village.teacher.post(path, {"reason": "wrong"})).status == 409
    ended = await village.town.ctx.stores.bindings.find(
        f"{CHILD}:{await village.person(village.mother)}"
    )
    assert ended.ending.reason is EndReason.MOVED
    assert ended.ending.by == await village.person(village.teacher)

    def told() -> list[str]:
        return [str(e) for e in village.town.world.ledger if "解除" in str(e)]

    await wait_until(told, description="the mother is told")
    (message,) = told()
    assert "王老师" in message
    assert "转学" in message
    assert child_name(3) not in message
    assert child_name(3)[0] + "*" not in message

    async def settled() -> bool:
        return not await village.count_where("bindings", untold=True)

    await wait_until(settled, description="nobody is left to be told")
    assert len(told()) == 1
    page = await village.mother.get("/h5/children")
    assert "转学" in page.text
    assert child_name(3) not in page.text


@pytest.mark.parametrize("reason", ["wrong", "custody"])
async def test_parted_by_the_school_the_list_alone_does_not_bind_again(
    village: Village, reason: str
) -> None:
    await village.teacher.post(await _end_path(village), {"reason": reason})
    person = await village.person(village.mother)
    form = {"name": child_name(3), "digits": "1003"}
    assert "交给班主任确认" in (await village.mother.post("/h5/bind", form)).text
    assert not await _is_bound(village)
    assert "绑错了" in (await village.teacher.get("/h5/teach/claims")).text
    # Another adult is free to come by the line.
    asked = await bind_guardian(
        village.town.ctx, await village.person(village.stranger), claim_text(3)
    )
    assert asked.answer == "bound"
    # Whatever the doubt is, the head teacher is warned.
    await village.mother.post("/h5/children/claims", {"claim": await _claim_id(village)})
    await _approve_again(village, form)
    (binding,) = await village.town.ctx.stores.bindings.active_of_person(person)
    assert binding.approved_by == await village.person(village.teacher)


async def _approve_again(village: Village, form: dict[str, str]) -> None:
    await village.mother.post("/h5/bind", form)
    page = await village.teacher.get("/h5/teach/claims")
    assert "绑错了" in page.text
    await _approve(village)


@pytest.mark.parametrize("reason", ["moved", "other"])
async def test_ended_for_another_reason_the_list_binds_again(village: Village, reason: str) -> None:
    await village.teacher.post(await _end_path(village), {"reason": reason})
    assert not await _is_bound(village)
    page = await village.mother.post("/h5/bind", {"name": child_name(3), "digits": "1003"})
    assert "绑定成功" in page.text


async def test_ended_by_the_guardian_first_is_a_conflict(village: Village) -> None:
    await village.mother.post(END_OWN)
    teaching = await village.teaching()
    with pytest.raises(ConflictError):
        await end_binding(
            village.town.ctx, teaching, CHILD, await village.person(village.mother), "wrong"
        )
    form = {"name": child_name(3), "digits": "1003"}
    assert "绑定成功" in (await village.mother.post("/h5/bind", form)).text


# ------------------------------------------------------------------------------- at once


async def test_with_the_binding_everything_is_gone_at_once(village: Village) -> None:
    uploaded = await village.teacher.upload("a.pdf", PDF)
    notice = await village.publish(files=(uploaded.data["id"],))

    async def there() -> bool:
        return bool(await village.count_where("deliveries", push=None))

    await wait_until(there, description="the notice is delivered")
    await village.teacher.get("/h5/")
    paths = [f"/h5/notices/{notice.id}", f"/h5/notices/{notice.id}/files/{uploaded.data['id']}"]
    receipts = f"/h5/teach/notices/{notice.id}"
    ledger = re.search(
        r'href="[^"]*(/h5/teach/notices/[^"]+/guardians/[^"]+)"',
        (await village.teacher.get(receipts)).text,
    )
    assert ledger is not None
    assert [(await village.mother.get(p)).status for p in paths] == [200, 200]
    await village.teacher.post(await _end_path(village), {"reason": "custody"})
    assert [(await village.mother.get(p)).status for p in paths] == [404, 404]
    page = await village.mother.post(f"{paths[0]}/confirm?version=1")
    assert page.status == 404
    assert "秋季运动会" not in (await village.mother.get("/h5/notices")).text
    assert "秋季运动会" not in (await village.mother.get("/h5/")).text
    page = await village.teacher.get(receipts)
    assert "妈妈" not in page.text
    assert (await village.teacher.get(ledger[1].replace("%3A", ":"))).status == 404
    assert "还没有绑定" in await village.mother.say("最新通知")


async def test_ended_while_the_notice_is_due_nothing_is_sent(village: Village) -> None:
    await bind(village.town, village.town.phone("father", following=True), 2)
    await village.town.stop_worker()
    notice = await village.publish()
    await carry_out_work(village.town.ctx, notice.id)
    assert await village.count("deliveries") == 2
    await village.mother.post(END_OWN)
    village.town.start_worker()

    async def settled() -> bool:
        return not await village.count_where("deliveries", push={"$ne": None})

    await wait_until(settled, description="the run is over")
    reached = {e["openid"] for e in village.town.world.ledger if notice.id in str(e)}
    assert reached == {village.town.phones["father"].user.openid}
