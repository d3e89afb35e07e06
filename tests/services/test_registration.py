"""Who sees which figures, why a child is missing, and what makes figures that went wrong right again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.bindings import EndReason
from domain.errors import NotFoundError
from domain.invitations import Visit
from domain.registration import ClassCount, Ratio, SchoolCount, Why
from domain.roles import Role
from domain.schools import School
from services.registration import count_marked, keep_counting, recount_school
from services.registration_classes import class_view, staff_view
from services.registration_views import (
    region_view,
    school_view,
)
from tests.domain.samples import (
    a_binding,
    a_claim,
    a_class,
    a_contact,
    a_student,
    an_appointment,
    an_ending,
    an_invitation,
)
from tests.domain.test_registration import an_offer
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import CITY, DISTRICT
from tests.services.test_terms import post_at
from tests.town import Town

OTHER = replace(DISTRICT, id="laishan", name="莱山区", region_ids=("yantai", "laishan"))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=DISTRICT.region_ids)
NEIGHBOUR = School(id="school-b", name="云杉小学", region_ids=DISTRICT.region_ids)
FAR = School(id="school-c", name="海棠小学", region_ids=OTHER.region_ids)


def without_time(counted: tuple[SchoolCount | None, list[ClassCount]], at: Any) -> Any:
    """Figures, whenever they were counted."""
    school, classes = counted
    same = [replace(c, counted_at=at) for c in classes]
    return school and replace(school, counted_at=at), sorted(same, key=lambda c: c.class_id)


async def drained(ctx: Any) -> None:
    """Count until nothing is marked."""
    while await ctx.stores.registrations.marks(1):
        await count_marked(ctx)


async def settle(town: Town) -> None:
    """A city with two districts; three schools, each with two classes of three, one child of which is bound."""
    stores = town.ctx.stores
    for region in (CITY, DISTRICT, OTHER):
        await stores.regions.save(region)
    for school in (SCHOOL, NEIGHBOUR, FAR):
        await stores.schools.save_school(replace(school, year=2026))
        groups = [f"{school.id}-1", f"{school.id}-2"]
        await stores.schools.save_classes(
            [a_class(id=g, school_id=school.id, name=f"三年级{g[-1]}班") for g in groups]
        )
        pupils = [
            a_student(
                id=f"{g}-{n}", school_id=school.id, class_id=g, name=f"{school.name}{n}号", number=n
            )
            for g in groups
            for n in (1, 2, 3)
        ]
        await stores.schools.save_students(pupils)
        await stores.schools.save_contacts(
            [
                a_contact(id=f"{p.id}-a", school_id=school.id, class_id=p.class_id, student_id=p.id)
                for p in pupils
            ]
        )
        await stores.bindings.save(a_binding(pupils[0].id, "mother", school_id=school.id))
        await stores.appointments.save(
            an_appointment(
                id=f"{groups[0]}:head", school_id=school.id, class_id=groups[0], person_id="wang"
            )
        )
    await drained(town.ctx)


async def test_a_region_adds_up_its_schools_and_never_those_of_another(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    city = await region_view(ctx, post_at(CITY, Role.CITY_ADMIN), CITY.id)
    assert (city.figures.children.done, city.figures.children.all) == (3, 18)
    assert city.figures.classes == Ratio(3, 6)
    assert [(line.region.name, line.figures.children.all) for line in city.regions] == [
        ("芝罘区", 12),
        ("莱山区", 6),
    ]
    assert city.own == ()
    district = post_at(DISTRICT, Role.DISTRICT_ADMIN)
    seen = await region_view(ctx, district, DISTRICT.id)
    assert {line.school.id for line in seen.schools} == {SCHOOL.id, NEIGHBOUR.id}
    for region_id in (CITY.id, OTHER.id, "nowhere"):
        with pytest.raises(NotFoundError):
            await region_view(ctx, district, region_id)
    with pytest.raises(NotFoundError):
        await school_view(ctx, district, FAR.id)
    with pytest.raises(NotFoundError):
        await class_view(ctx, district, f"{FAR.id}-1")
    with pytest.raises(NotFoundError):
        await staff_view(ctx, district, FAR.id)


async def test_a_school_that_moves_is_seen_in_its_new_region_at_once(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    await ctx.stores.schools.save_school(replace(NEIGHBOUR, region_ids=OTHER.region_ids))
    old = await region_view(ctx, post_at(DISTRICT, Role.DISTRICT_ADMIN), DISTRICT.id)
    new = await region_view(ctx, post_at(OTHER, Role.DISTRICT_ADMIN), OTHER.id)
    assert [line.school.id for line in old.schools] == [SCHOOL.id]
    assert {line.school.id for line in new.schools} == {FAR.id, NEIGHBOUR.id}
    assert new.figures.children.all == 12


@pytest.mark.parametrize(
    ("role", "where", "classes", "named"),
    [
        (Role.SCHOOL_ADMIN, {}, 2, {1, 2}),
        (Role.OFFICE, {}, 2, {1, 2}),
        (Role.OBSERVER, {}, 2, set()),
        (Role.GRADE_LEADER, {"grade": 3}, 2, {1, 2}),
        (Role.SUBJECT_TEACHER, {"class_id": "school-a-1"}, 1, set()),
        (Role.HEAD_TEACHER, {"class_id": "school-a-1"}, 1, {1}),
    ],
)
async def test_names_are_for_whoever_may_see_the_pupils_of_that_class(
    quiet_town: Town, role: Role, where: dict[str, Any], classes: int, named: set[int]
) -> None:
    await settle(quiet_town)
    ctx, post = quiet_town.ctx, post_at(SCHOOL, role, **where)
    seen = await school_view(ctx, post, SCHOOL.id)
    assert sum(len(lines) for _, lines in seen.grades) == classes
    assert seen.figures.children.all == 3 * classes
    for number in (1, 2):
        class_id = f"{SCHOOL.id}-{number}"
        if number > classes:
            with pytest.raises(NotFoundError):
                await class_view(ctx, post, class_id)
            continue
        view = await class_view(ctx, post, class_id)
        assert view.names is (number in named)
        assert len(view.missing) == ((2 if number == 1 else 3) if view.names else 0)
        assert view.count.pupils == 3
        assert sum(count for _, count in view.whys) == view.count.children.missing
    for other in (NEIGHBOUR.id, FAR.id):
        with pytest.raises(NotFoundError):
            await school_view(ctx, post, other)
        with pytest.raises(NotFoundError):
            await class_view(ctx, post, f"{other}-1")


async def test_a_region_sees_a_class_without_a_name(quiet_town: Town) -> None:
    await settle(quiet_town)
    view = await class_view(
        quiet_town.ctx, post_at(DISTRICT, Role.DISTRICT_ADMIN), f"{SCHOOL.id}-1"
    )
    assert (view.names, view.missing, view.present) == (False, (), ())
    assert (view.count.registered, view.count.pupils) == (1, 3)
    assert view.whys == ((Why.NEVER, 2),)


async def test_why_a_child_is_missing(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx, class_id = quiet_town.ctx, f"{SCHOOL.id}-2"
    bound = a_binding(f"{class_id}-1", "father")
    await ctx.stores.bindings.save(bound)
    await ctx.stores.bindings.end(bound.id, an_ending(reason=EndReason.MOVED))
    await ctx.stores.claims.add(
        a_claim(
            candidates=(f"{class_id}-2",),
            class_ids=(class_id,),
            created_at=ctx.now(),
            expires_at=ctx.now() + timedelta(days=1),
        )
    )
    view = await class_view(ctx, post_at(SCHOOL, Role.OFFICE), class_id)
    assert [(m.student.number, m.why) for m in view.missing] == [
        (1, Why.ENDED),
        (2, Why.WAITING),
        (3, Why.NEVER),
    ]


async def test_whether_a_missing_childs_card_was_printed_and_opened(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx, class_id = quiet_town.ctx, f"{SCHOOL.id}-2"
    cards = [
        an_invitation(
            id=f"CARD{n}",
            class_id="",
            student_id=f"{class_id}-{n}",
            created_at=ctx.now(),
            expires_at=ctx.now() + timedelta(days=30),
            revoked_at=ctx.now() if n == 3 else None,
        )
        for n in (1, 2, 3)
    ]
    await ctx.stores.invitations.add(cards)
    visit = Visit("CARD2:p", SCHOOL.id, "CARD2", "p", ctx.now())
    await ctx.stores.invitations.note_visit(visit)
    view = await class_view(ctx, post_at(SCHOOL, Role.OFFICE), class_id)
    assert [(m.invited, m.opened) for m in view.missing] == [
        (True, False),
        (True, True),
        (False, False),
    ]


async def test_figures_that_were_lost_are_counted_when_somebody_looks(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    await ctx.stores.database["registrations"].delete_many({})
    view = await school_view(ctx, post_at(SCHOOL, Role.OFFICE), SCHOOL.id)
    assert view.figures.children == Ratio(1, 6, 50)
    kept, _ = await ctx.stores.registrations.of_school(SCHOOL.id)
    assert kept is not None
    assert kept.pupils == 6


async def test_a_class_that_is_kept_wrong_is_counted_again_once_it_is_opened(
    quiet_town: Town,
) -> None:
    await settle(quiet_town)
    ctx, class_id = quiet_town.ctx, f"{SCHOOL.id}-1"
    _, kept = await ctx.stores.registrations.of_school(SCHOOL.id)
    wrong = [replace(c, registered=3) for c in kept if c.class_id == class_id]
    await ctx.stores.registrations.keep(wrong)
    view = await class_view(ctx, post_at(SCHOOL, Role.OFFICE), class_id)
    assert view.count.registered == 1
    await drained(ctx)
    _, again = await ctx.stores.registrations.of_school(SCHOOL.id)
    assert {c.class_id: c.registered for c in again}[class_id] == 1


async def test_a_count_that_came_late_replaces_no_later_one(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    kept, _ = await ctx.stores.registrations.of_school(SCHOOL.id)
    assert kept is not None
    later = replace(kept, registered=5, counted_at=ctx.now() + timedelta(hours=1))
    await ctx.stores.registrations.keep([later])
    await recount_school(ctx, SCHOOL.id)
    assert (await ctx.stores.registrations.of_school(SCHOOL.id))[0] == later


async def test_what_time_alone_has_ended_is_counted_at_night(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    soon = ctx.now() + timedelta(hours=1)
    student = f"{SCHOOL.id}-2-1"
    await ctx.stores.bindings.save(a_binding(student, "carer", until=soon))
    await drained(ctx)
    assert (await ctx.stores.registrations.of_schools([SCHOOL.id]))[SCHOOL.id].registered == 2
    tomorrow = replace(ctx, now=lambda: soon + timedelta(days=1))
    await keep_counting(tomorrow)
    await drained(tomorrow)
    assert (await ctx.stores.registrations.of_schools([SCHOOL.id]))[SCHOOL.id].registered == 1


async def test_staff_are_named_at_their_own_school_alone(quiet_town: Town) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    await ctx.stores.offers.add(an_offer("陈静", class_id=f"{SCHOOL.id}-2"))
    office = await staff_view(ctx, post_at(SCHOOL, Role.OFFICE), SCHOOL.id)
    assert (office.names, [o.name for o in office.missing]) == (True, ["陈静"])
    assert office.figures == Ratio(1, 2)
    region = await staff_view(ctx, post_at(DISTRICT, Role.DISTRICT_ADMIN), SCHOOL.id)
    assert (region.names, region.teachers, region.figures) == (False, (), Ratio(1, 2))
    observer = await staff_view(ctx, post_at(SCHOOL, Role.OBSERVER), SCHOOL.id)
    assert observer.names is False
    head = post_at(SCHOOL, Role.HEAD_TEACHER, class_id=f"{SCHOOL.id}-1")
    with pytest.raises(NotFoundError):
        await staff_view(ctx, head, SCHOOL.id)
