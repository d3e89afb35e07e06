"""Reviewing a teacher's resource on the phone: who may, what they look at, a decision that counts once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.resources import Resource
from domain.roles import Role
from services.resources import rework_resource
from tests.desk import appoint_at
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.office import DISTRICT, OTHER_SCHOOL, SCHOOL, settle_city, settle_staff
from tests.resourcing import FORM, filed, post_of
from tests.town import Town, school_class

QUEUE = "/teaching/waiting-resources"
WHY = "请补充学习单"


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await appoint_at(town, "he", OTHER_SCHOOL, Role.OFFICE, name="何丽")
    await town.ctx.stores.schools.save_classes([school_class(1, OTHER_SCHOOL)])
    return town


async def signed_in(city: Town, device: Device, key: str) -> MiniClient:
    return await Village(city, device, city.phone("wang")).somebody(key)


async def one(mini: MiniClient, made: Resource) -> Any:
    return (await mini.call("GET", f"/teaching/resources/{made.id}")).data


async def decide(
    mini: MiniClient, made: Resource, verdict: str, *, seen: int, reason: str = "", key: str = ""
) -> Answer:
    said = {"verdict": verdict, "reason": reason, "seen": seen}
    return await mini.call("POST", f"{QUEUE}/{made.id}/decision", said, key=key)


async def noted(city: Town) -> list[str]:
    """What the log says was decided."""
    found = city.ctx.stores.database["audit"].find({"act": {"$regex": "^resource_"}})
    return sorted([d["act"] async for d in found])


async def held(city: Town, made: Resource) -> Resource:
    found: Resource | None = await city.ctx.stores.resources.find(made.id)
    assert found is not None
    return found


async def test_it_is_sent_back_looked_at_again_and_taken_upwards(
    city: Town, device: Device
) -> None:
    author = await post_of(city, "zhou")
    made = await filed(city.ctx, author)
    twin = await filed(city.ctx, await post_of(city, "liu"), "另一份", title="口算")
    office = await signed_in(city, device, "li")
    library = (await office.call("GET", "/teaching/resources")).data
    assert (library["items"], library["waiting"]) == ([], 2)
    rows = (await office.call("GET", QUEUE)).data["items"]
    assert {row["id"] for row in rows} == {made.id, twin.id}
    assert not any(row["mine"] for row in rows)
    seen = await one(office, made)
    assert seen["review"] == {
        "revision": 1, "due_at": seen["review"]["due_at"], "claim": "own", "whence": "", "asked": "",
        "words": "pass", "twins": [], "place": SCHOOL.name, "above": DISTRICT.name,
    }  # fmt: skip
    # Without a reason nothing goes back.
    empty = await decide(office, made, "return", seen=1, reason="  ")
    assert empty.status == 422
    assert (await held(city, made)).waiting
    done = await decide(office, made, "return", seen=1, reason=WHY)
    assert (done.status, (await one(office, made))["review"]) == (201, None)
    assert (await held(city, made)).last_reason.reason == WHY  # type: ignore[union-attr]
    again = await rework_resource(
        city.ctx,
        author,
        made.id,
        FORM | {"title": "分数（改）"},
        [p.file_id for p in made.newest.content.parts],
        seen=(await held(city, made)).revision,
    )
    seen = await one(office, made)
    assert (seen["title"], seen["review"]["asked"]) == ("分数（改）", WHY)
    done = await decide(office, made, "allow_up", seen=again.revision)
    assert done.status == 201
    after = await held(city, made)
    assert after.shelf_at(SCHOOL.id)
    assert after.waiting is not None
    assert after.waiting.rung.place_id == DISTRICT.id
    assert await noted(city) == ["resource_allowed", "resource_returned"]


async def test_a_decision_said_again_is_one_and_another_is_told_what_is_now(
    city: Town, device: Device
) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    office, admin = await signed_in(city, device, "li"), await signed_in(city, device, "chen")
    taps = [decide(office, made, "allow", seen=1, key="verdict-1") for _ in range(2)]
    assert {answer.status for answer in await asyncio.gather(*taps)} <= {201, 409}
    # A phone that heard no answer says it again, also as another request.
    assert (await decide(office, made, "allow", seen=1)).status == 201
    assert await noted(city) == ["resource_allowed"]
    assert [s.did.value for s in (await held(city, made)).steps] == ["filed", "allowed"]
    for verdict, reason in (("return", WHY), ("allow", "")):
        late = await decide(admin, made, verdict, seen=1, reason=reason)
        assert late.status == 409
        assert (await held(city, made)).shelf_at(SCHOOL.id)
    assert (await decide(office, made, "return", seen=1, reason=WHY)).status == 409
    returned = await filed(city.ctx, await post_of(city, "zhou"), "另一份", title="口算")
    for _ in range(2):
        assert (await decide(admin, returned, "return", seen=1, reason=WHY)).status == 201
    assert (await decide(admin, returned, "return", seen=1, reason="换一个理由")).status == 409
    assert await noted(city) == ["resource_allowed", "resource_returned"]


async def test_nobody_else_decides(city: Town, device: Device) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    own = await filed(city.ctx, await post_of(city, "li"), "另一份", title="口算")
    for key in ("zhou", "wang", "sun"):  # its author, a class's teachers, a grade's
        mini = await signed_in(city, device, key)
        assert (await mini.call("GET", QUEUE)).status == 404
        assert (await decide(mini, made, "allow", seen=1)).status == 404
        library = (await mini.call("GET", "/teaching/resources")).data
        assert library["waiting"] is None
    # Another school; the district, which reviews at a desk.
    for key, status in (("he", 200), ("zhi", 404)):
        mini = await signed_in(city, device, key)
        assert (await decide(mini, made, "allow", seen=1)).status == 404
        queue = await mini.call("GET", QUEUE)
        assert queue.status == status
        assert made.id not in str(queue.body)
    office = await signed_in(city, device, "li")
    rows = (await office.call("GET", QUEUE)).data["items"]
    assert {row["id"]: row["mine"] for row in rows} == {made.id: False, own.id: True}
    assert (await one(office, own))["review"] is None
    assert (await decide(office, own, "allow", seen=1)).status == 409
    assert (await office.call("GET", "/teaching/resources")).data["waiting"] == 1
    assert (await held(city, made)).waiting
    assert (await held(city, own)).waiting
    assert await noted(city) == []
