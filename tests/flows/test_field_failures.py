"""What went wrong in real services, each as it happened: a child's news with another family, or with nobody.

The same walk as in `test_right_adult`, one step at a time; its checks look on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from domain.bindings import ClaimState, Ending, EndReason
from domain.errors import ConflictError
from services.alerts import tell_about_ending
from services.approvals import turn_to_school
from services.bindings import Answer, bind_guardian
from services.families import own_bindings
from services.notices import remind_unread
from services.people import children_of
from services.trials import RELATION
from tests.flows.right_adult import Walk, settle
from tests.flows.right_bound import HOUR, desk_here
from tests.town import Town

DAY = 24 * HOUR
MOTHER, FATHER, STRANGER, OTHER, TEACHER = range(5)
XIAO, YI, SUN = range(3)  # the children: two in class 1, one in class 2


@pytest.fixture
async def walk(quiet_town: Town, tmp_path: Path) -> AsyncIterator[Walk]:
    """A school of three children; whoever is asked about is somebody WeChat reaches."""
    with patch("services.rosters.open_desk", desk_here):
        yield await settle(quiet_town, tmp_path)


async def _drain(walk: Walk) -> None:
    """Everybody has just written to the account; everything that waits is done, and what a sweep finds."""
    for who in range(len(walk.adults)):
        await walk.write(who)
    walk.now += HOUR / 60
    for _ in range(3):
        await walk.sweep()
        for seed in range(50):
            if not walk.queue:
                break
            await walk.run(seed)
    assert not walk.queue


def _heard(walk: Walk, who: int) -> list[str]:
    """What WeChat was handed about notices for this adult."""
    openid = walk.adults[who].phone.user.openid
    return [
        notice.id
        for entry in walk.town.world.ledger
        for notice in walk.notices
        if entry["openid"] == openid and notice.id in str(entry)
    ]


def _told(walk: Walk, who: int) -> str:
    """Everything they were sent that is no notice."""
    openid = walk.adults[who].phone.user.openid
    return "".join(str(e) for e in walk.town.world.ledger if e["openid"] == openid)


async def _answer(walk: Walk, who: int, child: int, digits: str) -> Answer:
    text = f"{walk.names[child]} {digits}"
    return (await bind_guardian(walk.ctx, walk.adults[who].person_id, text)).answer


# ------------------------------------------------------------------- a duplicate phone in a list


async def test_one_phone_on_two_families_children_binds_and_tells_nobody(walk: Walk) -> None:
    shared = 2  # both fathers' number, by a slip of the office
    await walk.hand_in([(1, shared, 0), (1, shared, 0), (2, 0, 0)])
    for child in (XIAO, YI):
        assert await _answer(walk, FATHER, child, "9999") is Answer.UNKNOWN
    await walk.publish((1,))
    await _drain(walk)
    assert _heard(walk, FATHER) == []
    assert await children_of(walk.ctx, walk.adults[FATHER].person_id) == []
    # The office puts it right; the number is one family's again.
    await walk.hand_in([(1, shared, 0), (1, 0, 0), (2, 0, 0)])
    await walk.ask(FATHER, XIAO, 0)
    await walk.publish((1,))
    await _drain(walk)
    assert _heard(walk, FATHER) == [walk.notices[1].id]
    await walk.check()


# ------------------------------------------------------------------- a test binding left behind


async def test_a_principals_test_binding_ends_by_itself_and_is_seen(walk: Walk) -> None:
    await walk.ask(MOTHER, XIAO, 0)
    await walk.try_it(XIAO)
    await walk.publish((1,))
    await _drain(walk)
    assert _heard(walk, TEACHER) == [walk.notices[0].id]
    page = await walk.adults[MOTHER].phone.get("/h5/children")
    assert RELATION in page.text
    assert "试用" in (await walk.adults[TEACHER].phone.get("/h5/children")).text
    # A day later nobody has thought of it, and no job has run.
    walk.now += DAY
    await walk.publish((1,))
    await _drain(walk)
    assert _heard(walk, TEACHER) == [walk.notices[0].id]
    assert len(_heard(walk, MOTHER)) == 2
    assert RELATION not in (await walk.adults[MOTHER].phone.get("/h5/children")).text
    assert walk.names[XIAO] not in (await walk.adults[TEACHER].phone.get("/h5/children")).text
    await walk.lapse()
    await _drain(walk)
    assert "试用绑定到期" in _told(walk, TEACHER)


# ------------------------------------------------------------------- a second guardian, stuck


async def test_a_second_guardian_is_in_a_state_that_everybody_sees_and_that_ends(
    walk: Walk,
) -> None:
    father, mother, teacher = (walk.adults[a].phone for a in (FATHER, MOTHER, TEACHER))
    await walk.hand_in([(1, 0, 1), (1, 0, 0), (2, 0, 0)])
    await walk.ask(MOTHER, XIAO, 1)
    assert await _answer(walk, FATHER, XIAO, walk.numbers(XIAO)[0][-4:]) is Answer.WAITING
    await _drain(walk)
    assert "有人申请绑定您的孩子" in _told(walk, MOTHER)
    assert "有家长申请绑定" not in _told(walk, TEACHER)
    assert "正在等孩子的家人同意" in (await father.get("/h5/children")).text
    assert "同意，是家里人" in (await mother.get("/h5/children")).text
    assert "由家人先确认" in (await teacher.get("/h5/teach/claims")).text
    # She never looks: the school may after a day, and hears of it.
    walk.now += DAY
    assert "现在学校也可以处理" in (await father.get("/h5/children")).text
    assert "由家人先确认" not in (await teacher.get("/h5/teach/claims")).text
    await walk.lapse()
    await _drain(walk)
    assert "有家长申请绑定" in _told(walk, TEACHER)
    # Nobody looks: after a week it is over, says so, and may be asked anew.
    walk.now += 6 * DAY
    assert "已经过期" in (await father.get("/h5/children")).text
    assert walk.names[XIAO] not in (await teacher.get("/h5/teach/claims")).text
    await walk.lapse()
    await _drain(walk)
    assert "绑定申请过期了" in _told(walk, FATHER)
    assert await _answer(walk, FATHER, XIAO, walk.numbers(XIAO)[0][-4:]) is Answer.WAITING
    await walk.decide_as_family(MOTHER, 0, agree=True)
    assert walk.holds(walk.adults[FATHER], XIAO) is not None
    await walk.check()


async def test_refused_by_the_family_the_school_looks_once(walk: Walk) -> None:
    await walk.hand_in([(1, 0, 1), (1, 0, 0), (2, 0, 0)])
    await walk.ask(MOTHER, XIAO, 1)
    digits = walk.numbers(XIAO)[0][-4:]
    await _answer(walk, FATHER, XIAO, digits)
    await walk.decide_as_family(MOTHER, 0, agree=False)
    assert await _answer(walk, FATHER, XIAO, digits) is Answer.REFUSED
    father = walk.adults[FATHER]
    assert "请学校再看一次" in (await father.phone.get("/h5/children")).text
    await walk.give_up(FATHER, appeal=True)
    await _drain(walk)
    page = await walk.teacher.phone.get("/h5/teach/claims")
    assert "家人没有同意" in page.text
    assert "同意，是家里人" not in (await walk.adults[MOTHER].phone.get("/h5/children")).text
    await walk.decide_as_school(0, agree=False)
    own = await own_bindings(walk.ctx, father.person_id)
    assert [c.state for c in own.closed] == [ClaimState.REFUSED]
    assert not own.closed[0].may_appeal(walk.now)
    assert "学校没有通过" in (await father.phone.get("/h5/children")).text
    with pytest.raises(ConflictError):
        await turn_to_school(walk.ctx, father.person_id, own.closed[0].id)
    await walk.check()


# ------------------------------------------------------------------- a changed phone


async def test_a_changed_phone_ends_access_before_the_next_message(walk: Walk) -> None:
    await walk.ask(MOTHER, XIAO, 0)
    await walk.publish((1,))
    # The list comes in between writing a notice and sending it.
    await walk.hand_in([(1, 1, 0), (1, 0, 0), (2, 0, 0)])
    await _drain(walk)
    assert _heard(walk, MOTHER) == []
    (ended,) = await walk.ctx.stores.bindings.ended_of_person(walk.adults[MOTHER].person_id)
    assert ended.ending is not None
    assert ended.ending.reason is EndReason.PHONE
    assert "手机号换了" in _told(walk, MOTHER)
    assert "手机号换了" in (await walk.adults[MOTHER].phone.get("/h5/children")).text
    # Whoever has the old number now finds nothing; the new number is theirs.
    assert await _answer(walk, STRANGER, XIAO, f"{XIAO}000") is Answer.UNKNOWN
    await walk.ask(MOTHER, XIAO, 0)
    assert walk.holds(walk.adults[MOTHER], XIAO) is not None
    await walk.check()


async def test_a_phone_that_changed_while_a_request_waited_vouches_for_nobody(walk: Walk) -> None:
    await walk.hand_in([(1, 0, 1), (1, 0, 0), (2, 0, 0)])
    await walk.ask(MOTHER, XIAO, 1)
    await _answer(walk, FATHER, XIAO, walk.numbers(XIAO)[0][-4:])
    await walk.hand_in([(1, 1, 1), (1, 0, 0), (2, 0, 0)])
    await walk.decide_as_family(MOTHER, 0, agree=True)  # she knows him, whatever his number is
    (binding,) = await walk.ctx.stores.bindings.active_of_person(walk.adults[FATHER].person_id)
    assert binding.contact_id is None
    assert binding.by_family


# ------------------------------------------------------------------- moved, left, graduated


async def test_the_old_teachers_notice_does_not_follow_a_child_into_another_class(
    walk: Walk,
) -> None:
    await walk.ask(MOTHER, XIAO, 0)
    await walk.ask(OTHER, SUN, 0)
    await walk.publish((1,))
    await walk.publish((1, 2))
    await walk.hand_in([(2, 0, 0), (1, 0, 0), (2, 0, 0)])
    await _drain(walk)
    assert _heard(walk, MOTHER) == [walk.notices[1].id]  # what was for her child's class of now
    for notice in walk.notices:
        await remind_unread(walk.ctx, await walk.teaching(), notice.id, number=1)
    await _drain(walk)
    assert _heard(walk, MOTHER) == [walk.notices[1].id] * 2
    assert walk.holds(walk.adults[MOTHER], XIAO) is not None
    await walk.check()


async def test_a_request_follows_a_child_and_is_over_with_one_who_left(walk: Walk) -> None:
    await walk.hand_in([(1, 0, 1), (1, 0, 0), (2, 0, 0)])
    await walk.ask(MOTHER, XIAO, 1)
    await _answer(walk, FATHER, XIAO, walk.numbers(XIAO)[0][-4:])
    await walk.hand_in([(2, 0, 1), (1, 0, 0), (2, 0, 0)])
    walk.now += DAY
    page = await walk.teacher.phone.get("/h5/teach/claims")
    assert "三年级二班" in page.text
    (claim,) = await walk.ctx.stores.claims.of_person(walk.adults[FATHER].person_id)
    await walk.hand_in([(0, 0, 1), (1, 0, 0), (2, 0, 0)])
    assert walk.names[XIAO] not in (await walk.teacher.phone.get("/h5/teach/claims")).text
    page = await walk.adults[FATHER].phone.get("/h5/children")
    assert "已经不在学校名册上" in page.text
    form = {"claim": claim.id, "student": claim.candidates[0], "action": "approve"}
    assert (await walk.teacher.phone.post("/h5/teach/claims", form)).status == 404
    assert await children_of(walk.ctx, walk.adults[FATHER].person_id) == []


async def test_of_a_child_who_left_nothing_more_goes_out(walk: Walk) -> None:
    await walk.ask(MOTHER, XIAO, 0)
    await walk.publish((1,))
    await walk.hand_in([(0, 0, 0), (1, 0, 0), (2, 0, 0)])
    await _drain(walk)
    assert _heard(walk, MOTHER) == []
    assert "已经不在学校名册上" in _told(walk, MOTHER)
    mother = walk.adults[MOTHER].phone
    assert (await mother.get(f"/h5/notices/{walk.notices[0].id}")).status == 404
    assert walk.names[XIAO] not in (await mother.get("/h5/")).text


async def test_a_graduates_family_hears_nothing_of_the_class_that_has_ended(walk: Walk) -> None:
    await walk.ask(MOTHER, XIAO, 0)
    await walk.publish((1,))
    school_class = (await walk.teaching()).classes[0]
    # One write: whoever ends the bindings afterwards may be late.
    await walk.ctx.stores.schools.save_classes([replace(school_class, ended_at=walk.now)])
    walk.queue.append(("notices.carry_out", {"notice_id": walk.notices[0].id}))
    await _drain(walk)
    assert _heard(walk, MOTHER) == []
    mother = walk.adults[MOTHER].phone
    assert (await mother.get(f"/h5/notices/{walk.notices[0].id}")).status == 404
    assert walk.names[XIAO] not in (await mother.get("/h5/children")).text
    (binding,) = await walk.ctx.stores.bindings.active_of_person(walk.adults[MOTHER].person_id)
    ending = Ending(at=walk.now, by="", reason=EndReason.GRADUATED)
    assert await walk.ctx.stores.bindings.end(binding.id, ending)
    await tell_about_ending(walk.ctx, binding.id)
    assert "毕业" in _told(walk, MOTHER)


async def test_a_number_that_becomes_two_families_later_parts_nobody_and_binds_nobody_more(
    walk: Walk,
) -> None:
    shared = 2
    await walk.hand_in([(1, shared, 0), (1, 0, 0), (2, 0, 0)])
    await walk.ask(MOTHER, XIAO, 0)
    await walk.hand_in([(1, shared, 0), (1, shared, 0), (2, 0, 0)])
    await _drain(walk)  # what follows a new binding comes late
    assert walk.holds(walk.adults[MOTHER], XIAO) is not None
    assert await _answer(walk, STRANGER, YI, "9999") is Answer.UNKNOWN
    await walk.check()
