"""The groups of a school with families: whose they are, who is in them, and that both agree at every moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.bindings import Ending, EndReason
from domain.errors import NotFoundError
from domain.groups import GroupRules, Seat, class_group, grade_group, research_group
from domain.roles import Appointment, Role
from services.context import Context
from services.groups import access_group, find_group, groups_of, members_of
from tests.domain.samples import an_enrolment
from tests.flows.conftest import quiet_town as quiet_town
from tests.settling import settle_families
from tests.town import OTHER_SCHOOL, SCHOOL, Town, school_class

CLASS, SECOND = school_class(1), school_class(2)
GROUP, GRADE = class_group(CLASS.id), grade_group(CLASS)
MATHS = research_group(SCHOOL.id, 1)
COMMITTEE = f"committee:{SCHOOL.id}"


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    """Two classes of two children each; `head` leads both, `maths` teaches one, `office` is the office."""
    made: Context = quiet_town.ctx
    openids = [f"openid-{n}" for n in range(4)]
    await settle_families(made, "wx", openids, teacher="head", class_size=2)
    for role, person, class_id in (
        (Role.SUBJECT_TEACHER, "maths", CLASS.id),
        (Role.OFFICE, "office", ""),
        (Role.GRADE_LEADER, "leader", ""),
    ):
        await made.stores.appointments.save(
            Appointment(
                id=person,
                person_id=person,
                role=role,
                name=person,
                school_id=SCHOOL.id,
                class_id=class_id,
                grade=3 if role is Role.GRADE_LEADER else 0,
                subject="maths" if class_id else "",
            )
        )
    return made


async def of(ctx: Context, person_id: str) -> set[str]:
    return {seat.group.id for seat in await groups_of(ctx, person_id)}


async def people(ctx: Context, group_id: str) -> set[str]:
    return {s.person_id for s in await members_of(ctx, await find_group(ctx, group_id))}


async def test_everybody_has_the_groups_that_are_theirs(ctx: Context) -> None:
    school = SCHOOL.id
    assert await of(ctx, "person-000000") == {GROUP}
    assert await of(ctx, "person-000002") == {class_group(SECOND.id)}
    assert await of(ctx, "maths") == {GROUP, GRADE, f"staff:{school}"}
    assert await of(ctx, "head") == {
        GROUP,
        class_group(SECOND.id),
        GRADE,
        f"staff:{school}",
        f"heads:{school}",
    }
    assert await of(ctx, "office") == {f"staff:{school}", f"heads:{school}", COMMITTEE}
    assert await of(ctx, "leader") == {GRADE, f"staff:{school}"}
    assert await of(ctx, "nobody") == set()


async def test_members_and_places_agree_for_everybody_and_every_group(ctx: Context) -> None:
    rules = GroupRules(
        id=SCHOOL.id, grade_guardians=True, subjects=((MATHS, ("maths",)),), version=1
    )
    assert await ctx.stores.groups.change_rules(rules)
    child = f"{CLASS.id}-0001"
    await ctx.stores.groups.enrol(an_enrolment(person_id="person-000000", student_id=child))
    await ctx.stores.groups.enrol(an_enrolment(id="x", group_id=MATHS, person_id="leader"))
    everybody = [f"person-{n:06d}" for n in range(4)] + ["head", "maths", "office", "leader"]
    theirs = {person: await of(ctx, person) for person in everybody}
    groups = sorted(set().union(*theirs.values()))
    assert {GROUP, GRADE, MATHS, COMMITTEE} <= set(groups)
    for group_id in groups:
        expected = {person for person in everybody if group_id in theirs[person]}
        assert await people(ctx, group_id) == expected, group_id
        for person in everybody:
            if person in expected:
                assert (await access_group(ctx, person, group_id)).group.id == group_id
            else:
                with pytest.raises(NotFoundError):
                    await access_group(ctx, person, group_id)
    assert await people(ctx, COMMITTEE) == {"person-000000", "office"}
    assert await people(ctx, MATHS) == {"maths", "leader"}


async def test_a_place_ends_with_the_binding_or_the_role(ctx: Context) -> None:
    seat: Seat = await access_group(ctx, "person-000000", GROUP)
    (child,) = seat.children
    ending = Ending(at=ctx.now(), by="head", reason=EndReason.MOVED)
    await ctx.stores.bindings.end(child.binding.id, ending)
    await ctx.stores.appointments.end("maths", ctx.now())
    for person in ("person-000000", "maths"):
        with pytest.raises(NotFoundError):
            await access_group(ctx, person, GROUP)
        assert await of(ctx, person) == set()
    assert await people(ctx, GROUP) == {"person-000001", "head"}


@pytest.mark.parametrize(
    "group_id",
    [
        "class:nowhere",
        "staff:nowhere",
        "grade:school-a:y1900",
        f"staff:{OTHER_SCHOOL.id}",
        "club:school-a",
        "",
    ],
)
async def test_absent_and_not_theirs_are_the_same(ctx: Context, group_id: str) -> None:
    await ctx.stores.schools.save_school(OTHER_SCHOOL)
    with pytest.raises(NotFoundError):
        await access_group(ctx, "head", group_id)


async def test_a_class_that_graduated_has_no_group(ctx: Context) -> None:
    ended = [replace(CLASS, ended_at=ctx.now())]
    await ctx.stores.schools.save_classes(ended)
    assert GROUP not in await of(ctx, "head")
    with pytest.raises(NotFoundError):
        await access_group(ctx, "head", GROUP)


async def test_rules_are_written_over_the_version_that_was_read(ctx: Context) -> None:
    groups = ctx.stores.groups
    assert await groups.change_rules(GroupRules(id=SCHOOL.id, version=1))
    assert not await groups.change_rules(GroupRules(id=SCHOOL.id, version=1, grade_guardians=True))
    assert await groups.change_rules(GroupRules(id=SCHOOL.id, version=2, grade_guardians=True))
    assert not await groups.change_rules(GroupRules(id=SCHOOL.id, version=2))
    assert (await groups.rules(SCHOOL.id)).grade_guardians


async def test_an_enrolment_ends_once(ctx: Context) -> None:
    held = an_enrolment()
    await ctx.stores.groups.enrol(held)
    assert await ctx.stores.groups.end_enrolment(held.id, ctx.now())
    assert not await ctx.stores.groups.end_enrolment(held.id, ctx.now())
    found = await ctx.stores.groups.find_enrolment(held.id)
    assert found is not None
    assert found.ended_at is not None
