"""The ladder: which way to an adult is open now, and why no better one was."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channels import Channel, Paused, Reason, Step, next_step
from domain.identities import Identity
from tests.domain.samples import MINUTE, NOW, an_identity

FOLLOWER = an_identity(following=True)
WRITER = an_identity(following=True, window_until=NOW + MINUTE, window_left=1)
TEMPLATE, SERVICE, IN_APP = Channel.TEMPLATE, Channel.SERVICE, Channel.IN_APP
LONG, ONE = Channel.LONG_TERM, Channel.ONE_TIME
Ways = dict[Channel, Reason | None]
CLOSED = Paused(TEMPLATE, Reason.QUOTA, NOW + MINUTE)
SERVICE_CLOSED = Paused(SERVICE, Reason.QUOTA, NOW + MINUTE)


@pytest.mark.parametrize(
    ("identity", "ready", "paused", "tried", "expected"),
    [
        (FOLLOWER, True, [], {}, Step(TEMPLATE)),
        (WRITER, True, [], {}, Step(TEMPLATE)),
        (None, True, [], {}, Step(IN_APP, Reason.NEVER_FOLLOWED)),
        (an_identity(), True, [], {}, Step(IN_APP, Reason.NEVER_FOLLOWED)),
        (an_identity(following=False), True, [], {}, Step(IN_APP, Reason.UNFOLLOWED)),
        (FOLLOWER, False, [], {}, Step(IN_APP, Reason.NOT_SET_UP)),
        (WRITER, False, [], {}, Step(SERVICE)),
        (FOLLOWER, True, [CLOSED], {}, Step(IN_APP, Reason.QUOTA)),
        (WRITER, True, [CLOSED], {}, Step(SERVICE)),
        (WRITER, True, [CLOSED, SERVICE_CLOSED], {}, Step(IN_APP, Reason.QUOTA)),
        (FOLLOWER, True, [], {TEMPLATE: Reason.BLOCKED}, Step(IN_APP, Reason.BLOCKED)),
        (WRITER, True, [], {TEMPLATE: Reason.BLOCKED}, Step(SERVICE)),
        (
            WRITER,
            True,
            [],
            {TEMPLATE: Reason.BLOCKED, SERVICE: Reason.WINDOW_CLOSED},
            Step(IN_APP, Reason.WINDOW_CLOSED),
        ),
    ],
)
def test_the_ladder(
    identity: Identity | None,
    ready: bool,
    paused: list[Paused],
    tried: dict[Channel, Reason],
    expected: Step,
) -> None:
    step = next_step(identity, at=NOW, template_ready=ready, paused=paused, tried=tried)
    assert step == expected


ONE_PAUSED = Paused(ONE, Reason.QUOTA, NOW + MINUTE)
STRANGER = an_identity()
GONE = an_identity(following=False)


@pytest.mark.parametrize(
    ("identity", "ways", "paused", "tried", "expected"),
    [
        (FOLLOWER, {LONG: None, ONE: None}, [], {}, Step(TEMPLATE)),
        (FOLLOWER, {LONG: None, ONE: None}, [CLOSED], {}, Step(LONG)),
        (None, {LONG: None, ONE: None}, [], {}, Step(LONG)),
        (None, {LONG: Reason.NOT_SUBSCRIBED, ONE: None}, [], {}, Step(ONE)),
        (GONE, {ONE: None}, [], {}, Step(ONE)),
        (WRITER, {ONE: None}, [CLOSED], {}, Step(ONE)),
        (WRITER, {ONE: Reason.USED_UP}, [CLOSED], {}, Step(SERVICE)),
        (WRITER, {ONE: None}, [CLOSED], {ONE: Reason.USED_UP}, Step(SERVICE)),
        (FOLLOWER, {ONE: None}, [], {TEMPLATE: Reason.BLOCKED}, Step(ONE)),
        # Who is not with the account is missed for what is missing in the mini-program.
        (None, {ONE: Reason.USED_UP}, [], {}, Step(IN_APP, Reason.USED_UP)),
        (STRANGER, {ONE: Reason.NOT_SUBSCRIBED}, [], {}, Step(IN_APP, Reason.NOT_SUBSCRIBED)),
        (GONE, {LONG: Reason.SUBSCRIPTION_OFF}, [], {}, Step(IN_APP, Reason.SUBSCRIPTION_OFF)),
        (None, {ONE: None}, [ONE_PAUSED], {}, Step(IN_APP, Reason.QUOTA)),
        # Who is with it, for what the account lacks; and what was really tried says most.
        (FOLLOWER, {ONE: Reason.USED_UP}, [CLOSED], {}, Step(IN_APP, Reason.QUOTA)),
        (
            FOLLOWER,
            {ONE: None},
            [],
            {TEMPLATE: Reason.BLOCKED, ONE: Reason.USED_UP},
            Step(IN_APP, Reason.USED_UP),
        ),
    ],
)
def test_the_mini_programs_rungs(
    identity: Identity | None,
    ways: Ways,
    paused: list[Paused],
    tried: dict[Channel, Reason],
    expected: Step,
) -> None:
    step = next_step(
        identity, at=NOW, template_ready=True, subscriptions=ways, paused=paused, tried=tried
    )
    assert step == expected


def test_a_pause_ends_at_its_time() -> None:
    over = Paused(TEMPLATE, Reason.QUOTA, NOW)
    assert next_step(FOLLOWER, at=NOW, template_ready=True, paused=[over]) == Step(TEMPLATE)


@pytest.mark.parametrize(
    "window",
    [
        {"window_until": NOW, "window_left": 5},  # over this very moment
        {"window_until": NOW + MINUTE, "window_left": 0},  # used up
        {"window_until": None, "window_left": 5},
    ],
)
def test_a_window_that_is_not_open(window: dict[str, object]) -> None:
    identity = an_identity(following=True, **window)
    step = next_step(identity, at=NOW, template_ready=False)
    assert step == Step(IN_APP, Reason.NOT_SET_UP)


MOMENTS = st.integers(-2, 2).map(lambda minutes: NOW + timedelta(minutes=minutes))
IDENTITIES = st.none() | st.builds(
    an_identity,
    following=st.none() | st.booleans(),
    window_until=st.none() | MOMENTS,
    window_left=st.integers(0, 2),
)
SENDING = st.sampled_from([TEMPLATE, LONG, ONE, SERVICE])
WAYS = st.dictionaries(st.sampled_from([LONG, ONE]), st.none() | st.sampled_from(Reason))
PAUSES = st.lists(st.builds(Paused, SENDING, st.sampled_from(Reason), MOMENTS), max_size=3)
TRIED = st.dictionaries(SENDING, st.sampled_from(Reason))


@given(IDENTITIES, st.booleans(), WAYS, PAUSES, TRIED)
def test_no_step_is_ever_in_vain(
    identity: Identity | None,
    ready: bool,
    ways: Ways,
    paused: list[Paused],
    tried: dict[Channel, Reason],
) -> None:
    step = next_step(
        identity, at=NOW, template_ready=ready, subscriptions=ways, paused=paused, tried=tried
    )
    if step.channel is IN_APP:
        assert step.reason is not None
        return
    assert step.reason is None
    assert step.channel not in tried
    assert step.channel not in {p.channel for p in paused if p.until > NOW}
    if step.channel in (LONG, ONE):
        assert ways[step.channel] is None
        return
    assert identity is not None
    assert identity.following is not False
    if step.channel is TEMPLATE:
        assert ready
        assert identity.following
    else:
        assert identity.window_open(NOW)


@given(IDENTITIES, st.booleans(), WAYS, PAUSES)
def test_walking_the_ladder_goes_down_and_ends_in_the_app(
    identity: Identity | None, ready: bool, ways: Ways, paused: list[Paused]
) -> None:
    tried: dict[Channel, Reason] = {}
    walked: list[Channel] = []
    while not walked or walked[-1] is not IN_APP:
        step = next_step(
            identity, at=NOW, template_ready=ready, subscriptions=ways, paused=paused, tried=tried
        )
        walked.append(step.channel)
        tried[step.channel] = Reason.REFUSED_BY_WECHAT
    assert walked == sorted(walked, key=list(Channel).index)
    assert len(set(walked)) == len(walked) <= 5
