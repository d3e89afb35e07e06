"""Consent texts are fixed by version; where somebody stands follows from the last decision."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.consent_texts import BASIC, TEXTS, ConsentText, Purpose
from domain.consents import ConsentEvent, Decision, standing_of
from tests.domain.samples import NOW

# What each version says. Who changes a text raises its version, and adds a line here.
KNOWN = {
    (Purpose.SERVICE, 1): "92caf13f6672b92b",
    (Purpose.CLASS_PHOTOS, 1): "75daa6c175dca907",
    (Purpose.CLASS_WORK, 1): "42305fe6b717a918",
    (Purpose.STATISTICS, 1): "bcf5e23d445aeafc",
}


def digest(text: ConsentText) -> str:
    words = "\n".join((text.title, *text.paragraphs, text.yes, text.no, str(text.since)))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_text_changes_only_with_its_version(purpose: Purpose) -> None:
    text = TEXTS[purpose]
    assert KNOWN[purpose, text.version] == digest(text)


def test_a_text_is_short_and_has_a_yes_and_a_no() -> None:
    for text in TEXTS.values():
        assert len("".join(text.paragraphs)) <= 220
        assert len({text.yes, text.no, ""}) == 3
    assert TEXTS[BASIC].per_child


def event(**changes: object) -> ConsentEvent:
    whole = ConsentEvent(
        id="1",
        school_id="school-a",
        person_id="p",
        student_id="s1",
        purpose=Purpose.CLASS_PHOTOS,
        version=1,
        decision=Decision.YES,
        at=NOW,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_no_answer_is_a_no_and_is_asked() -> None:
    standing = standing_of([], Purpose.CLASS_PHOTOS, "s1")
    assert (standing.given, standing.asked) == (False, True)


def test_a_decision_counts_for_its_child_and_purpose_alone() -> None:
    events = [event()]
    assert standing_of(events, Purpose.CLASS_PHOTOS, "s1").given
    assert not standing_of(events, Purpose.CLASS_PHOTOS, "s2").given
    assert not standing_of(events, Purpose.CLASS_WORK, "s1").given


def test_a_new_version_asks_again_and_the_old_yes_counts_no_more() -> None:
    standing = standing_of([event(version=0)], Purpose.CLASS_PHOTOS, "s1")
    assert (standing.given, standing.asked) == (False, True)
    assert standing.event is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Decision)), min_size=1))
def test_the_last_decision_counts_in_whatever_order_they_are_read(
    decided: list[tuple[int, Decision]],
) -> None:
    events = [
        event(id=f"{n:03}", at=NOW + timedelta(seconds=at), decision=decision)
        for n, (at, decision) in enumerate(decided)
    ]
    last = max(events, key=lambda e: (e.at, e.id))
    for order in (events, events[::-1]):
        standing = standing_of(order, Purpose.CLASS_PHOTOS, "s1")
        assert standing.event == last
        assert standing.given is (last.decision is Decision.YES)
