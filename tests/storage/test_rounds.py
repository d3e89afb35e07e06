"""Whose turn it is to send: one run at a time, and the next one is told when a turn was cut off."""

from dataclasses import replace

from domain.deliveries import LEASE, Group
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import at_once

GROUP = Group("school-a", "notice-1", "class-1")


async def test_of_ten_runs_at_once_one_has_its_turn(stores: Stores, twin: Stores) -> None:
    turns = await at_once(
        *(
            some.rounds.take(GROUP, run=f"run-{n}", at=NOW, lease=LEASE)
            for n, some in enumerate([stores, twin] * 5)
        )
    )
    (taken,) = [turn for turn in turns if turn is not None]
    assert taken.run == f"run-{turns.index(taken)}"
    assert (taken.begun_at, taken.held_until) == (NOW, NOW + LEASE)


async def test_other_groups_have_turns_of_their_own(stores: Stores) -> None:
    groups = [GROUP, replace(GROUP, class_id="class-2"), replace(GROUP, notice_id="notice-2")]
    turns = [await stores.rounds.take(g, run="run", at=NOW, lease=LEASE) for g in groups]
    assert None not in turns


async def test_a_turn_that_is_over_is_forgotten(stores: Stores) -> None:
    await stores.rounds.take(GROUP, run="first", at=NOW, lease=LEASE)
    await stores.rounds.finish(GROUP, run="first")
    turn = await stores.rounds.take(GROUP, run="next", at=NOW + MINUTE, lease=LEASE)
    assert turn is not None
    assert turn.begun_at == NOW + MINUTE  # nothing is uncertain


async def test_a_dead_runs_turn_lapses_and_the_next_is_told_since_when(stores: Stores) -> None:
    await stores.rounds.take(GROUP, run="dead", at=NOW, lease=LEASE)
    just_before = NOW + LEASE - MINUTE / 60
    assert await stores.rounds.take(GROUP, run="early", at=just_before, lease=LEASE) is None
    turn = await stores.rounds.take(GROUP, run="next", at=NOW + LEASE, lease=LEASE)
    assert turn is not None
    assert (turn.run, turn.begun_at) == ("next", NOW)
    assert turn.held_until == NOW + 2 * LEASE
    # That one dies as well: uncertain is what was sent since the first.
    third = await stores.rounds.take(GROUP, run="third", at=NOW + 2 * LEASE, lease=LEASE)
    assert third is not None
    assert third.begun_at == NOW


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
