"""Receipts (回执): the six states a teacher sees, per guardian and per child, because "unread" hides the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.channels import Reason
from domain.deliveries import Delivery, Result
from domain.notices import Figures
from domain.schools import Student


class Receipt(StrEnum):
    """Best first: a child stands where the guardian who got furthest stands."""

    CONFIRMED = "confirmed"
    READ = "read"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NEVER_BOUND = "never_bound"


_ORDER = {state: position for position, state in enumerate(Receipt)}


@dataclass(frozen=True, slots=True)
class GuardianReceipt:
    """One guardian of one child. `waiting` is true while a message is still on its way (or WeChat is asked again).

    `asked` is False for who may only read: nobody waits for their confirmation.
    """

    delivery: Delivery
    relation: str
    state: Receipt
    reason: Reason | None
    waiting: bool
    asked: bool = True


@dataclass(frozen=True, slots=True)
class ChildReceipt:
    """One child with its guardians; the child counts as reached when one guardian has read.

    `reason`: why a child that has guardians was never sent to.
    """

    student: Student
    state: Receipt
    guardians: tuple[GuardianReceipt, ...]
    reason: Reason | None = None

    @property
    def reached(self) -> bool:
        """Whether at least one guardian has read it."""
        return self.state in (Receipt.CONFIRMED, Receipt.READ)


def receipt_of(delivery: Delivery) -> Receipt:
    """The state of one guardian. One that is still on its way counts as not reachable *yet*: never as delivered."""
    if delivery.confirmed_at is not None:
        return Receipt.CONFIRMED
    if delivery.read_at is not None:
        return Receipt.READ
    if delivery.outcome is None or delivery.outcome.result is Result.UNREACHABLE:
        return Receipt.UNREACHABLE
    return Receipt.REFUSED if delivery.outcome.result is Result.REFUSED else Receipt.DELIVERED


def guardian_receipt(delivery: Delivery, relation: str, *, asked: bool = True) -> GuardianReceipt:
    """One guardian's line."""
    state = receipt_of(delivery)
    outcome = delivery.outcome
    open_question = state in (Receipt.UNREACHABLE, Receipt.REFUSED)
    return GuardianReceipt(
        delivery=delivery,
        relation=relation,
        state=state,
        reason=outcome.reason if outcome and open_question else None,
        waiting=delivery.push is not None,
        asked=asked,
    )


def child_receipts(
    students: Sequence[Student],
    deliveries: Iterable[Delivery],
    relations: Mapping[str, str],
    read_only: Container[str] = (),
) -> list[ChildReceipt]:
    """Receipts of a class in the order of `students`.

    `relations` maps the id of each *active* binding (student:person) to the relation; deliveries to
    adults whose binding has ended meanwhile are left out. A child with an active binding but without
    a delivery came too late for this notice: bound since, or moved into the class. `read_only`: those of
    these bindings that may not confirm.
    """
    bound = {key.rpartition(":")[0] for key in relations}
    by_student: dict[str, list[GuardianReceipt]] = {student.id: [] for student in students}
    for delivery in deliveries:
        key = f"{delivery.student_id}:{delivery.person_id}"
        relation = relations.get(key)
        if relation is not None and delivery.student_id in by_student:
            receipt_of_one = guardian_receipt(delivery, relation, asked=key not in read_only)
            by_student[delivery.student_id].append(receipt_of_one)
    receipts = []
    for student in students:
        guardians = sorted(by_student[student.id], key=lambda g: _ORDER[g.state])
        if guardians:
            receipt = ChildReceipt(student, guardians[0].state, tuple(guardians))
        elif student.id in bound:
            receipt = ChildReceipt(student, Receipt.UNREACHABLE, (), Reason.BOUND_LATER)
        else:
            receipt = ChildReceipt(student, Receipt.NEVER_BOUND, ())
        receipts.append(receipt)
    return receipts


def figures_of(deliveries: Sequence[Delivery]) -> Figures:
    """How many adults these are, how many read and how many confirmed."""
    return Figures(
        guardians=len(deliveries),
        read=sum(d.read_at is not None for d in deliveries),
        confirmed=sum(d.confirmed_at is not None for d in deliveries),
    )


def counted(receipts: Iterable[ChildReceipt]) -> Counter[Receipt]:
    """How many children stand in each state."""
    return Counter(receipt.state for receipt in receipts)
