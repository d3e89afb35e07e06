"""Figures are kept by class and school; whatever changes what is counted leaves a mark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pymongo.database import Database

from domain.bindings import Ending, EndReason
from domain.offers import OfferState
from domain.registration import ClassCount, SchoolCount, StaffCount
from domain.roles import Role
from domain.schools import Roster
from storage.stores import Stores
from tests.domain.samples import (
    NOW,
    a_binding,
    a_class,
    a_contact,
    a_school,
    a_student,
    an_appointment,
)
from tests.domain.test_registration import an_offer
from tests.storage.conftest import at_once

STAFF = StaffCount(teachers=2, missing=1, opened=True)


def a_class_count(class_id: str = "class-1", **changes: Any) -> ClassCount:
    given: dict[str, Any] = {
        "class_id": class_id,
        "school_id": "school-a",
        "grade": 3,
        "pupils": 50,
        "registered": 42,
        "opened": True,
        "counted_at": NOW,
    }
    return ClassCount(**(given | changes))


def a_school_count(school_id: str = "school-a", **changes: Any) -> SchoolCount:
    given: dict[str, Any] = {
        "school_id": school_id,
        "pupils": 50,
        "registered": 42,
        "classes": 1,
        "classes_opened": 1,
        "staff": STAFF,
        "counted_at": NOW,
    }
    return SchoolCount(**(given | changes))


async def marked(stores: Stores) -> set[str]:
    """What is marked, and takes the marks off."""
    marks = await stores.registrations.marks(100)
    for mark in marks:
        await stores.registrations.unmark(mark)
    return {mark.id for mark in marks}


async def test_figures_are_kept_and_replaced(stores: Stores) -> None:
    counts = [a_class_count(), a_class_count("class-2")]
    await stores.registrations.keep([*counts, a_school_count()])
    await stores.registrations.keep([a_school_count("school-b"), a_school_count(registered=43)])
    school, classes = await stores.registrations.of_school("school-a")
    assert school == a_school_count(registered=43)
    assert sorted(classes, key=lambda c: c.class_id) == counts
    await stores.registrations.drop_classes(["class-2"])
    assert (await stores.registrations.of_school("school-a"))[1] == counts[:1]
    found = await stores.registrations.of_schools(["school-a", "school-b", "school-c"])
    assert set(found) == {"school-a", "school-b"}


async def test_a_school_and_a_class_of_one_id_are_two_documents(stores: Stores) -> None:
    await stores.registrations.keep([a_class_count("same"), a_school_count("same")])
    assert set(await stores.registrations.of_schools(["same"])) == {"same"}
    assert (await stores.registrations.of_school("school-a"))[1] == [a_class_count("same")]


async def test_a_change_during_the_counting_keeps_its_mark(stores: Stores) -> None:
    await stores.registrations.mark.student("student-1", "school-a")
    (mark,) = await stores.registrations.marks(10)
    await stores.registrations.mark.student("student-1", "school-a")
    await stores.registrations.unmark(mark)
    (again,) = await stores.registrations.marks(10)
    assert (again.id, again.student_id, again.school_id) == (mark.id, "student-1", "")
    await stores.registrations.unmark(again)
    assert await stores.registrations.marks(10) == []


async def test_of_a_child_who_is_erased_no_mark_stays(stores: Stores) -> None:
    await stores.registrations.mark.student("student-1", "school-a")
    await stores.registrations.mark.student("student-2", "school-a")
    await stores.registrations.forget_student("school-a", "student-1")
    assert await marked(stores) == {"student:student-2", "school:school-a"}


async def test_many_at_once_leave_one_mark_each(stores: Stores, twin: Stores) -> None:
    await at_once(
        *(
            some.registrations.mark.student(f"s{n % 3}", "school-a")
            for some in (stores, twin)
            for n in range(60)
        )
    )
    assert {m.student_id for m in await stores.registrations.marks(100)} == {"s0", "s1", "s2"}


async def test_a_night_begins_once(stores: Stores) -> None:
    assert await stores.registrations.begin_night("2026-11-22")
    assert not await stores.registrations.begin_night("2026-11-22")
    assert await stores.registrations.begin_night("2026-11-23")


async def test_making_and_ending_a_binding_marks_its_child(stores: Stores) -> None:
    binding = a_binding()
    await stores.bindings.save(binding)
    assert await marked(stores) == {"student:student-1"}
    await stores.bindings.save(binding)  # stands already
    assert await marked(stores) == set()
    ending = Ending(at=NOW, by="person-1", reason=EndReason.OWN)
    assert await stores.bindings.end(binding.id, ending)
    assert await marked(stores) == {"student:student-1"}
    assert not await stores.bindings.end(binding.id, ending)
    assert await marked(stores) == set()
    assert await stores.bindings.save(replace(binding, bound_at=NOW))  # made again
    assert await marked(stores) == {"student:student-1"}


async def test_whatever_a_school_writes_marks_the_school(stores: Stores) -> None:
    school, appointment = {"school:school-a"}, an_appointment()
    await stores.schools.save_students([a_student(), a_student(id="student-2")])
    assert await marked(stores) == school
    await stores.schools.save_classes([a_class()])
    assert await marked(stores) == school
    await stores.schools.save_school(a_school())
    assert await marked(stores) == school
    roster = Roster(
        school=a_school(),
        classes=(a_class(),),
        students=(a_student(),),
        contacts=(a_contact(),),
        appointments=(appointment,),
    )
    await stores.schools.save_roster(roster)
    assert await marked(stores) == school
    await stores.appointments.save(appointment)
    assert await marked(stores) == school
    assert await stores.appointments.end(appointment.id, NOW)
    assert await marked(stores) == school
    assert not await stores.appointments.end(appointment.id, NOW)
    assert await marked(stores) == set()


async def test_offers_mark_the_school_and_a_regions_mark_nothing(stores: Stores) -> None:
    await stores.offers.add(an_offer(id="1"))
    assert await marked(stores) == {"school:school-a"}
    assert await stores.offers.mark("1", OfferState.TAKEN, taken_by="p")
    assert await marked(stores) == {"school:school-a"}
    await stores.offers.add(
        an_offer(id="2", school_id="", class_id="", region_id="r", role=Role.DISTRICT_ADMIN)
    )
    await stores.appointments.save(
        an_appointment(id="r:x", school_id="", class_id="", region_id="r", role=Role.DISTRICT_ADMIN)
    )
    assert await marked(stores) == set()


@pytest.mark.parametrize("left", [True, False])
async def test_pupils_are_those_who_have_not_left(
    stores: Stores, behind: Database[dict[str, Any]], left: bool
) -> None:
    await stores.schools.save_students([a_student(left_at=NOW if left else None)])
    behind["students"].update_one({}, {"$set": {"added_later": 1}})
    assert await stores.registrations.pupils("school-a") == (
        [] if left else [("student-1", "class-1")]
    )
    assert await stores.registrations.pupils("school-b") == []
