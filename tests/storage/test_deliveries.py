"""Deliveries and pushes: made once, in one run's hands at a time, settled only by the run that holds them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.channels import Channel, Reason
from domain.deliveries import CLOCK_SKEW, LEASE, Delivery, Phase, Result
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_delivery, a_push, an_outcome
from tests.storage.conftest import at_once

DELIVERED = an_outcome()
IDS = [a_delivery(f"s{number}").id for number in range(20)]
GROUP = a_delivery().group


@pytest.fixture
async def twenty(stores: Stores) -> list[Delivery]:
    """Twenty deliveries of one notice that wait to be sent."""
    deliveries = [a_delivery(f"s{number}") for number in range(20)]
    await stores.deliveries.insert_missing(deliveries)
    return deliveries


async def got(stores: Stores, delivery_id: str = IDS[0]) -> Delivery:
    found = await stores.deliveries.find(delivery_id)
    assert found is not None
    return found


# ------------------------------------------------------------------------------------- making


async def test_two_fan_outs_at_once_make_each_delivery_once(stores: Stores, twin: Stores) -> None:
    first = [a_delivery(f"s{number}") for number in range(15)]
    second = [a_delivery(f"s{number}", published_at=NOW + MINUTE) for number in range(5, 20)]
    await at_once(stores.deliveries.insert_missing(first), twin.deliveries.insert_missing(second))
    found = await stores.deliveries.of_notice("school-a", "notice-1")
    assert sorted(d.id for d in found) == sorted(IDS)


async def test_a_second_fan_out_leaves_what_is_there_as_it_is(stores: Stores) -> None:
    await stores.deliveries.insert_missing([a_delivery("s0")])
    await stores.deliveries.mark_read(IDS[0], NOW)
    await stores.deliveries.insert_missing([a_delivery("s0"), a_delivery("s1")])
    await stores.deliveries.insert_missing([])
    assert (await got(stores)).read_at == NOW
    assert len(await stores.deliveries.many(IDS)) == 2


async def test_deliveries_of_a_notice_and_of_one_of_its_classes(stores: Stores) -> None:
    await stores.deliveries.insert_missing(
        [
            a_delivery("s0"),
            a_delivery("s1", class_id="class-2"),
            a_delivery("s2", notice="notice-2"),
            a_delivery("s3", notice="notice-3", school_id="school-b"),
        ]
    )
    of = stores.deliveries.of_notice
    assert {d.student_id for d in await of("school-a", "notice-1")} == {"s0", "s1"}
    assert {d.student_id for d in await of("school-a", "notice-1", "class-2")} == {"s1"}
    assert await of("school-b", "notice-1") == []
    assert await stores.deliveries.find("nobody") is None


async def test_paging_through_an_adults_list_shows_each_once(stores: Stores) -> None:
    # Four to each moment: a notice about several children, and catching up.
    mine = [a_delivery(f"s{n}", published_at=NOW - n // 4 * MINUTE) for n in range(18)]
    await stores.deliveries.insert_missing([*mine, a_delivery("s0", "somebody else")])
    seen: list[Delivery] = []
    before: str | None = None
    for _ in range(20):
        page = await stores.deliveries.page_of_person("person-1", before=before, limit=3)
        if not page:
            break
        seen += page
        before = page[-1].position
    assert len(seen) == len(mine)
    assert seen == sorted(mine, key=lambda d: (d.published_at, d.id), reverse=True)


# ------------------------------------------------------------------------- what guardians do


async def test_the_first_reading_counts(stores: Stores, twenty: list[Delivery]) -> None:
    moments = [NOW + n * MINUTE for n in range(5)]
    answers = await at_once(*(stores.deliveries.mark_read(IDS[0], moment) for moment in moments))
    assert sum(answers) == 1
    assert (await got(stores)).read_at == moments[answers.index(True)]
    assert (await got(stores, IDS[1])).read_at is None
    assert not await stores.deliveries.mark_read("nobody", NOW)


async def test_the_first_confirmation_counts_and_is_a_reading(
    stores: Stores, twenty: list[Delivery]
) -> None:
    answers = await at_once(
        *(stores.deliveries.mark_confirmed(IDS[0], NOW, f"file-{n}") for n in range(5))
    )
    assert sum(answers) == 1
    found = await got(stores)
    assert (found.confirmed_at, found.read_at) == (NOW, NOW)
    assert found.signature_id == f"file-{answers.index(True)}"
    await stores.deliveries.mark_read(IDS[1], NOW)
    await stores.deliveries.mark_confirmed(IDS[1], NOW + MINUTE)
    found = await got(stores, IDS[1])
    assert (found.read_at, found.confirmed_at) == (NOW, NOW + MINUTE)


# -------------------------------------------------------------------------- whose turn it is


async def test_five_runs_at_once_hold_each_delivery_exactly_once(
    stores: Stores, twin: Stores, twenty: list[Delivery]
) -> None:
    held = await at_once(
        *(
            some.deliveries.claim(GROUP, run=f"run-{number}", at=NOW)
            for number, some in enumerate([stores, twin, stores, twin, stores])
        )
    )
    assert sorted(d.id for run in held for d in run) == sorted(IDS)
    for number, run in enumerate(held):
        for delivery in run:
            push = (await got(stores, delivery.id)).push
            assert push is not None
            assert (push.run, push.phase, push.since) == (f"run-{number}", Phase.SENDING, NOW)


async def test_a_run_gets_only_its_group_and_what_is_due(stores: Stores) -> None:
    deliveries = {
        "mine": a_delivery("mine"),
        "settled": a_delivery("settled", push=None),
        "later": a_delivery("later", push=a_push(due_at=NOW + MINUTE)),
        "other class": a_delivery("other class", class_id="class-2"),
        "other notice": a_delivery("other notice", notice="notice-2"),
        "other school": a_delivery("other school", notice="notice-3", school_id="school-b"),
    }
    await stores.deliveries.insert_missing(list(deliveries.values()))
    claimed = await stores.deliveries.claim(GROUP, run="run", at=NOW)
    assert [d.student_id for d in claimed] == ["mine"]
    assert await stores.deliveries.claim(GROUP, run="other", at=NOW) == []
    for name in deliveries.keys() - {"mine"}:
        assert await got(stores, deliveries[name].id) == deliveries[name]
    claimed = await stores.deliveries.claim(GROUP, run="other", at=NOW + MINUTE)
    assert [d.student_id for d in claimed] == ["later"]


async def test_a_clock_a_little_behind_claims_what_another_says_is_due(
    stores: Stores, twenty: list[Delivery]
) -> None:
    behind = NOW - CLOCK_SKEW
    assert len(await stores.deliveries.claim(GROUP, run="run", at=behind)) == len(IDS)


async def test_whether_anything_waits(stores: Stores, twenty: list[Delivery]) -> None:
    assert await stores.deliveries.has_due(GROUP)
    assert not await stores.deliveries.has_due(replace(GROUP, class_id="class-2"))
    await stores.deliveries.claim(GROUP, run="run", at=NOW)
    assert not await stores.deliveries.has_due(GROUP)


async def test_settling_ends_a_push(stores: Stores, twenty: list[Delivery]) -> None:
    await stores.deliveries.claim(GROUP, run="run", at=NOW)
    await stores.deliveries.settle(IDS[:2], DELIVERED, run="run")
    await stores.deliveries.settle(IDS[2:3], None, run="run")
    found = {d.id: d for d in await stores.deliveries.many(IDS)}
    assert [d.id for d in found.values() if d.push is None] == IDS[:3]
    assert [found[i].outcome for i in IDS[:4]] == [DELIVERED, DELIVERED, None, None]


async def test_settling_the_rest_leaves_what_was_settled_otherwise(
    stores: Stores, twenty: list[Delivery]
) -> None:
    other = a_delivery("elsewhere", class_id="class-2")
    await stores.deliveries.insert_missing([other])
    await stores.deliveries.claim(GROUP, run="run", at=NOW)
    await stores.deliveries.settle(IDS[:1], None, run="run")
    await stores.deliveries.release(IDS[1:2], run="run")
    await stores.deliveries.settle_rest(GROUP, DELIVERED, run="run")
    found = {d.id: d for d in await stores.deliveries.many(IDS)}
    assert found[IDS[0]].outcome is None
    assert found[IDS[1]].push is not None
    assert {found[i].outcome for i in IDS[2:]} == {DELIVERED}
    assert {found[i].push for i in IDS[2:]} == {None}
    assert await got(stores, other.id) == other


async def test_a_run_that_lost_its_claim_changes_nothing(
    stores: Stores, twenty: list[Delivery]
) -> None:
    store = stores.deliveries
    await store.claim(GROUP, run="dead", at=NOW)
    await store.release(IDS[:15], run="dead")
    await store.settle(IDS[15:], None, run="dead")
    await store.insert_missing([a_delivery("s20")])
    await store.claim(GROUP, run="new", at=NOW + MINUTE)
    await store.release(IDS[:5], run="new")
    before = await store.of_notice("school-a", "notice-1")
    assert len({d.push for d in before}) > 2  # held by the new run, waiting, and settled

    await store.settle(IDS, DELIVERED, run="dead")
    await store.settle_rest(GROUP, DELIVERED, run="dead")
    await store.postpone(IDS, a_push(tries=1), DELIVERED, run="dead")
    await store.release(IDS, run="dead", uncertain_since=NOW)
    for delivery in (IDS[0], IDS[10], IDS[19]):
        assert not await store.switch_channel(delivery, run="dead", channel=Channel.SERVICE)
    assert await store.of_notice("school-a", "notice-1") == before


async def test_what_is_released_may_be_claimed_again(
    stores: Stores, twenty: list[Delivery]
) -> None:
    await stores.deliveries.claim(GROUP, run="run", at=NOW)
    await stores.deliveries.release(IDS[:1], run="run")
    await stores.deliveries.release(IDS[1:2], run="run", uncertain_since=NOW - MINUTE)
    claimed = await stores.deliveries.claim(GROUP, run="next", at=NOW + MINUTE)
    pushes = {d.id: d.push for d in claimed}
    assert sorted(pushes) == sorted(IDS[:2])
    first, second = pushes[IDS[0]], pushes[IDS[1]]
    assert first is not None
    assert second is not None
    assert first.uncertain_since is None
    assert second.uncertain_since == NOW - MINUTE
    assert first.since == second.since == NOW + MINUTE


async def test_the_next_channel_is_noted_before_it_is_used(
    stores: Stores, twenty: list[Delivery]
) -> None:
    store = stores.deliveries
    await store.claim(GROUP, run="run", at=NOW)
    assert await store.switch_channel(IDS[0], run="run", channel=Channel.SERVICE)
    push = (await got(stores)).push
    assert push is not None
    assert (push.channel, push.phase, push.run) == (Channel.SERVICE, Phase.SENDING, "run")
    await store.settle(IDS[:1], DELIVERED, run="run")
    assert not await store.switch_channel(IDS[0], run="run", channel=Channel.SERVICE)
    assert (await got(stores)).push is None


async def test_what_is_postponed_waits_for_its_time_and_shows_why(
    stores: Stores, twenty: list[Delivery]
) -> None:
    await stores.deliveries.claim(GROUP, run="run", at=NOW)
    later = a_push(tries=1, due_at=NOW + MINUTE, failed=((Channel.TEMPLATE, Reason.BLOCKED),))
    waiting = an_outcome(result=Result.UNREACHABLE, reason=Reason.WECHAT_DOWN)
    await stores.deliveries.postpone(IDS[:1], later, waiting, run="run")
    found = await got(stores)
    assert (found.push, found.outcome) == (later, waiting)
    assert await stores.deliveries.claim(GROUP, run="early", at=NOW) == []
    claimed = await stores.deliveries.claim(GROUP, run="in time", at=NOW + MINUTE)
    assert [d.id for d in claimed] == IDS[:1]


# -------------------------------------------------------------------------- what is to be sent


async def test_no_delivery_is_given_a_purpose_twice(
    stores: Stores, twin: Stores, twenty: list[Delivery]
) -> None:
    remind = a_push(purpose="remind-1")
    for some in (stores, twin):
        await some.deliveries.mark_due("school-a", "notice-1", remind, only={"read_at": None})
        await some.deliveries.claim(GROUP, run="run", at=NOW)
        await some.deliveries.settle(IDS, DELIVERED, run="run")
    found = await stores.deliveries.many(IDS)
    assert {d.purposes for d in found} == {("publish", "remind-1")}
    assert {d.push for d in found} == {None}
    assert {d.reminders for d in found} == {1}


async def test_a_push_is_given_to_those_who_match_only(stores: Stores) -> None:
    sending = a_push(phase=Phase.SENDING, run="run", since=NOW)
    await stores.deliveries.insert_missing(
        [
            a_delivery("unread"),
            a_delivery("settled", push=None, outcome=DELIVERED, class_id="class-2"),
            a_delivery("read", read_at=NOW),
            a_delivery("in a run's hands", push=sending),
            a_delivery("other notice", notice="notice-2"),
        ]
    )
    push = a_push(purpose="remind-1")
    await stores.deliveries.mark_due("school-a", "notice-1", push, only={"read_at": None})
    reminded = {
        d.student_id
        for notice in ("notice-1", "notice-2")
        for d in await stores.deliveries.of_notice("school-a", notice)
        if "remind-1" in d.purposes and d.push == push
    }
    assert reminded == {"unread", "settled"}


async def test_cancelling_takes_what_waits_and_leaves_what_is_being_sent(
    stores: Stores, twenty: list[Delivery]
) -> None:
    sending = a_push(phase=Phase.SENDING, run="run", since=NOW)
    others = [
        a_delivery("sent this moment", push=sending),
        a_delivery("other class", class_id="class-2"),
    ]
    await stores.deliveries.insert_missing(others)
    await stores.deliveries.cancel_pushes(GROUP)
    assert {d.push for d in await stores.deliveries.many(IDS)} == {None}
    assert [await got(stores, other.id) for other in others] == others


async def test_the_sweep_finds_what_nobody_took_and_what_a_dead_run_held(stores: Stores) -> None:
    pushes = {
        "late": a_push(due_at=NOW - LEASE),
        "fresh": a_push(due_at=NOW),
        "settled": None,
        "held": a_push(due_at=NOW - 2 * LEASE, phase=Phase.SENDING, since=NOW, run="alive"),
        "dead": a_push(due_at=NOW - 2 * LEASE, phase=Phase.SENDING, since=NOW - LEASE, run="dead"),
        "broken": a_push(due_at=NOW - LEASE, phase=Phase.SENDING, since=None, run="dead"),
    }
    await stores.deliveries.insert_missing(
        [a_delivery(name, push=push) for name, push in pushes.items()]
    )
    found = await stores.deliveries.overdue(NOW - LEASE)
    assert {d.student_id for d in found} == {"late", "dead", "broken"}
    assert len(await stores.deliveries.overdue(NOW - LEASE, limit=1)) <= 1
    assert await stores.deliveries.overdue(NOW - timedelta(hours=1)) == []
