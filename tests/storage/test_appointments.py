"""Appointments and regions: who is what where, until it ends."""

from dataclasses import replace
from datetime import timedelta

from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Role
from storage.stores import Stores
from tests.domain.samples import NOW, an_appointment

HEAD = an_appointment(id="a1", class_id="c1")
OFFICE = Appointment(id="a2", person_id="p2", role=Role.OFFICE, name="陈老师", school_id="school-a")
AWAY = an_appointment(id="a3", school_id="school-b", class_id="c9")


async def test_who_is_what_where(stores: Stores) -> None:
    for appointment in (HEAD, OFFICE, AWAY):
        await stores.appointments.save(appointment)
    held = stores.appointments
    assert await held.of_person(HEAD.person_id, NOW) == [HEAD, AWAY]
    assert await held.of_person("nobody", NOW) == []
    assert await held.of_classes("school-a", ["c1", "c2"], NOW) == [HEAD]
    assert await held.of_classes("school-a", ["c1", ""], NOW) == [HEAD, OFFICE]
    assert await held.of_classes("school-b", ["c1", ""], NOW) == []
    assert await held.of_school("school-b") == [AWAY]


async def test_an_appointment_ends_once_and_stays_known(stores: Stores) -> None:
    await stores.appointments.save(HEAD)
    assert await stores.appointments.end(HEAD.id, NOW)
    assert not await stores.appointments.end(HEAD.id, NOW + timedelta(days=1))
    assert await stores.appointments.of_person(HEAD.person_id, NOW) == []
    assert await stores.appointments.of_classes("school-a", ["c1"], NOW) == []
    ended = await stores.appointments.find(HEAD.id)
    assert ended is not None
    assert ended.ended_at == NOW


async def test_a_trial_is_over_by_itself(stores: Stores) -> None:
    trial = an_appointment(id="a4", until=NOW)
    await stores.appointments.save(trial)
    assert await stores.appointments.of_person(trial.person_id, NOW) == []
    before = NOW - timedelta(seconds=1)
    assert await stores.appointments.of_person(trial.person_id, before) == [trial]


async def test_regions_and_what_is_below(stores: Stores) -> None:
    city = Region(id="qd", level=RegionLevel.CITY, name="青岛市", region_ids=("sd", "qd"))
    district = Region(
        id="lx",
        level=RegionLevel.DISTRICT,
        name="莱西市",
        parent_id="qd",
        region_ids=("sd", "qd", "lx"),
    )
    for region in (city, district):
        await stores.regions.save(region)
    assert await stores.regions.below("qd") == [district, city]
    assert await stores.regions.below("lx") == [district]
    assert await stores.regions.regions(["qd", "none"]) == {"qd": city}
    assert await stores.regions.find("none") is None


async def test_an_ending_is_undone_once_and_only_that_one(stores: Stores) -> None:
    await stores.appointments.save(HEAD)
    assert not await stores.appointments.reinstate(HEAD.id, NOW)
    await stores.appointments.end(HEAD.id, NOW)
    assert not await stores.appointments.reinstate(HEAD.id, NOW + timedelta(seconds=1))
    assert await stores.appointments.reinstate(HEAD.id, NOW)
    assert await stores.appointments.find(HEAD.id) == HEAD


async def test_who_is_in_a_role_at_several_places(stores: Stores) -> None:
    for appointment in (HEAD, OFFICE, AWAY):
        await stores.appointments.save(appointment)
    keeper = Appointment(
        id="a9", person_id="p9", role=Role.DISTRICT_ADMIN, name="郑", region_id="d"
    )
    await stores.appointments.save(keeper)
    held = stores.appointments
    assert await held.in_role(Role.OFFICE, ["school-a", "school-b"]) == [OFFICE]
    assert await held.in_role(Role.HEAD_TEACHER, ["school-b"]) == [AWAY]
    assert await held.in_role(Role.OFFICE, ["school-b"]) == []
    assert await held.of_regions(["d", "e"]) == [keeper]


async def test_a_region_is_founded_once_and_changed_in_part(stores: Stores) -> None:
    region = Region(id="d", level=RegionLevel.DISTRICT, name="芝罘区", region_ids=("c", "d"))
    assert await stores.regions.add(region)
    assert not await stores.regions.add(replace(region, name="别的"))
    assert await stores.regions.find("d") == region
    await stores.regions.change("d", {"name": "芝罘"})
    assert await stores.regions.find("d") == replace(region, name="芝罘")
