"""What stays of somebody counts and names nobody; what WeChat takes back is what we never had, or everything."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.consent_texts import Purpose
from domain.consents import ConsentEvent, Decision
from domain.erasures import (
    SubjectKind,
    erasure_id,
    is_nameless,
    nameless_consent,
    nameless_delivery,
    nameless_id,
)
from domain.receipts import Receipt, receipt_of
from domain.times import SCHOOL_ZONE
from domain.withdrawals import takes_everything
from tests.domain.samples import NOW, a_delivery, an_outcome


def test_a_nameless_delivery_counts_as_the_one_it_was() -> None:
    read = a_delivery(outcome=an_outcome(), read_at=NOW, confirmed_at=NOW, signature_id="s")
    for delivery in (
        read,
        replace(read, confirmed_at=None),
        replace(read, read_at=None, confirmed_at=None),
    ):
        left = nameless_delivery(delivery, "salt")
        assert receipt_of(left) is receipt_of(delivery)
        assert is_nameless(left)
        assert not is_nameless(delivery)
    assert receipt_of(nameless_delivery(read, "salt")) is Receipt.CONFIRMED


def test_nothing_in_it_says_whose_it_was() -> None:
    at = NOW + timedelta(minutes=83)
    delivery = a_delivery(outcome=an_outcome(at=at), read_at=at, confirmed_at=at, signature_id="s")
    left = nameless_delivery(delivery, "salt")
    told = " ".join(str(getattr(left, field.name)) for field in fields(left))
    for word in (delivery.id, delivery.person_id, delivery.student_id, str(at.time())):
        assert word not in told
    assert left.signature_id is None
    assert left.read_at is not None
    day = left.read_at.astimezone(SCHOOL_ZONE)
    assert (day.hour, day.minute) == (0, 0)
    assert timedelta(0) <= at - left.read_at < timedelta(days=1)


@given(st.text(), st.text(), st.text())
def test_its_id_is_the_same_for_a_repetition_and_another_under_another_salt(
    record: str, salt: str, other: str
) -> None:
    assert nameless_id(salt, record) == nameless_id(salt, record)
    if f"{salt}|" != f"{other}|":
        assert nameless_id(salt, record) != nameless_id(other, record) or "|" in salt + other


def test_a_nameless_decision_keeps_what_was_decided() -> None:
    event = ConsentEvent(
        id="1", school_id="school-a", person_id="p", student_id="s", purpose=Purpose.CLASS_WORK,
        version=1, decision=Decision.NO, at=NOW,
    )  # fmt: skip
    left = nameless_consent(event, "salt")
    assert (left.person_id, left.student_id) == ("", "")
    assert (left.purpose, left.version, left.decision) == (Purpose.CLASS_WORK, 1, Decision.NO)


def test_an_adult_and_a_child_of_one_id_are_two() -> None:
    assert erasure_id(SubjectKind.ADULT, "1") != erasure_id(SubjectKind.CHILD, "1")


@pytest.mark.parametrize(
    ("told", "everything"),
    [("205", False), ("1", False), ("8,6", False), ("201，207", False), (" 20 ", False),
     ("301", True), ("", True), ("8,301", True), ("21", True), ("abc", True)],
)  # fmt: skip
def test_what_is_taken_back(told: str, everything: bool) -> None:
    assert takes_everything(told) is everything
