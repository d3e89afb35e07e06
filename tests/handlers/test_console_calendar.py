"""The calendar's pages at a desk: what is shown, what a form does, and that nobody reaches another place's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Role, appointment_id
from domain.schools import School
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import Town

CSRF = "csrf-of-this-desk"
DISTRICT = Region(id="zhifu", level=RegionLevel.DISTRICT, name="芝罘区", region_ids=("zhifu",))
SCHOOL = School(id="school-a", name="青禾小学", region_ids=("zhifu",))
NEIGHBOUR = School(id="school-b", name="云杉小学", region_ids=("zhifu",))
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


@dataclass
class Desk:
    """A browser at a desk in which somebody is signed in."""

    town: Town
    client: aiohttp.ClientSession

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(self.town.base + path) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, form: dict[str, str], csrf: str = CSRF) -> tuple[int, str, str]:
        data = {"csrf": csrf, **form}
        async with self.client.post(self.town.base + path, data=data) as answer:
            return answer.status, await answer.text(), str(answer.url)

    async def stored(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.town.ctx.stores.database["calendars"]
            .find({}, sort=[("_id", 1)])
            .to_list(None)
        )
        return found


async def sit_down(town: Town, place: School | Region, role: Role, **where: Any) -> Desk:
    """Somebody in a role at a place, signed in at a desk of their own."""
    stores, now = town.ctx.stores, town.ctx.now()
    if isinstance(place, School):
        await stores.schools.save_school(place)
        own = {"school_id": place.id} | where
    else:
        await stores.regions.save(place)
        own = {"region_id": place.id}
    person = f"{place.id}-{role}"
    key = appointment_id(role, person, place_id=place.id)
    await stores.appointments.save(
        Appointment(id=key, person_id=person, role=role, name="陈主任", **own)
    )
    token = f"token-of-{person}-{town.ctx.new_id()}"
    until = now + timedelta(hours=1)
    await stores.sessions.add(token, person_id=person, csrf=CSRF, at=now, until=until, desk=True)
    cookies = {"yanshu_desk": token}
    jar = aiohttp.CookieJar(unsafe=True)
    return Desk(town, aiohttp.ClientSession(cookies=cookies, cookie_jar=jar))


@pytest.fixture
async def office(quiet_town: Town) -> AsyncIterator[Desk]:
    desk = await sit_down(quiet_town, SCHOOL, Role.OFFICE)
    yield desk
    await desk.client.close()


async def test_a_term_is_written_down_and_shown_as_months(office: Desk) -> None:
    status, page = await office.get("/console/calendar")
    assert (status, "还没有校历" in page) == (200, True)
    status, page, url = await office.post("/console/calendar/term", FORM)
    assert (status, "校历已保存" in page, url.rpartition("/")[2].startswith("calendar?")) == (
        200,
        True,
        True,
    )
    assert "2026—2027学年第一学期" in page
    assert page.count('class="month"') == 5
    assert page.count("<small>国庆节</small>") == 7
    assert '<td class="day extra"><b>10</b><small>上课</small></td>' in page


async def test_a_wrong_form_comes_back_with_what_was_typed_and_changes_nothing(
    office: Desk,
) -> None:
    wrong = FORM | {"ends_on": "2026-08-01", "holiday_name_0": "", "extra_0": "2026-10-12"}
    status, page, _ = await office.post("/console/calendar/term", wrong)
    assert status == 422
    for said in ("结束要晚于开始", "请写假期的名称", 'value="2026-08-01"', 'value="2026-10-12"'):
        assert said in page
    assert await office.stored() == []


async def test_public_holidays_are_filled_in_and_nothing_is_saved(office: Desk) -> None:
    dates = {
        "school_year": "2026",
        "number": "1",
        "begins_on": "2026-09-01",
        "ends_on": "2027-01-22",
    }
    status, page, _ = await office.post("/console/calendar/term", dates | {"action": "holidays"})
    assert status == 200
    for said in ("中秋节", "国庆节", 'value="2026-09-20"', "还没有公布"):
        assert said in page
    assert await office.stored() == []
    status, page, _ = await office.post("/console/calendar/term", {"action": "holidays"})
    assert (status, "请填开学第一天" in page) == (422, True)


async def test_more_rows_are_shown_and_nothing_is_saved(office: Desk) -> None:
    _, before, _ = await office.post("/console/calendar/term", FORM | {"action": "holidays"})
    status, after, _ = await office.post("/console/calendar/term", FORM | {"action": "more"})
    assert status == 200
    assert after.count('name="extra_') > before.count('name="extra_')
    assert await office.stored() == []


async def test_a_term_is_edited_and_taken_away(office: Desk) -> None:
    await office.post("/console/calendar/term", FORM)
    term_id = "school:school-a:2026-1"
    status, page = await office.get(f"/console/calendar/term?term={term_id}")
    assert (status, 'value="2027-01-22"' in page) == (200, True)
    longer = FORM | {"ends_on": "2027-01-29", "editing": term_id}
    await office.post("/console/calendar/term", longer)
    _, page = await office.get("/console/calendar")
    assert "2027年1月29日" in page
    _, page, _ = await office.post("/console/calendar/remove", {"term": term_id})
    assert "已删除这个学期" in page
    assert "还没有校历" in page


async def test_a_school_sees_its_district_s_term_and_begins_its_own_with_it(
    quiet_town: Town, office: Desk
) -> None:
    district = await sit_down(quiet_town, DISTRICT, Role.DISTRICT_ADMIN)
    await district.post("/console/calendar/term", FORM)
    await district.client.close()
    before = await office.stored()
    _, page = await office.get("/console/calendar")
    assert "来自芝罘区" in page
    inherited = "region:zhifu:2026-1"
    for answer in (
        await office.get(f"/console/calendar/term?term={inherited}"),
        await office.post("/console/calendar/term", FORM | {"editing": inherited}),
        await office.post("/console/calendar/remove", {"term": inherited}),
    ):
        assert answer[0] == 404
    assert await office.stored() == before
    status, page = await office.get(f"/console/calendar/term?from={inherited}")
    assert (status, 'value="2026-10-07"' in page) == (200, True)
    _, page, _ = await office.post("/console/calendar/term", FORM)
    assert "本校" in page


async def test_another_school_s_desk_reaches_nothing(quiet_town: Town, office: Desk) -> None:
    await office.post("/console/calendar/term", FORM)
    before = await office.stored()
    other = await sit_down(quiet_town, NEIGHBOUR, Role.SCHOOL_ADMIN)
    term_id = "school:school-a:2026-1"
    status, page = await other.get("/console/calendar")
    assert (status, "还没有校历" in page) == (200, True)
    for answer in (
        await other.get(f"/console/calendar?term={term_id}"),
        await other.get(f"/console/calendar/term?term={term_id}"),
        await other.get(f"/console/calendar/term?from={term_id}"),
        await other.post("/console/calendar/term", FORM | {"editing": term_id}),
        await other.post("/console/calendar/remove", {"term": term_id}),
    ):
        assert answer[0] == 404
    await other.client.close()
    assert await office.stored() == before


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.HEAD_TEACHER, {"class_id": "c"}),
        (Role.GRADE_LEADER, {"grade": 3}),
        (Role.OBSERVER, {}),
    ],
)
async def test_without_the_right_there_is_no_such_page(
    quiet_town: Town, role: Role, where: dict[str, Any]
) -> None:
    desk = await sit_down(quiet_town, SCHOOL, role, **where)
    for answer in (
        await desk.get("/console/calendar"),
        await desk.get("/console/calendar/term"),
        await desk.post("/console/calendar/term", FORM),
        await desk.post("/console/calendar/remove", {"term": "school:school-a:2026-1"}),
    ):
        assert answer[0] == 404
    assert await desk.stored() == []
    await desk.client.close()


async def test_a_form_without_this_session_s_token_changes_nothing(office: Desk) -> None:
    status, _, _ = await office.post("/console/calendar/term", FORM, csrf="another")
    assert status == 403
    assert await office.stored() == []


async def test_what_is_typed_is_shown_as_text(office: Desk) -> None:
    mean = FORM | {"holiday_name_0": '"><script>x</script>', "begins_on": "<b>"}
    status, page, _ = await office.post("/console/calendar/term", mean)
    assert (status, "<script>x" in page, "<b>&#34;" in page) == (422, False, False)
