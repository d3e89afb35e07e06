"""Marking in WeChat's browser: the class's list, a word to what was seen, all seen; for whom nothing is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain.homework import Homework
from domain.roles import Appointment, Role
from domain.times import SCHOOL_ZONE
from services.homework import withdraw_homework
from services.marking import Said, mark_submission
from services.people import Teaching, recognise
from services.submissions import access_work_as_guardian, hand_in
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import publish, teacher
from tests.town import SCHOOL, Phone, Town, child_name, school_class

CLASS = school_class(1)
CHILDREN = [f"{CLASS.id}-000{n}" for n in (1, 2, 3)]


@dataclass
class Desk:
    """A head teacher's phone; two of three children have handed in what a teacher of maths set."""

    town: Town
    by: Teaching
    head: Phone
    families: list[Phone]
    homework: Homework

    @property
    def path(self) -> str:
        return f"/h5/teach/homework/{self.homework.id}/work"

    async def hand_in(self, number: int, text: str, key: str) -> None:
        ctx = self.town.ctx
        person = await recognise(ctx, self.families[number].user.openid)
        work = await access_work_as_guardian(ctx, person, self.homework.id, CHILDREN[number])
        await hand_in(ctx, work, person, text=text, file_ids=[], key=key)

    async def mark(self, number: int, **said: Any) -> tuple[int, str]:
        form = {"key": "key-of-the-form", "version": "1", "marks": "0", "act": "mark", **said}
        reply = await self.head.post(f"{self.path}/{CHILDREN[number]}", form)
        return reply.status, reply.text

    async def held(self, number: int) -> dict[str, Any]:
        key = f"{self.homework.id}:{CHILDREN[number]}"
        found = await self.town.ctx.stores.database["submissions"].find_one({"_id": key})
        assert isinstance(found, dict)
        return found


@pytest.fixture
async def desk(quiet_town: Town) -> Desk:
    town = quiet_town
    head = await town.settle_school(children=3)
    families = [await town.settle_guardian(f"mother{n}", n) for n in (1, 2)]
    by = await teacher(town.ctx, 1)
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    made = await publish(town.ctx, by, day=day, hand_in="text")
    desk = Desk(town, by, head, families, made.homework)
    for number in (0, 1):
        await desk.hand_in(number, f"第 <{number}> 份", f"key-{number}")
    return desk


async def test_the_list_leads_from_one_to_the_next_and_back(desk: Desk) -> None:
    page = (await desk.head.get(desk.path)).text
    assert "2 份待批 · 1 人没交 · 共 3 人" in page
    places = [page.index(child_name(n)) for n in (1, 2, 3)]
    assert places == sorted(places)
    work = (await desk.head.get(f"{desk.path}/{CHILDREN[0]}")).text
    assert "第 &lt;0&gt; 份" in work
    status, page = await desk.mark(
        0, comment="写得认真", stamp="careful", level="good", points="96"
    )
    assert (status, child_name(2) in page) == (200, True)  # the next that waits
    (mark,) = (await desk.held(0))["marks"]
    assert (mark["comment"], mark["stamp"], mark["level"]) == ("写得认真", "careful", "good")
    assert (mark["points"], mark["points_of"]) == (96, 100)
    status, page = await desk.mark(1, act="return", comment="第二题再看看")
    assert "0 份待批" in page
    assert "等订正" in page
    assert (await desk.held(1))["state"] == "returned"


async def test_the_same_form_twice_is_one_word_and_nothing_said_is_seen(desk: Desk) -> None:
    for _ in range(2):
        await desk.mark(0)
    (mark,) = (await desk.held(0))["marks"]
    assert mark["stamp"] == "seen"


@pytest.mark.parametrize(
    "said",
    [
        {"points": "101"},
        {"points": "-1"},
        {"points": "９６"},
        {"comment": "长" * 501},
        {"stamp": "gold"},
        {"version": "x"},
        {"version": "2"},
    ],
)
async def test_what_cannot_stand_changes_nothing(desk: Desk, said: dict[str, str]) -> None:
    status, page = await desk.mark(0, **{"comment": "这句留着", **said})
    assert status in (400, 409, 422)
    if status != 400 and "comment" not in said:
        assert "这句留着" in page
    assert (await desk.held(0))["marks"] == []


async def test_handed_in_anew_meanwhile_is_looked_at_first(desk: Desk) -> None:
    await desk.hand_in(0, "改了", "another-key")
    status, page = await desk.mark(0, comment="看的是旧的")
    assert status == 409
    assert "改了" in page
    assert 'name="version" value="2"' in page
    assert (await desk.held(0))["marks"] == []


async def test_what_another_teacher_said_meanwhile_is_looked_at_first(desk: Desk) -> None:
    said = Said(version=1, returned=True, comment="单位忘了")
    await mark_submission(desk.town.ctx, desk.by, desk.homework.id, CHILDREN[0], said, key="k")
    status, page = await desk.mark(0, stamp="good", comment="都对")
    assert (status, "单位忘了" in page, "都对" in page) == (409, True, True)
    assert (await desk.held(0))["state"] == "returned"
    status, _ = await desk.mark(0, stamp="good", comment="都对", marks="1")
    assert [m["comment"] for m in (await desk.held(0))["marks"]] == ["单位忘了", "都对"]


async def test_all_seen_stamps_what_nobody_has_looked_at(desk: Desk) -> None:
    await desk.mark(0, act="return")
    page = await desk.head.post(desk.path, {"class": CLASS.id})
    assert (page.status, "0 份待批" in page.text) == (200, True)
    assert (await desk.held(0))["state"] == "returned"
    assert (await desk.held(1))["marks"][0]["stamp"] == "seen"


async def test_for_the_family_another_class_and_another_subject_there_is_nothing(
    desk: Desk,
) -> None:
    ctx = desk.town.ctx
    chinese = desk.town.phone("chinese", following=True)
    person = await recognise(ctx, chinese.user.openid)
    await ctx.stores.appointments.save(
        Appointment(
            id=f"{CLASS.id}:chinese:{person}",
            person_id=person,
            role=Role.SUBJECT_TEACHER,
            name="林",
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            subject="chinese",
        )
    )
    for phone in (desk.families[0], chinese):
        for path in (desk.path, f"{desk.path}/{CHILDREN[0]}"):
            assert (await phone.get(path)).status in (403, 404)
        form = {
            "key": "key-of-the-form",
            "version": "1",
            "marks": "0",
            "act": "mark",
            "comment": "我来批",
        }
        assert (await phone.post(f"{desk.path}/{CHILDREN[0]}", form)).status in (403, 404)
    assert (await desk.held(0))["marks"] == []


async def test_what_was_handed_in_is_marked_also_after_the_homework_was_taken_back(
    desk: Desk,
) -> None:
    await withdraw_homework(desk.town.ctx, desk.by, desk.homework.id)
    assert child_name(1) in (await desk.head.get(desk.path)).text
    await desk.mark(0, comment="写得认真")
    assert (await desk.held(0))["state"] == "marked"
