"""Erased is erased: canaries are looked for in every collection there is and every key in Redis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pymongo
import pytest
import redis as redis_driver

from domain.erasures import Stage
from domain.errors import ConflictError, NotFoundError
from domain.roles import Role
from services.erasure import carry_out_erasures, erase_child
from services.erasure_steps import COLLECTIONS
from services.people import access_teaching, recognise
from services.receipts import receipts_of
from storage.erasures import ErasureStore
from storage.indexes import INDEXES
from tests.erasing import erase_wholly, everything_in_mongodb, everything_in_redis, later
from tests.flows.canaries import (
    CANARY,
    MISTYPED,
    OTHER,
    SIBLING,
    TYPED,
    WORK,
    besides,
    found_in,
    student_id,
)
from tests.flows.household import (
    Household,
    child_canaries,
    hand_in_list,
    leave_school,
    office,
    settle,
)
from tests.town import OTHER_SCHOOL, SCHOOL, Town

Client = pymongo.MongoClient[Mapping[str, Any]]
# Ids of ours may stay in the log of what staff did: with the records gone they lead nowhere.
LOG = ("audit",)


@pytest.fixture
async def household(town: Town) -> Household:
    return await settle(town)


async def test_of_an_adult_nothing_is_found_and_nobody_else_is_touched(
    household: Household,
    mongodb_client: Client,
    redis_client: redis_driver.Redis,
    database_name: str,
) -> None:
    town = household.town
    canaries = household.adult_canaries("mother") | {"digits": TYPED.encode()}
    before = everything_in_mongodb(mongodb_client, database_name)
    assert set(found_in(before, canaries)) == set(canaries), "a canary that never sang"
    assert found_in(before, {"mistyped": MISTYPED.encode()}) == {}
    others = await household.state("father", "other", "teacher")

    await household.mother.get("/h5/me/erase/confirm")
    await household.mother.post("/h5/me/erase/confirm")
    await carry_out_erasures(later(town.ctx, days=6))
    assert found_in(everything_in_mongodb(mongodb_client, database_name), canaries)
    await erase_wholly(later(town.ctx, days=8))

    after = everything_in_mongodb(mongodb_client, database_name)
    assert found_in(besides(after, LOG), canaries) == {}
    del canaries["person"]
    assert found_in(after, canaries) == {}
    canaries = household.adult_canaries("mother")
    assert found_in(everything_in_redis(redis_client, database_name), canaries) == {}
    approved = others["father", "bindings"][0]
    assert approved["approved_by"] == household.people["mother"]
    approved["approved_by"] = "erased"
    assert await household.state("father", "other", "teacher") == others
    # What was handed in is the child's: it stays, without who did it.
    assert set(found_in(after, {"work": WORK.encode()})) == {"work"}
    assert CANARY in (await household.father.get("/h5/children")).text


async def test_of_a_child_nothing_is_found_and_its_sibling_is_untouched(
    household: Household,
    mongodb_client: Client,
    redis_client: redis_driver.Redis,
    database_name: str,
) -> None:
    town, canaries = household.town, child_canaries(household, CANARY)
    await hand_in_list(town)
    stored = everything_in_mongodb(mongodb_client, database_name)
    assert set(found_in(stored, canaries)) == set(canaries), "a canary that never sang"
    boss = office(household.people["teacher"])
    with pytest.raises(ConflictError, match="still_here"):
        await erase_child(town.ctx, boss, student_id(CANARY))
    await leave_school(town, CANARY, town.ctx.now())
    await town.stop_worker()
    await erase_child(town.ctx, boss, student_id(CANARY))
    await erase_wholly(town.ctx)

    stored = everything_in_mongodb(mongodb_client, database_name)
    assert found_in(besides(stored, LOG), canaries) == {}
    assert found_in({"audit": stored["audit"]}, {"name": CANARY.encode()}) == {}
    redis = everything_in_redis(redis_client, database_name)
    assert found_in(redis, canaries) == {}
    (list_kept,) = await town.ctx.stores.imports.of_school(SCHOOL.id)
    assert list_kept.files_gone
    for phone, child in ((household.mother, SIBLING), (household.other, OTHER)):
        page = (await phone.get("/h5/children")).text
        assert child in page
        assert CANARY not in page
    # One signature of the mother's stood for both children: the sibling's stays readable.
    person = await recognise(town.ctx, household.teacher.user.openid)
    teaching = await access_teaching(town.ctx, person)
    receipts = await receipts_of(town.ctx, teaching, household.notice_id)
    kept = {c.student.name: c.guardians for c in receipts.children() if c.guardians}
    assert set(kept) == {SIBLING, OTHER}
    for (guardian,) in kept.values():
        signed = guardian.delivery.signature_id
        assert signed is not None
        assert [piece async for piece in town.ctx.stores.files.read(signed)]


async def test_the_figures_of_a_notice_stay_without_whom_they_count(household: Household) -> None:
    town = household.town
    person = await recognise(town.ctx, household.teacher.user.openid)
    teaching = await access_teaching(town.ctx, person)
    before = await receipts_of(town.ctx, teaching, household.notice_id)
    assert (before.nameless.guardians, before.guardians_read()[0]) == (0, 4)
    await household.mother.post("/h5/me/erase/confirm")
    await erase_wholly(later(town.ctx, days=8))
    after = await receipts_of(town.ctx, teaching, household.notice_id)
    gone = after.nameless
    assert (gone.guardians, gone.read, gone.confirmed) == (2, 2, 2)
    assert after.guardians_read()[0] == 2
    page = await household.teacher.get(f"/h5/teach/notices/{household.notice_id}")
    assert "2 位家长的资料已经删除" in page.text


async def test_the_report_says_how_much_went_and_not_of_whom(
    household: Household, mongodb_client: Client, database_name: str
) -> None:
    town = household.town
    await household.mother.post("/h5/me/erase/confirm")
    await erase_wholly(later(town.ctx, days=8))
    (report,) = await town.ctx.stores.database["erasure_reports"].find({}).to_list(None)
    assert report["counts"].items() >= {
        "identities": 1, "bindings": 2, "deliveries": 2, "consents": 5, "claims": 1,
    }.items()  # fmt: skip
    assert await town.ctx.stores.database["erasures"].count_documents({}) == 0
    stored = everything_in_mongodb(mongodb_client, database_name)["erasure_reports"]
    assert found_in({"report": stored}, household.adult_canaries("mother")) == {}


async def test_killed_after_any_step_it_is_finished_by_the_next(
    household: Household,
    mongodb_client: Client,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each run dies one step further on than the one before, until one comes to its end."""
    town, canaries = household.town, household.adult_canaries("mother")
    await household.mother.post("/h5/me/erase/confirm")
    await town.stop_worker()
    others = await household.state("other", "teacher")
    count, steps = ErasureStore.count, 0
    allowed = 0

    async def dying(self: ErasureStore, *arguments: Any) -> None:
        nonlocal steps
        steps += 1
        if steps > allowed:
            raise RuntimeError("killed")
        await count(self, *arguments)

    monkeypatch.setattr(ErasureStore, "count", dying)
    ctx, deaths = later(town.ctx, days=8), 0
    while True:
        steps = 0
        try:
            await carry_out_erasures(ctx)
            break
        except RuntimeError:
            deaths, allowed = deaths + 1, allowed + 1
            (held,) = await town.ctx.stores.database["erasures"].find({}).to_list(None)
            assert held["stage"] == Stage.ERASING
    assert deaths > 8
    monkeypatch.undo()
    await erase_wholly(later(town.ctx, days=9))
    stored = everything_in_mongodb(mongodb_client, database_name)
    assert found_in(besides(stored, LOG), canaries) == {}
    assert await town.ctx.stores.database["erasures"].count_documents({}) == 0
    assert await household.state("other", "teacher") == others
    nameless = await town.ctx.stores.database["deliveries"].count_documents({"person_id": ""})
    assert nameless == 2  # a repetition counts nobody twice


async def test_what_was_written_during_the_first_pass_goes_with_the_second(
    household: Household, mongodb_client: Client, database_name: str
) -> None:
    """A message that is answered at that moment may still know who it was from."""
    town = household.town
    await household.mother.post("/h5/me/erase/confirm")
    await carry_out_erasures(later(town.ctx, days=8))
    person = household.people["mother"]
    await town.ctx.stores.sessions.add(
        "late", person_id=person, csrf="c", at=town.ctx.now(), until=town.ctx.now()
    )
    await town.ctx.stores.callbacks.cache_person(household.mother.user.openid, person)
    await carry_out_erasures(later(town.ctx, days=9))
    stored = everything_in_mongodb(mongodb_client, database_name)
    assert found_in({"sessions": stored["sessions"]}, {"person": person.encode()}) == {}
    assert await town.ctx.stores.database["erasures"].count_documents({}) == 1
    await carry_out_erasures(later(town.ctx, days=10))
    assert await town.ctx.stores.database["erasures"].count_documents({}) == 0


async def test_taken_back_in_time_nothing_goes(household: Household) -> None:
    before = await household.state("mother")
    await household.mother.post("/h5/me/erase/confirm")
    await household.mother.post("/h5/me/erase/confirm")  # twice is once
    assert "保留我的资料" in (await household.mother.get("/h5/me/erase")).text
    assert "将要删除" in (await household.mother.get("/h5/")).text
    assert "保留不变" in (await household.mother.post("/h5/me/erase/keep")).text
    await carry_out_erasures(later(household.town.ctx, days=30))
    assert await household.state("mother") == before


async def test_who_has_a_role_at_a_school_stays_known_and_is_no_guardian_any_more(
    household: Household,
) -> None:
    town, teacher = household.town, household.teacher
    await teacher.say("学生一 1001")
    assert "学生一" in (await teacher.get("/h5/children")).text
    page = await teacher.get("/h5/me/erase")
    assert "工作账号由学校结束任职以后再删" in page.text
    await teacher.post("/h5/me/erase/confirm")
    await erase_wholly(later(town.ctx, days=8))
    assert "学生一" not in (await teacher.get("/h5/children")).text
    shown = await teacher.get(f"/h5/teach/notices/{household.notice_id}")
    assert (shown.status, "春游报名" in shown.text) == (200, True)


async def test_another_school_or_another_right_erases_no_child(household: Household) -> None:
    town = household.town
    await leave_school(town, CANARY, town.ctx.now())
    boss = office(household.people["teacher"])
    clerk = replace(boss.appointments[0], role=Role.OFFICE)
    for post in (replace(boss, school=OTHER_SCHOOL), replace(boss, appointments=(clerk,))):
        with pytest.raises(NotFoundError):
            await erase_child(town.ctx, post, student_id(CANARY))
    with pytest.raises(NotFoundError):
        await erase_child(town.ctx, boss, "nobody")
    assert await town.ctx.stores.database["erasures"].count_documents({}) == 0


async def test_every_collection_says_what_erasure_does_to_it(
    household: Household, mongodb_client: Client, database_name: str
) -> None:
    """Whoever adds a collection decides here; the canaries show whether it is true."""
    there = set(mongodb_client[database_name].list_collection_names()) | set(INDEXES)
    assert there - set(COLLECTIONS) == set()
