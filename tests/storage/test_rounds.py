"""Whose turn it is to send: one run at a time, and the next one is told what was cut off."""

from dataclasses import replace
from datetime import datetime

from domain.deliveries import LEASE, Group
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import at_once

GROUP = Group("school-a", "notice-1", "class-1")


async def send(stores: Stores, run: str, at: datetime, *deliveries: str) -> bool:
    return await stores.rounds.note_sending(
        GROUP, deliveries, run=run, since=at, held_until=at + LEASE
    )


async def test_of_ten_runs_at_once_one_has_its_turn(stores: Stores, twin: Stores) -> None:
    turns = await at_once(
        *(
            some.rounds.take(GROUP, run=f"run-{n}", at=NOW, lease=LEASE)
            for n, some in enumerate([stores, twin] * 5)
        )
    )
    (taken,) = [turn for turn in turns if turn is not None]
    assert taken.run == f"run-{turns.index(taken)}"
    assert (taken.sending, taken.held_until) == ((), NOW + LEASE)


async def test_other_groups_have_turns_of_their_own(stores: Stores) -> None:
    groups = [GROUP, replace(GROUP, class_id="class-2"), replace(GROUP, notice_id="notice-2")]
    turns = [await stores.rounds.take(g, run="run", at=NOW, lease=LEASE) for g in groups]
    assert None not in turns


async def test_a_turn_that_is_over_is_forgotten(stores: Stores) -> None:
    await stores.rounds.take(GROUP, run="first", at=NOW, lease=LEASE)
    assert await send(stores, "first", NOW, "d1")
    await stores.rounds.finish(GROUP, run="first")
    turn = await stores.rounds.take(GROUP, run="next", at=NOW + MINUTE, lease=LEASE)
    assert turn is not None
    assert turn.sending == ()  # nothing is uncertain


async def test_a_dead_runs_turn_lapses_and_the_next_is_told_what_was_on_its_way(
    stores: Stores,
) -> None:
    await stores.rounds.take(GROUP, run="dead", at=NOW, lease=LEASE)
    assert await send(stores, "dead", NOW, "d1", "d2")
    just_before = NOW + LEASE - MINUTE / 60
    assert await stores.rounds.take(GROUP, run="early", at=just_before, lease=LEASE) is None
    turn = await stores.rounds.take(GROUP, run="next", at=NOW + LEASE, lease=LEASE)
    assert turn is not None
    assert (turn.run, turn.sending, turn.sending_since) == ("next", ("d1", "d2"), NOW)
    assert turn.held_until == NOW + 2 * LEASE
    # That one dies as well before it sent anything: the same is uncertain, since the same moment.
    third = await stores.rounds.take(GROUP, run="third", at=NOW + 2 * LEASE, lease=LEASE)
    assert third is not None
    assert (third.sending, third.sending_since) == (("d1", "d2"), NOW)


async def test_what_goes_out_renews_the_lease_and_a_lost_turn_sends_nothing(stores: Stores) -> None:
    await stores.rounds.take(GROUP, run="slow", at=NOW, lease=LEASE)
    assert await send(stores, "slow", NOW + LEASE / 2, "d1")
    assert await stores.rounds.take(GROUP, run="next", at=NOW + LEASE, lease=LEASE) is None
    late = NOW + 2 * LEASE
    assert await stores.rounds.take(GROUP, run="next", at=late, lease=LEASE) is not None
    assert not await send(stores, "slow", late, "d2")


async def test_of_many_who_find_a_lapsed_turn_one_takes_it(stores: Stores, twin: Stores) -> None:
    await stores.rounds.take(GROUP, run="dead", at=NOW, lease=LEASE)
    turns = await at_once(
        *(
            some.rounds.take(GROUP, run=f"run-{n}", at=NOW + LEASE, lease=LEASE)
            for n, some in enumerate([stores, twin] * 5)
        )
    )
    assert sum(turn is not None for turn in turns) == 1


async def test_a_run_that_lost_its_turn_does_not_end_anothers(stores: Stores) -> None:
    await stores.rounds.take(GROUP, run="slow", at=NOW, lease=LEASE)
    await stores.rounds.take(GROUP, run="next", at=NOW + LEASE, lease=LEASE)
    await stores.rounds.finish(GROUP, run="slow")
    assert await stores.rounds.take(GROUP, run="third", at=NOW + LEASE, lease=LEASE) is None
