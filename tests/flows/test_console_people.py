"""Pupils, requests and classes at a desk, over HTTP: who gets where, what a form does, and what it does not do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.audit import Act
from domain.regions import Region, RegionLevel
from domain.roles import Right, Role
from services.approvals import waiting_claims
from services.people import teaching_of
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.conftest import notice_form
from tests.people import PeopleTown, settle_people
from tests.town import Town
from tests.waiting import wait_until

DISTRICT = Region(id="zhifu", level=RegionLevel.DISTRICT, name="芝罘区", region_ids=("zhifu",))


@pytest.fixture
async def people(quiet_town: Town) -> PeopleTown:
    people = await settle_people(quiet_town)
    await people.bind("mother", people.child(0, 1), "1000")
    await people.bind("father", people.child(0, 1), "2000")
    await people.bind("neighbour", people.child(1, 1), "1004")
    await people.bind("uncle", people.child(1, 1), "2004")
    return people


@pytest.fixture
async def desk(people: PeopleTown) -> AsyncIterator[Browser]:
    browser = Browser(people.town)
    yield browser
    await browser.client.close()


async def stamp_on(desk: Browser, path: str) -> str:
    text = (await desk.open(path)).text
    assert 'name="stamp" value="' in text, text[:400]
    return text.partition('name="stamp" value="')[2].partition('"')[0]


async def addresses(people: PeopleTown, class_number: int) -> list[tuple[str, dict[str, str]]]:
    """Every page and act about one class, its first child, the child's line, its guardian and a request."""
    child, school_class = people.child(class_number, 1), people.classes[class_number]
    person = await people.person("mother" if class_number == 0 else "neighbour")
    here, line = (
        f"/console/people/{child.id}",
        f"{child.id}:{'1000' if class_number == 0 else '1004'}",
    )
    claims = await people.ctx.stores.claims.waiting_for_students(child.school_id, [child.id])
    decide = {"claim": claims[0].id, "student": child.id}
    change = {"relation": "姑姑", "order": "", "custody": "full", "until": "", "reason": "other"}
    return [
        (f"/console/people?class={school_class.id}", {}),
        (f"/console/people?class=all&start={school_class.id}", {}),
        (f"/console/people/guardians/{person}", {}),
        (here, {}),
        (f"{here}/edit", {"name": "李四", "number": ""}),
        (f"{here}/move", {"class": people.classes[2].id, "number": ""}),
        (f"{here}/leave", {"sure": "yes"}),
        (f"{here}/erase", {"sure": "yes"}),
        (f"{here}/lines/new", {"phone": "1357", "relation": ""}),
        (f"{here}/lines/{line}", {"phone": "1357", "relation": "", "sure": "yes"}),
        (f"{here}/lines/{line}/remove", {"sure": "yes"}),
        (f"{here}/bindings/{person}", change),
        (f"{here}/bindings/{person}/end", {"reason": "moved"}),
        (f"{here}/files/{person}", {"sure": "yes"}),
        (f"/console/classes/{school_class.id}", {"label": "9"}),
        (f"/console/classes/{school_class.id}/end", {"sure": "yes"}),
        ("/console/claims", {**decide, "action": "approve"}),
        ("/console/claims", {**decide, "action": "refuse"}),
    ]


@pytest.mark.parametrize("key", ["head", "leader"])
async def test_another_class_of_the_same_school_is_not_there(
    people: PeopleTown, desk: Browser, key: str
) -> None:
    """A head teacher about the class next door; a grade leader, who sees it, about every act."""
    await sign_in_at_desk(desk, people.town.phone(key))
    before = await people.everything()
    open_to_leaders = 4
    for place, (path, form) in enumerate(await addresses(people, 1)):
        sees = key == "leader" and place < open_to_leaders
        if path != "/console/claims" or key == "leader":
            page = await desk.open(path)
            assert (page.status, people.child(1, 1).name in page.text) == (
                (200, True) if sees else (404, False)
            ), path
        if form:
            stamp = "guessed"
            assert (await desk.send(path, {"stamp": stamp, **form})).status == 404, path
    assert await people.everything() == before


async def test_an_observer_and_a_region_find_nothing(people: PeopleTown, desk: Browser) -> None:
    await appoint_at(people.town, "district", DISTRICT, Role.DISTRICT_ADMIN)
    for key in ("observer", "district"):
        await sign_in_at_desk(desk, people.town.phone(key))
        before = await people.everything()
        for path, form in await addresses(people, 0):
            assert (await desk.open(path)).status == 404, (key, path)
            if form:
                assert (await desk.send(path, {"stamp": "guessed", **form})).status == 404
        for path in ("/console/people", "/console/people/new", "/console/classes"):
            assert (await desk.open(path)).status == 404, (key, path)
        assert await people.everything() == before


async def test_a_head_teacher_changes_and_ends_a_binding_of_the_own_class(
    people: PeopleTown, desk: Browser
) -> None:
    await sign_in_at_desk(desk, people.town.phone("head"))
    child, person = people.child(0, 1), await people.person("mother")
    page = await desk.open(f"/console/people/{child.id}")
    assert "标记离校" not in page.text
    assert "家庭档案" not in page.text
    path = f"/console/people/{child.id}/bindings/{person}"
    wrong = {"relation": "姑姑", "order": "2", "custody": "read_only", "until": "2020-01-01"}
    before = await people.everything()
    refused = await desk.send(path, wrong)
    assert refused.status == 422
    for said in ("请选一个原因", "已经过去了", 'value="姑姑"'):
        assert said in refused.text
    assert await people.everything() == before
    changed = await desk.send(path, wrong | {"until": "", "reason": "court"})
    assert "已保存，马上生效" in changed.text
    assert "只能查看" in changed.text
    assert (await desk.send(f"{path}/end", {"reason": ""})).status == 422
    ended = await desk.send(f"{path}/end", {"reason": "custody"})
    assert "监护变更" in ended.text
    assert await people.ctx.stores.bindings.active_of_person(person) == []
    assert await people.acts() == [Act.SIGNED_IN, Act.BINDING_CHANGED, Act.BINDING_ENDED]


async def test_the_office_adds_moves_and_says_goodbye(people: PeopleTown, desk: Browser) -> None:
    await sign_in_at_desk(desk, people.town.phone("office"))
    page = await desk.open(f"/console/people/new?class={people.classes[0].id}")
    key = page.text.partition('name="key" value="')[2].partition('"')[0]
    form = {"name": "欧", "number": "7", "class": people.classes[0].id, "phone": "", "key": key}
    refused = await desk.send("/console/people/new", form)
    assert refused.status == 422
    assert "姓名要 2 到 40 个字" in refused.text
    assert f'value="{key}"' in refused.text
    for _ in range(2):  # the form sent twice
        added = await desk.send("/console/people/new", form | {"name": "欧阳雨"})
        assert "已添加" in added.text
    path = added.url.removeprefix(people.town.base).partition("?")[0]
    found = people.ctx.stores.database["students"].find({"name": "欧阳雨"})
    assert len(await found.to_list(None)) == 1
    seen = await stamp_on(desk, f"{path}/move")
    moved = await desk.send(f"{path}/move", {"class": people.classes[1].id, "stamp": seen})
    assert "已转班" in moved.text
    again = await desk.send(f"{path}/move", {"class": people.classes[2].id, "stamp": seen})
    assert again.status == 409
    assert "刚刚有变化" in again.text
    seen = await stamp_on(desk, f"{path}/leave")
    left = await desk.send(f"{path}/leave", {"stamp": seen})
    assert "已离校" in left.text
    for act in ("edit", "move", "leave", "lines/new"):
        assert (await desk.open(f"{path}/{act}")).status == 404
    assert (await desk.open(f"{path}/erase")).status == 404  # the office hands nothing out
    assert await people.acts() == [
        Act.SIGNED_IN,
        Act.PUPIL_ADDED,
        Act.PUPIL_MOVED,
        Act.PUPIL_LEFT,
    ]


async def test_a_number_others_are_bound_through_is_changed_once_it_is_meant(
    people: PeopleTown, desk: Browser
) -> None:
    await sign_in_at_desk(desk, people.town.phone("office"))
    child, person = people.child(0, 1), await people.person("mother")
    path = f"/console/people/{child.id}/lines/{child.id}:1000"
    form = {"phone": "8888", "relation": "妈妈", "stamp": await stamp_on(desk, path)}
    refused = await desk.send(path, form)
    assert refused.status == 422
    assert "请先勾选" in refused.text
    assert len(await people.ctx.stores.bindings.active_of_person(person)) == 1
    assert "号码已保存" in (await desk.send(path, form | {"sure": "yes"})).text
    assert await people.ctx.stores.bindings.active_of_person(person) == []


async def test_a_request_is_decided_by_the_same_rules_as_on_the_phone(
    people: PeopleTown, desk: Browser
) -> None:
    await sign_in_at_desk(desk, people.town.phone("head"))
    child = people.child(0, 1)
    (claim,) = await people.ctx.stores.claims.waiting_for_students(child.school_id, [child.id])
    page = await desk.open("/console/claims")
    for said in (child.name, "2000", "正在问妈妈"):
        assert said in page.text
    assert people.child(1, 1).name not in page.text
    form = {"claim": claim.id, "student": child.id, "action": "approve"}
    refused = await desk.send("/console/claims", form)
    assert refused.status == 409
    assert "由孩子的家人确认" in refused.text
    past = people.ctx.now() - timedelta(hours=1)
    await people.ctx.stores.database["claims"].update_one(
        {"_id": claim.id}, {"$set": {"school_from": past}}
    )
    assert (await desk.send("/console/claims", form | {"student": ""})).status == 422
    other = form | {"student": people.child(0, 2).id}
    assert (await desk.send("/console/claims", other)).status == 404
    assert (await desk.send("/console/claims", form | {"action": ""})).status == 404
    done = await desk.send("/console/claims", form)
    assert "已通过" in done.text
    assert "没有要处理的申请" in done.text
    assert (
        len(await people.ctx.stores.bindings.active_of_person(await people.person("father"))) == 1
    )
    teaching = await teaching_of(people.ctx, people.posts["head"], Right.CLAIMS)
    assert await waiting_claims(people.ctx, teaching) == []


async def test_classes_are_founded_relabelled_and_ended(people: PeopleTown, desk: Browser) -> None:
    await sign_in_at_desk(desk, people.town.phone("office"))
    before = await people.everything()
    for label, said in (("1", "已经有这个班"), ("", "请写班号或班名"), ("三十一", "请写 1 到 99")):
        refused = await desk.send("/console/classes", {"grade": "3", "label": label})
        assert (refused.status, said in refused.text) == (422, True)
    assert (await desk.send("/console/classes", {"grade": "7", "label": "1"})).status == 422
    assert await people.everything() == before
    founded = await desk.send("/console/classes", {"grade": "3", "label": "５班"})
    assert "三年级五班" in founded.text
    path = founded.url.removeprefix(people.town.base).partition("?")[0]
    assert (await desk.send(path, {"label": "2"})).status == 422
    assert "三年级六班" in (await desk.send(path, {"label": "六"})).text
    full = f"/console/classes/{people.classes[0].id}"
    assert "班里还有 4 名学生" in (await desk.open(f"{full}/end")).text
    assert (await desk.send(f"{full}/end")).status == 409
    assert "班级已结束" in (await desk.send(f"{path}/end")).text
    assert (await desk.open(path)).status == 404
    assert "六班" not in (await desk.open("/console/classes")).text
    assert await people.acts() == [Act.SIGNED_IN, *[Act.CLASS_EDITED] * 3]


async def test_a_family_file_is_made_and_fetched_and_a_child_erased(
    people: PeopleTown, desk: Browser
) -> None:
    people.town.start_worker()
    await sign_in_at_desk(desk, people.town.phone("admin"))
    child, person = people.child(0, 1), await people.person("mother")
    path = f"/console/people/{child.id}"
    assert (await desk.open(f"{path}/erase")).status == 404  # still here
    assert (await desk.send(f"{path}/files/{await people.person('head')}")).status == 404
    assert "正在准备" in (await desk.send(f"{path}/files/{person}")).text
    (file,) = await people.ctx.stores.family_files.of_student(child.school_id, child.id)

    async def is_ready() -> bool:
        return "下载" in (await desk.open(f"{path}/files/{person}")).text

    await wait_until(is_ready, description="the archive")
    archive = await desk.open(f"/console/people/files/{file.id}")
    assert (archive.status, archive.headers["Content-Type"]) == (200, "application/zip")
    other = Browser(people.town)
    await sign_in_at_desk(other, people.town.phone("office"))
    assert (await other.open(f"/console/people/files/{file.id}")).status == 404
    await other.client.close()
    await desk.send(f"{path}/leave", {"stamp": await stamp_on(desk, f"{path}/leave")})
    assert (await desk.send(f"{path}/erase")).status == 422
    assert "正在删除" in (await desk.send(f"{path}/erase", {"sure": "yes"})).text

    async def is_gone() -> bool:
        return (await desk.open(path)).status == 404

    await wait_until(is_gone, description="the child's erasure")
    assert (await people.acts())[-2:] == [Act.PUPIL_LEFT, Act.FAMILY_ERASED]


@pytest.mark.parametrize("act", ["move", "leave"])
async def test_what_is_due_for_the_old_class_does_not_reach_the_family_any_more(
    people: PeopleTown, desk: Browser, act: str
) -> None:
    """Published before the act, sent after it: the act counts."""
    child, town = people.child(0, 1), people.town
    await people.bind("classmate", people.child(0, 2), "1001")
    head = town.phone("head")
    form = notice_form(class_ids=[people.classes[0].id])
    assert (await head.post("/h5/teach/notices/new", form)).status == 200
    await sign_in_at_desk(desk, town.phone("office"))
    path = f"/console/people/{child.id}/{act}"
    await desk.send(path, {"class": people.classes[2].id, "stamp": await stamp_on(desk, path)})
    town.start_worker()
    await wait_until(lambda: town.phone("classmate").cards, description="the classmate's card")
    assert town.phone("mother").cards == []
    found = people.ctx.stores.database["deliveries"].find({"student_id": child.id})
    assert await found.to_list(None) == []
