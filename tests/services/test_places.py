"""Regions and schools: founded below one's own, renamed, moved; settings; and nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.regions import Region, RegionLevel
from domain.roles import Right, Role
from domain.schools import School
from domain.stages import Stage, System
from domain.times import QuietHours
from services.administrators import Founding, found_place, offer_administration
from services.offers import accept_offer
from services.people import posts_of
from services.place_settings import change_settings, form_of, review_settings
from services.places import access_place, edit_place, found_place_below, places_at
from services.quiet import quiet_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import (
    CITY,
    DISTRICT,
    NEIGHBOUR,
    OTHER_DISTRICT,
    OTHER_SCHOOL,
    SCHOOL,
    settle_city,
)
from tests.services.test_offers import acts, post_of, stored
from tests.town import Town

NEW = {
    "kind": "school",
    "below": "zhifu",
    "name": "海阳路小学",
    "stages": "primary",
    "system": "five_four",
}
EDIT = {"name": "青禾实验小学", "stages": "primary,junior", "system": "six_three", "below": "zhifu"}


async def post_at(town: Town, key: str) -> Any:
    """Somebody of the city by their phone's key."""
    return await post_of(town, town.phone(key))


@pytest.fixture
async def city(quiet_town: Town) -> Town:
    await settle_city(quiet_town)
    return quiet_town


async def test_a_city_sees_what_is_below_it_and_who_answers_for_it(city: Town) -> None:
    view = await places_at(city.ctx, await post_at(city, "yu"))
    assert [r.name for r in view.tree] == ["烟台市", "福山区", "芝罘区"]
    lines = {line.region.name: line for line in view.regions}
    assert lines["芝罘区"].administrators == ("郑磊",)
    assert (lines["芝罘区"].schools, lines["芝罘区"].unled) == (2, 1)
    assert (view.schools, view.unled) == ((), 2)
    below = await places_at(city.ctx, await post_at(city, "yu"), DISTRICT.id)
    assert {s.school.name: s.administrators for s in below.schools} == {
        "云杉小学": (),
        "青禾小学": ("陈静",),
    }
    assert [r.name for r in below.above] == ["烟台市"]
    found = await places_at(city.ctx, await post_at(city, "yu"), query=" 小学 ")
    assert {s.school.name for s in found.schools} == {"云杉小学", "青禾小学", "福山第一小学"}


async def test_a_district_founds_a_school_once_and_it_is_noted(city: Town) -> None:
    zhi = await post_at(city, "zhi")
    for _ in range(2):
        place = await found_place_below(city.ctx, zhi, NEW, place_id="0" * 28)
    assert place == School(
        id="0" * 28,
        name="海阳路小学",
        region_ids=DISTRICT.region_ids,
        stages=(Stage.PRIMARY,),
        system=System.FIVE_FOUR,
    )
    assert await city.ctx.stores.schools.find_school(place.id) == place
    assert (await acts(city, DISTRICT.id)).count(Act.PLACE_EDITED) == 1
    assert (await acts(city, place.id)).count(Act.PLACE_EDITED) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"below": "fushan"}, {"below"}),
        ({"below": "yantai"}, {"below"}),
        ({"below": "qinghe"}, {"below"}),
        ({"below": ""}, {"below"}),
        ({"name": " "}, {"name"}),
        ({"stages": "kindergarten"}, {"stages"}),
        ({"stages": "", "system": ""}, {"stages", "system"}),
        ({"place_id": "@installation"}, {"place_id"}),
        ({"place_id": "fushan-1"}, {"place_id"}),  # another district's school
        ({"place_id": "yantai"}, {"place_id"}),  # a region: its log would be shared
        ({"kind": "city"}, {"kind"}),
        ({"kind": "district"}, {"kind"}),
    ],
)
async def test_a_wrong_form_founds_nothing(
    city: Town, change: dict[str, str], wrong: set[str]
) -> None:
    before = await stored(city)
    with pytest.raises(InvalidError) as caught:
        await found_place_below(city.ctx, await post_at(city, "zhi"), NEW | change, place_id="new")
    assert set(caught.value.fields) == wrong
    assert await stored(city) == before


async def test_a_city_founds_a_district(city: Town) -> None:
    form = {"kind": "district", "below": "yantai", "name": "牟平区"}
    place = await found_place_below(city.ctx, await post_at(city, "yu"), form, place_id="mouping")
    assert place == replace(DISTRICT, id="mouping", name="牟平区", region_ids=("yantai", "mouping"))
    assert await city.ctx.stores.regions.find("mouping") == place


async def test_a_school_is_renamed_and_moved_between_ones_own_districts(city: Town) -> None:
    yu, zhi = await post_at(city, "yu"), await post_at(city, "zhi")
    await city.ctx.stores.schools.change_school(SCHOOL.id, {"year": 2026})
    form = EDIT | {"below": "fushan"}
    moved = await edit_place(city.ctx, yu, SCHOOL.id, form)
    assert isinstance(moved, School)
    assert (moved.name, moved.region_ids) == ("青禾实验小学", OTHER_DISTRICT.region_ids)
    assert (moved.stages, moved.year) == ((Stage.PRIMARY, Stage.JUNIOR), 2026)
    for place in (SCHOOL.id, CITY.id):
        assert Act.PLACE_EDITED in await acts(city, place)
    with pytest.raises(NotFoundError):
        await access_place(city.ctx, zhi, Right.PLACES, SCHOOL.id)
    noted = len(await acts(city, CITY.id))
    await edit_place(city.ctx, yu, SCHOOL.id, form)
    assert len(await acts(city, CITY.id)) == noted  # nothing differed


async def test_another_districts_administrator_changes_nothing(city: Town) -> None:
    feng = await post_at(city, "feng")
    before = await stored(city)
    for act in (
        edit_place(city.ctx, feng, SCHOOL.id, EDIT),
        edit_place(city.ctx, feng, DISTRICT.id, {"name": "x"}),
        edit_place(city.ctx, feng, CITY.id, {"name": "x"}),
        edit_place(city.ctx, feng, OTHER_DISTRICT.id, {"name": "x"}),  # its own: in its settings
        edit_place(city.ctx, feng, "nowhere", {"name": "x"}),
        places_at(city.ctx, feng, DISTRICT.id),
        places_at(city.ctx, feng, CITY.id),
        places_at(city.ctx, feng, OTHER_SCHOOL.id),
    ):
        with pytest.raises(NotFoundError):
            await act
    with pytest.raises(InvalidError):  # out of one's own district, nowhere
        await edit_place(city.ctx, feng, OTHER_SCHOOL.id, EDIT)
    assert await stored(city) == before
    assert (await places_at(city.ctx, feng, query="小学")).schools[0].school == OTHER_SCHOOL


async def test_a_schools_administrator_founds_nothing(city: Town) -> None:
    chen = await post_at(city, "chen")
    before = await stored(city)
    for act in (
        found_place_below(city.ctx, chen, NEW, place_id="x"),
        edit_place(city.ctx, chen, NEIGHBOUR.id, EDIT),
        places_at(city.ctx, chen),
    ):
        with pytest.raises(NotFoundError):
            await act
    assert await stored(city) == before


# ------------------------------------------------------------------------------- the operator


async def test_the_operator_moves_a_district_with_all_that_is_below_it(city: Town) -> None:
    await found_place(city.ctx, Founding("shandong", "山东省", RegionLevel.PROVINCE))
    await found_place(city.ctx, Founding("yantai", level=RegionLevel.CITY, below="shandong"))
    school = await city.ctx.stores.schools.find_school(SCHOOL.id)
    district = await city.ctx.stores.regions.find(DISTRICT.id)
    assert school is not None
    assert district is not None
    assert school.region_ids == ("shandong", "yantai", "zhifu")
    assert (district.region_ids, district.parent_id) == (school.region_ids, "yantai")
    renamed = await found_place(city.ctx, Founding("zhifu", "芝罘", RegionLevel.DISTRICT))
    assert renamed == replace(district, name="芝罘")


async def test_one_id_is_one_place(city: Town) -> None:
    before = await stored(city)
    for founding in (
        Founding("qinghe", "青禾区", RegionLevel.DISTRICT),
        Founding("zhifu", "芝罘小学"),
        Founding("zhifu", "芝罘市", RegionLevel.CITY),
    ):
        with pytest.raises(InvalidError) as caught:
            await found_place(city.ctx, founding)
        assert set(caught.value.fields) == {"place_id"}
    assert await stored(city) == before


async def test_the_first_administrator_is_offered_the_place_that_was_founded(city: Town) -> None:
    token = await offer_administration(
        city.ctx, Founding("weihai", "威海市", RegionLevel.CITY), "高峰"
    )
    held = await accept_offer(city.ctx, "gao", token, "")
    assert (held.role, held.region_id) == (Role.CITY_ADMIN, "weihai")
    assert await acts(city, "weihai") == [
        Act.PLACE_EDITED,
        Act.APPOINTMENT_OFFERED,
        Act.APPOINTMENT_GRANTED,
    ]
    (post,) = await posts_of(city.ctx, "gao")
    assert isinstance(post.region, Region)


# ----------------------------------------------------------------------------------- settings


async def test_settings_are_looked_at_and_then_changed(city: Town) -> None:
    chen = await post_at(city, "chen")
    await city.ctx.stores.schools.change_school(SCHOOL.id, {"year": 2026})
    form = form_of(SCHOOL) | {"approval_hours": "48", "local_subjects": "陶艺\n经典诵读"}
    before = await stored(city)
    review = await review_settings(city.ctx, chen, form)
    assert {c.field: (c.before, c.after) for c in review.changes} == {
        "approval_hours": (24, 48),
        "local_subjects": ((), (("local-陶艺", "陶艺"), ("local-经典诵读", "经典诵读"))),
    }
    assert await stored(city) == before
    await change_settings(city.ctx, chen, form, seen=review.seen)
    school = await city.ctx.stores.schools.find_school(SCHOOL.id)
    assert school is not None
    assert (school.rules.approval_hours, school.rules.claim_days, school.year) == (48, 7, 2026)
    assert form_of(school) == form
    (entry,) = await city.ctx.stores.audit.stretch(SCHOOL.id, 1, 10)
    assert entry.act is Act.SETTINGS_CHANGED
    assert entry.before == {"approval_hours": 24, "subjects": ""}
    assert entry.after == {"approval_hours": 48, "subjects": "陶艺,经典诵读"}


async def test_a_schools_own_quiet_hours_hold_from_when_it_saves_them(city: Town) -> None:
    chen = await post_at(city, "chen")
    assert await quiet_at(city.ctx, SCHOOL.id) == city.ctx.policy.quiet_hours
    form = form_of(SCHOOL) | {"quiet_start": "20:00", "quiet_end": "08:00"}
    review = await review_settings(city.ctx, chen, form)
    await change_settings(city.ctx, chen, form, seen=review.seen)
    assert await quiet_at(city.ctx, SCHOOL.id) == QuietHours(time(20), time(8))
    assert await quiet_at(city.ctx, "elsewhere") == city.ctx.policy.quiet_hours
    entries = await city.ctx.stores.audit.stretch(SCHOOL.id, 1, 10)
    assert entries[-1].after == {"quiet_start": "20:00", "quiet_end": "08:00"}


async def test_what_was_changed_meanwhile_is_looked_at_again(city: Town) -> None:
    chen = await post_at(city, "chen")
    mine = form_of(SCHOOL) | {"claim_days": "14"}
    review = await review_settings(city.ctx, chen, mine)
    theirs = form_of(SCHOOL) | {"name": "青禾第一小学"}
    await change_settings(city.ctx, chen, theirs, seen=review.seen)
    before = await stored(city)
    with pytest.raises(ConflictError, match="settings_meanwhile"):
        await change_settings(city.ctx, chen, mine, seen=review.seen)
    assert await stored(city) == before


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"approval_hours": "0"}, {"approval_hours"}),
        ({"approval_hours": "73", "claim_days": "31"}, {"approval_hours", "claim_days"}),
        ({"claim_days": "7.5"}, {"claim_days"}),
        ({"claim_days": "９９９９９９"}, {"claim_days"}),
        ({"name": "", "stages": ""}, {"name", "stages"}),
        ({"local_subjects": "语文"}, {"local_subjects"}),
        ({"system": "nine_zero"}, {"system"}),
        ({"quiet_start": "22:01", "quiet_end": "06:29"}, {"quiet_start", "quiet_end"}),
        ({"quiet_start": "21:00"}, {"quiet_end"}),
        ({"quiet_start": "21:60", "quiet_end": "07:00"}, {"quiet_start"}),
    ],
)
async def test_wrong_settings_change_nothing(
    city: Town, change: dict[str, str], wrong: set[str]
) -> None:
    chen = await post_at(city, "chen")
    before = await stored(city)
    seen = (await review_settings(city.ctx, chen, form_of(SCHOOL))).seen
    with pytest.raises(InvalidError) as caught:
        await change_settings(city.ctx, chen, form_of(SCHOOL) | change, seen=seen)
    assert set(caught.value.fields) == wrong
    assert await stored(city) == before


async def test_a_region_sets_its_own_name_alone(city: Town) -> None:
    zhi = await post_at(city, "zhi")
    form = {"name": "芝罘", "stages": "senior", "approval_hours": "1"}
    review = await review_settings(city.ctx, zhi, form)
    await change_settings(city.ctx, zhi, form, seen=review.seen)
    assert await city.ctx.stores.regions.find(DISTRICT.id) == replace(DISTRICT, name="芝罘")
