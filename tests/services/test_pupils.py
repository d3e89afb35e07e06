"""Pupils at a desk: who sees whom, what each act writes, and that access ends with the write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from domain.audit import Act
from domain.bindings import EndReason
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.names import folded_name
from domain.roles import Right
from services.approvals import waiting_claims
from services.bindings import Answer
from services.claim_details import Queue, claim_detail, fits
from services.people import Post, access_teaching, teaching_of
from services.pupil_acts import (
    access_record,
    add_line,
    add_pupil,
    change_line,
    edit_pupil,
    mark_pupil_left,
    move_pupil,
    remove_line,
)
from services.pupil_records import adult_of, pupil_record
from services.pupils import Show, people_of_classes, pupils_named
from services.roster_turns import roster_turn
from tests.flows.conftest import quiet_town as quiet_town
from tests.people import SCHOOL, PeopleTown, settle_people
from tests.town import Town


@pytest.fixture
async def people(quiet_town: Town) -> PeopleTown:
    return await settle_people(quiet_town)


def office(people: PeopleTown) -> Post:
    return people.posts["office"]


async def stamp(people: PeopleTown, student_id: str) -> str:
    return (await access_record(people.ctx, office(people), student_id)).stamp


async def shown(people: PeopleTown, key: str, **asked: str) -> dict[str, list[str]]:
    page = await people_of_classes(people.ctx, people.posts[key], **asked)  # type: ignore[arg-type]
    return {g.school_class.id: [r.student.id for r in g.rows] for g in page.groups}


# ------------------------------------------------------------------------------------ who sees whom


async def test_each_post_sees_its_own_classes_and_no_other(people: PeopleTown) -> None:
    first, second, fourth = (c.id for c in people.classes)
    assert set(await shown(people, "head")) == {first}
    assert set(await shown(people, "leader")) == {first, second}
    for key in ("office", "admin"):
        assert set(await shown(people, key)) == {first, second, fourth}
    for key, class_id in (("head", second), ("leader", fourth), ("observer", first)):
        with pytest.raises(NotFoundError):
            await shown(people, key, class_id=class_id)
    with pytest.raises(NotFoundError):
        await shown(people, "head", show=Show.LEFT)


async def test_a_child_of_another_class_is_not_there(people: PeopleTown) -> None:
    other = people.child(1, 1)
    with pytest.raises(NotFoundError):
        await pupil_record(people.ctx, people.posts["head"], other.id)
    seen = await pupil_record(people.ctx, people.posts["leader"], other.id)
    assert (seen.may_bind, seen.may_edit, seen.may_export, seen.may_decide) == (False,) * 4
    seen = await pupil_record(people.ctx, people.posts["head"], people.child(0, 1).id)
    assert (seen.may_bind, seen.may_edit, seen.may_export, seen.may_decide) == (
        True,
        False,
        False,
        True,
    )


async def test_names_are_found_by_their_beginning_within_reach(people: PeopleTown) -> None:
    child = people.child(1, 1)
    for key, count in (("office", 1), ("leader", 1), ("head", 0)):
        page = await pupils_named(
            people.ctx, people.posts[key], f" {child.name[0]} {child.name[1]}"
        )
        assert sum(len(g.rows) for g in page.groups) == count, key
    page = await pupils_named(people.ctx, office(people), child.name[1:])
    assert page.groups == ()
    assert (await pupils_named(people.ctx, office(people), " ")).groups == ()


async def test_filters_by_what_a_family_lacks_or_waits_for(people: PeopleTown) -> None:
    child, other = people.child(0, 1), people.child(0, 2)
    await people.bind("mother", child, "1000")
    _, asked = await people.bind("father", child, "2000")
    assert asked.answer is Answer.WAITING
    await people.bind("aunt", other, "1001", following=False)
    first = people.classes[0].id

    async def of(show: Show) -> list[str]:
        return (await shown(people, "head", class_id=first, show=show))[first]

    assert await of(Show.WAITING) == [child.id]
    assert await of(Show.UNBOUND) == [people.child(0, 3).id, people.child(0, 4).id]
    assert await of(Show.SEVERAL) == []
    assert await of(Show.TRIAL) == []
    assert len(await of(Show.ALL)) == 4


async def test_a_list_of_all_classes_goes_on_where_it_stopped(quiet_town: Town) -> None:
    people = await settle_people(quiet_town, grades=[1] * 9 + [2] * 5, children=1)
    first = await people_of_classes(people.ctx, office(people))
    assert len(first.groups) == 12
    rest = await people_of_classes(people.ctx, office(people), start=first.next_class_id)
    seen = [g.school_class.id for g in (*first.groups, *rest.groups)]
    assert sorted(seen) == sorted(c.id for c in people.classes)
    assert rest.next_class_id == ""
    with pytest.raises(NotFoundError):
        await people_of_classes(people.ctx, office(people), start="elsewhere")


async def test_an_adult_is_shown_with_the_children_within_reach_alone(people: PeopleTown) -> None:
    mine, other = people.child(0, 1), people.child(2, 1)
    await people.bind("mother", mine, "1000")
    await people.bind("mother", other, f"1{2 * 4:03}")
    person = await people.person("mother")
    assert [c.student.id for c in (await adult_of(people.ctx, office(people), person)).bound] == [
        mine.id,
        other.id,
    ]
    seen = await adult_of(people.ctx, people.posts["head"], person)
    assert [c.student.id for c in seen.bound] == [mine.id]
    await people.bind("father", other, f"2{2 * 4:03}")
    with pytest.raises(NotFoundError):
        await adult_of(people.ctx, people.posts["head"], await people.person("head"))


# ------------------------------------------------------------------------------------------ acts


async def test_a_pupil_is_added_once_and_can_be_bound(people: PeopleTown) -> None:
    form = {
        "name": "欧阳 小 雨",
        "number": "１２",
        "class": people.classes[0].id,
        "phone": "138 0000 7788",
        "relation": "妈妈",
    }
    added = await add_pupil(people.ctx, office(people), form, "key-1")
    again = await add_pupil(people.ctx, office(people), form, "key-1")
    assert (added.name, added.number, again) == ("欧阳小雨", 12, added)
    assert await people.acts() == [Act.PUPIL_ADDED]
    _, asked = await people.bind("mother", added, "7788")
    assert asked.answer is Answer.BOUND
    stored = await people.ctx.stores.database["contacts"].find_one({"student_id": added.id})
    assert stored["phone_last4"] == "7788"
    assert "13800007788" not in str(stored)
    found = await pupils_named(people.ctx, office(people), "欧阳")
    assert [r.student.id for g in found.groups for r in g.rows] == [added.id]


async def test_a_namesake_in_the_class_has_to_be_meant(people: PeopleTown) -> None:
    form = {"name": people.child(0, 1).name, "class": people.classes[0].id}
    before = await people.everything()
    with pytest.raises(InvalidError) as refused:
        await add_pupil(people.ctx, office(people), form, "key")
    assert set(refused.value.fields) == {"same_name"}
    assert await people.everything() == before
    await add_pupil(people.ctx, office(people), form | {"same_name": "yes"}, "key")
    assert await people.acts() == [Act.PUPIL_ADDED]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "李"}, "name"),
        ({"name": "李1"}, "name"),
        ({"number": "-1"}, "number"),
        ({"number": "1000"}, "number"),
        ({"phone": "1380000"}, "phone"),
        ({"phone": "8613800001234"}, "phone"),
        ({"phone": "1234", "relation": "很长很长很长很长很长的称呼"}, "relation"),
        ({"class": "elsewhere"}, "class"),
        ({"class": "qinghe-9-9"}, "class"),
    ],
)
async def test_a_wrong_form_names_the_field_and_changes_nothing(
    people: PeopleTown, change: dict[str, str], field: str
) -> None:
    form = {"name": "欧阳小雨", "number": "", "class": people.classes[0].id, "phone": ""}
    before = await people.everything()
    with pytest.raises(InvalidError) as refused:
        await add_pupil(people.ctx, office(people), form | change, "key")
    assert set(refused.value.fields) == {field}
    assert await people.everything() == before


async def test_a_new_name_is_what_a_parent_binds_by(people: PeopleTown) -> None:
    child = people.child(0, 1)
    seen = await stamp(people, child.id)
    form = {"name": "李语桐", "number": "9"}
    await edit_pupil(people.ctx, office(people), child.id, form, seen)
    _, asked = await people.bind("mother", child, "1000")
    assert asked.answer is Answer.UNKNOWN
    renamed = replace(child, name="李语桐")
    _, asked = await people.bind("mother", renamed, "1000")
    assert asked.answer is Answer.BOUND
    entry = await people.ctx.stores.database["audit"].find_one({"act": Act.PUPIL_EDITED})
    assert (entry["before"]["name"], entry["after"]) == (
        f"{child.name[0]}*",
        {"name": "李*", "number": 9},
    )


async def test_a_move_keeps_the_family_and_changes_who_sees_the_child(people: PeopleTown) -> None:
    child, target = people.child(0, 1), people.classes[2]
    await people.bind("mother", child, "1000")
    head = people.posts["head"]
    assert (await pupil_record(people.ctx, head, child.id)).student == child
    form = {"class": target.id, "number": "30"}
    await move_pupil(people.ctx, office(people), child.id, form, await stamp(people, child.id))
    with pytest.raises(NotFoundError):
        await pupil_record(people.ctx, head, child.id)
    with pytest.raises(NotFoundError):
        await adult_of(people.ctx, head, await people.person("mother"))
    moved = await pupil_record(people.ctx, office(people), child.id)
    assert (moved.student.class_id, moved.student.number) == (target.id, 30)
    assert len(moved.guardians) == 1
    assert {line.class_id for line in moved.record.lines} == {target.id}
    assert await people.acts() == [Act.PUPIL_MOVED]
    with pytest.raises(InvalidError):
        await move_pupil(people.ctx, office(people), child.id, form, await stamp(people, child.id))


async def test_a_child_who_left_is_nobodys_at_once(people: PeopleTown) -> None:
    child = people.child(0, 1)
    phone, _ = await people.bind("mother", child, "1000")
    await people.bind("father", child, "2000")
    assert child.name in (await phone.get("/h5/children")).text
    ended = await mark_pupil_left(
        people.ctx, office(people), child.id, await stamp(people, child.id)
    )
    assert ended == 1
    assert await people.ctx.stores.bindings.active_of_person(await people.person("mother")) == []
    (past,) = await people.ctx.stores.bindings.ended_of_person(await people.person("mother"))
    assert past.ending is not None
    assert (past.ending.reason, past.ending.by) == (EndReason.LEFT, office(people).person_id)
    assert (
        await people.ctx.stores.database["contacts"].count_documents({"student_id": child.id}) == 0
    )
    teaching = await teaching_of(people.ctx, people.posts["head"], Right.CLAIMS)
    assert await waiting_claims(people.ctx, teaching) == []
    assert await people.acts() == [Act.PUPIL_LEFT]
    _, asked = await people.bind("aunt", child, "2000")
    assert asked.answer is Answer.UNKNOWN
    with pytest.raises(NotFoundError):
        await pupil_record(people.ctx, people.posts["head"], child.id)
    gone = await pupil_record(people.ctx, office(people), child.id)
    assert (gone.student.left_at is not None, gone.may_edit, len(gone.past)) == (True, False, 1)
    left = await people_of_classes(people.ctx, office(people), show=Show.LEFT)
    assert [r.student.id for g in left.groups for r in g.rows] == [child.id]


async def test_a_line_is_added_changed_and_removed_with_what_was_bound_through_it(
    people: PeopleTown,
) -> None:
    child, ctx, post = people.child(0, 1), people.ctx, office(people)
    await add_line(
        ctx, post, child.id, {"phone": "5566", "relation": "外婆"}, await stamp(people, child.id)
    )
    _, asked = await people.bind("granny", child, "5566")
    assert asked.answer is Answer.BOUND
    line = f"{child.id}:5566"
    form = {"phone": "5566", "relation": "奶奶"}
    await change_line(ctx, post, child.id, line, form, await stamp(people, child.id))
    assert len(await ctx.stores.bindings.active_of_person(await people.person("granny"))) == 1
    form = {"phone": "13900007777", "relation": "奶奶"}
    await change_line(ctx, post, child.id, line, form, await stamp(people, child.id))
    (past,) = await ctx.stores.bindings.ended_of_person(await people.person("granny"))
    assert past.ending is not None
    assert past.ending.reason is EndReason.PHONE
    _, asked = await people.bind("granny", child, "7777")
    assert asked.answer is Answer.BOUND
    await remove_line(ctx, post, child.id, f"{child.id}:7777", await stamp(people, child.id))
    assert await ctx.stores.bindings.active_of_person(await people.person("granny")) == []
    assert await people.acts() == [Act.PUPIL_EDITED] * 4
    with pytest.raises(InvalidError):
        await add_line(ctx, post, child.id, {"phone": "1000"}, await stamp(people, child.id))


Act_ = Callable[[PeopleTown, Post, str, str], Awaitable[object]]
ACTS: dict[str, Act_] = {
    "edit": lambda p, post, s, seen: edit_pupil(p.ctx, post, s, {"name": "李四"}, seen),
    "move": lambda p, post, s, seen: move_pupil(p.ctx, post, s, {"class": p.classes[2].id}, seen),
    "leave": lambda p, post, s, seen: mark_pupil_left(p.ctx, post, s, seen),
    "add line": lambda p, post, s, seen: add_line(p.ctx, post, s, {"phone": "4321"}, seen),
    "change line": lambda p, post, s, seen: change_line(
        p.ctx, post, s, f"{s}:1000", {"phone": "4321"}, seen
    ),
    "remove line": lambda p, post, s, seen: remove_line(p.ctx, post, s, f"{s}:1000", seen),
}


@pytest.mark.parametrize("act", ACTS)
async def test_acts_are_the_offices_alone_and_about_what_was_seen(
    people: PeopleTown, act: str
) -> None:
    child = people.child(0, 1)
    await people.bind("mother", child, "1000")
    seen, before = await stamp(people, child.id), await people.everything()
    for key in ("head", "leader", "observer"):
        with pytest.raises(NotFoundError):
            await ACTS[act](people, people.posts[key], child.id, seen)
    stranger = replace(office(people), school=replace(SCHOOL, id="elsewhere"))
    with pytest.raises(NotFoundError):
        await ACTS[act](people, stranger, child.id, seen)
    with pytest.raises(NotFoundError):
        await ACTS[act](people, office(people), "nobody", seen)
    with pytest.raises(ConflictError, match="pupil_changed"):
        await ACTS[act](people, office(people), child.id, "another")
    async with roster_turn(people.ctx, SCHOOL.id, "王老师"):
        with pytest.raises(ConflictError, match="roster_busy"):
            await ACTS[act](people, office(people), child.id, seen)
    assert await people.everything() == before
    await ACTS[act](people, office(people), child.id, seen)
    assert await people.everything() != before


# -------------------------------------------------------------------------------------- requests


async def test_a_request_is_shown_with_what_helps_to_decide(people: PeopleTown) -> None:
    child = people.child(0, 1)
    await people.bind("mother", child, "1000")
    await people.bind("father", child, "2000")
    teaching = await access_teaching(people.ctx, await people.person("head"), Right.CLAIMS)
    (waiting,) = await waiting_claims(people.ctx, teaching)
    detail = await claim_detail(people.ctx, teaching, waiting)
    (candidate,) = detail.candidates
    assert [line.phone_last4 for line in candidate.lines] == ["1000", "2000"]
    assert candidate.fitting == {f"{child.id}:2000"}
    assert [g.binding.relation for g in candidate.guardians] == ["妈妈"]
    assert (detail.asked, detail.following, candidate.parted) == (("妈妈",), True, None)
    assert fits(waiting, Queue.FAMILY)
    assert not fits(waiting, Queue.SCHOOL)
    assert not fits(waiting, Queue.CAREFUL)
    assert folded_name(child.name) == waiting.claim.child_name
