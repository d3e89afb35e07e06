"""A school's new year as its people live it: the office at a desk, two mothers, a teacher who goes up too."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.bindings import BindingState, binding_id
from domain.notices import Notice
from domain.roles import Role
from domain.rollovers import RolloverState
from domain.schools import SchoolClass
from services.deliveries import sweep
from services.notices import draft_notice, publish_notice
from services.people import access_teaching, note_follow, recognise
from services.rollover_steps import carry_out_rollover
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.new_year import Eve, an_eve, later, settle
from tests.town import Phone, Town
from tests.waiting import wait_until

PAGE = "/console/rollover"


@dataclass
class Story:
    """The people of it. `young` has a child in grade 1, `old` one in grade 6."""

    town: Town
    eve: Eve
    desk: Browser
    young: Phone
    old: Phone
    teacher: Phone

    async def go_up(self, number: str = "1") -> None:
        """The office does it, page by page."""
        page = await self.desk.send(PAGE, {"action": "plan", "intake_1": "2"})
        assert "确认升入 2026—2027 学年" in page.text
        found = re.search(r'name="plan" value="([^"]+)"', page.text)
        assert found is not None
        page = await self.desk.send(f"{PAGE}/confirm", {"plan": found[1], "number": number})
        assert page.status == 200, page.text

    async def is_in(self, state: RolloverState) -> bool:
        """Whether the roll-over has come so far."""
        found = await self.town.ctx.stores.rollovers.find("school-a:2026")
        return found is not None and found.state is state

    async def tell(self, school_class: SchoolClass, title: str) -> Notice:
        """The teacher writes to a class."""
        person = await recognise(self.town.ctx, self.teacher.user.openid)
        teaching = await access_teaching(self.town.ctx, person)
        draft = await draft_notice(
            self.town.ctx,
            teaching,
            {"title": title, "body": "请查收。"},
            class_ids=[school_class.id],
            file_ids=(),
            links=[],
        )
        return await publish_notice(self.town.ctx, teaching, draft, idempotency_key=title * 4)


async def mother_of(town: Town, eve: Eve, key: str, grade: int) -> Phone:
    """Somebody's phone, bound to the child of a grade."""
    phone = town.phone(key, following=True)
    person = await recognise(town.ctx, phone.user.openid)
    await note_follow(town.ctx, phone.user.openid, following=True)
    (child,) = eve.pupils_of(eve.class_of(grade).id)
    known = next(b for b in eve.bindings if b.student_id == child.id)
    bound = replace(known, id=binding_id(child.id, person), person_id=person)
    eve.bindings[eve.bindings.index(known)] = bound
    return phone


@pytest.fixture
async def story(town: Town) -> AsyncIterator[Story]:
    eve = an_eve(pupils=1)
    young, old = await mother_of(town, eve, "young", 1), await mother_of(town, eve, "old", 6)
    await settle(town.ctx, eve)
    office = await appoint_at(town, "chen", eve.school, Role.OFFICE, name="陈老师")
    teacher = town.phone("teacher", following=True)
    for grade in (1, 6):
        group = eve.class_of(grade)
        where = {"class_id": group.id}
        await appoint_at(town, "teacher", eve.school, Role.HEAD_TEACHER, name="王老师", **where)
    desk = Browser(town)
    await sign_in_at_desk(desk, office)
    yield Story(town, eve, desk, young, old, teacher)
    await desk.client.close()


async def test_a_new_year(story: Story) -> None:
    """Up: one mother goes on hearing under the new name, the other hears nothing more, and nothing of it yet."""
    town, eve = story.town, story.eve
    before = await story.tell(eve.class_of(1), "春游")
    await wait_until(lambda: len(story.young.cards) == 1, description="the card")
    await story.go_up()
    await wait_until(lambda: story.is_in(RolloverState.DONE), description="the roll-over")
    # What was said before stands under the class's name of now.
    assert "二年级一班" in (await story.young.get(f"/h5/notices/{before.id}")).text
    await story.tell(eve.class_of(1), "秋游")
    await wait_until(lambda: len(story.young.cards) == 2, description="the card")
    page = (await story.old.get("/h5/children")).text
    assert eve.pupils_of(eve.class_of(6).id)[0].name not in page
    assert story.old.cards == []
    page = (await story.desk.open(PAGE)).text
    assert "还可以撤销" in page
    assert "学校已升入" in page
    # The teacher keeps the class that went up, and has the one that left no more.
    teacher = await recognise(town.ctx, story.teacher.user.openid)
    classes = (await access_teaching(town.ctx, teacher)).classes
    assert [c.name for c in classes] == ["二年级一班"]


async def test_a_farewell_is_said_once_it_cannot_be_taken_back(story: Story) -> None:
    town = story.town
    await story.old.say("你好")  # the customer-service window is open: the farewell may come by it
    await story.go_up()
    await wait_until(lambda: story.is_in(RolloverState.DONE), description="the roll-over")
    words = len(story.old.user.chat)
    tomorrow = later(town.ctx, timedelta(days=1, minutes=1))
    await carry_out_rollover(tomorrow, "school-a:2026")
    assert await story.is_in(RolloverState.CLOSED)
    await sweep(tomorrow)
    await wait_until(lambda: len(story.old.user.chat) > words, description="the words")
    assert "毕业" in str(story.old.user.chat[words:])
    assert story.young.cards == []


async def test_undone_the_same_day_and_nobody_has_noticed(story: Story) -> None:
    town, eve = story.town, story.eve
    words = len(story.old.user.chat)
    await story.go_up()
    await wait_until(lambda: story.is_in(RolloverState.DONE), description="the roll-over")
    page = await story.desk.open(f"{PAGE}/undo")
    assert "家长不会收到消息" in page.text
    await story.desk.send(f"{PAGE}/undo")
    await wait_until(lambda: story.is_in(RolloverState.UNDONE), description="the roll-over")
    assert len(story.old.user.chat) == words
    await story.tell(eve.class_of(6), "毕业照")
    await wait_until(lambda: len(story.old.cards) == 1, description="the card")
    person = await recognise(town.ctx, story.old.user.openid)
    (child,) = eve.pupils_of(eve.class_of(6).id)
    held = await town.ctx.stores.bindings.find(binding_id(child.id, person))
    assert held is not None
    assert held.state is BindingState.ACTIVE
    assert "下一步：核对" in (await story.desk.open(PAGE)).text


async def test_what_was_on_its_way_to_a_family_that_leaves_does_not_arrive(story: Story) -> None:
    town, eve = story.town, story.eve
    await town.stop_worker()
    await story.tell(eve.class_of(6), "家长会")
    await story.go_up()
    await carry_out_rollover(town.ctx, "school-a:2026")
    town.start_worker()
    await story.tell(eve.class_of(1), "秋游")
    await wait_until(lambda: len(story.young.cards) == 1, description="the card")
    assert story.old.cards == []


async def test_a_wrong_number_or_an_old_page_begins_nothing(story: Story) -> None:
    page = await story.desk.send(PAGE, {"action": "plan", "intake_1": "2"})
    found = re.search(r'name="plan" value="([^"]+)"', page.text)
    assert found is not None
    refused = await story.desk.send(f"{PAGE}/confirm", {"plan": found[1], "number": "2"})
    assert refused.status == 422
    assert "人数不对" in refused.text
    refused = await story.desk.send(f"{PAGE}/confirm", {"plan": "older", "number": "1"})
    assert refused.status == 409
    assert await story.is_in(RolloverState.PLANNED)
    refused = await story.desk.send(PAGE, {"action": "plan", "intake_1": "many"})
    assert refused.status == 422
    assert "请填 0 到 40 之间的数字" in refused.text
    assert (await story.desk.open(f"{PAGE}/undo")).status == 404
    assert await story.is_in(RolloverState.PLANNED)


async def test_a_head_teacher_finds_no_such_page(story: Story) -> None:
    desk = Browser(story.town)
    try:
        await sign_in_at_desk(desk, story.teacher)
        for path in (PAGE, f"{PAGE}/confirm", f"{PAGE}/undo", f"{PAGE}/progress"):
            assert (await desk.open(path)).status == 404
        for path in (PAGE, f"{PAGE}/school", f"{PAGE}/confirm", f"{PAGE}/undo"):
            assert (await desk.send(path, {"number": "1"})).status == 404
    finally:
        await desk.client.close()
    assert await story.town.ctx.stores.rollovers.of_school("school-a") == []
