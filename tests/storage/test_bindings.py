"""Bindings, and requests for one: each is made once, ended once, decided once."""

from dataclasses import replace

import pytest

from domain.bindings import Binding, BindingState, ClaimState, EndReason
from domain.errors import ConflictError
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_binding, a_claim, an_ending
from tests.storage.conftest import at_once

BINDING = a_binding()
CLAIM = a_claim()


async def test_ten_requests_at_once_bind_once(stores: Stores, twin: Stores) -> None:
    answers = await at_once(*(some.bindings.save(BINDING) for some in [stores, twin] * 5))
    assert sum(answers) == 1
    assert await stores.bindings.active_of_person("person-1") == [BINDING]


async def test_a_binding_ends_once_and_counts_no_more(stores: Stores) -> None:
    await stores.bindings.save(BINDING)
    ended = await at_once(
        *(stores.bindings.end(BINDING.id, an_ending(at=NOW + MINUTE)) for _ in range(5))
    )
    assert sum(ended) == 1
    assert await stores.bindings.active_of_person("person-1") == []
    assert await stores.bindings.active_of_students("school-a", ["student-1"]) == []
    assert await stores.bindings.active([BINDING.id]) == {}
    assert not await stores.bindings.end("nobody", an_ending())


async def test_an_ended_binding_is_made_anew(stores: Stores, twin: Stores) -> None:
    await stores.bindings.save(BINDING)
    await stores.bindings.end(BINDING.id, an_ending())
    again = replace(BINDING, bound_at=NOW + MINUTE, contact_id="contact-2", relation="爸爸")
    answers = await at_once(*(some.bindings.save(again) for some in [stores, twin] * 3))
    assert sum(answers) == 1
    kept = replace(again, ending=an_ending())
    assert await stores.bindings.active([BINDING.id]) == {BINDING.id: kept}


async def test_ended_as_wrong_only_a_decision_makes_it_again(stores: Stores) -> None:
    await stores.bindings.save(BINDING)
    wrong = an_ending(at=NOW + MINUTE, reason=EndReason.WRONG)
    await stores.bindings.end(BINDING.id, wrong)
    assert await stores.bindings.barred([BINDING.id, "other"]) == {BINDING.id}
    later = replace(BINDING, bound_at=NOW + 2 * MINUTE)
    with pytest.raises(ConflictError):
        await stores.bindings.save(later)
    with pytest.raises(ConflictError):
        await stores.bindings._make_again(later, None)
    assert await stores.bindings.active([BINDING.id]) == {}
    approved = replace(later, contact_id=None, approved_by="teacher-1")
    assert await stores.bindings.save(approved, decided_at=NOW + 2 * MINUTE)
    assert await stores.bindings.barred([BINDING.id]) == frozenset()
    kept = replace(approved, ending=wrong)
    assert await stores.bindings.active([BINDING.id]) == {BINDING.id: kept}


@pytest.mark.parametrize("late", [0, 1])
async def test_a_decision_that_is_carried_out_late_undoes_no_ending(
    stores: Stores, late: int
) -> None:
    approved = a_binding(contact_id=None, approved_by="teacher-1")
    assert await stores.bindings.save(approved, decided_at=NOW)
    assert await stores.bindings.end(approved.id, an_ending(at=NOW + late * MINUTE))
    assert not await stores.bindings.save(approved, decided_at=NOW)
    assert await stores.bindings.active([approved.id]) == {}
    assert await stores.bindings.save(approved, decided_at=NOW + 2 * MINUTE)


async def test_whoever_has_to_hear_of_an_ending_is_found_until_told(stores: Stores) -> None:
    for person, reason in (("p1", EndReason.OWN), ("p2", EndReason.MOVED)):
        await stores.bindings.save(a_binding("s1", person))
        await stores.bindings.end(f"s1:{person}", an_ending(reason=reason))
    assert await stores.bindings.untold_endings(NOW) == ["s1:p2"]
    assert await stores.bindings.untold_endings(NOW - MINUTE) == []
    await stores.bindings.mark_end_told("s1:p2", NOW - MINUTE)  # of another ending
    assert await stores.bindings.untold_endings(NOW) == ["s1:p2"]
    await stores.bindings.mark_end_told("s1:p2", NOW)
    assert await stores.bindings.untold_endings(NOW) == []
    (ended,) = await stores.bindings.ended_of_person("p2")
    assert ended.ending == an_ending(reason=EndReason.MOVED)
    assert await stores.bindings.find("s1:p2") == ended


async def test_of_taking_back_and_approving_one_happens(stores: Stores, twin: Stores) -> None:
    await stores.bindings.add_claim(CLAIM)
    answers = await at_once(
        stores.bindings.withdraw_claim(CLAIM.id, NOW),
        twin.bindings.mark_claim(
            CLAIM.id, ClaimState.APPROVED, by="teacher-1", at=NOW, student_id="student-1"
        ),
        stores.bindings.withdraw_claim(CLAIM.id, NOW),
    )
    assert sum(answers) == 1
    held = await stores.bindings.find_claim(CLAIM.id)
    assert held is not None
    assert (held.state is ClaimState.APPROVED) == answers[1]
    assert held.untold == answers[1]


async def test_an_active_binding_stays_as_it_was_first_made(stores: Stores) -> None:
    await stores.bindings.save(BINDING)
    assert not await stores.bindings.save(replace(BINDING, relation="爷爷", contact_id=None))
    assert await stores.bindings.active_of_person("person-1") == [BINDING]


async def test_the_children_of_several_adults_asked_for_at_once(stores: Stores) -> None:
    for student, person, minutes in (("s2", "p1", 2), ("s1", "p1", 1), ("s1", "p2", 0)):
        await stores.bindings.save(a_binding(student, person, bound_at=NOW + minutes * MINUTE))
    found = await at_once(
        *(stores.bindings.active_of_person(person) for person in ("p1", "p2", "p3", "p1"))
    )
    children = [[binding.student_id for binding in bindings] for bindings in found]
    assert children == [["s1", "s2"], ["s1"], [], ["s1", "s2"]]


async def test_the_guardians_of_children_are_of_one_school(stores: Stores) -> None:
    await stores.bindings.save(a_binding("s1", "p1"))
    await stores.bindings.save(a_binding("s1", "p2"))
    await stores.bindings.save(a_binding("s2", "p1"))
    await stores.bindings.save(a_binding("s3", "p1", school_id="school-b"))
    found = await stores.bindings.active_of_students("school-a", ["s1", "s3"])
    assert {binding.id for binding in found} == {"s1:p1", "s1:p2"}


async def test_lines_of_the_list_that_somebody_else_holds(stores: Stores) -> None:
    await stores.bindings.save(a_binding("s1", "p1", contact_id="c1"))
    await stores.bindings.save(a_binding("s2", "p2", contact_id="c2"))
    await stores.bindings.save(a_binding("s3", "p3", contact_id="c3", school_id="school-b"))
    await stores.bindings.save(a_binding("s4", "p4", contact_id="c4"))
    await stores.bindings.end("s4:p4", an_ending())
    lines = ["c1", "c2", "c3", "c4", "c5"]
    assert await stores.bindings.taken_contacts("school-a", lines, besides="p1") == {"c2"}


async def test_what_is_not_settled_is_found_until_it_is(stores: Stores) -> None:
    await stores.bindings.save(a_binding("s1"))
    await stores.bindings.save(a_binding("s2", bound_at=NOW + MINUTE))
    assert await stores.bindings.unsettled(NOW - MINUTE) == []
    assert await stores.bindings.unsettled(NOW) == ["s1:person-1"]
    await stores.bindings.mark_settled("s1:person-1")
    assert await stores.bindings.unsettled(NOW + MINUTE) == ["s2:person-1"]


# ------------------------------------------------------------------------------------- requests


async def test_the_same_request_ten_times_at_once_waits_once(stores: Stores, twin: Stores) -> None:
    answers = await at_once(*(some.bindings.add_claim(CLAIM) for some in [stores, twin] * 5))
    assert sum(answers) == 1
    assert await stores.bindings.waiting_claims("school-a", ["class-1"]) == [CLAIM]


async def test_a_repeated_request_does_not_change_the_one_that_waits(stores: Stores) -> None:
    await stores.bindings.add_claim(CLAIM)
    assert not await stores.bindings.add_claim(replace(CLAIM, created_at=NOW + MINUTE))
    assert await stores.bindings.find_claim(CLAIM.id) == CLAIM


async def test_who_was_refused_may_ask_again(stores: Stores) -> None:
    await stores.bindings.add_claim(CLAIM)
    assert await stores.bindings.mark_claim(
        CLAIM.id, ClaimState.REFUSED, by="teacher-1", at=NOW, student_id=None
    )
    again = replace(CLAIM, created_at=NOW + MINUTE)
    assert await stores.bindings.add_claim(again)
    assert await stores.bindings.find_claim(CLAIM.id) == again


async def test_a_request_is_decided_once(stores: Stores, twin: Stores) -> None:
    await stores.bindings.add_claim(CLAIM)
    states = [ClaimState.APPROVED, ClaimState.REFUSED] * 3
    answers = await at_once(
        *(
            some.bindings.mark_claim(CLAIM.id, state, by=f"t{n}", at=NOW, student_id="student-1")
            for n, (some, state) in enumerate(zip([stores, twin] * 3, states, strict=True))
        )
    )
    assert sum(answers) == 1
    winner = answers.index(True)
    found = await stores.bindings.find_claim(CLAIM.id)
    assert found == replace(
        CLAIM,
        state=states[winner],
        decided_by=f"t{winner}",
        decided_at=NOW,
        student_id="student-1",
    )
    assert await stores.bindings.waiting_claims("school-a", ["class-1"]) == []
    assert await stores.bindings.claims_of_person("person-1") == []


async def test_requests_come_newest_first_and_once_each(stores: Stores) -> None:
    claims = [
        a_claim(id="old", created_at=NOW),
        a_claim(id="new", created_at=NOW + MINUTE, class_ids=("class-1", "class-2")),
        a_claim(id="other class", class_ids=("class-3",)),
        a_claim(id="other school", school_id="school-b"),
        a_claim(id="decided", state=ClaimState.REFUSED),
    ]
    for claim in claims:
        await stores.bindings.add_claim(claim)
    found = await stores.bindings.waiting_claims("school-a", ["class-1", "class-2"])
    assert [claim.id for claim in found] == ["new", "old"]
    mine = await stores.bindings.claims_of_person("person-1")
    assert {claim.id for claim in mine} == {"old", "new", "other class", "other school"}


async def test_of_very_many_requests_the_newest_are_shown(stores: Stores) -> None:
    for number in range(202):
        await stores.bindings.add_claim(a_claim(id=f"c{number}", created_at=NOW + number * MINUTE))
    found = await stores.bindings.waiting_claims("school-a", ["class-1", "class-2"])
    assert [claim.id for claim in found] == [f"c{number}" for number in range(201, 1, -1)]


async def test_who_was_not_told_is_found_until_they_are(stores: Stores) -> None:
    await stores.bindings.add_claim(CLAIM)
    assert await stores.bindings.untold_claims(NOW - MINUTE) == []
    assert await stores.bindings.untold_claims(NOW) == [CLAIM.id]
    await stores.bindings.mark_told(CLAIM.id, ClaimState.APPROVED)  # another state's word
    assert await stores.bindings.untold_claims(NOW) == [CLAIM.id]
    await stores.bindings.mark_told(CLAIM.id, ClaimState.WAITING)
    assert await stores.bindings.untold_claims(NOW) == []
    await stores.bindings.mark_claim(
        CLAIM.id, ClaimState.APPROVED, by="t", at=NOW, student_id="student-1"
    )
    assert await stores.bindings.untold_claims(NOW) == [CLAIM.id]  # now the adult has to hear


@pytest.mark.parametrize("state", BindingState)
async def test_a_binding_of_either_state_is_stored_as_it_is(
    stores: Stores, state: BindingState
) -> None:
    await stores.bindings.save(replace(BINDING, state=state))
    found = await stores.bindings.active([BINDING.id])
    assert bool(found) is (state is BindingState.ACTIVE)


async def test_one_line_of_the_list_binds_one_adult(stores: Stores, twin: Stores) -> None:
    line = {"contact_id": "line-1"}
    answers = await at_once(
        *(
            _saved(some, a_binding("s1", f"p{n}", **line))
            for n, some in enumerate([stores, twin] * 4)
        )
    )
    assert sorted(answers) == [False] * 7 + [True]
    # Once it ended, the line is free again.
    (holder,) = await stores.bindings.active_of_students("school-a", ["s1"])
    await stores.bindings.end(holder.id, an_ending())
    assert await stores.bindings.save(a_binding("s1", "another", **line))


async def _saved(stores: Stores, binding: Binding) -> bool:
    try:
        return await stores.bindings.save(binding)
    except ConflictError:
        return False
