"""Requests to be bound: each waits once, is decided once, and is over when its time has come."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.bindings import ClaimState, Doubt, Side
from storage.claims import ClaimStore
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_claim
from tests.storage.conftest import at_once

CLAIM = a_claim()


async def test_the_same_request_ten_times_at_once_waits_once(stores: Stores, twin: Stores) -> None:
    answers = await at_once(*(some.claims.add(CLAIM) for some in [stores, twin] * 5))
    assert sum(answers) == 1
    assert await stores.claims.waiting_in_school("school-a") == [CLAIM]


async def test_a_repeated_request_does_not_change_the_one_that_waits(stores: Stores) -> None:
    await stores.claims.add(CLAIM)
    assert not await stores.claims.add(replace(CLAIM, created_at=NOW + MINUTE))
    assert await stores.claims.find(CLAIM.id) == CLAIM


async def test_who_was_refused_may_ask_again(stores: Stores) -> None:
    await stores.claims.add(CLAIM)
    assert await stores.claims.decide(
        CLAIM.id, ClaimState.REFUSED, by="teacher-1", at=NOW, student_id=None
    )
    again = replace(CLAIM, created_at=NOW + MINUTE)
    assert await stores.claims.add(again)
    assert await stores.claims.find(CLAIM.id) == again


async def test_a_request_is_decided_once(stores: Stores, twin: Stores) -> None:
    await stores.claims.add(CLAIM)
    states = [ClaimState.APPROVED, ClaimState.REFUSED] * 3
    answers = await at_once(
        *(
            some.claims.decide(CLAIM.id, state, by=f"t{n}", at=NOW, student_id="student-1")
            for n, (some, state) in enumerate(zip([stores, twin] * 3, states, strict=True))
        )
    )
    assert sum(answers) == 1
    winner = answers.index(True)
    found = await stores.claims.find(CLAIM.id)
    assert found == replace(
        CLAIM,
        state=states[winner],
        decided_by=f"t{winner}",
        decided_side=Side.SCHOOL,
        decided_at=NOW,
        student_id="student-1",
    )
    assert await stores.claims.waiting_in_school("school-a") == []
    assert await stores.claims.of_person("person-1") == []


async def test_requests_come_newest_first_and_once_each(stores: Stores) -> None:
    claims = [
        a_claim(id="old", created_at=NOW),
        a_claim(id="new", created_at=NOW + MINUTE, class_ids=("class-1", "class-2")),
        a_claim(id="other class", candidates=("student-3",)),
        a_claim(id="other school", school_id="school-b"),
        a_claim(id="decided", state=ClaimState.REFUSED),
    ]
    for claim in claims:
        await stores.claims.add(claim)
    found = await stores.claims.waiting_in_school("school-a")
    assert [claim.id for claim in found] == ["new", "other class", "old"]
    found = await stores.claims.waiting_for_students("school-a", ["student-1", "student-9"])
    assert [claim.id for claim in found] == ["new", "old"]
    mine = await stores.claims.of_person("person-1")
    assert {claim.id for claim in mine} == {"old", "new", "other class", "other school"}


async def test_who_was_not_told_is_found_until_they_are(stores: Stores) -> None:
    await stores.claims.add(CLAIM)
    assert await stores.claims.untold(NOW - MINUTE) == []
    assert await stores.claims.untold(NOW) == [CLAIM.id]
    await stores.claims.mark_told(replace(CLAIM, state=ClaimState.APPROVED))  # another state's word
    await stores.claims.mark_told(replace(CLAIM, asks=Side.FAMILY))  # another side's
    assert await stores.claims.untold(NOW) == [CLAIM.id]
    await stores.claims.mark_told(CLAIM)
    assert await stores.claims.untold(NOW) == []
    await stores.claims.decide(
        CLAIM.id, ClaimState.APPROVED, by="t", at=NOW, student_id="student-1"
    )
    assert await stores.claims.untold(NOW) == [CLAIM.id]  # now the adult has to hear


async def test_of_taking_back_and_approving_one_happens(stores: Stores, twin: Stores) -> None:
    await stores.claims.add(CLAIM)
    answers = await at_once(
        stores.claims.withdraw(CLAIM.id, NOW),
        twin.claims.decide(
            CLAIM.id, ClaimState.APPROVED, by="teacher-1", at=NOW, student_id="student-1"
        ),
        stores.claims.withdraw(CLAIM.id, NOW),
    )
    assert sum(answers) == 1
    held = await stores.claims.find(CLAIM.id)
    assert held is not None
    assert (held.state is ClaimState.APPROVED) == answers[1]
    assert held.untold == answers[1]


# --------------------------------------------------------------------------------- time alone


HOUR = timedelta(hours=1)
OF_FAMILY = a_claim(
    doubt=Doubt.SECOND,
    asks=Side.FAMILY,
    school_from=NOW + 24 * HOUR,
    expires_at=NOW + 7 * 24 * HOUR,
    next_at=NOW + 24 * HOUR,
)


class Clock:
    """Says what it is set to."""

    def __init__(self) -> None:
        self.at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def claims(stores: Stores, clock: Clock) -> ClaimStore:
    """Over the same data, with a clock of its own."""
    return ClaimStore(stores.database, clock)


async def test_after_its_time_a_request_waits_nowhere_though_no_job_ran(
    claims: ClaimStore, clock: Clock
) -> None:
    await claims.add(OF_FAMILY)
    clock.at = NOW + 7 * 24 * HOUR - MINUTE
    assert len(await claims.waiting_in_school("school-a")) == 1
    clock.at += MINUTE
    assert await claims.waiting_in_school("school-a") == []
    assert await claims.waiting_for_students("school-a", ["student-1"]) == []
    assert await claims.of_person("person-1") == []
    closed = await claims.closed_of_person("person-1", NOW)
    assert [c.id for c in closed] == [OF_FAMILY.id]
    for side in Side:
        assert not await claims.decide(
            OF_FAMILY.id, ClaimState.APPROVED, by="t", at=clock.at, student_id="s", side=side
        )
    assert not await claims.withdraw(OF_FAMILY.id, clock.at)
    assert not await claims.hand_over(OF_FAMILY.id)
    held = await claims.find(OF_FAMILY.id)
    assert held == OF_FAMILY  # nothing has changed it


async def test_what_is_over_is_written_down_once_and_may_be_asked_anew(
    claims: ClaimStore, clock: Clock
) -> None:
    await claims.add(OF_FAMILY)
    assert not await claims.expire(OF_FAMILY.id)
    clock.at = NOW + 7 * 24 * HOUR
    assert await claims.expire(OF_FAMILY.id)
    assert not await claims.expire(OF_FAMILY.id)
    held = await claims.find(OF_FAMILY.id)
    assert held is not None
    assert (held.state, held.untold, held.next_at) == (ClaimState.EXPIRED, True, None)
    again = replace(OF_FAMILY, created_at=clock.at, expires_at=clock.at + HOUR)
    assert await claims.add(again)
    clock.at += HOUR  # over, and written down by nobody
    third = replace(OF_FAMILY, created_at=clock.at, expires_at=clock.at + HOUR)
    assert await claims.add(third)
    assert await claims.find(OF_FAMILY.id) == third


async def test_the_school_is_asked_when_the_familys_time_is_over_and_once(
    claims: ClaimStore, clock: Clock
) -> None:
    await claims.add(replace(OF_FAMILY, untold=False))
    assert not await claims.hand_over(OF_FAMILY.id)
    assert await claims.due() == []
    clock.at = NOW + 24 * HOUR
    assert [c.id for c in await claims.due()] == [OF_FAMILY.id]
    assert await claims.hand_over(OF_FAMILY.id)
    assert not await claims.hand_over(OF_FAMILY.id)
    held = await claims.find(OF_FAMILY.id)
    assert held is not None
    assert (held.asks, held.untold, held.next_at) == (Side.SCHOOL, True, OF_FAMILY.expires_at)
    assert await claims.due() == []


async def test_refused_by_the_family_it_comes_before_the_school_once(
    claims: ClaimStore, clock: Clock
) -> None:
    await claims.add(OF_FAMILY)
    until = NOW + 8 * 24 * HOUR
    assert not await claims.appeal(OF_FAMILY.id, at=NOW, until=until)  # it still waits
    refused: dict[str, Any] = {"by": "mother", "at": NOW, "student_id": None}
    await claims.decide(OF_FAMILY.id, ClaimState.REFUSED, side=Side.FAMILY, **refused)
    assert await claims.appeal(OF_FAMILY.id, at=NOW, until=until)
    held = await claims.find(OF_FAMILY.id)
    assert held is not None
    assert (held.state, held.asks, held.decided_by) == (ClaimState.WAITING, Side.SCHOOL, None)
    await claims.decide(OF_FAMILY.id, ClaimState.REFUSED, side=Side.SCHOOL, **refused)
    assert not await claims.appeal(OF_FAMILY.id, at=NOW, until=until)


async def test_refused_by_the_school_there_is_nobody_to_turn_to(claims: ClaimStore) -> None:
    await claims.add(OF_FAMILY)
    refused: dict[str, Any] = {"by": "t", "at": NOW, "student_id": None, "side": Side.SCHOOL}
    await claims.decide(OF_FAMILY.id, ClaimState.REFUSED, **refused)
    assert not await claims.appeal(OF_FAMILY.id, at=NOW, until=NOW + HOUR)
    held = await claims.find(OF_FAMILY.id)
    assert held is not None
    assert held.state is ClaimState.REFUSED
