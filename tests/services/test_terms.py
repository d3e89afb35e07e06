"""Which term counts for a school, and who may write one down: never another school's, never without the right."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Role
from domain.schools import School
from domain.term_forms import form_of
from domain.terms import term_id
from services.audit import Wanted, audit_page
from services.people import Post
from services.terms import (
    access_term_as_keeper,
    calendar_at,
    calendar_of,
    remove_term,
    save_term,
    school_day,
    term_for,
)
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import CITY, DISTRICT
from tests.town import Town

SCHOOL = School(id="school-a", name="青禾小学", region_ids=DISTRICT.region_ids)
NEIGHBOUR = School(id="school-b", name="云杉小学", region_ids=DISTRICT.region_ids)
FORM = {
    "school_year": "2026",
    "number": "1",
    "begins_on": "2026-09-01",
    "ends_on": "2027-01-22",
    "holiday_name_0": "国庆节",
    "holiday_first_0": "2026-10-01",
    "holiday_last_0": "2026-10-07",
    "extra_0": "2026-10-10",
}
SPRING = {"school_year": "2026", "number": "2", "begins_on": "2027-03-01", "ends_on": "2027-07-09"}
NOVEMBER = date(2026, 11, 20)


def post_at(place: School | Region, role: Role, **where: Any) -> Post:
    """Somebody in a role at a place."""
    school = place if isinstance(place, School) else None
    region = place if isinstance(place, Region) else None
    own = {"school_id": school.id} if school else {"region_id": place.id}
    appointment = Appointment(
        id=f"{place.id}-1", person_id="p", role=role, name="王老师", **own | where
    )
    return Post("p", (appointment,), school, region)


OFFICE = post_at(SCHOOL, Role.OFFICE)
AT_DISTRICT = post_at(DISTRICT, Role.DISTRICT_ADMIN)
AT_CITY = post_at(CITY, Role.CITY_ADMIN)


async def everything(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await town.ctx.stores.database["calendars"].find({}, sort=[("_id", 1)]).to_list(None)
    )
    return found


async def test_a_school_has_the_nearest_region_s_terms_until_it_has_its_own(
    quiet_town: Town,
) -> None:
    ctx = quiet_town.ctx
    assert await term_for(ctx, SCHOOL, NOVEMBER) is None
    city = await save_term(ctx, AT_CITY, FORM)
    spring = await save_term(ctx, AT_CITY, SPRING)
    assert await calendar_of(ctx, SCHOOL) == (city, spring)
    district = await save_term(ctx, AT_DISTRICT, FORM | {"begins_on": "2026-08-31"})
    assert await calendar_of(ctx, SCHOOL) == (district, spring)
    own = await save_term(ctx, OFFICE, FORM | {"begins_on": "2026-09-02"})
    assert await term_for(ctx, SCHOOL, NOVEMBER) == own
    assert await term_for(ctx, NEIGHBOUR, NOVEMBER) == district
    await remove_term(ctx, OFFICE, own.id)
    assert await term_for(ctx, SCHOOL, NOVEMBER) == district


async def test_another_school_s_term_is_never_used(quiet_town: Town) -> None:
    ctx = quiet_town.ctx
    await save_term(ctx, OFFICE, FORM)
    assert await calendar_of(ctx, NEIGHBOUR) == ()
    # Not even by a school that calls a region what the other school is called, or the other way round.
    for stranger in (
        replace(NEIGHBOUR, region_ids=(SCHOOL.id,)),
        replace(NEIGHBOUR, region_ids=("yantai", f"school:{SCHOOL.id}")),
    ):
        assert await calendar_of(ctx, stranger) == ()
    elsewhere = Region(
        id="laishan", level=RegionLevel.DISTRICT, name="莱山区", region_ids=("laishan",)
    )
    await save_term(ctx, post_at(elsewhere, Role.DISTRICT_ADMIN), FORM)
    assert await calendar_of(ctx, NEIGHBOUR) == ()


@pytest.mark.parametrize(
    "post",
    [
        post_at(SCHOOL, Role.HEAD_TEACHER, class_id="class-1"),
        post_at(SCHOOL, Role.GRADE_LEADER, grade=3),
        post_at(SCHOOL, Role.OBSERVER),
        post_at(DISTRICT, Role.OBSERVER),
        post_at(SCHOOL, Role.OFFICE, class_id="class-1"),
        post_at(NEIGHBOUR, Role.SCHOOL_ADMIN),
        AT_DISTRICT,
    ],
)
async def test_who_has_not_the_right_here_changes_nothing(quiet_town: Town, post: Post) -> None:
    ctx = quiet_town.ctx
    term = await save_term(ctx, OFFICE, FORM)
    before = await everything(quiet_town)
    longer = FORM | {"ends_on": "2027-01-29"}
    with pytest.raises(NotFoundError):
        await save_term(ctx, post, longer, editing=term.id)
    with pytest.raises(NotFoundError):
        await remove_term(ctx, post, term.id)
    with pytest.raises(NotFoundError):
        await access_term_as_keeper(ctx, post, term.id)
    assert await everything(quiet_town) == before


@pytest.mark.parametrize("role", [Role.HEAD_TEACHER, Role.SUBJECT_TEACHER, Role.OBSERVER])
async def test_without_the_right_no_first_term_is_written_either(
    quiet_town: Town, role: Role
) -> None:
    with pytest.raises(NotFoundError):
        await save_term(quiet_town.ctx, post_at(SCHOOL, role), FORM)
    assert await everything(quiet_town) == []


async def test_a_region_s_term_is_shown_to_its_schools_and_not_theirs_to_change(
    quiet_town: Town,
) -> None:
    ctx = quiet_town.ctx
    await ctx.stores.regions.save(DISTRICT)
    term = await save_term(ctx, AT_DISTRICT, FORM)
    seen = await calendar_at(ctx, OFFICE)
    assert seen.above[term.place_id] == "芝罘区"
    assert seen.terms == (term,)
    assert not seen.is_own(term)
    assert (await calendar_at(ctx, AT_DISTRICT)).is_own(term)
    before = await everything(quiet_town)
    with pytest.raises(NotFoundError):
        await save_term(ctx, OFFICE, FORM, editing=term.id)
    with pytest.raises(NotFoundError):
        await remove_term(ctx, OFFICE, term.id)
    assert await everything(quiet_town) == before


async def test_a_wrong_form_changes_nothing(quiet_town: Town) -> None:
    ctx = quiet_town.ctx
    await save_term(ctx, OFFICE, FORM)
    before = await everything(quiet_town)
    with pytest.raises(InvalidError) as refused:
        await save_term(ctx, OFFICE, SPRING | {"begins_on": "2027-01-20", "ends_on": "x"})
    assert set(refused.value.fields) == {"ends_on"}
    with pytest.raises(InvalidError):
        await save_term(ctx, OFFICE, FORM)
    assert await everything(quiet_town) == before


async def test_a_term_is_edited_in_place_and_may_change_its_number(quiet_town: Town) -> None:
    ctx = quiet_town.ctx
    term = await save_term(ctx, OFFICE, FORM)
    form = form_of(term) | {"ends_on": "2027-01-29"}
    longer = await save_term(ctx, OFFICE, form, editing=term.id)
    assert longer.id == term.id
    assert await calendar_of(ctx, SCHOOL) == (longer,)
    assert await access_term_as_keeper(ctx, OFFICE, term.id) == longer
    spring = await save_term(ctx, OFFICE, SPRING, editing=term.id)
    assert spring.id == term_id("school:school-a", 2026, 2)
    assert await calendar_of(ctx, SCHOOL) == (spring,)


async def test_two_who_write_at_once_never_leave_terms_that_overlap(quiet_town: Town) -> None:
    ctx = quiet_town.ctx
    late = FORM | {
        "school_year": "2025",
        "number": "2",
        "begins_on": "2026-05-20",
        "ends_on": "2026-10-01",
    }
    late |= {"holiday_name_0": "", "holiday_first_0": "", "holiday_last_0": "", "extra_0": ""}
    said = await asyncio.gather(
        *(save_term(ctx, OFFICE, form) for form in (FORM, late) for _ in range(3)),
        return_exceptions=True,
    )
    refused = [answer for answer in said if isinstance(answer, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(answer, ConflictError | InvalidError) for answer in refused)
    assert len(await calendar_of(ctx, SCHOOL)) == 1


async def test_every_change_is_in_the_place_s_log_and_a_refusal_is_not(quiet_town: Town) -> None:
    ctx = quiet_town.ctx
    term = await save_term(ctx, OFFICE, FORM)
    await save_term(ctx, OFFICE, FORM | {"ends_on": "2027-01-29"}, editing=term.id)
    with pytest.raises(InvalidError):
        await save_term(ctx, OFFICE, FORM)
    await remove_term(ctx, OFFICE, term.id)
    entries = (await audit_page(ctx, SCHOOL.id, Wanted())).entries
    said = "2026—2027学年第一学期 2026-09-01 2027-01-"
    ends = [
        tuple(noted and str(noted["term"]).removeprefix(said) for noted in (e.before, e.after))
        for e in reversed(entries)
    ]
    assert ends == [(None, "22"), ("22", "29"), ("29", None)]
    assert {(e.act, e.subject_id, e.actor.person_id) for e in entries} == {
        (Act.PLACE_EDITED, term.id, "p")
    }


def test_the_day_is_the_school_s() -> None:
    assert school_day(datetime(2026, 8, 31, 16, 0, tzinfo=UTC)) == date(2026, 9, 1)
    assert school_day(datetime(2026, 8, 31, 15, 59, tzinfo=UTC)) == date(2026, 8, 31)
