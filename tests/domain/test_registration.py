"""Who counts as registered, against which aims, by when, and why a child is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bindings import Binding, BindingState, EndReason
from domain.offers import Offer, OfferState
from domain.registration import (
    PUPILS_AIM,
    Ratio,
    StaffCount,
    Why,
    count_classes,
    count_staff,
    data_deadline,
    missing_teachers,
    opened_classes,
    registered_students,
    registers,
    school_year,
    spaces_deadline,
    standing_teachers,
    sum_school,
    why_missing,
)
from domain.roles import Appointment, Role
from domain.schools import Keeper
from tests.domain.samples import (
    NOW,
    a_binding,
    a_class,
    a_contact,
    a_student,
    an_appointment,
    an_ending,
)

DAY = timedelta(days=1)


def an_offer(name: str = "陈静", **changes: Any) -> Offer:
    given_: dict[str, Any] = {
        "id": f"offer-{name}",
        "role": Role.HEAD_TEACHER,
        "name": name,
        "created_by": "office",
        "created_at": NOW,
        "expires_at": NOW + DAY,
        "school_id": "school-a",
        "class_id": "class-1",
    }
    return Offer(**(given_ | changes))


def held(person: str, role: Role = Role.HEAD_TEACHER, **changes: Any) -> Appointment:
    return an_appointment(
        **({"id": f"class-1:{role}:{person}", "person_id": person, "role": role} | changes)
    )


# -------------------------------------------------------------------------------------- ratios


def test_a_rate_is_never_rounded_up_to_the_aim() -> None:
    assert Ratio(1999, 2000).tenths == 999
    assert Ratio(2000, 2000).tenths == 1000
    assert Ratio(1824, 2000, PUPILS_AIM).tenths == 912
    assert Ratio(0, 0).tenths == 0


@pytest.mark.parametrize(
    ("ratio", "below"),
    [
        (Ratio(1, 2, PUPILS_AIM), False),
        (Ratio(999, 2000, PUPILS_AIM), True),
        (Ratio(39, 40), True),
        (Ratio(40, 40), False),
        (Ratio(0, 0), False),
    ],
)
def test_an_aim_is_missed_below_it_and_not_at_it(ratio: Ratio, below: bool) -> None:
    assert ratio.below is below


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=9))
def test_ratios_add_up(parts: list[tuple[int, int]]) -> None:
    ratios = [Ratio(min(a, b), max(a, b), PUPILS_AIM) for a, b in parts]
    whole = sum(ratios, Ratio(0, 0, PUPILS_AIM))
    assert whole.missing == sum(r.missing for r in ratios)
    assert 0 <= whole.tenths <= 1000
    assert whole.aim == PUPILS_AIM


# -------------------------------------------------------------------------------- what counts


@pytest.mark.parametrize(
    ("binding", "counts"),
    [
        (a_binding(), True),
        (a_binding(state=BindingState.ENDED, ending=an_ending()), False),
        (a_binding(trial=True), False),
        (a_binding(until=NOW + DAY), True),
        (a_binding(until=NOW), False),
    ],
)
def test_a_binding_counts_while_it_is_a_guardians_and_stands(
    binding: Binding, counts: bool
) -> None:
    assert registers(binding, NOW) is counts


def test_a_child_counts_once_however_many_guardians_it_has() -> None:
    bindings = [
        a_binding("student-1", "mother"),
        a_binding("student-1", "father"),
        a_binding("student-2", "aunt", trial=True),
        a_binding("student-3", "mother", state=BindingState.ENDED),
    ]
    assert registered_students(bindings, NOW) == {"student-1"}


def test_classes_that_have_ended_and_pupils_of_no_class_count_nowhere() -> None:
    classes = [a_class(), a_class(id="class-2"), a_class(id="class-3", ended_at=NOW)]
    pupils = [("a", "class-1"), ("b", "class-1"), ("c", "class-3"), ("d", "gone")]
    counted = count_classes(classes, pupils, {"a", "c", "d"}, {"class-1", "class-3"}, NOW)
    assert [(c.class_id, c.registered, c.pupils, c.opened) for c in counted] == [
        ("class-1", 1, 2, True),
        ("class-2", 0, 0, False),
    ]
    staff = StaffCount(teachers=3, missing=1, opened=True)
    school = sum_school("school-a", counted, staff, NOW)
    assert school.children == Ratio(1, 2, PUPILS_AIM)
    assert school.class_spaces == Ratio(1, 2)
    assert school.teacher_spaces == Ratio(3, 4)


def test_a_class_is_open_once_it_has_a_head_teacher() -> None:
    classes = [a_class(), a_class(id="class-2")]
    office = held("office", Role.OFFICE, class_id="")
    ended = held("wang", ended_at=NOW)
    assert opened_classes(classes, [held("wang")], NOW) == {"class-1"}
    # With an office beside it, the class without a head teacher still lacks one.
    assert opened_classes(classes, [held("wang"), office], NOW) == {"class-1"}
    assert opened_classes(classes, [ended], NOW) == frozenset()
    assert opened_classes(classes, [held("li", Role.SUBJECT_TEACHER)], NOW) == frozenset()


def test_where_a_school_has_no_head_teachers_its_office_keeps_the_classes() -> None:
    classes = [a_class(), a_class(id="class-2")]
    office = held("office", Role.OFFICE, class_id="")
    elsewhere = held("wang", class_id="class-of-another-time")
    assert opened_classes(classes, [office], NOW) == {"class-1", "class-2"}
    assert opened_classes(classes, [office, elsewhere], NOW) == {"class-1", "class-2"}


def test_a_school_may_run_without_head_teachers_in_its_groups() -> None:
    classes = [a_class(), a_class(id="class-2")]
    office = held("office", Role.OFFICE, class_id="")
    both = [held("wang"), office]
    assert opened_classes(classes, both, NOW, Keeper.OFFICE) == {"class-1", "class-2"}
    assert opened_classes(classes, [held("wang")], NOW, Keeper.OFFICE) == frozenset()


# -------------------------------------------------------------------------------------- staff


def test_a_teacher_has_one_space_with_however_many_roles() -> None:
    appointments = [
        held("wang"),
        held("wang", Role.SUBJECT_TEACHER, class_id="class-2"),
        held("chen", Role.OFFICE, class_id=""),
        held("gone", ended_at=NOW),
        held("substitute", until=NOW),
        held("inspector", Role.OBSERVER, class_id=""),
    ]
    assert set(standing_teachers(appointments, NOW)) == {"wang", "chen"}
    assert count_staff(appointments, [], NOW) == StaffCount(teachers=2, missing=0, opened=True)
    assert not count_staff([held("wang")], [], NOW).opened


def test_who_was_offered_a_role_and_has_none_is_missing_once() -> None:
    teachers = {"wang": [held("wang", name="王老师")]}
    offers = [
        an_offer("李老师", id="1"),
        an_offer("李老师", id="2", created_at=NOW + DAY, role=Role.SUBJECT_TEACHER),
        an_offer("王老师", role=Role.SUBJECT_TEACHER),
        an_offer("赵老师", state=OfferState.TAKEN),
        an_offer("钱老师", state=OfferState.REVOKED),
        an_offer("督导", role=Role.OBSERVER),
        an_offer("周老师", expires_at=NOW - DAY),
    ]
    missing = missing_teachers(offers, teachers)
    assert [(o.name, o.id) for o in missing] == [("周老师", "offer-周老师"), ("李老师", "2")]


# --------------------------------------------------------------------------------------- days


def test_a_school_year_begins_in_august_in_school_time() -> None:
    assert school_year(datetime(2026, 7, 31, 15, 59, tzinfo=UTC)) == 2025
    assert school_year(datetime(2026, 7, 31, 16, 0, tzinfo=UTC)) == 2026
    assert school_year(datetime(2027, 1, 1, tzinfo=UTC)) == 2026
    assert spaces_deadline(2026) == date(2026, 9, 20)
    assert data_deadline(2026) == date(2026, 9, 30)


# ---------------------------------------------------------------------------------------- why


def test_the_first_reason_that_fits_is_told() -> None:
    child = a_student()
    line, closed = a_contact(), a_contact(id="contact-2", quarantine=True)
    old = a_binding(state=BindingState.ENDED, ending=an_ending(at=NOW - DAY))
    last = a_binding(
        "student-1", "father", state=BindingState.ENDED, ending=an_ending(reason=EndReason.MOVED)
    )
    trial = a_binding(
        "student-1", "staff", state=BindingState.ENDED, trial=True, ending=an_ending()
    )
    assert why_missing(child, [], [line], {child.id}).why is Why.WAITING
    assert why_missing(child, [], [closed], set()).why is Why.QUARANTINE
    assert why_missing(child, [], [line, closed], set()).why is Why.NEVER
    assert why_missing(child, [], [], set()).why is Why.NO_PHONE
    assert why_missing(child, [trial], [line], set()).why is Why.NEVER
    ended = why_missing(child, [last, old], [line], {"another"})
    assert (ended.why, ended.ended) == (Why.ENDED, last)
