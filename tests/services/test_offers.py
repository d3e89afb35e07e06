"""Offers of roles and their endings: who may give what where, once, and nothing by anybody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.offers import OfferState
from domain.roles import Appointment, Right, Role
from services.appointments import end_appointment, ending_of, staff_of
from services.audit import Wanted, audit_page
from services.offers import (
    Made,
    accept_offer,
    new_token,
    offer_head_teachers,
    offer_role,
    open_offer,
    revoke_offer,
    roles_to_give,
)
from services.people import Post, posts_of, recognise
from tests.desk import appoint_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import (
    CITY,
    DISTRICT,
    NEIGHBOUR,
    OTHER_DISTRICT,
    OTHER_SCHOOL,
    SCHOOL,
    a_class,
    settle_city,
    settle_staff,
)
from tests.town import Phone, Town

OFFICE = {"role": "office", "name": "李芳"}
ADMIN = {"role": "school_admin", "name": "钱进"}


async def post_of(town: Town, phone: Phone) -> Post:
    """What somebody is at their first place."""
    person = await recognise(town.ctx, phone.user.openid)
    return (await posts_of(town.ctx, person))[0]


async def roles_of(town: Town, person_id: str) -> list[Role]:
    return [a.role for a in await town.ctx.stores.appointments.of_person(person_id, town.ctx.now())]


async def stored(town: Town) -> dict[str, list[Any]]:
    """Everything that could have changed."""
    names = ("offers", "appointments", "schools", "regions", "audit")
    database = town.ctx.stores.database
    return {n: await database[n].find({}, sort=[("_id", 1)]).to_list(None) for n in names}


async def acts(town: Town, place: str) -> list[Act]:
    """What the log of a place holds, the oldest first."""
    page = await audit_page(town.ctx, place, Wanted())
    return [entry.act for entry in reversed(page.entries)]


def at(town: Town, **later: float) -> Any:
    """The same town's context, but later."""
    moment = town.ctx.now() + timedelta(**later)
    return replace(town.ctx, now=lambda: moment)


async def test_an_offer_makes_one_person_somebody_and_is_noted(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    made = await offer_role(town.ctx, post, OFFICE)
    granted = await accept_offer(town.ctx, "p-1", made.token, "")
    assert (granted.role, granted.name, granted.granted_by) == (Role.OFFICE, "李芳", post.person_id)
    assert await roles_of(town, "p-1") == [Role.OFFICE]
    with pytest.raises(NotFoundError):  # taken by another
        await open_offer(town.ctx, "p-2", made.token)
    with pytest.raises(NotFoundError):
        await accept_offer(town.ctx, "p-2", made.token, "")
    assert await roles_of(town, "p-2") == []
    again = await accept_offer(town.ctx, "p-1", made.token, "别名")
    assert again == granted
    assert await acts(town, SCHOOL.id) == [Act.APPOINTMENT_OFFERED, Act.APPOINTMENT_GRANTED]


async def test_the_log_says_what_was_offered_without_the_whole_name(quiet_town: Town) -> None:
    chen = await settle_staff(quiet_town)
    form = {"role": "head_teacher", "name": "王小明", "class": a_class(3).id}
    await offer_role(quiet_town.ctx, await post_of(quiet_town, chen), form)
    (entry,) = (await audit_page(quiet_town.ctx, SCHOOL.id, Wanted())).entries
    assert entry.after == {"role": "head_teacher", "name": "王*", "class_id": a_class(3).id}


async def test_the_same_form_twice_is_one_offer(quiet_town: Town) -> None:
    chen = await settle_staff(quiet_town)
    post, token = await post_of(quiet_town, chen), new_token()
    first = await offer_role(quiet_town.ctx, post, OFFICE, token=token)
    again = await offer_role(quiet_town.ctx, post, OFFICE, token=token)
    assert (again.offer, again.token) == (first.offer, first.token)
    assert await quiet_town.ctx.stores.offers.of_place(school_id=SCHOOL.id) == [first.offer]
    assert await acts(quiet_town, SCHOOL.id) == [Act.APPOINTMENT_OFFERED]


async def test_anothers_link_is_not_shown_again_to_who_guesses_it(quiet_town: Town) -> None:
    chen = await settle_staff(quiet_town)
    rival = await appoint_at(quiet_town, "rival", NEIGHBOUR, Role.SCHOOL_ADMIN)
    made = await offer_role(quiet_town.ctx, await post_of(quiet_town, chen), OFFICE)
    before = await stored(quiet_town)
    post = await post_of(quiet_town, rival)
    for token in (made.token, "weak", "../" * 12):
        with pytest.raises(ConflictError):
            await offer_role(quiet_town.ctx, post, OFFICE, token=token)
    assert await stored(quiet_town) == before


async def test_two_who_tap_at_once_are_one(quiet_town: Town) -> None:
    chen = await settle_staff(quiet_town)
    made = await offer_role(quiet_town.ctx, await post_of(quiet_town, chen), OFFICE)
    tries = [accept_offer(quiet_town.ctx, f"p-{n}", made.token, "") for n in range(5)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    granted = [a for a in answers if isinstance(a, Appointment)]
    assert len(granted) == 1
    for n in range(5):
        assert len(await roles_of(quiet_town, f"p-{n}")) == (f"p-{n}" == granted[0].person_id)


async def test_a_revoked_and_an_old_offer_make_nobody_anything(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    revoked, old = [await offer_role(town.ctx, post, OFFICE) for _ in range(2)]
    await revoke_offer(town.ctx, post, revoked.offer.id)
    await revoke_offer(town.ctx, post, revoked.offer.id)
    assert (await acts(town, SCHOOL.id)).count(Act.OFFER_REVOKED) == 1
    with pytest.raises(NotFoundError):
        await accept_offer(town.ctx, "p-1", revoked.token, "")
    with pytest.raises(NotFoundError):
        await accept_offer(at(town, days=7), "p-1", old.token, "")
    assert await roles_of(town, "p-1") == []
    await accept_offer(at(town, days=6.9), "p-1", old.token, "")
    with pytest.raises(ConflictError, match="offer_taken"):
        await revoke_offer(town.ctx, post, old.offer.id)
    assert await roles_of(town, "p-1") == [Role.OFFICE]


async def test_an_offer_dies_with_its_makers_right(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    qian = await accept_offer(town.ctx, "qian", (await offer_role(town.ctx, post, ADMIN)).token, "")
    made = await offer_role(town.ctx, (await posts_of(town.ctx, "qian"))[0], OFFICE)
    assert (await ending_of(town.ctx, post, qian.id)).offers == 1
    await end_appointment(town.ctx, post, qian.id)
    with pytest.raises(NotFoundError):
        await accept_offer(town.ctx, "friend", made.token, "")
    assert await roles_of(town, "friend") == []


async def test_what_was_ended_after_the_offer_does_not_come_back_by_it(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    first, spare = [await offer_role(town.ctx, post, OFFICE) for _ in range(2)]
    held = await accept_offer(town.ctx, "p-1", first.token, "")
    await end_appointment(town.ctx, post, held.id)
    for made in (first, spare):
        with pytest.raises(ConflictError, match="role_ended"):
            await accept_offer(town.ctx, "p-1", made.token, "")
    assert await roles_of(town, "p-1") == []
    anew = await offer_role(at(town, minutes=1), post, OFFICE)
    await accept_offer(at(town, minutes=2), "p-1", anew.token, "")
    assert await roles_of(town, "p-1") == [Role.OFFICE]


async def test_a_substitute_goes_by_itself_and_may_be_asked_again(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    day = (town.ctx.now() + timedelta(days=3)).date().isoformat()
    made = await offer_role(town.ctx, post, OFFICE | {"until": day})
    held = await accept_offer(town.ctx, "p-1", made.token, "")
    assert held.until is not None
    assert held.until.isoformat() == f"{day}T16:00:00+00:00"  # the end of that day in school time
    later = at(town, days=5)
    assert await later.stores.appointments.of_person("p-1", later.now()) == []
    made = await offer_role(later, post, OFFICE)
    await accept_offer(later, "p-1", made.token, "")
    (held,) = await later.stores.appointments.of_person("p-1", later.now())
    assert held.until is None


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, {"role", "name"}),
        ({"role": "district_admin", "name": "x"}, {"role"}),
        ({"role": "office", "name": "名" * 21}, {"name"}),
        ({"role": "office", "name": "李\u202e芳"}, {"name"}),
        ({"role": "head_teacher", "name": "王"}, {"class"}),
        ({"role": "head_teacher", "name": "王", "class": "yunshan-3-1"}, {"class"}),
        ({"role": "grade_leader", "name": "王", "grade": "7"}, {"grade"}),
        ({"role": "grade_leader", "name": "王", "grade": "三"}, {"grade"}),
        (
            {"role": "subject_teacher", "name": "王", "class": "qinghe-3-1", "subject": "physics"},
            {"subject"},
        ),
        (OFFICE | {"until": "2026-02-30"}, {"until"}),
        (OFFICE | {"until": "2020-01-01"}, {"until"}),
        (OFFICE | {"until": "9999-12-31"}, {"until"}),
    ],
)
async def test_a_wrong_form_names_its_fields_and_offers_nothing(
    quiet_town: Town, form: dict[str, str], wrong: set[str]
) -> None:
    chen = await settle_staff(quiet_town)
    await quiet_town.ctx.stores.schools.save_classes([a_class(1, NEIGHBOUR)])
    before = await stored(quiet_town)
    with pytest.raises(InvalidError) as caught:
        await offer_role(quiet_town.ctx, await post_of(quiet_town, chen), form)
    assert set(caught.value.fields) == wrong
    assert await stored(quiet_town) == before


async def test_cards_for_the_classes_nobody_leads(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post, key = await post_of(town, chen), new_token()
    lost = await offer_role(
        town.ctx, post, {"role": "head_teacher", "name": "赵", "class": a_class(3).id}
    )
    cards = await offer_head_teachers(town.ctx, post, key=key)
    assert {c.offer.class_id for c in cards} == {a_class(n).id for n in range(3, 11)}
    assert len({c.token for c in cards}) == 8
    again = await offer_head_teachers(town.ctx, post, key=key)
    assert [(c.offer.id, c.token) for c in again] == [(c.offer.id, c.token) for c in cards]
    with pytest.raises(NotFoundError):
        await open_offer(town.ctx, "p-1", lost.token)
    with pytest.raises(InvalidError):  # everybody names themselves
        await accept_offer(town.ctx, "p-1", cards[0].token, "")
    held = await accept_offer(town.ctx, "p-1", cards[0].token, "赵老师")
    assert (held.role, held.name) == (Role.HEAD_TEACHER, "赵老师")
    after = await offer_head_teachers(town.ctx, post, key=new_token())
    assert len(after) == 7
    staff = await staff_of(town.ctx, post)
    assert {o.id for o in staff.offers} == {c.offer.id for c in after}


async def test_the_last_administrator_stays(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    (own,) = post.appointments
    before = await stored(town)
    with pytest.raises(ConflictError, match="last_admin"):
        await end_appointment(town.ctx, post, own.id)
    assert await stored(town) == before
    day = (town.ctx.now() + timedelta(days=3)).date().isoformat()
    substitute = await offer_role(town.ctx, post, ADMIN | {"until": day})
    await accept_offer(town.ctx, "sub", substitute.token, "")
    with pytest.raises(ConflictError, match="last_admin"):  # goes again in three days
        await end_appointment(town.ctx, post, own.id)
    lasting = await offer_role(town.ctx, post, ADMIN)
    await accept_offer(town.ctx, "qian", lasting.token, "")
    await end_appointment(town.ctx, post, own.id)
    assert await posts_of(town.ctx, post.person_id) == []


async def test_two_administrators_who_end_each_other_leave_one(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    one = await post_of(town, chen)
    await accept_offer(town.ctx, "qian", (await offer_role(town.ctx, one, ADMIN)).token, "")
    other = (await posts_of(town.ctx, "qian"))[0]
    await asyncio.gather(
        end_appointment(town.ctx, one, other.appointments[0].id),
        end_appointment(town.ctx, other, one.appointments[0].id),
        return_exceptions=True,
    )
    held = await town.ctx.stores.appointments.of_school(SCHOOL.id)
    standing = [a for a in held if a.role is Role.SCHOOL_ADMIN and a.stands(town.ctx.now())]
    assert len(standing) >= 1


async def test_what_is_lost_is_what_no_other_role_covers(quiet_town: Town) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    post = await post_of(town, chen)
    await appoint_at(town, "wang", SCHOOL, Role.OFFICE, name="王老师")
    staff = await staff_of(town.ctx, post)
    held = {(a.role, a.name): a for _, group in staff.groups for a in group}
    head = await ending_of(town.ctx, post, held[Role.HEAD_TEACHER, "王老师"].id)
    assert head.lost == ()
    office = await ending_of(town.ctx, post, held[Role.OFFICE, "王老师"].id)
    assert set(office.lost) >= {Right.ROSTER, Right.ROLL_OVER, Right.PUBLISH}
    assert (office.is_own, office.is_last) == (False, False)


async def test_what_each_place_may_give(quiet_town: Town) -> None:
    yu = await settle_city(quiet_town)
    city = await post_of(quiet_town, yu)
    zhi = await post_of(quiet_town, quiet_town.phone("zhi"))
    chen = await post_of(quiet_town, quiet_town.phone("chen"))
    assert roles_to_give(city) == (Role.CITY_ADMIN, Role.OBSERVER)
    assert roles_to_give(city, DISTRICT) == (Role.DISTRICT_ADMIN,)
    assert roles_to_give(city, OTHER_SCHOOL) == (Role.SCHOOL_ADMIN,)
    assert roles_to_give(zhi, SCHOOL) == (Role.SCHOOL_ADMIN,)
    for place in (CITY, OTHER_DISTRICT, OTHER_SCHOOL):
        assert roles_to_give(zhi, place) == ()
    assert Role.DISTRICT_ADMIN not in roles_to_give(chen)
    assert roles_to_give(chen, DISTRICT) == ()
    assert roles_to_give(chen, NEIGHBOUR) == ()


async def test_a_district_brings_in_its_schools_administrator_and_both_logs_say_so(
    quiet_town: Town,
) -> None:
    await settle_city(quiet_town)
    zhi = await post_of(quiet_town, quiet_town.phone("zhi"))
    form = ADMIN | {"place": NEIGHBOUR.id}
    made = await offer_role(quiet_town.ctx, zhi, form)
    assert (made.offer.school_id, made.offer.role) == (NEIGHBOUR.id, Role.SCHOOL_ADMIN)
    for place in (NEIGHBOUR.id, DISTRICT.id):
        assert await acts(quiet_town, place) == [Act.APPOINTMENT_OFFERED]
    await accept_offer(quiet_town.ctx, "qian", made.token, "")
    assert await roles_of(quiet_town, "qian") == [Role.SCHOOL_ADMIN]
    staff = await staff_of(quiet_town.ctx, zhi, NEIGHBOUR.id)
    assert [(role, [a.name for a in held]) for role, held in staff.groups] == [
        (Role.SCHOOL_ADMIN, ["钱进"])
    ]
    for role in ("head_teacher", "office", "observer"):
        with pytest.raises(InvalidError):
            await offer_role(quiet_town.ctx, zhi, form | {"role": role})


async def test_another_districts_administrator_can_do_nothing(quiet_town: Town) -> None:
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    chen = await post_of(quiet_town, quiet_town.phone("chen"))
    feng = await post_of(quiet_town, quiet_town.phone("feng"))
    made: Made = await offer_role(quiet_town.ctx, chen, OFFICE)
    before = await stored(quiet_town)
    (held,) = chen.appointments
    for act in (
        offer_role(quiet_town.ctx, feng, ADMIN | {"place": SCHOOL.id}),
        offer_role(quiet_town.ctx, feng, ADMIN | {"place": CITY.id, "role": "city_admin"}),
        offer_role(quiet_town.ctx, feng, ADMIN | {"place": "nowhere"}),
        revoke_offer(quiet_town.ctx, feng, made.offer.id),
        end_appointment(quiet_town.ctx, feng, held.id),
        ending_of(quiet_town.ctx, feng, held.id),
        staff_of(quiet_town.ctx, feng, SCHOOL.id),
        offer_head_teachers(quiet_town.ctx, feng, key=new_token()),
    ):
        with pytest.raises(NotFoundError):
            await act
    assert await stored(quiet_town) == before


async def test_a_region_ends_nobody_and_revokes_nothing_of_its_schools_own(
    quiet_town: Town,
) -> None:
    await settle_city(quiet_town)
    chen = await post_of(quiet_town, quiet_town.phone("chen"))
    zhi = await post_of(quiet_town, quiet_town.phone("zhi"))
    made = await offer_role(quiet_town.ctx, chen, OFFICE)
    before = await stored(quiet_town)
    with pytest.raises(NotFoundError):
        await end_appointment(quiet_town.ctx, zhi, chen.appointments[0].id)
    with pytest.raises(NotFoundError):
        await revoke_offer(quiet_town.ctx, zhi, made.offer.id)
    assert await stored(quiet_town) == before
    (offer,) = await quiet_town.ctx.stores.offers.of_place(school_id=SCHOOL.id)
    assert offer.state is OfferState.OPEN


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OBSERVER])
async def test_without_the_right_nobody_gives_or_takes(quiet_town: Town, role: Role) -> None:
    await settle_staff(quiet_town)
    other = await appoint_at(quiet_town, "other", SCHOOL, role)
    post = await post_of(quiet_town, other)
    chen = await post_of(quiet_town, quiet_town.phone("chen"))
    before = await stored(quiet_town)
    for act in (
        offer_role(quiet_town.ctx, post, OFFICE),
        end_appointment(quiet_town.ctx, post, chen.appointments[0].id),
        offer_head_teachers(quiet_town.ctx, post, key=new_token()),
        staff_of(quiet_town.ctx, post),
    ):
        with pytest.raises(NotFoundError):
            await act
    assert await stored(quiet_town) == before
