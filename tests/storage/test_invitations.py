"""Invitations: found by code, class and child, never another school's; revoked once; who came is counted once."""

from datetime import timedelta

from domain.invitations import Visit, visit_id
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_binding, a_claim, an_invitation


async def test_those_of_classes_and_those_of_children_newest_first(stores: Stores) -> None:
    old, new = an_invitation(id="i1"), an_invitation(id="i2", created_at=NOW + MINUTE)
    other = an_invitation(id="i3", class_id="class-2")
    child = an_invitation(id="i4", class_id="", student_id="student-1")
    assert await stores.invitations.add([old, new, other, child]) == []
    found = stores.invitations
    assert await found.of_classes("school-a", ["class-1"]) == [new, old]
    assert set(await found.of_classes("school-a", ["class-1", "class-2"])) == {new, old, other}
    assert await found.of_students("school-a", ["student-1", "student-2"]) == [child]
    assert await found.of_classes("school-b", ["class-1"]) == []
    assert await found.of_students("school-b", ["student-1"]) == []
    assert await found.find("i4") == child
    assert await found.find("i9") is None


async def test_a_code_that_is_taken_is_given_back_and_the_others_are_stored(stores: Stores) -> None:
    first = an_invitation(id="i1")
    await stores.invitations.add([first])
    again, new = an_invitation(id="i1", class_id="class-2"), an_invitation(id="i2")
    assert await stores.invitations.add([again, new]) == [again]
    assert await stores.invitations.find("i1") == first
    assert await stores.invitations.find("i2") == new
    assert await stores.invitations.add([]) == []


async def test_revoking_counts_what_it_ended_and_keeps_who_did_it_first(stores: Stores) -> None:
    await stores.invitations.add([an_invitation(id=f"i{n}") for n in range(3)])
    assert await stores.invitations.revoke(["i0", "i1"], by="teacher-1", at=NOW) == 2
    later = NOW + MINUTE
    assert await stores.invitations.revoke(["i1", "i2"], by="teacher-2", at=later) == 1
    held = {i: await stores.invitations.find(i) for i in ("i0", "i1", "i2")}
    assert {i: found and found.revoked_by for i, found in held.items()} == {
        "i0": "teacher-1",
        "i1": "teacher-1",
        "i2": "teacher-2",
    }
    assert held["i1"] is not None
    assert held["i1"].revoked_at == NOW


async def test_another_qr_takes_the_place_of_the_one_before(stores: Stores) -> None:
    await stores.invitations.add([an_invitation(id="i1")])
    until = NOW + timedelta(days=30)
    await stores.invitations.note_scene("i1", "http://weixin.qq.com/q/2", until)
    held = await stores.invitations.find("i1")
    assert held == an_invitation(id="i1", url="http://weixin.qq.com/q/2", url_until=until)


def a_visit(invitation: str, person: str, school: str = "school-a") -> Visit:
    return Visit(visit_id(invitation, person), school, invitation, person, NOW)


async def test_who_came_is_counted_once_by_invitation_and_school(stores: Stores) -> None:
    invitations = stores.invitations
    assert await invitations.note_visit(a_visit("i1", "p1"))
    assert not await invitations.note_visit(a_visit("i1", "p1"))
    await invitations.note_visit(a_visit("i1", "p2"))
    await invitations.note_visit(a_visit("i2", "p1"))
    await invitations.note_visit(a_visit("i3", "p3"))
    assert await invitations.visitors("school-a", ["i1", "i2", "i9"]) == {
        "i1": {"p1", "p2"},
        "i2": {"p1"},
    }
    assert await invitations.visitors("school-b", ["i1"]) == {}
    assert await invitations.visitors("school-a", []) == {}


async def test_what_came_of_it_is_read_from_requests_and_bindings(stores: Stores) -> None:
    await stores.claims.add(a_claim(invitation_id="i1"))
    await stores.bindings.save(a_binding(person="p2", invitation_id="i1"))
    await stores.bindings.save(a_binding(student="student-2", person="p3"))
    assert await stores.invitations.askers("school-a", ["i1"]) == {"i1": {"person-1"}}
    assert await stores.invitations.bound("school-a", ["i1"]) == {"i1": {"p2"}}
    assert await stores.invitations.bound("school-b", ["i1"]) == {}
