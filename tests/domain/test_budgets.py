"""The minute budget: what an evening takes, said as properties that hold for every pupil."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budgets import (
    Caps,
    Evening,
    Limits,
    Load,
    Reservation,
    allows_written,
    attempt_key,
    excess_of,
    heaviest,
    limits_of,
    load_of,
    settled,
    with_reservation,
)
from tests.domain.samples import a_reservation, an_evening

PUPILS = ["a", "b", "c", ""]
LIMITS = Limits(written=60, total=80)


@st.composite
def wanted(draw: st.DrawFn) -> Reservation:
    """Somebody's attempt: for all, or for a group."""
    group = draw(st.sets(st.sampled_from(PUPILS[:3]), max_size=3))
    return a_reservation(
        homework_id=draw(st.sampled_from(["h1", "h2", "h3", "h4", "h5"])),
        attempt=draw(st.integers(1, 3)),
        minutes=draw(st.integers(1, 70)),
        written=draw(st.booleans()),
        student_ids=tuple(sorted(group)),
    )


def admitted(evening: Evening, reservation: Reservation, limits: Limits = LIMITS) -> Evening:
    """As a service does it."""
    if excess_of(evening, reservation, limits):
        return evening
    return with_reservation(evening, reservation, limits)


@given(st.lists(wanted(), max_size=25))
def test_no_pupil_is_ever_over_a_limit(asked: list[Reservation]) -> None:
    evening = an_evening()
    for reservation in asked:
        evening = admitted(evening, reservation)
        for pupil in PUPILS:
            assert not LIMITS.over(load_of(evening.reservations, pupil))


@given(st.lists(wanted(), max_size=12), wanted())
def test_what_would_put_nobody_over_is_never_refused(
    asked: list[Reservation], new: Reservation
) -> None:
    evening = an_evening()
    for reservation in asked:
        evening = admitted(evening, reservation)
    after = (*evening.reservations, new)
    fits = not any(LIMITS.over(load_of(after, p)) for p in PUPILS if new.concerns(p))
    assert (not excess_of(evening, new, LIMITS)) or not fits


@given(st.lists(wanted(), max_size=12), wanted())
def test_doing_it_twice_is_doing_it_once(asked: list[Reservation], new: Reservation) -> None:
    evening = an_evening()
    for reservation in asked:
        evening = admitted(evening, reservation)
    once = admitted(evening, new)
    assert set(admitted(once, new).reservations) == set(once.reservations)


@given(st.lists(wanted(), max_size=12), wanted())
def test_what_is_given_back_leaves_the_others_as_they_were(
    asked: list[Reservation], new: Reservation
) -> None:
    evening = an_evening()
    for reservation in asked:
        evening = admitted(evening, reservation)
    others = [r for r in evening.reservations if r.homework_id != new.homework_id]
    gone = settled(with_reservation(evening, new, LIMITS), new.homework_id, keep=0, until=3)
    assert list(gone.reservations) == others
    kept = settled(
        with_reservation(evening, new, LIMITS), new.homework_id, keep=new.attempt, until=3
    )
    assert set(kept.reservations) == {*others, replace(new, kept=True)}


@given(wanted(), st.integers(1, 70))
def test_making_it_shorter_fits_whatever_the_limit_has_become(
    held: Reservation, minutes: int
) -> None:
    evening = with_reservation(an_evening(), held, LIMITS)
    shorter = replace(held, attempt=held.attempt + 1, minutes=min(minutes, held.minutes))
    assert not excess_of(evening, shorter, Limits(written=0, total=0))


@given(st.lists(wanted(), max_size=12))
def test_the_heaviest_is_no_less_than_anybodys(asked: list[Reservation]) -> None:
    most = heaviest(asked)
    loads = [load_of(asked, p) for p in PUPILS]
    assert most == Load(written=max(x.written for x in loads), total=max(x.total for x in loads))


def test_a_later_attempt_is_not_settled_with_an_earlier_one() -> None:
    evening = an_evening(
        reservations=(a_reservation(attempt=1), a_reservation(attempt=2, minutes=30))
    )
    assert [r.attempt for r in settled(evening, "homework-1", keep=1, until=1).reservations] == [
        1,
        2,
    ]
    assert [r.attempt for r in settled(evening, "homework-1", keep=2, until=2).reservations] == [2]


def test_an_attempt_is_barred_once() -> None:
    evening = settled(an_evening(), "homework-1", keep=0, until=1, bar=1)
    assert evening.barred == (attempt_key("homework-1", 1),)
    assert settled(evening, "homework-1", keep=0, until=1, bar=1) == evening


@pytest.mark.parametrize(
    ("grade", "written", "total"),
    [(1, 0, None), (2, 0, None), (3, 60, 60), (6, 60, 60), (7, 90, 90), (9, 90, 90)],
)
def test_the_law(grade: int, written: int, total: int | None) -> None:
    assert limits_of(grade) == Limits(written=written, total=total)
    assert allows_written(grade) == (grade > 2)


def test_senior_school_has_no_limit_until_a_place_sets_one() -> None:
    assert limits_of(11) == Limits()
    assert limits_of(11, [Caps(senior=150)]) == Limits(total=150)


@given(st.integers(1, 12), st.lists(st.integers(0, 240), max_size=4))
def test_a_place_is_never_looser_than_the_law_nor_than_one_above_it(
    grade: int, numbers: list[int]
) -> None:
    caps = [Caps(lower=n, middle=n, upper=n, senior=n) for n in numbers]
    limits, law = limits_of(grade, caps), limits_of(grade)
    if law.written is not None:
        assert limits.written is not None
        assert limits.written <= law.written
    if numbers:
        assert limits.total == min(numbers)
    for further in caps:
        stricter = limits_of(grade, [*caps, further])
        assert stricter == limits
