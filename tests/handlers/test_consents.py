"""Consent on the page: each purpose by itself, a no that works, taken back as easily as given."""

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

import domain.consents
import services.consents
from domain.consent_texts import TEXTS, Purpose
from services.class_work import who_agrees
from services.consents import consents_of
from services.people import children_of
from tests.handlers.conftest import Village, bind
from tests.town import SCHOOL, Reply, school_class
from tests.waiting import wait_until

CHILD = f"{school_class(1).id}-0003"


async def answer(village: Village, purpose: str, decision: str, **changes: Any) -> Reply:
    form = {
        "purpose": purpose,
        "decision": decision,
        "student": CHILD if TEXTS[Purpose(purpose)].per_child else "",
        "version": "1",
    }
    return await village.mother.post("/h5/consents", {**form, **changes})


async def consented(village: Village, purpose: Purpose) -> bool:
    """As what the purpose is for asks it: of what the class is shown before it is; of the rest as their page does."""
    ctx = village.town.ctx
    if purpose in (Purpose.CLASS_PHOTOS, Purpose.CLASS_WORK):
        return CHILD in await who_agrees(ctx, SCHOOL.id, [CHILD], purpose)
    person = await village.person(village.mother)
    held = await consents_of(ctx, person, await children_of(ctx, person))
    standings = [*held.own, *(s for c in held.children for s in c.standings)]
    return any(s.given for s in standings if s.purpose is purpose)


async def test_everything_starts_at_no_and_each_purpose_is_its_own(village: Village) -> None:
    page = await village.mother.get("/h5/consents")
    assert page.text.count("还没回答") == 4
    assert not any([await consented(village, purpose) for purpose in Purpose])
    shown = await answer(village, "class_photos", "yes")
    assert "已记下：可以" in shown.text
    assert await consented(village, Purpose.CLASS_PHOTOS)
    assert not await consented(village, Purpose.CLASS_WORK)
    assert not await consented(village, Purpose.SERVICE)
    await answer(village, "statistics", "yes")
    assert await consented(village, Purpose.STATISTICS)


async def test_taking_back_counts_at_once_and_every_decision_is_kept(village: Village) -> None:
    for decision in ("yes", "no", "no", "yes"):
        await answer(village, "class_work", decision)
        assert await consented(village, Purpose.CLASS_WORK) is (decision == "yes")
    assert await village.count("consents") == 3  # the second no said nothing new


async def test_refusing_what_is_optional_takes_nothing_else_away(village: Village) -> None:
    for purpose in ("class_photos", "class_work", "statistics"):
        await answer(village, purpose, "no")
    notice = await village.publish()
    await wait_until(lambda: village.mother.cards, description="the card of the notice")
    page = await village.mother.get(f"/h5/notices/{notice.id}")
    assert (page.status, "秋季运动会" in page.text) == (200, True)


async def test_refusing_the_basic_purpose_ends_the_binding(village: Village) -> None:
    asked = await village.mother.get(f"/h5/consents/{CHILD}/refuse")
    assert "绑定会马上解除" in asked.text
    await answer(village, "service", "no")
    assert "还没有绑定孩子" in (await village.mother.get("/h5/children")).text
    assert await village.count_where("consents", purpose="service", decision="no") == 1
    # They change their mind: bound again, and asked again.
    await bind(village.town, village.mother, 3)
    assert not await consented(village, Purpose.SERVICE)
    await answer(village, "service", "yes")
    assert await consented(village, Purpose.SERVICE)


async def test_a_new_version_asks_again(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    await answer(village, "class_photos", "yes")
    newer = replace(TEXTS[Purpose.CLASS_PHOTOS], version=2, title="新的说明")
    texts = MappingProxyType({**TEXTS, Purpose.CLASS_PHOTOS: newer})
    monkeypatch.setattr(domain.consents, "TEXTS", texts)
    monkeypatch.setattr(services.consents, "TEXTS", texts)
    monkeypatch.setattr("handlers.consents.TEXTS", texts)
    assert not await consented(village, Purpose.CLASS_PHOTOS)
    page = await village.mother.get("/h5/consents")
    assert "请再选一次" in page.text
    refused = await answer(village, "class_photos", "yes")  # a page that was open before
    assert (refused.status, await village.count("consents")) == (409, 1)
    await answer(village, "class_photos", "yes", version="2")
    assert await consented(village, Purpose.CLASS_PHOTOS)


async def test_a_yes_counts_only_while_bound(village: Village) -> None:
    await answer(village, "class_photos", "yes")
    await village.mother.post(f"/h5/children/{CHILD}/end")
    assert not await consented(village, Purpose.CLASS_PHOTOS)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"student": f"{school_class(1).id}-0001"}, 404),
        ({"student": ""}, 404),
        ({"purpose": "advertising"}, 422),
        ({"decision": "perhaps"}, 422),
        ({"version": "7"}, 409),
        ({"version": ""}, 409),
    ],
)
async def test_what_is_not_theirs_or_no_answer_changes_nothing(
    village: Village, changes: dict[str, str], status: int
) -> None:
    form = {"purpose": "class_photos", "decision": "yes", "student": CHILD, "version": "1"}
    reply = await village.mother.post("/h5/consents", {**form, **changes})
    assert (reply.status, await village.count("consents")) == (status, 0)


async def test_a_stranger_decides_nothing(village: Village) -> None:
    form = {"purpose": "class_photos", "decision": "yes", "student": CHILD, "version": "1"}
    for phone in (village.stranger, village.rival):
        assert (await phone.post("/h5/consents", form)).status == 404
    form = {"purpose": "statistics", "decision": "yes", "student": "", "version": "1"}
    assert (await village.stranger.post("/h5/consents", form)).status == 404
    assert await village.count("consents") == 0
    assert (await village.stranger.get(f"/h5/consents/{CHILD}/refuse")).status == 404


@pytest.mark.parametrize(
    "changes", [{"custody": "read_only"}, {"until": datetime(2099, 1, 1, tzinfo=UTC)}]
)
async def test_who_has_no_custody_decides_for_themself_alone(
    village: Village, changes: dict[str, Any]
) -> None:
    await answer(village, "class_photos", "yes")
    await village.town.ctx.stores.database["bindings"].update_one({}, {"$set": changes})
    assert not await consented(village, Purpose.CLASS_PHOTOS)
    page = (await village.mother.get("/h5/consents")).text
    assert "班级照片" not in page
    refused = await answer(village, "class_work", "yes")
    assert (refused.status, await village.count("consents")) == (404, 1)
    await answer(village, "service", "yes")
    assert await consented(village, Purpose.SERVICE)


async def test_staff_who_try_a_class_are_asked_nothing_and_take_no_file_home(
    village: Village,
) -> None:
    await village.town.ctx.stores.database["bindings"].update_one({}, {"$set": {"trial": True}})
    assert "班级照片" not in (await village.mother.get("/h5/consents")).text
    assert (await answer(village, "service", "yes")).status == 404
    assert (await village.mother.post(f"/h5/children/{CHILD}/file")).status == 404
    assert "家庭档案" not in (await village.mother.get("/h5/me")).text
    assert (await village.count("consents"), await village.count("family_files")) == (0, 0)
