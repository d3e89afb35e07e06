"""A class's teachers and its families through the API: who is bound, noting, ending, trying; requests; inviting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.village import Village
from tests.town import OTHER_SCHOOL, Town, child_name, school_class

CLASS = school_class(1).id
ELSEWHERE = school_class(1, OTHER_SCHOOL).id
CHILD = f"{CLASS}-0001"


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def teacher(village: Village) -> MiniClient:
    return await village.somebody("teacher")


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


async def asks(mini: MiniClient, child: int) -> Any:
    """They ask for a child as the list has it."""
    body = {"name": child_name(child), "digits": str(1000 + child)}
    return (await mini.call("POST", "/bindings", body)).data


async def families(teacher: MiniClient) -> Any:
    """The class as its teacher sees it."""
    return (await teacher.call("GET", f"/teaching/classes/{CLASS}/families")).data


async def acts(village: Village) -> list[str]:
    """What the audit log says was done, in order."""
    return [entry["act"] for entry in await village.documents("audit")]


# ----------------------------------------------------------------------------------- families


async def test_a_class_and_who_is_bound(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    found = await families(teacher)
    assert (found["class_name"], found["may_change"]) == ("三年级1班", True)
    assert [(f["number"], f["name"], f["bound"]) for f in found["items"]] == [
        (1, child_name(1), True),
        (2, child_name(2), False),
        (3, child_name(3), False),
    ]
    (guardian,) = found["items"][0]["guardians"]
    assert (guardian["relation"], guardian["way"], guardian["following"]) == ("妈妈", "list", True)
    assert "1001" not in str(found)
    for mini in (mother, village.device("nobody")):
        refused = await mini.call("GET", f"/teaching/classes/{CLASS}/families")
        assert refused.status in (401, 404)
    for elsewhere in (ELSEWHERE, "nowhere"):
        refused = await teacher.call("GET", f"/teaching/classes/{elsewhere}/families")
        assert refused.status == 404


async def test_what_the_school_notes_of_a_binding_holds_at_once(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    path = f"/teaching/bindings/{CHILD}/{await village.person('mother')}"
    before = (await teacher.call("GET", path)).data
    assert (before["relation"], before["custody"], before["until"]) == ("妈妈", "full", None)
    until = (village.town.ctx.now() + timedelta(days=9)).date().isoformat()
    noted = {
        "relation": "外婆",
        "order": 2,
        "custody": "read_only",
        "until": until,
        "reason": "carer",
    }
    after = (await teacher.call("PUT", path, noted)).data
    assert (after["relation"], after["order"], after["until"]) == ("外婆", 2, until)
    (child,) = (await mother.call("GET", "/children")).data["children"]
    assert (child["relation"], child["custody"]) == ("外婆", "read_only")
    assert await acts(village) == ["binding_changed"]
    kept = await village.documents("bindings")
    for wrong in (
        noted | {"until": "2020-01-01"},
        noted | {"reason": "mood"},
        noted | {"custody": "all"},
        noted | {"relation": "很长很长很长很长的称呼呀"},
        noted | {"order": 10},
        noted | {"name": "李"},
    ):
        assert (await teacher.call("PUT", path, wrong)).status == 422
    assert (await mother.call("PUT", path, noted)).status == 404
    assert await village.documents("bindings") == kept


async def test_ending_a_binding_needs_a_reason_and_is_once(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    path = f"/teaching/bindings/{CHILD}/{await village.person('mother')}/ending"
    for wrong in ({}, {"reason": ""}, {"reason": "own"}, {"reason": "expired"}):
        assert (await teacher.call("POST", path, wrong)).status == 422
    assert (await mother.call("POST", path, {"reason": "moved"})).status == 404
    assert len((await mother.call("GET", "/children")).data["children"]) == 1
    assert await acts(village) == []
    first = await teacher.call("POST", path, {"reason": "wrong"}, key="ended-once")
    again = await teacher.call("POST", path, {"reason": "wrong"}, key="ended-once")
    assert (first.status, first.data) == (again.status, again.data) == (201, {"done": True})
    assert (await teacher.call("POST", path, {"reason": "wrong"})).status == 201
    assert (await teacher.call("POST", path, {"reason": "moved"})).status == 409
    own = (await mother.call("GET", "/children")).data
    assert (own["children"], [e["reason"] for e in own["ended"]]) == ([], ["wrong"])
    assert await acts(village) == ["binding_ended"]
    assert (await teacher.call("GET", path.removesuffix("/ending"))).status == 404


async def test_trying_it_is_seen_by_the_family_and_decides_nothing(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    refused = await teacher.call("POST", "/teaching/trials", {"child_id": f"{ELSEWHERE}-0001"})
    assert refused.status == 404
    assert (await mother.call("POST", "/teaching/trials", {"child_id": CHILD})).status == 404
    assert len(await village.documents("bindings")) == 1
    assert (await teacher.call("POST", "/teaching/trials", {"child_id": CHILD})).status == 201
    assert (await teacher.call("POST", "/teaching/trials", {"child_id": CHILD})).status == 409
    (own,) = (await teacher.call("GET", "/children")).data["children"]
    assert (own["trial"], own["custody"]) == (True, "read_only")
    (child,) = (await mother.call("GET", "/children")).data["children"]
    assert child["guardians"] == ["老师试用"]
    ways = [guardian["way"] for guardian in (await families(teacher))["items"][0]["guardians"]]
    assert ways == ["list", "trial"]


# ---------------------------------------------------------------------------------- requests


async def test_the_school_decides_what_the_family_did_not(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    father, stranger = await village.somebody("father"), await village.somebody("stranger")
    claim = (await asks(father, 1))["claim"]
    (row,) = (await teacher.call("GET", "/teaching/claims")).data["items"]
    assert (row["id"], row["doubt"], row["may_decide"]) == (claim["id"], "taken", False)
    path = f"/teaching/claims/{claim['id']}"
    early = await teacher.call("POST", f"{path}/decision", {"approve": True, "child_id": CHILD})
    assert (early.status, early.code) == (409, "family_first")
    await mother.call("POST", f"/claims/{claim['id']}/decision", {"approve": False})
    await father.call("POST", f"/claims/{claim['id']}/appeal")

    found = (await teacher.call("GET", path)).data
    assert (found["row"]["appealed"], found["row"]["may_decide"]) == (True, True)
    (candidate,) = found["candidates"]
    assert candidate["lines"] == [{"relation": "妈妈", "fits": True, "quarantined": False}]
    assert [guardian["relation"] for guardian in candidate["guardians"]] == ["妈妈"]
    for nobody in (father, mother, stranger):
        assert (await nobody.call("GET", path)).status == 404
        refused = await nobody.call("POST", f"{path}/decision", {"approve": False})
        assert refused.status == 404
    for wrong, status in (
        ({"approve": True}, 422),
        ({"approve": True, "child_id": f"{CLASS}-0002"}, 404),
        ({"approve": "yes", "child_id": CHILD}, 422),
    ):
        assert (await teacher.call("POST", f"{path}/decision", wrong)).status == status
    assert len(await village.documents("bindings")) == 1
    decided = {"approve": True, "child_id": CHILD}
    first = await teacher.call("POST", f"{path}/decision", decided, key="decided-1")
    again = await teacher.call("POST", f"{path}/decision", decided, key="decided-1")
    assert first.status == again.status == 201
    assert (await teacher.call("POST", f"{path}/decision", {"approve": False})).status == 409
    assert [c["id"] for c in (await father.call("GET", "/children")).data["children"]] == [CHILD]
    assert (await teacher.call("GET", "/teaching/claims")).data["items"] == []
    assert await acts(village) == ["claim_approved"]


async def test_a_request_for_many_children_can_be_decided(
    village: Village, teacher: MiniClient
) -> None:
    """Its id names them all, and is longer than other ids."""
    father = await village.somebody("father")
    claims = village.town.ctx.stores.database["claims"]
    claim = (await asks_with_wrong_digits(village, teacher, father))["claim"]
    document = await claims.find_one({"_id": claim["id"]})
    children = [f"{CLASS}-000{n}" for n in (1, 2, 3)]
    long_id = f"{document['school_id']}:{'p' * 180}:{'+'.join(children)}"
    assert len(long_id) > 200
    await claims.insert_one({**document, "_id": long_id, "candidates": children})
    found = (await teacher.call("GET", f"/teaching/claims/{long_id}")).data
    assert [child["id"] for child in found["candidates"]] == children
    refused = await teacher.call("POST", f"/teaching/claims/{long_id}/decision", {"approve": False})
    assert refused.status == 201


async def asks_with_wrong_digits(village: Village, teacher: MiniClient, mini: MiniClient) -> Any:
    """By the class's invitation the name is enough to be looked at."""
    path = f"/teaching/classes/{CLASS}/invitation"
    made = (await teacher.call("POST", path, {"renew": False})).data["invitation"]
    body = {"name": child_name(1), "digits": "9999", "invitation": made["code"]}
    return (await mini.call("POST", "/bindings", body)).data


# --------------------------------------------------------------------------------- inviting


async def test_inviting_a_class(village: Village, teacher: MiniClient, mother: MiniClient) -> None:
    path = f"/teaching/classes/{CLASS}/invitation"
    assert (await teacher.call("GET", path)).data["invitation"] is None
    assert (await teacher.call("GET", f"{path}/picture")).status == 404
    made = (await teacher.call("POST", path, {}, key="invited-1")).data["invitation"]
    assert (await teacher.call("POST", path, {}, key="invited-1")).data["invitation"] == made
    assert (await teacher.call("POST", path, {"renew": False})).data["invitation"] == made
    assert made["text"].replace("-", "") == made["code"]
    await mother.call("GET", f"/invitations/{made['code']}")
    stand = (await teacher.call("GET", path)).data
    assert (stand["opened"], stand["asked"], stand["bound"], stand["children"]) == (1, 0, 0, 3)

    newer = (await teacher.call("POST", path, {"renew": True})).data["invitation"]
    assert newer["code"] != made["code"]
    over = await mother.call("GET", f"/invitations/{made['code']}")
    assert (over.status, over.code) == (409, "invitation_over")
    assert (await mother.call("DELETE", path)).status == 404
    assert (await mother.call("GET", f"/invitations/{newer['code']}")).status == 200
    assert (await teacher.call("DELETE", path)).data["invitation"] is None
    assert (await teacher.call("DELETE", path)).data["invitation"] is None
    assert (await mother.call("GET", f"/invitations/{newer['code']}")).status == 409
    assert set(await acts(village)) == {"invitation_made", "invitation_revoked"}


@pytest.mark.parametrize("kind", ["account", "mini"])
async def test_the_code_as_a_picture_is_the_class_teachers_alone(
    village: Village, teacher: MiniClient, mother: MiniClient, kind: str
) -> None:
    path = f"/teaching/classes/{CLASS}/invitation"
    await teacher.call("POST", path, {})
    picture = f"{path}/picture?kind={kind}"
    assert (await mother.call("GET", picture)).status == 404
    status, content, headers = await fetch(teacher, picture)
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert headers["Cache-Control"] == "no-store"
    assert content.startswith(b"\x89PNG")
    assert len(content) == int(headers["Content-Length"])
    assert (await teacher.call("GET", f"{path}/picture?kind=other")).status == 422
