"""Who is bound at once, who waits for the head teacher, and who is asked to look again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bindings import (
    BindingState,
    Certain,
    Doubt,
    Doubtful,
    EndReason,
    binding_id,
    judge_claim,
)
from domain.schools import Contact, Student
from tests.domain.samples import a_binding, a_contact, a_student, an_ending

MOTHER = a_contact(id="line-1", student_id="s1")
FATHER = a_contact(id="line-2", student_id="s1", relation="爸爸")
OTHER_CHILD = a_contact(id="line-3", student_id="s2")
NAMESAKE = a_student(id="s3")


@pytest.mark.parametrize(
    ("matches", "taken", "namesakes", "expected"),
    [
        ([MOTHER], (), [], Certain(MOTHER)),
        ([MOTHER], (), [NAMESAKE], Certain(MOTHER)),
        # Both parents' lines end in the same digits: whoever comes second takes the other line.
        ([MOTHER, FATHER], ("line-1",), [], Certain(FATHER)),
        ([MOTHER, FATHER], ("line-1", "line-2"), [], Doubtful(Doubt.TAKEN, (MOTHER,))),
        ([MOTHER], ("line-1",), [], Doubtful(Doubt.TAKEN, (MOTHER,))),
        ([MOTHER], ("line-1",), [NAMESAKE], Doubtful(Doubt.TAKEN, (MOTHER,))),
        ([MOTHER, OTHER_CHILD], (), [], Doubtful(Doubt.SEVERAL, (MOTHER, OTHER_CHILD))),
        ([MOTHER, OTHER_CHILD], ("line-1",), [], Doubtful(Doubt.SEVERAL, (MOTHER, OTHER_CHILD))),
        ([], (), [NAMESAKE], Doubtful(Doubt.PHONE, (NAMESAKE,))),
        ([], (), [], None),
        ([], ("line-1",), [], None),
    ],
)
def test_the_rule_of_rules(
    matches: list[Contact],
    taken: tuple[str, ...],
    namesakes: list[Student],
    expected: Certain | Doubtful | None,
) -> None:
    assert judge_claim(matches, frozenset(taken), namesakes) == expected


@pytest.mark.parametrize("taken", [(), ("line-1",)])
def test_whoever_was_bound_by_mistake_waits_though_the_list_fits(taken: tuple[str, ...]) -> None:
    barred = frozenset({"s1"})
    judged = judge_claim([MOTHER], frozenset(taken), [], barred)
    assert judged == Doubtful(Doubt.ENDED, (MOTHER,))
    assert judge_claim([OTHER_CHILD], frozenset(), [], barred) == Certain(OTHER_CHILD)


@pytest.mark.parametrize("reason", EndReason)
def test_a_binding_is_barred_by_a_mistake_alone_and_only_while_it_is_ended(
    reason: EndReason,
) -> None:
    ended = a_binding(state=BindingState.ENDED, ending=an_ending(reason=reason))
    assert ended.barred == (reason is EndReason.WRONG)
    assert not replace(ended, state=BindingState.ACTIVE).barred


LINES = st.lists(
    st.builds(
        lambda number, child: replace(MOTHER, id=f"line-{number}", student_id=f"s{child}"),
        st.integers(1, 4),
        st.integers(1, 3),
    ),
    max_size=5,
    unique_by=lambda line: line.id,
)
TAKEN = st.frozensets(st.sampled_from([f"line-{number}" for number in range(1, 5)]))
NAMESAKES = st.lists(st.just(NAMESAKE), max_size=1)


@given(LINES, TAKEN, NAMESAKES)
def test_certain_is_one_child_with_a_free_line_and_nothing_else(
    matches: list[Contact], taken: frozenset[str], namesakes: list[Student]
) -> None:
    judged = judge_claim(matches, taken, namesakes)
    children = {line.student_id for line in matches}
    free = [line for line in matches if line.id not in taken]
    assert isinstance(judged, Certain) == (len(children) == 1 and bool(free))
    if isinstance(judged, Certain):
        assert judged.contact in free
    assert (judged is None) == (not matches and not namesakes)


@given(LINES, TAKEN, NAMESAKES)
def test_a_doubt_shows_every_child_it_may_mean(
    matches: list[Contact], taken: frozenset[str], namesakes: list[Student]
) -> None:
    judged = judge_claim(matches, taken, namesakes)
    if isinstance(judged, Doubtful):
        shown = {s.student_id if isinstance(s, Contact) else s.id for s in judged.students}
        assert shown == ({m.student_id for m in matches} or {n.id for n in namesakes})


def test_one_adult_and_one_child_have_one_key() -> None:
    assert binding_id("s1", "p1") == "s1:p1"
    assert len({binding_id(s, p) for s in ("s1", "s2") for p in ("p1", "p2")}) == 4
