"""A second guardian, limits of custody, and trying it, on the pages: everybody sees where it stands, few decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.audit import Act
from domain.bindings import Binding, Custody
from services.notices import remind_unread
from services.reading import confirm_notice
from tests.handlers.conftest import Village
from tests.town import Phone, child_name, school_class
from tests.waiting import wait_until

CHILD = school_class(1).id + "-0003"  # the mother's
FAMILIES = "/h5/teach/families"
READ_ONLY = {
    "relation": "外婆",
    "order": "2",
    "custody": "read_only",
    "until": "",
    "reason": "court",
}


async def _ask_too(village: Village) -> str:
    """The stranger asks for the mother's child; the request's id."""
    form = {"name": child_name(3), "digits": "1003"}
    page = await village.stranger.post("/h5/bind", form)
    assert "交给孩子的家人确认" in page.text
    (claim,) = await village.town.ctx.stores.claims.of_person(await _person(village))
    return str(claim.id)


async def _person(village: Village, phone: Phone | None = None) -> str:
    return await village.person(phone or village.stranger)


async def _bindings(village: Village, phone: Phone | None = None) -> list[Binding]:
    person = await _person(village, phone)
    held = await village.town.ctx.stores.bindings.active_of_person(person)
    return [replace(b, unsettled=False) for b in held]  # that is a job's


async def _page(village: Village, phone: Phone | None = None) -> str:
    return f"{FAMILIES}/{CHILD}/{await village.person(phone or village.mother)}"


# ------------------------------------------------------------------------------- the family


async def test_a_guardian_agrees_and_tapping_twice_is_once(village: Village) -> None:
    claim = await _ask_too(village)
    assert "有人申请绑定您的孩子" in (await village.mother.get("/h5/")).text
    page = await village.mother.get("/h5/children")
    for words in (child_name(3), "手机尾号 1003", "之后学校也可以处理", "同意，是家里人"):
        assert words in page.text
    assert village.stranger.user.openid not in page.text
    for _ in range(2):
        form = {"claim": claim, "action": "approve"}
        page = await village.mother.post("/h5/children/requests", form)
        assert page.status == 200
        assert "已同意" in page.text
    (binding,) = await _bindings(village)
    assert binding.by_family
    assert binding.approved_by == await village.person(village.mother)
    assert binding.order == 2
    assert child_name(3) in (await village.stranger.get("/h5/children")).text
    page = await village.teacher.get(FAMILIES)
    assert "家人同意" in page.text
    # Decided is decided.
    form = {"claim": claim, "action": "refuse"}
    assert (await village.mother.post("/h5/children/requests", form)).status == 409
    assert len(await _bindings(village)) == 1


async def test_nobody_else_decides_for_the_family(village: Village) -> None:
    claim = await _ask_too(village)
    for phone in (village.stranger, village.rival, village.teacher):
        for action in ("approve", "refuse"):
            form = {"claim": claim, "action": action}
            foreign = await phone.post("/h5/children/requests", form)
            absent = await phone.post("/h5/children/requests", {**form, "claim": "nothing"})
            assert foreign.status == absent.status == 404
            assert foreign.text == absent.text
    assert await _bindings(village) == []
    assert "同意，是家里人" in (await village.mother.get("/h5/children")).text


async def test_the_school_sees_it_and_waits_for_its_time(village: Village) -> None:
    claim = await _ask_too(village)
    page = await village.teacher.get("/h5/teach/claims")
    assert "由家人先确认，明天" in page.text
    assert "通过</button>" not in page.text
    for action in ("approve", "refuse"):
        form = {"claim": claim, "student": CHILD, "action": action}
        page = await village.teacher.post("/h5/teach/claims", form)
        assert page.status == 409
        assert "先由孩子的家人确认" in page.text
    assert await _bindings(village) == []
    assert await village.count_where("audit", subject_id=claim) == 0
    await village.let_the_family_be_late()
    form = {"claim": claim, "student": CHILD, "action": "approve"}
    assert (await village.teacher.post("/h5/teach/claims", form)).status == 200
    (binding,) = await _bindings(village)
    assert not binding.by_family


async def test_refused_by_the_family_one_may_turn_to_the_school_once(village: Village) -> None:
    claim = await _ask_too(village)
    form = {"claim": claim, "action": "refuse"}
    assert "已记下：不同意" in (await village.mother.post("/h5/children/requests", form)).text
    page = await village.stranger.get("/h5/children")
    assert "孩子的家人没有同意" in page.text
    for _ in range(2):
        page = await village.stranger.post(
            "/h5/children/claims", {"claim": claim, "action": "school"}
        )
        assert "已转给学校" in page.text
    assert "家人没有同意" in (await village.teacher.get("/h5/teach/claims")).text
    # The family has said what it says.
    page = await village.mother.get("/h5/children")
    assert "由学校核实" in page.text
    form = {"claim": claim, "action": "approve"}
    assert (await village.mother.post("/h5/children/requests", form)).status == 404
    form = {"claim": claim, "action": "refuse"}
    assert (await village.teacher.post("/h5/teach/claims", form)).status == 200
    again = await village.stranger.post("/h5/children/claims", {"claim": claim, "action": "school"})
    assert again.status == 409
    assert await _bindings(village) == []


async def test_who_may_only_read_or_is_there_for_a_time_does_not_decide(village: Village) -> None:
    claim = await _ask_too(village)
    until = (village.town.ctx.now() + timedelta(days=3)).date().isoformat()
    for change in (READ_ONLY, {**READ_ONLY, "custody": "full", "until": until}):
        assert (await village.teacher.post(await _page(village), change)).status == 200
        page = await village.mother.get("/h5/children")
        assert "同意，是家里人" not in page.text
        form = {"claim": claim, "action": "approve"}
        assert (await village.mother.post("/h5/children/requests", form)).status == 404
    # Nobody of the family may: the school need not wait.
    assert "由家人先确认" not in (await village.teacher.get("/h5/teach/claims")).text
    assert await _bindings(village) == []


# ------------------------------------------------------------------------------- one binding


async def test_the_school_notes_relation_order_custody_and_an_end(village: Village) -> None:
    page = await village.teacher.get(FAMILIES)
    path = await _page(village)
    assert path in page.text
    assert "第一位家长" in (await village.teacher.get(path)).text
    page = await village.teacher.post(path, READ_ONLY)
    assert "已保存" in page.text
    (binding,) = await _bindings(village, village.mother)
    assert (binding.relation, binding.order) == ("外婆", 2)
    assert binding.custody is Custody.READ_ONLY
    assert "只能查看" in (await village.mother.get("/h5/children")).text
    assert "只能查看" in (await village.teacher.get(FAMILIES)).text
    (noted,) = await _noted(village, binding.id)
    assert noted["act"] == Act.BINDING_CHANGED
    assert noted["after"]["custody"] == "read_only"
    assert noted["after"]["reason"] == "court"
    assert "外婆" not in str(noted)
    # The same once more is no act.
    await village.teacher.post(path, READ_ONLY)
    assert len(await _noted(village, binding.id)) == 1


async def _noted(village: Village, subject: str) -> list[dict[str, Any]]:
    found = village.town.ctx.stores.database["audit"].find({"subject_id": subject})
    return [entry async for entry in found]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("reason", "", "请选一个原因"),
        ("until", "2020-01-01", "到期日已经过去了"),
        ("until", "bald", "不是有效的时间"),
        ("relation", "外" * 11, "最多 10 个字"),
        ("custody", "all", "请重新选择"),
    ],
)
async def test_a_wrong_field_changes_nothing_and_is_named(
    village: Village, field: str, text: str, words: str
) -> None:
    before = await _bindings(village, village.mother)
    page = await village.teacher.post(await _page(village), {**READ_ONLY, field: text})
    assert page.status == 422
    assert words in page.text
    assert await _bindings(village, village.mother) == before
    assert await _noted(village, before[0].id) == []


async def test_another_schools_binding_and_an_absent_one_are_the_same(village: Village) -> None:
    path, nothing = await _page(village), f"{FAMILIES}/nothing/nobody"
    before = await _bindings(village, village.mother)
    for phone in (village.rival, village.mother, village.stranger):
        foreign, absent = await phone.get(path), await phone.get(nothing)
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
        foreign, absent = await phone.post(path, READ_ONLY), await phone.post(nothing, READ_ONLY)
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
    assert await _bindings(village, village.mother) == before


async def test_who_may_only_read_is_not_asked_to_confirm(village: Village) -> None:
    await village.teacher.post(await _page(village), READ_ONLY)
    notice = await village.publish(confirm="tap")

    async def there() -> bool:
        return bool(await village.count_where("deliveries", push=None))

    await wait_until(there, description="the notice is delivered")
    assert "待确认" not in (await village.mother.get("/h5/")).text
    page = await village.mother.get(f"/h5/notices/{notice.id}")
    assert "只能查看，不用确认" in page.text
    assert "我已知晓" not in page.text
    page = await village.mother.post(f"/h5/notices/{notice.id}/confirm?version=1")
    assert page.status == 409
    assert "不用确认" in page.text
    assert await village.count_where("deliveries", confirmed_at=None) == 1
    page = await village.teacher.get(f"/h5/teach/notices/{notice.id}")
    assert "只看，不用确认" in page.text
    assert "提醒未确认" not in page.text
    # A reminder to confirm does not ring for who has read and may do no more.
    await remind_unread(village.town.ctx, await village.teaching(), notice.id, number=1)

    async def settled() -> bool:
        return not await village.count_where("deliveries", push={"$ne": None})

    rung = [e for e in village.town.world.ledger if notice.id in str(e)]
    await wait_until(settled, description="the reminder is settled")
    assert [e for e in village.town.world.ledger if notice.id in str(e)] == rung
    # Full custody again: asked like everybody.
    await village.teacher.post(await _page(village), {**READ_ONLY, "custody": "full"})
    person = await village.person(village.mother)
    assert await confirm_notice(village.town.ctx, person, notice.id, version=1)


# ------------------------------------------------------------------------------- trying it


async def test_staff_try_it_for_a_day_and_everybody_sees_that(village: Village) -> None:
    page = await village.teacher.get(f"{FAMILIES}/try")
    assert child_name(3) in page.text
    page = await village.teacher.post(f"{FAMILIES}/try", {"student": CHILD})
    assert "开始试用" in page.text
    assert "试用" in page.text
    (binding,) = await _bindings(village, village.teacher)
    assert binding.until is not None
    assert binding.until - binding.bound_at == timedelta(hours=24)
    assert "老师试用" in (await village.mother.get("/h5/children")).text
    assert "自己试用" in (await village.teacher.get(FAMILIES)).text
    assert "还没绑定 2" in (await village.teacher.get(FAMILIES)).text
    assert "试用" in await village.teacher.say("我的孩子")
    assert (await village.teacher.post(f"{FAMILIES}/try", {"student": CHILD})).status == 409
    (noted,) = await _noted(village, binding.id)
    assert noted["after"]["trial"] is True
    # It is nobody's guardian: of a child without one, the first parent is bound by the list alone.
    other = CHILD.replace("0003", "0002")
    await village.teacher.post(f"{FAMILIES}/try", {"student": other})
    form = {"name": child_name(2), "digits": "1002"}
    assert "绑定成功" in (await village.stranger.post("/h5/bind", form)).text
    # And it has no settings: it ends by itself, or sooner by whoever tries.
    path = await _page(village, village.teacher)
    assert (await village.teacher.get(path)).status == 404
    assert (await village.teacher.post(path, READ_ONLY)).status == 404
    assert "已解除" in (await village.teacher.post(f"/h5/children/{CHILD}/end")).text
    assert [b.student_id for b in await _bindings(village, village.teacher)] == [other]


async def test_nobody_tries_a_child_of_another_class(village: Village) -> None:
    for phone in (village.rival, village.mother, village.stranger):
        foreign = await phone.post(f"{FAMILIES}/try", {"student": CHILD})
        absent = await phone.post(f"{FAMILIES}/try", {"student": "nothing"})
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
    assert (await village.teacher.post(f"{FAMILIES}/try", {})).status == 422
    assert await village.count_where("bindings", trial=True) == 0


async def test_a_trial_reaches_no_family_in_the_receipts(village: Village) -> None:
    child = CHILD.replace("0003", "0001")
    await village.teacher.post(f"{FAMILIES}/try", {"student": child})
    notice = await village.publish()

    async def there() -> bool:
        return await village.count_where("deliveries", push=None) == 2

    await wait_until(there, description="the notice is delivered")
    page = await village.teacher.get(f"/h5/notices/{notice.id}")
    assert page.status == 200
    assert child_name(1) in page.text
    page = await village.teacher.get(f"/h5/teach/notices/{notice.id}")
    assert "老师试用" not in page.text
    assert "<b>0<small>/3</small></b>" in page.text
