"""Bindings, and requests for one: each is made once, ended once, decided once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bindings import BARRING, Binding, BindingState, Custody, EndReason
from domain.errors import ConflictError
from storage.bindings import BindingStore
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, a_binding, an_ending
from tests.storage.conftest import at_once

BINDING = a_binding()
FAR = NOW + timedelta(days=3650)


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


@pytest.mark.parametrize("reason", sorted(BARRING))
async def test_parted_by_the_school_only_a_decision_makes_it_again(
    stores: Stores, reason: EndReason
) -> None:
    await stores.bindings.save(BINDING)
    wrong = an_ending(at=NOW + MINUTE, reason=reason)
    await stores.bindings.end(BINDING.id, wrong)
    assert await stores.bindings.barred([BINDING.id, "other"]) == {BINDING.id}
    later = replace(BINDING, bound_at=NOW + 2 * MINUTE)
    with pytest.raises(ConflictError):
        await stores.bindings.save(later)
    with pytest.raises(ConflictError):
        await stores.bindings._make_again(later, None)
    assert await stores.bindings.active([BINDING.id]) == {}
    by_family = replace(later, contact_id=None, approved_by="mother", by_family=True)
    assert not await stores.bindings.save(by_family, decided_at=NOW + 2 * MINUTE)
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


# --------------------------------------------------------------------------------- the first one


async def test_by_the_list_alone_one_adult_is_first_whatever_their_lines(
    stores: Stores, twin: Stores
) -> None:
    async def first(some: Stores, binding: Binding) -> bool:
        try:
            return await some.bindings.save_first(binding)
        except ConflictError:
            return False

    answers = await at_once(
        *(first(some, a_binding("s1", f"p{n}")) for n, some in enumerate([stores, twin] * 4))
    )
    assert sum(answers) == 1
    (held,) = await stores.bindings.active_of_students("school-a", ["s1"])
    assert held.person_id == f"p{answers.index(True)}"


async def test_a_child_with_an_approved_guardian_has_no_first_seat(stores: Stores) -> None:
    first, second = a_binding("s1", "p1"), a_binding("s1", "p2")
    assert await stores.bindings.save_first(first)
    assert await stores.bindings.save(second, decided_at=NOW)
    await stores.bindings.end(first.id, an_ending())  # the seat is free, the child is not
    with pytest.raises(ConflictError):
        await stores.bindings.save_first(a_binding("s1", "p3"))
    await stores.bindings.end(second.id, an_ending())
    assert await stores.bindings.save_first(a_binding("s1", "p3"))


async def test_whoever_tries_it_is_no_guardian_that_comes_first(stores: Stores) -> None:
    trial = a_binding("s1", "teacher", contact_id=None, trial=True, until=FAR)
    await stores.bindings.save(trial)
    assert await stores.bindings.save_first(a_binding("s1", "p1"))


async def test_a_decision_takes_no_line_away(stores: Stores) -> None:
    line = {"contact_id": "line-1"}
    assert await stores.bindings.save_first(a_binding("s1", "p1", **line))
    assert await stores.bindings.save(a_binding("s1", "p2", **line), decided_at=NOW)
    taken = await stores.bindings.taken_contacts("school-a", ["line-1"], besides="p2")
    assert taken == {"line-1"}
    await stores.bindings.end("s1:p2", an_ending())
    with pytest.raises(ConflictError):
        await stores.bindings.save(a_binding("s1", "p3", **line))


# --------------------------------------------------------------------------------- time alone


async def test_past_its_end_a_binding_counts_nowhere_though_no_job_ran(stores: Stores) -> None:
    moment = [NOW]
    bindings = BindingStore(stores.database, lambda: moment[0])
    await bindings.save(a_binding(until=NOW + MINUTE))
    key = BINDING.id
    for counts in (True, False):
        moment[0] = NOW if counts else NOW + MINUTE
        assert bool(await bindings.active_of_person("person-1")) is counts
        assert bool(await bindings.active_of_students("school-a", ["student-1"])) is counts
        assert bool(await bindings.active([key])) is counts
        assert await bindings.is_active(key) is counts
        assert bool(await bindings.find_active(key)) is counts
        taken = await bindings.taken_contacts("school-a", [BINDING.contact_id or ""], besides="x")
        assert bool(taken) is counts
        assert await bindings.run_out() == ([] if counts else [key])
    # It is made anew as if it had been ended, and its line is free.
    assert await bindings.save(a_binding(bound_at=moment[0]))
    assert await bindings.is_active(key)
    assert await bindings.run_out() == []


async def test_what_runs_out_is_found_until_it_is_ended(stores: Stores) -> None:
    moment = [NOW]
    bindings = BindingStore(stores.database, lambda: moment[0])
    for number in range(3):
        until = NOW + number * MINUTE if number else None
        await bindings.save(a_binding(f"s{number}", until=until))
    assert await bindings.run_out() == []
    moment[0] = NOW + MINUTE
    assert await bindings.run_out() == ["s1:person-1"]
    assert await bindings.end("s1:person-1", an_ending(reason=EndReason.EXPIRED))
    assert await bindings.run_out() == []
    # An end that is set later, and taken away again.
    assert await bindings.change("s0:person-1", {"until": NOW + MINUTE})
    assert await bindings.run_out() == ["s0:person-1"]
    assert await bindings.change("s0:person-1", {"until": None})
    assert await bindings.run_out() == []


async def test_only_an_active_binding_is_changed(stores: Stores) -> None:
    await stores.bindings.save(BINDING)
    changes = {"custody": Custody.READ_ONLY, "order": 2}
    assert await stores.bindings.change(BINDING.id, changes)
    assert not await stores.bindings.change(BINDING.id, changes)
    (held,) = await stores.bindings.active_of_person("person-1")
    assert held == replace(BINDING, custody=Custody.READ_ONLY, order=2)
    await stores.bindings.end(BINDING.id, an_ending())
    assert not await stores.bindings.change(BINDING.id, {"custody": Custody.FULL})
    assert not await stores.bindings.change("nobody", {"custody": Custody.FULL})
