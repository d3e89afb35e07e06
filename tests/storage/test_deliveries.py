"""Deliveries and their pushes: made once, given once, and settled only while they are still what was sent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.channels import Channel, Reason
from domain.deliveries import CLOCK_SKEW, LEASE, Delivery, Result
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
        page = await stores.deliveries.page_of_person("person-1", before=before, at=NOW, limit=3)
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
        *(
            stores.deliveries.mark_confirmed(IDS[0], NOW, version=1, signature_id=f"file-{n}")
            for n in range(5)
        )
    )
    assert sum(answers) == 1
    found = await got(stores)
    assert (found.confirmed_at, found.read_at) == (NOW, NOW)
    assert found.signature_id == f"file-{answers.index(True)}"
    await stores.deliveries.mark_read(IDS[1], NOW)
    await stores.deliveries.mark_confirmed(IDS[1], NOW + MINUTE, version=2)
    found = await got(stores, IDS[1])
    assert (found.read_at, found.confirmed_at) == (NOW, NOW + MINUTE)


# ------------------------------------------------------------------------------ sending a push


async def due(stores: Stores, at: datetime = NOW) -> set[str]:
    """Which children's deliveries are due."""
    return {d.student_id for d in await stores.deliveries.due(GROUP, at)}


async def test_what_is_due_is_of_its_group_and_its_time(stores: Stores) -> None:
    await stores.deliveries.insert_missing(
        [
            a_delivery("mine"),
            a_delivery("settled", push=None),
            a_delivery("later", push=a_push(due_at=NOW + MINUTE)),
            a_delivery("other class", class_id="class-2"),
            a_delivery("other notice", notice="notice-2"),
            a_delivery("other school", notice="notice-3", school_id="school-b"),
        ]
    )
    assert await due(stores) == {"mine"}
    assert await due(stores, NOW + MINUTE) == {"mine", "later"}
    assert await stores.deliveries.has_due(GROUP, NOW)
    assert not await stores.deliveries.has_due(GROUP, NOW - MINUTE)
    assert not await stores.deliveries.has_due(replace(GROUP, class_id="class-3"), NOW)


async def test_a_clock_a_little_behind_finds_what_another_says_is_due(
    stores: Stores, twenty: list[Delivery]
) -> None:
    assert len(await due(stores, NOW - CLOCK_SKEW)) == len(IDS)
    assert await stores.deliveries.has_due(GROUP, NOW - CLOCK_SKEW)


async def test_settling_ends_a_push(stores: Stores, twenty: list[Delivery]) -> None:
    await stores.deliveries.settle(IDS[:2], "publish", DELIVERED)
    await stores.deliveries.settle(IDS[2:3], "publish", None)
    found = {d.id: d for d in await stores.deliveries.many(IDS)}
    assert sorted(d.id for d in found.values() if d.push is None) == sorted(IDS[:3])
    assert [found[i].outcome for i in IDS[:4]] == [DELIVERED, DELIVERED, None, None]
    assert IDS[0].split(":")[1] not in await due(stores)


async def test_a_push_that_took_the_place_of_another_is_not_settled_with_it(
    stores: Stores,
) -> None:
    reminded = a_delivery("reminded", push=a_push(purpose="remind-1", channel=Channel.SERVICE))
    settled = a_delivery("settled", push=None, outcome=DELIVERED)
    store, both = stores.deliveries, [reminded.id, settled.id]
    await store.insert_missing([reminded, settled])
    await store.settle(both, "publish", None)
    await store.settle(both, "publish", an_outcome(result=Result.REFUSED))
    await store.postpone(both, a_push(tries=1), an_outcome(result=Result.UNREACHABLE))
    assert not await store.note_channel(settled.id, "publish", Channel.SERVICE)
    assert await got(stores, reminded.id) == reminded
    assert await got(stores, settled.id) == settled


async def test_a_channel_is_noted_by_one_run_before_it_is_used(
    stores: Stores, twin: Stores, twenty: list[Delivery]
) -> None:
    answers = await at_once(
        *(
            some.deliveries.note_channel(IDS[0], "publish", Channel.SERVICE)
            for some in [stores, twin] * 3
        )
    )
    assert sum(answers) == 1
    assert (await got(stores)).push == a_push(channel=Channel.SERVICE)
    assert not await stores.deliveries.note_channel(IDS[1], "remind-1", Channel.SERVICE)
    assert not await stores.deliveries.note_channel("nobody", "publish", Channel.SERVICE)


async def test_what_is_postponed_waits_for_its_time_and_shows_why(
    stores: Stores, twenty: list[Delivery]
) -> None:
    later = a_push(tries=1, due_at=NOW + MINUTE, failed=((Channel.TEMPLATE, Reason.BLOCKED),))
    waiting = an_outcome(result=Result.UNREACHABLE, reason=Reason.WECHAT_DOWN)
    await stores.deliveries.postpone(IDS[:1], later, waiting)
    found = await got(stores)
    assert (found.push, found.outcome) == (later, waiting)
    assert "s0" not in await due(stores)
    assert "s0" in await due(stores, NOW + MINUTE)


async def test_no_delivery_is_given_a_purpose_twice(
    stores: Stores, twin: Stores, twenty: list[Delivery]
) -> None:
    remind = a_push(purpose="remind-1")
    for some in (stores, twin):
        await some.deliveries.mark_due("school-a", "notice-1", remind, only={"read_at": None})
        await some.deliveries.settle(IDS, "remind-1", DELIVERED)
    found = await stores.deliveries.many(IDS)
    assert {d.purposes for d in found} == {("publish", "remind-1")}
    assert {d.push for d in found} == {None}
    assert {d.reminders for d in found} == {1}


async def test_a_push_is_given_to_those_who_match_only(stores: Stores) -> None:
    await stores.deliveries.insert_missing(
        [
            a_delivery("unread"),
            a_delivery("settled", push=None, outcome=DELIVERED, class_id="class-2"),
            a_delivery("read", read_at=NOW),
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


async def test_cancelling_takes_all_that_waits_of_one_notice(stores: Stores) -> None:
    other = a_delivery("s0", notice="notice-2")
    await stores.deliveries.insert_missing(
        [a_delivery("s0"), a_delivery("s1", class_id="class-2"), other]
    )
    await stores.deliveries.cancel_pushes("school-b", "notice-1")
    assert await due(stores) == {"s0"}
    await stores.deliveries.cancel_pushes("school-a", "notice-1")
    found = await stores.deliveries.of_notice("school-a", "notice-1")
    assert [d.push for d in found] == [None, None]
    assert await got(stores, other.id) == other


async def test_the_sweep_finds_the_groups_that_are_late(stores: Stores) -> None:
    await stores.deliveries.insert_missing(
        [
            a_delivery("late", push=a_push(due_at=NOW - LEASE)),
            a_delivery("late too", push=a_push(due_at=NOW - LEASE)),
            a_delivery("fresh", class_id="class-2"),
            a_delivery("settled", class_id="class-3", push=None),
        ]
    )
    assert await stores.deliveries.overdue(NOW - LEASE) == {GROUP}
    assert await stores.deliveries.overdue(NOW) == {GROUP, replace(GROUP, class_id="class-2")}
    assert await stores.deliveries.overdue(NOW - timedelta(hours=1)) == set()
