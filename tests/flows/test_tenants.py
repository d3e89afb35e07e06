"""Nothing of one school is ever seen or changed by another: every address is tried with every id there is.

The stranger is no nobody: they administer a school and a district of their own, are a guardian there,
and are signed in on a phone and at a desk.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pymongo
import pytest

from app import make_application
from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import Roster
from miniapp.handler import adapter
from miniapp.routes import REGISTRIES
from services.bindings import bind_guardian
from services.people import recognise
from services.spreadsheets import XLSX
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.canary_school import CHILDREN, MARKS, NAMED, settle
from tests.tenancy import Intruder, belongings, field_names, ids_of, plausible, targets
from tests.town import OTHER_SCHOOL, Town, pupil, school_class

THEIR_DISTRICT = Region(
    id="their-district", level=RegionLevel.DISTRICT, name="云杉区", region_ids=("their-district",)
)
# An address with several ids is tried with all pairs or triples of one of each of these.
NOUNS = ("classes", "files", "notices", "resources", "students", "tasklists")


# Some ten thousand requests, one after the other.
LONG = pytest.mark.timeout(900)


async def settle_stranger(town: Town) -> str:
    """Somebody of another school and district who is everything there."""
    group = school_class(1, OTHER_SCHOOL)
    student, line = pupil(group, 1)
    stranger = await appoint_at(town, "stranger", OTHER_SCHOOL, Role.SCHOOL_ADMIN, name="云老师")
    person = await recognise(town.ctx, stranger.user.openid)
    await town.ctx.stores.schools.save_roster(
        Roster(
            school=OTHER_SCHOOL,
            classes=(group,),
            students=(student,),
            contacts=(line,),
            appointments=(),
        )
    )
    await appoint_at(
        town, "stranger", OTHER_SCHOOL, Role.HEAD_TEACHER, name="云老师", class_id=group.id
    )
    await bind_guardian(town.ctx, person, f"{student.name} {line.phone_last4}")
    return person


@pytest.fixture
def behind(
    mongodb_client: pymongo.MongoClient[Any], database_name: str
) -> tuple[pymongo.MongoClient[Any], str]:
    """The database, behind the program's back."""
    return mongodb_client, database_name


async def walk(
    town: Town,
    behind: tuple[pymongo.MongoClient[Any], str],
    person: str,
    where: str = "/",
) -> Intruder:
    """Let them try everything."""
    client, database = behind
    ids = ids_of(client, database, MARKS)
    (binding,) = client[database]["bindings"].find({"student_id": CHILDREN[0].id}).limit(1)
    nouns = [*ids_of(client, database, MARKS, of=NOUNS), binding["person_id"]]
    application = make_application(town.ctx, town.settings)
    found = [t for t in targets(application) if t.pattern.startswith(where)]
    intruder, names = Intruder(town, person, NAMED), field_names()
    await intruder.walk([t for t in found if t.holes < 2], [*ids, binding["person_id"]], names)
    await intruder.walk([t for t in found if t.holes > 1], nouns, names)
    return intruder


@LONG
async def test_another_schools_administrator_finds_and_changes_nothing(
    town: Town, behind: tuple[pymongo.MongoClient[Any], str]
) -> None:
    await settle(town)
    person = await settle_stranger(town)
    await town.stop_worker()
    before = belongings(*behind, MARKS)
    assert len(before) > 12, "the first school must have something to find"
    intruder = await walk(town, behind, person)
    assert min(intruder.asked[room] for room in ("h5", "console", "api")) > 500
    assert intruder.seen == []
    assert intruder.faults == []
    assert belongings(*behind, MARKS) == before


@LONG
async def test_another_districts_administrator_finds_and_changes_nothing(
    town: Town, behind: tuple[pymongo.MongoClient[Any], str]
) -> None:
    await settle(town)
    phone = await appoint_at(town, "stranger", THEIR_DISTRICT, Role.DISTRICT_ADMIN, name="云主任")
    person = await recognise(town.ctx, phone.user.openid)
    await town.stop_worker()
    before = belongings(*behind, MARKS)
    intruder = await walk(town, behind, person, "/console")
    assert intruder.seen == []
    assert intruder.faults == []
    assert belongings(*behind, MARKS) == before


def test_the_walk_sends_the_api_what_it_takes() -> None:
    """A body that is refused for its form would never get as far as somebody else's data."""
    endpoints = [e for registry in REGISTRIES for e in registry.endpoints]
    bodies = [kind for e in endpoints if (kind := e.body)]
    for kind in bodies:
        adapter(kind).validate_json(json.dumps(plausible(kind, "an-id")))
    queries = [kind for e in endpoints if (kind := e.query)]
    for kind in queries:
        adapter(kind).validate_strings({n: str(v) for n, v in plausible(kind, "an-id").items()})
    assert len(bodies) > 10
    assert len(queries) > 3


@LONG
async def test_what_the_walk_looks_for_is_there_to_be_found(
    town: Town, behind: tuple[pymongo.MongoClient[Any], str]
) -> None:
    """The same walk by somebody who may: a walk that finds nothing anywhere would prove nothing."""
    admin, _ = await settle(town)
    person = await recognise(town.ctx, admin.user.openid)
    found = [
        replace(t, methods=("GET",))
        for t in targets(make_application(town.ctx, town.settings))
        if "GET" in t.methods and t.holes < 2
    ]
    intruder = Intruder(town, person, NAMED)
    await intruder.walk(found, ids_of(*behind, MARKS), field_names())
    assert {sighting.call.split("/")[1] for sighting in intruder.seen} == {"h5", "console", "api"}
    named = {sighting.kind for sighting in intruder.seen if sighting.seen in NAMED}
    assert named >= {"text/html", "application/json", XLSX}
    desk = Browser(town)
    await sign_in_at_desk(desk, admin)
    assert "金丝雀小学" in (await desk.open("/console/")).text
    await desk.client.close()
