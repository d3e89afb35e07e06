"""The queue on the head teacher's phone and at the office's desk: seen by who may, decided once, told kindly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from domain.roles import Role
from domain.safety import Outcome, Spot
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.conftest import town as town
from tests.miniapp.village import Village
from tests.safety import Wall, on_a_wall
from tests.town import SCHOOL, Town, school_class
from tests.waiting import wait_until

CLASS = school_class(1)
BAD = "这句话微信拿不准"


@dataclass
class Yard:
    village: Village
    wall: Wall
    teacher: MiniClient
    mother: MiniClient
    mother_id: str

    async def says(self, number: int, text: str = "") -> None:
        await self.wall.write(
            self.village.town.ctx, self.wall.writing(number, text or BAD, by=self.mother_id)
        )

    async def becomes(self, number: int, outcome: Outcome) -> None:
        async def is_so() -> bool:
            return self.wall.shown[f"m-{number}"] is outcome

        await wait_until(is_so, description=f"it is {outcome}")


@pytest.fixture
async def yard(town: Town, device: Device) -> AsyncIterator[Yard]:
    teacher = await town.settle_school(children=3)
    village = Village(town, device, teacher)
    head = await village.somebody("teacher")
    mother = await village.guardian("mother", 1)
    with on_a_wall(CLASS) as wall:
        yield Yard(village, wall, head, mother, await village.person("mother"))


async def test_one_tap_shows_it(yard: Yard) -> None:
    await yard.says(1)
    (row,) = (await yard.teacher.call("GET", "/teaching/reviews")).data["reviews"]
    assert (row["text"], row["class_name"], row["hidden"]) == (BAD, CLASS.name, True)
    path = f"/teaching/reviews/{row['id']}"
    body = {"allow": True, "seen": row["seen"]}
    for who in (yard.mother, yard.teacher, yard.teacher):
        answer = await who.call("POST", f"{path}/decision", body)
        assert answer.status == (404 if who is yard.mother else 201)
    await yard.becomes(1, Outcome.PASS)
    late = await yard.teacher.call(
        "POST", f"{path}/decision", {**body, "allow": False, "why": "广告"}
    )
    assert (late.status, late.code) == (409, "conflict")


async def test_a_refusal_is_told_kindly_and_without_the_words(yard: Yard) -> None:
    mother = yard.village.town.phone("mother")
    await mother.say("帮助")  # whoever wrote lately can be written to
    await yard.says(1)
    (row,) = (await yard.teacher.call("GET", "/teaching/reviews")).data["reviews"]
    body = {"allow": False, "why": "", "seen": row["seen"]}
    path = f"/teaching/reviews/{row['id']}/decision"
    answer = await yard.teacher.call("POST", path, body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["why"])
    await yard.teacher.call("POST", path, {**body, "why": "这里不发广告哦。"})
    await yard.becomes(1, Outcome.REFUSE)

    async def has_heard() -> bool:
        return "没有展示" in str(mother.user.chat)

    await wait_until(has_heard, description="the author hears of it")
    assert BAD not in str(mother.user.chat)


async def test_reported_muted_frozen_lifted(yard: Yard) -> None:
    await yard.says(1, "我不同意")
    father = await yard.village.guardian("father", 2)
    told = await father.call("POST", "/reports", {"kind": "message", "id": "m-1", "why": "吵架"})
    assert told.status == 201
    (row,) = (await yard.teacher.call("GET", "/teaching/reviews")).data["reviews"]
    assert (row["hidden"], row["reported"], row["whys"]) == (False, 1, ["吵架"])
    path = f"/teaching/reviews/{row['id']}"
    muted = {"hours": 24, "reach": "class", "why": "先冷静一下。"}
    assert (await yard.teacher.call("POST", f"{path}/mute", muted)).status == 201
    assert (await yard.teacher.call("POST", f"{path}/freeze", {"why": "停一停"})).status == 201
    held = (await yard.teacher.call("GET", "/teaching/silences")).data["silences"]
    assert sorted(s["in_room"] for s in held) == [False, True]
    for silence in held:
        lifted = await yard.teacher.call("POST", f"/teaching/silences/{silence['id']}/lift")
        assert lifted.status == 201
    assert (await yard.teacher.call("GET", "/teaching/silences")).data["silences"] == []


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[Browser]:
    opened = Browser(town)
    yield opened
    await opened.client.close()
    await opened.client.close()


async def test_at_a_desk(yard: Yard, desk: Browser) -> None:
    town = yard.village.town
    await sign_in_at_desk(desk, await appoint_at(town, "office", SCHOOL, Role.SCHOOL_ADMIN))
    await yard.says(1)
    assert BAD not in (await desk.open("/console/reviews")).text  # not the office's yet
    writing = yard.wall.writing(2, BAD, by=yard.mother_id)
    school = replace(writing, spot=Spot(SCHOOL.id, "", "group:parents"))
    await yard.wall.write(town.ctx, school)
    page = await desk.open("/console/reviews")
    assert BAD in page.text
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": csrf, "review": "message:m-2", "seen": "0"}
    status, text = await desk.post("/console/reviews", **form, action="refuse", why="")
    assert (status, "请写理由" in text) == (422, True)
    held = await town.ctx.stores.reviews.find("message:m-2")
    form["seen"] = str(held.version)
    status, text = await desk.post("/console/reviews", **form, action="allow", why="")
    assert (status, "已通过" in text) == (200, True)
    await yard.becomes(2, Outcome.PASS)
    words = await desk.open("/console/words")
    csrf = words.text.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": csrf, "seen": "0", "hold": "小卖部\n", "refuse": "", "ignore": ""}
    assert (await desk.post("/console/words", **form))[0] == 200
    assert (await desk.post("/console/words", **form))[0] == 409
    form |= {"seen": "1", "hold": "。。"}
    assert (await desk.post("/console/words", **form))[0] == 422
    await yard.says(3, "小卖部又涨价了")
    assert yard.wall.shown["m-3"] is Outcome.HOLD
