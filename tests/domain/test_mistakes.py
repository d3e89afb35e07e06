"""When to try again: later after each right answer, tomorrow after a wrong one, never once it is learned."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError
from domain.mistakes import INTERVALS, Cut, Review, check_entry, due_after, right_in_a_row

TODAY = date(2026, 11, 22)


def tries(answers: list[bool]) -> tuple[Review, ...]:
    return tuple(Review(id=str(n), day=TODAY, right=right) for n, right in enumerate(answers))


@given(st.lists(st.booleans(), max_size=20))
def test_each_right_one_puts_it_off_further(answers: list[bool]) -> None:
    due, wrong = due_after(tries(answers), TODAY), due_after(tries([*answers, False]), TODAY)
    right = due_after(tries([*answers, True]), TODAY)
    assert wrong == TODAY + timedelta(days=1)
    assert right is None or (due is not None and right > due > TODAY)


@given(st.lists(st.booleans(), max_size=10))
def test_it_is_learned_after_as_many_right_ones_in_a_row_as_there_are_distances(
    answers: list[bool],
) -> None:
    learned = [*answers, False, *[True] * len(INTERVALS)]
    assert due_after(tries(learned), TODAY) is None
    assert due_after(tries(learned[:-1]), TODAY) == TODAY + timedelta(days=INTERVALS[-1])
    assert right_in_a_row(tries(learned)) == len(INTERVALS)


@pytest.mark.parametrize(
    ("cut", "inside"),
    [
        (Cut(x=0, y=0, width=10_000, height=10_000), True),
        (Cut(x=9_900, y=0, width=100, height=100), True),
        (Cut(x=9_901, y=0, width=100, height=100), False),
        (Cut(x=0, y=0, width=99, height=500), False),
        (Cut(x=-1, y=0, width=500, height=500), False),
    ],
)
def test_a_cut_lies_on_the_picture(cut: Cut, inside: bool) -> None:
    assert cut.is_inside is inside


def test_an_entry_says_or_shows_something() -> None:
    check_entry("", "", has_picture=True)
    check_entry("进位", "", has_picture=False)
    for note, knowledge, field in [
        ("", "加法", "note"),
        ("长" * 501, "", "note"),
        ("a", "长" * 41, "knowledge"),
    ]:
        with pytest.raises(InvalidError) as refusal:
            check_entry(note, knowledge, has_picture=False)
        assert set(refusal.value.fields) == {field}
