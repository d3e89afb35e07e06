"""Binding through the API: asking, being asked, leaving, invitations, the phone number, consents."""

from __future__ import annotations

from typing import Any

import pytest

from services.invitations import invite_children, invite_class, revoke_of_class
from services.turnouts import invitations_of
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.town import Town, child_name

CHILD = "school-a-class-1-0001"


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


async def asks(mini: MiniClient, child: int, key: str = "") -> Any:
    """They ask for a child as the list has it."""
    body = {"name": child_name(child), "digits": str(1000 + child)}
    return await mini.call("POST", "/bindings", body, key=key)


async def test_binding_by_the_list_is_once(village: Village) -> None:
    mini = await village.somebody("father")
    first, again = await asks(mini, 1, "bind-once"), await asks(mini, 1, "bind-once")
    assert first.status == again.status == 201
    assert first.data == again.data
    assert (first.data["answer"], first.data["child"]["id"]) == ("bound", CHILD)
    assert len(await village.documents("bindings")) == 1
    (child,) = (await mini.call("GET", "/children")).data["children"]
    assert (child["name"], child["guardians"]) == (child_name(1), [])
    unknown = await mini.call("POST", "/bindings", {"name": "没有人", "digits": "9999"})
    assert unknown.data == {"answer": "unknown", "child": None, "claim": None}


async def test_what_is_no_request_binds_nobody(village: Village) -> None:
    mini = await village.somebody("father")
    bodies: list[Any] = [
        {"name": "李", "digits": "12"},
        {"name": child_name(1)},
        {"name": child_name(1), "digits": 1001},
        {"name": child_name(1), "digits": "1001", "relation": "爸爸"},
    ]
    for body in bodies:
        refused = await mini.call("POST", "/bindings", body)
        assert (refused.status, refused.code) == (422, "invalid")
    wrong = await mini.call(
        "POST",
        "/bindings",
        {"name": child_name(1), "digits": "1001", "invitation": "ZZZZZZZZ"},
    )
    assert wrong.status == 404
    assert await village.documents("bindings") == []
    assert await village.documents("claims") == []


async def test_the_family_is_asked_and_agrees(village: Village, mother: MiniClient) -> None:
    father, stranger = await village.somebody("father"), await village.somebody("stranger")
    asked = (await asks(father, 1)).data
    assert (asked["answer"], asked["child"]) == ("waiting", None)
    claim = asked["claim"]
    assert (claim["mine"], claim["side"], claim["doubt"]) == (True, "family", None)
    (row,) = (await mother.call("GET", "/claims")).data["items"]
    assert (row["id"], row["mine"], row["may_decide"]) == (claim["id"], False, True)
    assert (await mother.call("GET", "/home")).data["claims"] == [row]
    path = f"/claims/{claim['id']}/decision"
    for nobody in (father, stranger):
        assert (await nobody.call("POST", path, {"approve": True})).status == 404
    assert (await mother.call("POST", path, {"approve": "yes"})).status == 422
    assert len(await village.documents("bindings")) == 1
    first = await mother.call("POST", path, {"approve": True}, key="agreed-once")
    again = await mother.call("POST", path, {"approve": True}, key="agreed-once")
    assert (first.status, first.data) == (again.status, again.data) == (201, {"done": True})
    assert (await mother.call("POST", path, {"approve": False})).status == 409
    (child,) = (await father.call("GET", "/children")).data["children"]
    assert child["guardians"] == ["妈妈"]


async def test_after_the_familys_no_the_school_is_asked_once(
    village: Village, mother: MiniClient
) -> None:
    father = await village.somebody("father")
    claim = (await asks(father, 1)).data["claim"]
    await mother.call("POST", f"/claims/{claim['id']}/decision", {"approve": False})
    found = (await father.call("GET", "/claims")).data
    assert found["items"] == []
    assert [(c["state"], c["may_appeal"]) for c in found["closed"]] == [("refused", True)]
    path = f"/claims/{claim['id']}/appeal"
    assert (await mother.call("POST", path)).status == 404
    assert (await father.call("POST", path)).data == {"done": True}
    (row,) = (await father.call("GET", "/claims")).data["items"]
    assert (row["state"], row["side"]) == ("waiting", "school")


async def test_a_request_is_taken_back_by_whoever_asked(
    village: Village, mother: MiniClient
) -> None:
    father = await village.somebody("father")
    claim = (await asks(father, 1)).data["claim"]
    path = f"/claims/{claim['id']}"
    assert (await mother.call("DELETE", path)).status == 404
    assert [c["state"] for c in await village.documents("claims")] == ["waiting"]
    assert (await father.call("DELETE", path)).data == {"done": True}
    assert (await father.call("DELETE", path)).data == {"done": True}
    assert [c["state"] for c in await village.documents("claims")] == ["withdrawn"]


async def test_leaving_a_child_holds_at_once_and_for_oneself_alone(
    village: Village, mother: MiniClient
) -> None:
    stranger = await village.somebody("stranger")
    assert (await stranger.call("DELETE", f"/bindings/{CHILD}")).status == 404
    assert [b["state"] for b in await village.documents("bindings")] == ["active"]
    notice = await village.publish()
    assert (await mother.call("DELETE", f"/bindings/{CHILD}")).data == {"done": True}
    assert (await mother.call("DELETE", f"/bindings/{CHILD}")).data == {"done": True}
    assert (await mother.call("GET", f"/notices/{notice.id}")).status == 404
    assert (await mother.call("GET", "/children")).data["children"] == []


async def test_an_invitation_says_where_it_leads(village: Village) -> None:
    teaching = await village.teaching()
    made = await invite_class(village.town.ctx, teaching, teaching.classes[0].id)
    mini = await village.somebody("father")
    found = (await mini.call("GET", f"/invitations/{made.id}")).data
    assert found == {
        "code": made.id,
        "school_name": "青禾小学",
        "class_name": "三年级1班",
        "child_name": None,
    }
    bound = await mini.call(
        "POST",
        "/bindings",
        {"name": child_name(2), "digits": "1002", "invitation": made.id},
    )
    assert bound.data["answer"] == "bound"
    assert (await mini.call("GET", "/invitations/ZZZZZZZZ")).status == 404
    signed_out = village.device("nobody")
    assert (await signed_out.call("GET", f"/invitations/{made.id}")).status == 401
    assert len(await village.documents("invitation_visits")) == 1


async def test_who_scans_the_mini_programs_code_is_counted_until_it_is_revoked(
    village: Village,
) -> None:
    """The code carries the invitation as its scene; the class's and a child's alike."""
    ctx, teaching = village.town.ctx, await village.teaching()
    group = teaching.classes[0]
    of_class = await invite_class(ctx, teaching, group.id)
    of_child = next(iter((await invite_children(ctx, teaching, [group.id])).values()))
    people = [await village.somebody(key) for key in ("father", "aunt")]
    for mini in (*people, people[0]):
        for invitation in (of_class, of_child):
            assert (await mini.call("GET", f"/invitations/{invitation.id}")).status == 200
    (stands,) = await invitations_of(ctx, teaching, [group])
    assert (len(stands.people.opened), len(stands.by_class.opened)) == (2, 2)
    await revoke_of_class(ctx, teaching, group.id, children=False)
    await revoke_of_class(ctx, teaching, group.id, children=True)
    for invitation in (of_class, of_child):
        assert (await people[0].call("GET", f"/invitations/{invitation.id}")).status >= 400
    body = {"name": child_name(2), "digits": "1002", "invitation": of_class.id}
    assert (await people[0].call("POST", "/bindings", body)).status >= 400
    assert await village.documents("bindings") == []


async def test_a_phone_code_gives_the_digits_and_keeps_no_number(village: Village) -> None:
    mini = await village.somebody("father")
    given = await village.town.phone("father").act("phone", number="13812341001")
    answer = await mini.call("POST", "/phone", {"code": given["code"]}, key="phone-once")
    assert answer.data == {"digits": "1001"}
    again = await mini.call("POST", "/phone", {"code": given["code"]}, key="phone-once")
    assert again.data == answer.data
    used = await mini.call("POST", "/phone", {"code": given["code"]})
    assert (used.status, used.code) == (409, "phone_expired")
    assert not [d for d in await village.documents("replies") if "1381234" in str(d)]


async def test_consents_are_given_and_taken_back(village: Village, mother: MiniClient) -> None:
    found = (await mother.call("GET", "/consents")).data
    (child,) = found["children"]
    assert found["unanswered"] == 1
    assert {row["decision"] for row in child["rows"]} == {None}
    assert {t["purpose"] for t in found["texts"]} >= {"service", "class_photos"}
    yes = {"purpose": "class_photos", "decision": "yes", "version": 1, "child_id": CHILD}
    after = (await mother.call("PUT", "/consents", yes)).data
    rows = {row["purpose"]: row["decision"] for row in after["children"][0]["rows"]}
    assert rows["class_photos"] == "yes"
    await mother.call("PUT", "/consents", yes)
    assert len(await village.documents("consents")) == 1
    for wrong, status in (
        (yes | {"version": 2}, 409),
        (yes | {"child_id": "school-a-class-1-0002"}, 404),
        (yes | {"purpose": "adverts"}, 422),
        (yes | {"decision": "perhaps"}, 422),
        ({"purpose": "class_photos"}, 422),
    ):
        assert (await mother.call("PUT", "/consents", wrong)).status == status
    assert len(await village.documents("consents")) == 1
    await mother.call("PUT", "/consents", yes | {"purpose": "service", "decision": "no"})
    assert (await mother.call("GET", "/children")).data["children"] == []
