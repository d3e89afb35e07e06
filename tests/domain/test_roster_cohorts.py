"""A class is the children who entered together: its id goes up with them, and an ended class is nobody's."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.roster_changes import Kind, Stored
from domain.roster_classes import SchoolYear
from domain.schools import SchoolClass
from tests.domain.rosters import LI, WANG, YEAR, counts, parse, taken_in

OLD = SchoolClass(id="old", school_id="school-a", name="三年级一班", grade=3)


def test_a_new_class_says_when_its_children_entered() -> None:
    diff, _ = taken_in(Stored(), parse(LI))
    (made,) = diff.classes.values()
    assert (made.name, made.grade, made.entered, made.label) == ("三年级一班", 3, 2024, "1")


def test_a_class_has_the_same_id_whatever_grade_its_children_are_in() -> None:
    now, _ = taken_in(Stored(), parse(LI))
    later, _ = taken_in(
        Stored(), parse([*LI[:2], "四（1）班", *LI[3:]]), year=SchoolYear(YEAR.began + 1)
    )
    assert now.classes.keys() == later.classes.keys()
    other, _ = taken_in(Stored(), parse([*LI[:2], "二（1）班", *LI[3:]]))
    assert now.classes.keys() != other.classes.keys()


def test_a_class_that_went_up_is_found_by_its_cohort_not_by_its_old_name() -> None:
    _, stored = taken_in(Stored(), parse(LI, WANG))
    next_year = SchoolYear(YEAR.began + 1, YEAR.stages)
    rows = [[*row[:2], "四（1）班", *row[3:]] for row in (LI, WANG)]
    diff, _ = taken_in(stored, parse(*rows), year=next_year)
    assert (diff.changes, diff.classes, diff.unchanged) == ([], {}, 2)


def test_a_class_stored_without_cohort_is_known_by_its_name_and_gets_it() -> None:
    diff, after = taken_in(Stored([OLD]), parse(LI))
    assert (diff.classes, diff.filled) == ({}, [replace(OLD, entered=2024, label="1")])
    assert {student.class_id for student in after.students.values()} == {"old"}
    again, same = taken_in(after, parse(LI))
    assert (again.changes, again.filled, same) == ([], [], after)


def test_a_class_that_has_ended_takes_nobody_in() -> None:
    ended = replace(OLD, ended_at=datetime(2026, 7, 1, tzinfo=UTC))
    diff, after = taken_in(Stored([ended]), parse(LI))
    assert len(diff.classes) == 1
    assert "old" not in {student.class_id for student in after.students.values()}
    _, stored = taken_in(Stored(), parse(LI, WANG))
    over = Stored(
        [replace(c, ended_at=ended.ended_at) for c in stored.classes],
        stored.students,
        stored.contacts,
    )
    again, _ = taken_in(over, parse(LI))
    assert not again.classes.keys() & {c.id for c in over.classes}
    assert counts(again) == {Kind.MOVED: 1}
