"""Who is bound at once, who waits for the head teacher, and who is asked to look again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bindings import (
    BindingState,
    Certain,
    ClaimState,
    Custody,
    Doubt,
    Doubtful,
    EndReason,
    Side,
    binding_id,
    judge_claim,
)
from domain.schools import Contact, Student
from tests.domain.samples import (
    MINUTE,
    NOW,
    a_binding,
    a_claim,
    a_contact,
    a_student,
    an_ending,
)

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
def test_whoever_was_parted_from_the_child_waits_though_the_list_fits(
    taken: tuple[str, ...],
) -> None:
    barred = frozenset({"s1"})
    judged = judge_claim([MOTHER], frozenset(taken), [], barred)
    assert judged == Doubtful(Doubt.ENDED, (MOTHER,))
    assert judge_claim([OTHER_CHILD], frozenset(), [], barred) == Certain(OTHER_CHILD)


@pytest.mark.parametrize("reason", EndReason)
def test_a_binding_is_barred_by_what_the_school_decided_and_only_while_it_is_ended(
    reason: EndReason,
) -> None:
    ended = a_binding(state=BindingState.ENDED, ending=an_ending(reason=reason))
    assert ended.barred == (reason in (EndReason.WRONG, EndReason.CUSTODY))
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


@given(LINES, TAKEN, NAMESAKES, st.frozensets(st.sampled_from(["s1", "s2", "s3"])))
def test_a_child_that_has_a_guardian_is_bound_by_no_list(
    matches: list[Contact], taken: frozenset[str], namesakes: list[Student], guarded: frozenset[str]
) -> None:
    judged = judge_claim(matches, taken, namesakes, frozenset(), guarded)
    if isinstance(judged, Certain):
        assert judged.contact.student_id not in guarded
    without = judge_claim(matches, taken, namesakes)
    if isinstance(without, Certain) and without.contact.student_id in guarded:
        assert judged == Doubtful(Doubt.SECOND, (without.contact,))
    else:
        assert judged == without


def test_parted_by_the_school_comes_before_the_family() -> None:
    one = frozenset({"s1"})
    assert judge_claim([MOTHER], frozenset(), [], one, one) == Doubtful(Doubt.ENDED, (MOTHER,))


# --------------------------------------------------------------------------------- who, and when

DAY = timedelta(days=1)
WAITING = a_claim(
    doubt=Doubt.SECOND, asks=Side.FAMILY, school_from=NOW + DAY, expires_at=NOW + 7 * DAY
)


@pytest.mark.parametrize(
    ("changes", "reads", "confirms", "decides"),
    [
        ({}, True, True, True),
        ({"custody": Custody.READ_ONLY}, True, False, False),
        ({"until": NOW + DAY}, True, True, False),
        ({"until": NOW}, False, True, False),
        ({"state": BindingState.ENDED}, False, True, False),
        ({"trial": True, "until": NOW + DAY}, True, False, False),
    ],
)
def test_what_a_guardian_may(
    changes: dict[str, Any], reads: bool, confirms: bool, decides: bool
) -> None:
    binding = a_binding(**changes)
    assert binding.stands(NOW) is reads
    assert binding.may_confirm is confirms
    assert binding.may_decide(NOW) is decides


@pytest.mark.parametrize(
    ("after", "family", "side", "state"),
    [
        (0 * DAY, True, Side.FAMILY, ClaimState.WAITING),
        (0 * DAY, False, Side.SCHOOL, ClaimState.WAITING),
        (DAY - MINUTE, True, Side.FAMILY, ClaimState.WAITING),
        (DAY, True, Side.SCHOOL, ClaimState.WAITING),
        (7 * DAY - MINUTE, True, Side.SCHOOL, ClaimState.WAITING),
        (7 * DAY, True, Side.SCHOOL, ClaimState.EXPIRED),
    ],
)
def test_whom_a_request_waits_for_is_a_matter_of_time(
    after: timedelta, family: bool, side: Side, state: ClaimState
) -> None:
    assert WAITING.asked_at(NOW + after, family=family) is side
    assert WAITING.state_at(NOW + after) is state


@pytest.mark.parametrize("doubt", [Doubt.GUESSED, Doubt.ENDED, Doubt.SEVERAL])
def test_some_doubts_are_the_schools_alone(doubt: Doubt) -> None:
    assert not replace(WAITING, doubt=doubt).for_family
    assert WAITING.for_family
    assert not replace(WAITING, appealed=True).for_family
    assert not replace(WAITING, candidates=("s1", "s2")).for_family


def test_after_the_familys_no_one_may_turn_to_the_school_and_not_ask_anew() -> None:
    refused = replace(WAITING, state=ClaimState.REFUSED, decided_side=Side.FAMILY)
    for after, open_ in ((0 * DAY, True), (7 * DAY, False)):
        assert refused.may_appeal(NOW + after) is open_
        assert refused.may_be_asked_again(NOW + after) is not open_
        appealed = replace(refused, appealed=True, decided_side=Side.SCHOOL)
        assert not appealed.may_appeal(NOW + after)
        assert appealed.may_be_asked_again(NOW + after) is not open_
    by_school = replace(refused, decided_side=Side.SCHOOL)
    assert not by_school.may_appeal(NOW)
    assert by_school.may_be_asked_again(NOW)
    assert not WAITING.may_be_asked_again(NOW)
    assert WAITING.may_be_asked_again(NOW + 7 * DAY)


def test_one_adult_and_one_child_have_one_key() -> None:
    assert binding_id("s1", "p1") == "s1:p1"
    assert len({binding_id(s, p) for s in ("s1", "s2") for p in ("p1", "p2")}) == 4
