"""Yes, no and switched off: what is counted, and what may be sent by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channels import Channel, Reason
from domain.subscriptions import (
    MOST_CREDITS,
    PAIRED_WITHIN,
    Report,
    Said,
    Source,
    Subscription,
    accepted,
    obstacle,
    refused,
    worth_asking,
)
from tests.domain.samples import MINUTE, NOW

LONG, ONE = Channel.LONG_TERM, Channel.ONE_TIME
CLIENT, PUSH = Source.CLIENT, Source.PUSH
SECOND = timedelta(seconds=1)
NOBODY = Subscription(id="wx1:openid-1|t", person_id="person-1", touched_at=NOW)


def a_report(source: Source, mark: str, after: timedelta = timedelta()) -> Report:
    return Report(source=source, mark=mark, at=NOW + after)


def after(*reports: Report, before: Subscription = NOBODY) -> Subscription:
    for report in reports:
        before = accepted(before, report)
    return before


def held(**changes: Any) -> Subscription:
    return replace(NOBODY, **changes)


@pytest.mark.parametrize(
    ("reports", "credits"),
    [
        ([(CLIENT, "a", 0)], 1),
        ([(PUSH, "1", 0)], 1),
        # The same prompt, from both sides, in both orders, and again.
        ([(CLIENT, "a", 0), (PUSH, "1", -1)], 1),
        ([(PUSH, "1", 0), (CLIENT, "a", 3)], 1),
        ([(CLIENT, "a", 0), (CLIENT, "a", 5), (PUSH, "1", 0), (PUSH, "1", 0)], 1),
        # Two prompts, in whichever order their reports come.
        ([(CLIENT, "a", 0), (PUSH, "1", 0), (CLIENT, "b", 30), (PUSH, "2", 30)], 2),
        ([(CLIENT, "a", 0), (CLIENT, "b", 30), (PUSH, "1", 0), (PUSH, "2", 30)], 2),
        ([(PUSH, "1", 0), (PUSH, "2", 30), (CLIENT, "a", 31), (CLIENT, "b", 32)], 2),
        # One side heard of one of two alone.
        ([(PUSH, "1", 0), (CLIENT, "b", 30), (PUSH, "2", 30)], 2),
        ([(CLIENT, "a", 0), (PUSH, "2", 30), (CLIENT, "b", 30)], 2),
        # Far apart they are two, whoever reports them.
        ([(CLIENT, "a", 0), (PUSH, "1", 601)], 2),
    ],
)
def test_each_yes_counts_once(reports: list[tuple[Source, str, int]], credits: int) -> None:
    said = [a_report(source, mark, seconds * SECOND) for source, mark, seconds in reports]
    assert after(*said).credits == credits


PROMPTS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8)


@given(PROMPTS, st.randoms(use_true_random=False))
def test_of_prompts_close_together_the_source_that_reports_more_counts(
    prompts: list[tuple[bool, bool]], shuffled: Any
) -> None:
    said = []
    for number, (by_client, by_push) in enumerate(prompts):
        moment = number * 10 * SECOND
        said += [a_report(CLIENT, f"c{number}", moment)] * (2 * by_client)
        said += [a_report(PUSH, f"p{number}", moment)] * (2 * by_push)
    shuffled.shuffle(said)
    more = max(sum(c for c, _ in prompts), sum(p for _, p in prompts))
    assert after(*said).credits == more
    assert after(*said, *said).credits == more


def test_nobody_collects_credits_without_end() -> None:
    reports = (a_report(CLIENT, str(n), n * MINUTE) for n in range(MOST_CREDITS + 20))
    assert after(*reports).credits == MOST_CREDITS


def test_a_no_at_the_prompt_leaves_what_was_accepted_before() -> None:
    said = refused(after(a_report(CLIENT, "a")), Said.REJECTED, NOW + MINUTE)
    assert (said.answer, said.credits) == (Said.REJECTED, 1)
    assert obstacle(ONE, said) is None
    assert obstacle(LONG, said) is Reason.SUBSCRIPTION_OFF


def test_switching_off_leaves_nothing_and_a_new_yes_begins_again() -> None:
    off = refused(after(a_report(CLIENT, "a")), Said.OFF, NOW + MINUTE)
    assert (off.answer, off.credits) == (Said.OFF, 0)
    again = after(a_report(CLIENT, "b", 2 * MINUTE), before=off)
    assert (again.answer, again.credits) == (Said.ACCEPTED, 1)


def test_what_comes_late_does_not_undo_what_is_newer() -> None:
    now = after(a_report(CLIENT, "a", MINUTE))
    assert refused(now, Said.OFF, NOW) == now
    # A yes from before everything was switched off brings nothing back.
    off = refused(NOBODY, Said.OFF, NOW + MINUTE)
    late = after(a_report(PUSH, "1"), before=off)
    assert (late.answer, late.credits) == (Said.OFF, 0)


def test_wechats_times_have_whole_seconds() -> None:
    at = NOW.replace(microsecond=0)
    yes = accepted(NOBODY, Report(source=CLIENT, mark="a", at=at + timedelta(milliseconds=700)))
    assert refused(yes, Said.OFF, at).answer is Said.OFF


def test_a_pair_is_not_older_than_wechat_repeats_itself() -> None:
    assert after(a_report(CLIENT, "a"), a_report(PUSH, "1", PAIRED_WITHIN)).credits == 1


@pytest.mark.parametrize(
    ("channel", "subscription", "reason"),
    [
        (ONE, None, Reason.NOT_SUBSCRIBED),
        (ONE, held(answer=Said.REJECTED), Reason.NOT_SUBSCRIBED),
        (ONE, held(answer=Said.ACCEPTED, credits=1), None),
        (ONE, held(answer=Said.ACCEPTED, credits=0), Reason.USED_UP),
        (ONE, held(answer=Said.OFF), Reason.SUBSCRIPTION_OFF),
        (LONG, None, Reason.NOT_SUBSCRIBED),
        (LONG, held(answer=Said.ACCEPTED), None),
        (LONG, held(answer=Said.REJECTED, credits=3), Reason.SUBSCRIPTION_OFF),
        (LONG, held(answer=Said.OFF), Reason.SUBSCRIPTION_OFF),
    ],
)
def test_what_stands_in_the_way(
    channel: Channel, subscription: Subscription | None, reason: Reason | None
) -> None:
    assert obstacle(channel, subscription) is reason


@pytest.mark.parametrize(
    ("known", "ask"),
    [
        ({}, None),
        ({ONE: None}, ONE),
        ({ONE: held(answer=Said.ACCEPTED, credits=4)}, ONE),
        ({LONG: None}, LONG),
        ({LONG: held(answer=Said.REJECTED)}, LONG),
        ({LONG: held(answer=Said.ACCEPTED)}, None),
        ({LONG: None, ONE: None}, LONG),
        ({LONG: held(answer=Said.ACCEPTED), ONE: None}, None),
        ({LONG: held(answer=Said.REJECTED), ONE: None}, ONE),
    ],
)
def test_which_kind_is_asked_for(
    known: dict[Channel, Subscription | None], ask: Channel | None
) -> None:
    assert worth_asking(known) is ask
