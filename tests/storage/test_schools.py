"""The school's list: taken in as a whole, read in small pieces, and never one school's for another."""

from dataclasses import replace

import pytest

from domain.schools import Roster, Rules, School, Student
from domain.stages import Stage, System
from storage.documents import from_batch
from storage.stores import Stores
from tests.domain.samples import NOW, a_class, a_contact, a_school, a_student, an_appointment
from tests.storage.conftest import at_once

CLASSES = (
    a_class(id="c2", name="三年级二班"),
    a_class(id="c1", name="三年级一班"),
    a_class(id="c0", name="一年级一班", grade=1),
)
STUDENTS = tuple(
    a_student(id=f"{c}-{n}", class_id=c, number=n, name=f"学生{n}")
    for c in ("c1", "c2")
    for n in (3, 1, 2)
)
ROSTER = Roster(
    school=a_school(),
    classes=CLASSES,
    students=STUDENTS,
    contacts=(a_contact(), a_contact(id="contact-2", phone_last4="5678")),
    appointments=(
        an_appointment(id="a1", class_id="c1"),
        an_appointment(id="a2", class_id="c2", person_id="teacher-2"),
    ),
)


@pytest.fixture
async def school(stores: Stores) -> Roster:
    await stores.schools.save_roster(ROSTER)
    return ROSTER


async def test_the_same_list_twice_is_the_same_as_once(stores: Stores, school: Roster) -> None:
    await stores.schools.save_roster(school)
    counts = {
        name: await stores.database[name].count_documents({})
        for name in ("schools", "classes", "students", "contacts", "appointments")
    }
    assert counts == {
        "schools": 1,
        "classes": 3,
        "students": 6,
        "contacts": 2,
        "appointments": 2,
    }


async def test_a_corrected_line_replaces_the_old_one(stores: Stores, school: Roster) -> None:
    corrected = replace(STUDENTS[0], name="李晓明")
    await stores.schools.save_roster(replace(school, students=(corrected,)))
    assert await stores.schools.students([corrected.id]) == {corrected.id: corrected}


async def test_a_long_list_is_taken_in_whole(stores: Stores) -> None:
    many = tuple(a_student(id=f"s{n:04}", number=n) for n in range(1203))
    await stores.schools.save_roster(replace(ROSTER, students=many))
    found = await stores.schools.students_of("school-a", ["class-1"])
    assert found == list(many)


async def test_classes_come_in_the_schools_order(stores: Stores, school: Roster) -> None:
    found = await stores.schools.classes(["c2", "c1", "c0", "c1", "nowhere"])
    assert [c.id for c in found] == ["c0", "c1", "c2"]
    assert await stores.schools.find_school("school-a") == school.school
    assert await stores.schools.find_school("school-b") is None


async def test_pupils_come_by_class_as_asked_for_and_number(stores: Stores, school: Roster) -> None:
    found = await stores.schools.students_of("school-a", ["c2", "c1"])
    assert [s.id for s in found] == ["c2-1", "c2-2", "c2-3", "c1-1", "c1-2", "c1-3"]
    assert await stores.schools.students_of("school-b", ["c1"]) == []


async def test_who_asks_at_once_gets_what_they_asked_for_and_no_more(
    stores: Stores, school: Roster
) -> None:
    by_id = {s.id: s for s in STUDENTS}
    wanted = [["c1-1", "c1-2"], ["c1-2", "nobody"], [], ["c2-3"]]
    found = await at_once(*(stores.schools.students(ids) for ids in wanted))
    assert found == [{i: by_id[i] for i in ids if i in by_id} for ids in wanted]
    classes = await at_once(stores.schools.classes(["c1"]), stores.schools.classes(["c2", "c0"]))
    assert [[c.id for c in some] for some in classes] == [["c1"], ["c0", "c2"]]


async def test_lines_with_a_childs_name_and_digits(stores: Stores, school: Roster) -> None:
    assert await stores.schools.contacts_named("李小明", "1234") == [a_contact()]
    assert await stores.schools.contacts_named("李小明", "0000") == []
    assert await stores.schools.contacts_named("李", "1234") == []


async def test_who_left_is_found_no_more_but_as_part_of_the_whole_school(stores: Stores) -> None:
    gone = a_student(id="gone", left_at=NOW)
    await stores.schools.save_students([a_student(), gone])
    assert await stores.schools.students(["student-1", "gone"]) == {"student-1": a_student()}
    assert await stores.schools.students_of("school-a", ["class-1"]) == [a_student()]
    batches = [batch async for batch in stores.schools.student_batches("school-a")]
    everybody = [student for batch in batches for student in from_batch(Student, batch)]
    assert gone in everybody


async def test_a_line_in_quarantine_hides_its_schools_namesakes_too(stores: Stores) -> None:
    closed = a_contact(id="closed", student_id="student-2", quarantine=True)
    other = a_contact(id="other", school_id="school-b")
    await stores.schools.save_contacts([a_contact(), closed, other])
    assert await stores.schools.contacts_named("李小明", "1234") == [other]
    await stores.schools.drop_contacts([closed.id])
    assert len(await stores.schools.contacts_named("李小明", "1234")) == 2


async def test_a_school_is_founded_once_and_changed_in_part(stores: Stores) -> None:
    school = School(id="school-n", name="海阳路小学", region_ids=("c", "d"), year=2026)
    assert await stores.schools.add_school(school)
    assert not await stores.schools.add_school(School(id="school-n", name="别的"))
    rules = Rules(approval_hours=48, local_subjects=(("local-陶艺", "陶艺"),))
    changes = {"rules": rules, "stages": (Stage.PRIMARY,), "system": System.FIVE_FOUR}
    await stores.schools.change_school("school-n", changes)
    changed = replace(school, rules=rules, stages=(Stage.PRIMARY,), system=System.FIVE_FOUR)
    assert await stores.schools.find_school("school-n") == changed
    await stores.schools.change_school("nobody", {"name": "x"})
    assert await stores.schools.find_school("nobody") is None
