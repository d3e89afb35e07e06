"""How what is typed fits a title: one slip of the finger is forgiven, and not counting slips changes nothing clear."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.search_text import CLEAR, ONE_SLIP, fit, fit_words, fold

TITLES = ("声音的产生", "草船借箭说课稿", "富饶的西沙群岛", "分数的初步认识", "固体和液体")


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A title, and its letters with one left out, wrong, doubled or exchanged with the next."""
    title = draw(st.sampled_from(TITLES))
    letters = fold(title).letters
    at = draw(st.integers(0, len(letters) - 2))
    before, one, behind = letters[:at], letters[at], letters[at + 1 :]
    other = draw(st.sampled_from("abcxyz"))
    typed = draw(
        st.sampled_from(
            (
                before + behind,
                before + other + behind,
                before + one + one + behind,
                before + behind[0] + one + behind[1:],
            )
        )
    )
    return typed, title


@given(slipped())
def test_one_slip_is_forgiven_wherever_it_is(case: tuple[str, str]) -> None:
    typed, title = case
    assert fit(fold(typed), fold(title)) >= ONE_SLIP


@given(
    st.one_of(
        slipped(),
        st.tuples(st.text("声音的产生草船借箭 abehs", max_size=8), st.sampled_from(TITLES)),
    )
)
def test_without_slips_what_is_clear_is_the_same(case: tuple[str, str]) -> None:
    typed, title = case
    whole, plain = fit_words(typed, title), fit_words(typed, title, slips=False)
    assert plain == whole if whole >= CLEAR else plain < CLEAR


def test_other_words_do_not_fit() -> None:
    assert fit(fold("fenshudejiafa"), fold("分数的初步认识")) == 0
    assert fit(fold("shengwu"), fold("声音的产生")) == 0
