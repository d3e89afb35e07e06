"""The six states: per guardian, per child, and counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channels import Channel, Reason
from domain.deliveries import Delivery, Result
from domain.receipts import Receipt, child_receipts, counted, guardian_receipt, receipt_of
from tests.domain.samples import NOW, a_delivery, a_push, a_student, an_outcome

DELIVERED = an_outcome()
REFUSED = an_outcome(result=Result.REFUSED, channel=Channel.IN_APP, reason=Reason.BLOCKED)
UNREACHABLE = an_outcome(
    result=Result.UNREACHABLE, channel=Channel.IN_APP, reason=Reason.NEVER_FOLLOWED
)
ORDER = list(Receipt)


@pytest.mark.parametrize(
    ("changes", "state", "reason", "waiting"),
    [
        ({"push": a_push()}, Receipt.UNREACHABLE, None, True),  # on its way is not delivered
        ({"push": None, "outcome": DELIVERED}, Receipt.DELIVERED, None, False),
        ({"push": a_push(), "outcome": DELIVERED}, Receipt.DELIVERED, None, True),
        ({"push": None, "outcome": REFUSED}, Receipt.REFUSED, Reason.BLOCKED, False),
        (
            {"push": None, "outcome": UNREACHABLE},
            Receipt.UNREACHABLE,
            Reason.NEVER_FOLLOWED,
            False,
        ),
        # Who found it in the app has read it, whatever WeChat could not do.
        ({"push": None, "outcome": UNREACHABLE, "read_at": NOW}, Receipt.READ, None, False),
        (
            {"push": None, "outcome": REFUSED, "read_at": NOW, "confirmed_at": NOW},
            Receipt.CONFIRMED,
            None,
            False,
        ),
        # A process that died between the two writes of a confirmation.
        ({"push": None, "confirmed_at": NOW}, Receipt.CONFIRMED, None, False),
    ],
)
def test_the_state_of_one_guardian(
    changes: dict[str, Any], state: Receipt, reason: Reason | None, waiting: bool
) -> None:
    delivery = a_delivery(**changes)
    line = guardian_receipt(delivery, "妈妈")
    assert receipt_of(delivery) is state
    assert (line.state, line.reason, line.waiting) == (state, reason, waiting)


def test_a_child_nobody_is_bound_to() -> None:
    (child,) = child_receipts([a_student()], [], {})
    assert child.state is Receipt.NEVER_BOUND
    assert not child.reached
    assert child.guardians == ()


def test_a_child_bound_after_the_notice_is_not_without_guardians() -> None:
    late, never = a_student(), a_student(id="student-2")
    children = child_receipts([late, never], [], {"student-1:p": "妈妈", "student-20:p": "爸爸"})
    assert [(child.state, child.reason, child.guardians) for child in children] == [
        (Receipt.UNREACHABLE, Reason.BOUND_LATER, ()),
        (Receipt.NEVER_BOUND, None, ()),
    ]
    # Another child's delivery to the same adult says nothing about this one.
    elsewhere = a_delivery("student-9", "p", push=None, read_at=NOW)
    (child,) = child_receipts([late], [elsewhere], {"student-1:p": "妈妈", "student-9:p": "妈妈"})
    assert (child.state, child.reached) == (Receipt.UNREACHABLE, False)


def test_an_adult_whose_binding_has_ended_is_left_out() -> None:
    read = a_delivery(person="gone", push=None, read_at=NOW)
    waiting = a_delivery(person="here", push=None, outcome=UNREACHABLE)
    (child,) = child_receipts([a_student()], [read, waiting], {"student-1:here": "爸爸"})
    assert child.state is Receipt.UNREACHABLE
    assert [line.relation for line in child.guardians] == ["爸爸"]
    (child,) = child_receipts([a_student()], [read], {})
    assert child.state is Receipt.NEVER_BOUND


def test_a_delivery_of_a_child_that_left_the_class_is_left_out() -> None:
    gone = a_delivery("student-2", push=None, read_at=NOW)
    (child,) = child_receipts([a_student()], [gone], {"student-2:person-1": "妈妈"})
    assert child.state is Receipt.NEVER_BOUND


def test_a_child_is_reached_when_one_guardian_has_read() -> None:
    deliveries = [
        a_delivery(person="a", push=None, outcome=REFUSED),
        a_delivery(person="b", push=None, outcome=DELIVERED, read_at=NOW),
    ]
    relations = {"student-1:a": "妈妈", "student-1:b": "爸爸"}
    (child,) = child_receipts([a_student()], deliveries, relations)
    assert child.reached
    assert [line.relation for line in child.guardians] == ["爸爸", "妈妈"]


STUDENTS = [a_student(id=f"s{number}", number=number) for number in range(4)]
DELIVERIES = st.lists(
    st.builds(
        a_delivery,
        st.sampled_from([*(s.id for s in STUDENTS), "elsewhere"]),
        st.sampled_from(["p0", "p1", "p2"]),
        push=st.sampled_from([None, a_push()]),
        outcome=st.sampled_from([None, DELIVERED, REFUSED, UNREACHABLE]),
        read_at=st.sampled_from([None, NOW]),
        confirmed_at=st.sampled_from([None, NOW]),
    ),
    max_size=12,
    unique_by=lambda delivery: delivery.id,
)
BOUND = st.frozensets(
    st.sampled_from([f"{s.id}:p{number}" for s in STUDENTS for number in range(3)])
)


@given(DELIVERIES, BOUND)
def test_a_child_stands_where_its_best_guardian_stands(
    deliveries: list[Delivery], bound: frozenset[str]
) -> None:
    children = child_receipts(STUDENTS, deliveries, dict.fromkeys(bound, "妈妈"))
    assert [child.student for child in children] == STUDENTS
    for child in children:
        mine = [
            receipt_of(d)
            for d in deliveries
            if d.student_id == child.student.id and f"{d.student_id}:{d.person_id}" in bound
        ]
        has_guardian = any(key.startswith(f"{child.student.id}:") for key in bound)
        without = Receipt.UNREACHABLE if has_guardian else Receipt.NEVER_BOUND
        assert child.state is min(mine, key=ORDER.index, default=without)
        assert sorted(line.state for line in child.guardians) == sorted(mine)


@given(DELIVERIES, BOUND)
def test_the_counts_add_up_to_the_children(
    deliveries: list[Delivery], bound: frozenset[str]
) -> None:
    counts = counted(child_receipts(STUDENTS, deliveries, dict.fromkeys(bound, "妈妈")))
    assert counts.total() == len(STUDENTS)
    assert set(counts) <= set(Receipt)
