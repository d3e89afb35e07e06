"""Places as properties: whatever happens in whatever order, none is given twice, and nobody waits beside a free one."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.seats import Standing, chosen, given_back, told
from tests.domain.asked_samples import some_seats
from tests.domain.samples import NOW

SUBJECTS = [f"s{n}" for n in range(8)]
ACTS = st.lists(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(["o0", "o1", "o2", "back"])), max_size=60
)


@given(acts=ACTS, waits=st.booleans())
def test_no_place_twice_nobody_in_two_and_nobody_waits_beside_a_free_one(
    acts: list[tuple[str, str]], waits: bool
) -> None:
    seats = some_seats(2, 1, 3)
    limits = {p.option_id: p.seats for p in seats.places}
    for n, (subject, act) in enumerate(acts):
        before, at = seats, NOW + timedelta(seconds=n)
        if act == "back":
            seats = given_back(seats, [subject], at, promotes=True)
        else:
            seats = chosen(seats, subject, act, at, waits=waits)
            if before.standing(subject)[0] is Standing.HELD:
                assert seats.standing(subject)[0] is Standing.HELD
        everybody = [h.subject_id for h in (*seats.holders, *seats.waiting)]
        assert len(set(everybody)) == len(everybody)
        for option, limit in limits.items():
            assert sum(h.option_id == option for h in seats.holders) <= limit
        assert not any(seats.left()[w.option_id] for w in seats.waiting)
        assert waits or not seats.waiting
        assert {m.subject_id for m in seats.moved} <= {h.subject_id for h in seats.holders}
        assert bool(seats.moved) <= (seats.untold_since is not None)


def test_who_waits_longest_moves_up_and_is_told() -> None:
    seats = some_seats(1)
    for n, subject in enumerate(("a", "b", "c")):
        seats = chosen(seats, subject, "o0", NOW + timedelta(seconds=n), waits=True)
    assert [seats.place_in_line(s) for s in ("a", "b", "c")] == [0, 1, 2]
    seats = given_back(seats, ["a"], NOW, promotes=True)
    assert [seats.standing(s)[0] for s in ("a", "b", "c")] == [
        Standing.NONE,
        Standing.HELD,
        Standing.WAITING,
    ]
    (moved,) = seats.moved
    assert (moved.subject_id, seats.untold_since) == ("b", NOW)
    seats = told(seats, moved)
    assert (seats.moved, seats.untold_since) == ((), None)


def test_when_it_is_too_late_nobody_moves_up() -> None:
    seats = chosen(some_seats(1), "a", "o0", NOW, waits=True)
    seats = chosen(seats, "b", "o0", NOW, waits=True)
    seats = given_back(seats, ["a"], NOW, promotes=False)
    assert (seats.holders, seats.moved) == ((), ())


def test_who_moves_keeps_the_old_place_until_there_is_a_new_one() -> None:
    seats = chosen(some_seats(1, 1), "a", "o0", NOW, waits=True)
    seats = chosen(seats, "b", "o1", NOW, waits=True)
    assert chosen(seats, "a", "o1", NOW, waits=True) == seats
    seats = given_back(seats, ["b"], NOW, promotes=True)
    assert chosen(seats, "a", "o1", NOW, waits=True).standing("a") == (Standing.HELD, "o1")
