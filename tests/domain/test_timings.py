"""What a teacher learns of families' answers: a median, and only of enough of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.timings import ENOUGH_ANSWERS, ENOUGH_CHILDREN, Calibration, calibrated
from tests.domain.samples import a_timing


def test_of_few_answers_nothing_is_said() -> None:
    few = [a_timing(student_id=f"s{n}") for n in range(ENOUGH_ANSWERS - 1)]
    assert calibrated(few) == Calibration(ENOUGH_ANSWERS - 1, ENOUGH_ANSWERS - 1, None)
    one_family = [a_timing(student_id="s", homework_id=f"h{n}") for n in range(50)]
    assert calibrated(one_family).ratio is None


def test_the_median_and_not_who_needs_longest() -> None:
    answers = [a_timing(student_id=f"s{n}", minutes=30, expected=20) for n in range(9)]
    answers.append(a_timing(student_id="slow", minutes=480, expected=20))
    assert calibrated(answers) == Calibration(10, 10, 1.5)


@given(st.lists(st.tuples(st.integers(1, 480), st.integers(1, 240), st.integers(0, 9))))
def test_it_lies_between_the_answers(given_: list[tuple[int, int, int]]) -> None:
    answers = [a_timing(minutes=m, expected=e, student_id=f"s{s}") for m, e, s in given_]
    found = calibrated(answers)
    ratios = [m / e for m, e, _ in given_]
    assert (found.ratio is not None) == (
        len(answers) >= ENOUGH_ANSWERS and found.children >= ENOUGH_CHILDREN
    )
    if found.ratio is not None:
        assert min(ratios) - 0.05 <= found.ratio <= max(ratios) + 0.05
