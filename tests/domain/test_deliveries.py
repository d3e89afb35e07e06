"""Sending again: when it is safe, when it is due, and under which name WeChat knows a message."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channels import Channel
from domain.deliveries import (
    LEASE,
    REPEATABLE_FOR,
    RETRY_AFTER,
    client_message_id,
    delivery_id,
    may_send,
    retry_at,
)
from tests.domain.samples import NOW, a_delivery, a_push

JUST_OVER = NOW - REPEATABLE_FOR
JUST_UNDER = JUST_OVER + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("channel", "uncertain_since", "sends"),
    [
        (None, None, True),  # never begun
        (None, JUST_UNDER, True),  # a template message, which WeChat would count once
        (None, JUST_OVER, False),
        # It may have gone out, and must not go out twice.
        (Channel.SERVICE, None, False),
        (Channel.SERVICE, JUST_UNDER, False),
    ],
)
def test_what_may_be_sent(
    channel: Channel | None, uncertain_since: datetime | None, sends: bool
) -> None:
    push = a_push(channel=channel, uncertain_since=uncertain_since)
    assert may_send(push, NOW) is sends


def test_a_dead_run_is_found_while_its_sends_may_still_be_repeated() -> None:
    assert LEASE * 2 < REPEATABLE_FOR < timedelta(minutes=10)


def test_wechat_is_asked_again_later_and_later_and_then_no_more() -> None:
    moments = [retry_at(tries, NOW) for tries in range(len(RETRY_AFTER))]
    assert moments == [NOW + wait for wait in RETRY_AFTER]
    assert list(RETRY_AFTER) == sorted(set(RETRY_AFTER))
    assert retry_at(len(RETRY_AFTER), NOW) is None
    assert retry_at(99, NOW) is None


IDS = st.text("abcdef0123456789-", min_size=1, max_size=40)


@given(IDS, IDS, IDS)
def test_a_message_keeps_its_name_when_it_is_repeated(
    notice: str, student: str, person: str
) -> None:
    delivery = delivery_id(notice, student, person)
    name = client_message_id(delivery, "publish")
    assert name == client_message_id(delivery, "publish")
    assert len(name) == 32
    assert name.isalnum()
    assert name.isascii()


def test_every_purpose_of_every_delivery_has_a_name_of_its_own() -> None:
    deliveries = [delivery_id("n", s, p) for s, p in product(("s1", "s2"), ("p1", "p2"))]
    purposes = ["publish", "remind-1", "remind-2", "edit-2", "edit-3", "withdraw"]
    names = {client_message_id(d, purpose) for d, purpose in product(deliveries, purposes)}
    assert len(names) == len(deliveries) * len(purposes)


def test_reminders_are_counted_from_the_purposes() -> None:
    assert a_delivery(purposes=("publish", "remind-1", "edit-2", "remind-2")).reminders == 2
    assert a_delivery().reminders == 0
