"""The office's page for groups over HTTP: every act, what it leaves in the log, and what is refused changes nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from domain.audit import Act
from domain.bindings import Binding, BindingState, Custody, binding_id
from domain.groups import GroupKind, Mode, class_group, research_group, school_group
from domain.roles import Role
from services.audit import Wanted, audit_page
from services.groups import access_group, find_group, members_of
from services.people import recognise
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import OTHER_SCHOOL, SCHOOL, a_class, settle_city, settle_staff
from tests.town import Town, pupil

FIRST = research_group(SCHOOL.id, 1)
COMMITTEE = school_group(GroupKind.COMMITTEE, SCHOOL.id)
TALK = class_group(a_class(1).id)
EVERY = [f"{kind}:{mode}" for kind in GroupKind for mode in Mode]
PAGE = "/console/groups"


@pytest.fixture
async def city(quiet_town: Town) -> Town:
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    await quiet_town.ctx.stores.schools.save_classes([a_class(1, OTHER_SCHOOL)])
    return quiet_town


@pytest.fixture
async def desk(city: Town) -> AsyncIterator[Browser]:
    """The school's office at a desk."""
    browser = Browser(city)
    await sign_in_at_desk(browser, city.phone("li"))
    yield browser
    await browser.client.close()


async def person_of(town: Town, key: str) -> str:
    return await recognise(town.ctx, town.phone(key).user.openid)


async def a_guardian(
    town: Town, key: str, number: int = 1, school: Any = SCHOOL, **more: Any
) -> str:
    """A mother of child `number` of the school's first class; her binding."""
    student, _ = pupil(a_class(1, school), number)
    await town.ctx.stores.schools.save_students([student])
    person = await person_of(town, key)
    binding = Binding(
        id=binding_id(student.id, person),
        school_id=school.id,
        student_id=student.id,
        person_id=person,
        relation="妈妈",
        contact_id=None,
        state=BindingState.ACTIVE,
        bound_at=town.ctx.now(),
        **more,
    )
    await town.ctx.stores.bindings.save(binding)
    return binding.id


async def kept(town: Town) -> list[dict[str, Any]]:
    """All that the page could change."""
    database = town.ctx.stores.database
    found: list[dict[str, Any]] = []
    for name in ("group_rules", "enrolments"):
        found += await database[name].find({}).sort("_id", 1).to_list(None)
    return found


async def noted(town: Town) -> list[Act]:
    acts = (Act.GROUP_CHANGED, Act.GROUP_ENROLLED, Act.GROUP_ENROLMENT_ENDED)
    pages = [await audit_page(town.ctx, SCHOOL.id, Wanted(act=act)) for act in acts]
    return [entry.act for page in pages for entry in page.entries]


async def people(town: Town, group_id: str) -> set[str]:
    return {s.person_id for s in await members_of(town.ctx, await find_group(town.ctx, group_id))}


def chosen(text: str, value: str) -> bool:
    """Whether an option or a box of the page is chosen."""
    return bool(re.search(rf'value="{re.escape(value)}" (selected|checked)', unescape(text)))


async def test_what_holds_for_whole_kinds(city: Town, desk: Browser) -> None:
    text = (await desk.open(PAGE)).text
    assert all(chosen(text, value) for value in EVERY)
    quiet = [("allowed", v) for v in EVERY if v not in ("class:questions", "class:open")]
    form = [*quiet, ("grade_guardians", "yes"), ("seen", "0")]
    reply = await desk.send(f"{PAGE}/rules", form)
    assert reply.status == 200
    assert "按新的规定来" in reply.text
    rules = await city.ctx.stores.groups.rules(SCHOOL.id)
    assert rules.allowed_in(GroupKind.CLASS) == (Mode.ANNOUNCE,)
    assert (rules.grade_guardians, rules.research_choice) == (True, False)
    assert (await find_group(city.ctx, TALK)).mode is Mode.ANNOUNCE
    assert await noted(city) == [Act.GROUP_CHANGED]
    before = await kept(city)
    late = await desk.send(f"{PAGE}/rules", [("allowed", v) for v in EVERY] + [("seen", "0")])
    assert late.status == 409
    assert "刚刚在别处改过" in late.text
    assert chosen(late.text, "class:open")  # as it was sent
    none = await desk.send(f"{PAGE}/rules", [*quiet[1:], ("seen", "1")])
    assert none.status == 422
    assert "至少要留一种" in none.text
    odd = await desk.send(f"{PAGE}/rules", [*quiet, ("allowed", "choir:open"), ("seen", "1")])
    assert odd.status == 422
    assert await kept(city) == before
    assert await noted(city) == [Act.GROUP_CHANGED]


async def test_how_one_group_talks(city: Town, desk: Browser) -> None:
    assert "恢复通常" not in (await desk.open(PAGE)).text
    form = {"group": TALK, "mode": "open", "seen": "0"}
    reply = await desk.send(f"{PAGE}/talk", form)
    assert reply.status == 200
    assert "三年级1班 班级群恢复通常" in reply.text
    assert (await find_group(city.ctx, TALK)).mode is Mode.OPEN
    before = await kept(city)
    for wrong, status, said in (
        ({"mode": ""}, 422, "请选怎么说话"),
        ({"mode": "shout"}, 422, "请重新选择"),
        ({"group": ""}, 422, "请选一个群"),
        ({"seen": "0"}, 409, "刚刚在别处改过"),
        ({"seen": "x"}, 409, "刚刚在别处改过"),
        ({"group": class_group(a_class(1, OTHER_SCHOOL).id)}, 404, ""),
        ({"group": research_group(OTHER_SCHOOL.id, 1)}, 404, ""),
        ({"group": "choir:x"}, 404, ""),
    ):
        refused = await desk.send(f"{PAGE}/talk", form | {"seen": "1"} | wrong)
        assert refused.status == status, wrong
        assert said in refused.text
    kept_typed = await desk.send(f"{PAGE}/talk", {"group": COMMITTEE, "mode": "", "seen": "1"})
    assert chosen(kept_typed.text, COMMITTEE)
    assert await kept(city) == before
    assert await noted(city) == [Act.GROUP_CHANGED]
    back = await desk.send(f"{PAGE}/talk", {"group": TALK, "mode": "usual", "seen": "1"})
    assert "恢复通常" not in back.text
    assert (await find_group(city.ctx, TALK)).mode is Mode.QUESTIONS
    assert len(await noted(city)) == 2


async def test_a_mode_that_the_school_does_not_allow(city: Town, desk: Browser) -> None:
    allowed = [("allowed", v) for v in EVERY if v != "class:open"]
    await desk.send(f"{PAGE}/rules", [*allowed, ("seen", "0")])
    before = await kept(city)
    reply = await desk.send(f"{PAGE}/talk", {"group": TALK, "mode": "open", "seen": "1"})
    assert reply.status == 422
    assert "学校不允许" in reply.text
    assert await kept(city) == before


async def test_a_research_group(city: Town, desk: Browser) -> None:
    form = [("group", FIRST), ("name", "文科教研组"), ("subjects", "chinese"), ("seen", "0")]
    reply = await desk.send(f"{PAGE}/research", form)
    assert reply.status == 200
    assert "文科教研组" in reply.text
    group = await find_group(city.ctx, FIRST)
    assert (group.name, group.subjects) == ("文科教研组", ("chinese",))
    assert await people(city, FIRST) == {await person_of(city, "zhou")}
    before = await kept(city)
    long = "很长的名字" * 5
    for wrong, status in (
        ([("group", FIRST), ("name", long), ("subjects", "maths"), ("seen", "1")], 422),
        ([("group", FIRST), ("subjects", "alchemy"), ("seen", "1")], 422),
        ([("group", FIRST), ("subjects", "maths"), ("seen", "0")], 409),
        ([("group", COMMITTEE), ("seen", "1")], 404),
        ([("group", research_group(OTHER_SCHOOL.id, 1)), ("seen", "1")], 404),
    ):
        refused = await desk.send(f"{PAGE}/research", wrong)
        assert refused.status == status, wrong
        if ("name", long) in wrong:
            assert f'value="{long}"' in refused.text
            assert chosen(refused.text, "maths")
    assert await kept(city) == before
    assert await noted(city) == [Act.GROUP_CHANGED]


async def test_somebody_is_put_into_a_research_group_and_out_of_it(
    city: Town, desk: Browser
) -> None:
    wang = await person_of(city, "wang")
    for leads in ("yes", "", "yes"):
        reply = await desk.send(
            f"{PAGE}/teachers", {"group": FIRST, "person": wang, "leads": leads}
        )
        assert reply.status == 200
        assert (await access_group(city.ctx, wang, FIRST)).leads is (leads == "yes")
    assert "教务处安排" in reply.text
    await appoint_at(city, "far", OTHER_SCHOOL, Role.HEAD_TEACHER, class_id="fushan-1-3-1")
    before, acts = await kept(city), await noted(city)
    far = await person_of(city, "far")
    stranger = await a_guardian(city, "mother")
    for wrong, status in (
        ({"person": ""}, 422),
        ({"person": far}, 404),
        ({"person": stranger.partition(":")[2]}, 404),
        ({"group": COMMITTEE}, 404),
        ({"group": research_group(OTHER_SCHOOL.id, 1)}, 404),
    ):
        refused = await desk.send(f"{PAGE}/teachers", {"group": FIRST, "person": wang} | wrong)
        assert refused.status == status, wrong
    assert (await kept(city), await noted(city)) == (before, acts)
    for _ in range(2):  # sent twice is once
        reply = await desk.send(f"{PAGE}/end", {"enrolment": f"{FIRST}:{wang}"})
        assert reply.status == 200
    assert await people(city, FIRST) == set()
    assert (await noted(city)).count(Act.GROUP_ENROLMENT_ENDED) == 1


async def test_a_guardian_of_the_committee(city: Town, desk: Browser) -> None:
    mother = await a_guardian(city, "mother")
    reader = await a_guardian(city, "aunt", custody=Custody.READ_ONLY)
    trial = await a_guardian(city, "wang", trial=True)
    person = mother.rpartition(":")[2]
    text = (await desk.open(f"{PAGE}?class={a_class(1).id}")).text
    assert f'value="{mother}"' in text
    assert reader not in text
    assert trial not in text
    form = {"class": a_class(1).id, "guardian": mother, "leads": "yes", "until": ""}
    others = await a_guardian(city, "theirs", school=OTHER_SCHOOL)
    other_class = a_class(1, OTHER_SCHOOL).id
    for wrong, status, said in (
        ({"guardian": ""}, 422, "请选一位家长"),
        ({"until": "2026-02-31"}, 422, "日期不对"),
        ({"until": "2020-01-01"}, 422, "已经过去"),
        ({"until": "2999-01-01"}, 422, "天以内"),
        ({"guardian": reader}, 404, ""),
        ({"guardian": trial}, 404, ""),
        ({"guardian": others}, 404, ""),
        ({"class": other_class, "guardian": others}, 404, ""),
        ({"class": a_class(2).id}, 404, ""),
    ):
        refused = await desk.send(f"{PAGE}/committee", form | wrong)
        assert refused.status == status, wrong
        assert said in refused.text
        if wrong.get("until"):
            assert f'value="{wrong["until"]}"' in refused.text
            assert chosen(refused.text, mother)
    assert (await kept(city), await noted(city)) == ([], [])
    until = (city.ctx.now() + timedelta(days=90)).date().isoformat()
    reply = await desk.send(f"{PAGE}/committee", form | {"until": until})
    assert reply.status == 200
    assert a_class(1).id in reply.url  # the next one of the class is a tap away
    assert until in reply.text
    seat = await access_group(city.ctx, person, COMMITTEE)
    assert (seat.leads, seat.as_staff) == (True, False)
    assert seat.until is not None
    assert await noted(city) == [Act.GROUP_ENROLLED]
    assert (await desk.send(f"{PAGE}/end", {"enrolment": f"{COMMITTEE}:{person}"})).status == 200
    assert person not in await people(city, COMMITTEE)
    assert Act.GROUP_ENROLMENT_ENDED in await noted(city)


async def test_who_is_no_guardian_any_more_is_shown_as_such(city: Town, desk: Browser) -> None:
    mother = await a_guardian(city, "mother")
    form = {"class": a_class(1).id, "guardian": mother}
    assert "绑定已解除" not in (await desk.send(f"{PAGE}/committee", form)).text
    await city.ctx.stores.database["bindings"].update_one(
        {"_id": mother}, {"$set": {"state": "ended"}}
    )
    assert "绑定已解除" in (await desk.open(PAGE)).text
    assert mother.rpartition(":")[2] not in await people(city, COMMITTEE)


async def test_only_the_office_of_the_school_itself(city: Town, desk: Browser) -> None:
    mother = await a_guardian(city, "mother")
    person = mother.rpartition(":")[2]
    await desk.send(f"{PAGE}/committee", {"class": a_class(1).id, "guardian": mother})
    before, acts = await kept(city), await noted(city)
    await appoint_at(city, "elsewhere", OTHER_SCHOOL, Role.OFFICE, name="何老师")
    sent = {
        "rules": {"allowed": EVERY[0]},
        "talk": {"group": TALK, "mode": "open"},
        "research": {"group": FIRST},
        "teachers": {"group": FIRST, "person": await person_of(city, "zhou")},
        "committee": {"class": a_class(1).id, "guardian": mother},
        "end": {"enrolment": f"{COMMITTEE}:{person}"},
    }
    for key in ("wang", "sun", "zhi", "elsewhere"):
        browser = Browser(city)
        await sign_in_at_desk(browser, city.phone(key))
        at_home = key == "elsewhere"
        assert (await browser.open(PAGE)).status == (200 if at_home else 404), key
        assert (await browser.open(f"{PAGE}?class={a_class(1).id}")).status == 404
        for act, form in sent.items():
            reply = await browser.send(f"{PAGE}/{act}", form | {"seen": "0"})
            refused = 422 if at_home and act == "rules" else 404
            assert reply.status == refused, (key, act)
        await browser.client.close()
    assert (await desk.post(f"{PAGE}/end", **sent["end"]))[0] == 403  # without the form's token
    assert (await kept(city), await noted(city)) == (before, acts)


async def test_the_log_says_it_in_words(city: Town, desk: Browser) -> None:
    allowed = [("allowed", v) for v in EVERY if v != "class:open"]
    await desk.send(f"{PAGE}/rules", [*allowed, ("seen", "0")])
    await desk.send(f"{PAGE}/talk", {"group": TALK, "mode": "announce", "seen": "1"})
    admin = Browser(city)
    await sign_in_at_desk(admin, city.phone("chen"))
    text = (await admin.open("/console/audit?act=group_changed")).text
    await admin.client.close()
    assert "班级群可以怎么说话" in text
    assert "只发通知、可以提问" in text
    assert "群里怎么说话" in text
    assert "grade_guardians" not in text
