"""What an activity may ask, and what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from domain.activities import (
    Activity,
    Draft,
    Option,
    QuestionDraft,
    QuestionKind,
    parse_activity,
)
from domain.activity_changes import More, parse_change, wordings
from domain.answers import Given, Value, check_given, counts, totals
from domain.errors import InvalidError
from domain.seats import Places, chosen, enlarged
from tests.domain.asked_samples import (
    a_question,
    an_activity,
    an_answer,
    an_answered_version,
    slots,
    some_seats,
)
from tests.domain.samples import NOW

TEXT = QuestionDraft(kind=QuestionKind.TEXT, text="有什么想说的？", required=True)


def choice(
    *options: tuple[str, int], kind: QuestionKind = QuestionKind.CHOICE, **changes: Any
) -> QuestionDraft:
    return QuestionDraft(
        kind=kind,
        text="选哪个？",
        required=changes.pop("required", True),
        options=options,
        **changes,
    )


def parsed(questions: Sequence[QuestionDraft] = (TEXT,), **changes: Any) -> Draft:
    staff = changes.pop("staff", False)
    class_ids = changes.pop("class_ids", () if staff else ("class-1",))
    form = {
        "kind": "form",
        "per": "adult" if staff else "child",
        "title": "秋游报名",
        "body": "想去的请填一填。",
        "closes_at": (NOW + timedelta(days=2)).isoformat(),
        **changes,
    }
    return parse_activity(form, questions, staff=staff, class_ids=class_ids, file_ids=(), now=NOW)


def wrong(questions: Sequence[QuestionDraft] = (TEXT,), **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        parsed(questions, **changes)
    return {name: problem.code for name, problem in refused.value.fields.items()}


def test_every_wrong_field_is_named_at_once() -> None:
    assert wrong(title="", body="字" * 2001, closes_at="2020-01-01 08:00", kind="lottery") == {
        "title": "missing",
        "body": "too_long",
        "closes_at": "in_the_past",
        "kind": "unknown",
    }
    assert wrong([]) == {"questions": "missing"}
    assert wrong(class_ids=()) == {"class_ids": "missing"}
    assert wrong(staff=True, class_ids=("class-1",)) == {"class_ids": "unknown"}
    assert wrong(staff=True, per="child") == {"per": "unknown"}
    assert wrong([TEXT] * 21) == {"questions": "too_many"}
    assert wrong(closes_at="") == {"closes_at": "missing"}
    assert parsed([], kind="theme").questions == ()
    assert parsed(staff=True).staff


@pytest.mark.parametrize(
    ("questions", "kind", "field", "code"),
    [
        ([choice(("甲", 0))], "form", "questions.0.options", "missing"),
        ([choice(("甲", 0), ("甲", 0))], "form", "questions.0.options", "twice"),
        ([choice(("甲", 3), ("乙", 0))], "form", "questions.0.options", "seats_elsewhere"),
        ([choice(("甲", 3), required=False)], "form", "questions.0.options", "seats_elsewhere"),
        (
            [choice(("甲", 3), ("乙", 1), kind=QuestionKind.SEVERAL)],
            "form",
            "questions.0.options",
            "seats_elsewhere",
        ),
        ([choice(("甲", 3)), choice(("乙", 3))], "form", "questions.1.options", "seats_twice"),
        ([choice(("甲", 600), ("乙", 600))], "form", "questions.0.options", "too_many"),
        ([choice(("甲", 0), ("乙", 0), most=2)], "form", "questions.0.most", "unknown"),
        ([TEXT], "poll", "questions", "poll_chooses"),
        ([TEXT], "booking", "questions", "booking_has_seats"),
        ([choice((" ", 0), ("乙", 0))], "form", "questions.0.options.0", "missing"),
        ([choice(("甲\x00", 0), ("乙", 0))], "form", "questions.0.options.0", "control_characters"),
    ],
)
def test_questions_that_cannot_be_asked(
    questions: list[QuestionDraft], kind: str, field: str, code: str
) -> None:
    assert wrong(questions, kind=kind) == {field: code}


def test_one_slot_of_one_place_can_be_booked_and_a_line_needs_places() -> None:
    draft = parsed([choice(("18:00", 1))], kind="booking", waits="yes")
    assert draft.waits
    assert not parsed(waits="yes").waits


EVERY = an_activity(
    slots(1, 2, question_id="q0"),
    a_question(QuestionKind.SEVERAL, id="q1", options=slots(0, 0, 0).options, most=2),
    a_question(QuestionKind.RANKED, id="q2", options=slots(0, 0).options),
    a_question(QuestionKind.TEXT, id="q3"),
    a_question(QuestionKind.NUMBER, id="q4"),
    a_question(QuestionKind.DATE, id="q5"),
    a_question(QuestionKind.FILE, id="q6", required=False),
)
GIVEN = {
    "q0": Given(question_id="q0", option_ids=("o1",)),
    "q1": Given(question_id="q1", option_ids=("o0", "o2")),
    "q2": Given(question_id="q2", option_ids=("o1", "o0")),
    "q3": Given(question_id="q3", text="都好"),
    "q4": Given(question_id="q4", number=2.5),
    "q5": Given(question_id="q5", day=date(2026, 12, 4)),
}


def test_a_whole_answer_is_kept_in_the_order_of_the_questions() -> None:
    kept = check_given(EVERY, list(reversed(GIVEN.values())))
    assert [g.question_id for g in kept] == ["q0", "q1", "q2", "q3", "q4", "q5"]


@pytest.mark.parametrize(
    ("question", "given", "code"),
    [
        ("q0", Given(question_id="q0", option_ids=("o0", "o1")), "unknown"),
        ("q0", Given(question_id="q0", option_ids=("o9",)), "unknown"),
        ("q0", Given(question_id="q0", text="第一个"), "unknown"),
        ("q0", Given(question_id="q0"), "missing"),
        ("q1", Given(question_id="q1", option_ids=("o0", "o1", "o2")), "too_many"),
        ("q1", Given(question_id="q1", option_ids=("o0", "o0")), "unknown"),
        ("q2", Given(question_id="q2", option_ids=("o1",)), "rank_all"),
        ("q3", Given(question_id="q3", text="字" * 501), "too_long"),
        ("q3", Given(question_id="q3", text="好\x00"), "control_characters"),
        ("q3", Given(question_id="q3", text="好", number=1), "unknown"),
        ("q4", Given(question_id="q4", number=1e12), "out_of_range"),
        ("q5", Given(question_id="q5", day=date(1, 1, 1)), "unknown"),
        ("q6", Given(question_id="q6", file_ids=("a", "b", "c", "d")), "too_many"),
    ],
)
def test_an_answer_that_does_not_fit_names_its_question(
    question: str, given: Given, code: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        check_given(EVERY, [*({**GIVEN, question: given}.values())])
    fields = {name: problem.code for name, problem in refused.value.fields.items()}
    assert fields == {f"answers.{question}": code}


def test_a_question_that_there_is_not_or_twice_is_refused() -> None:
    for more in (Given(question_id="q9", text="x"), GIVEN["q3"]):
        with pytest.raises(InvalidError) as refused:
            check_given(EVERY, [*GIVEN.values(), more])
        assert "answers" in refused.value.fields


def test_totals_count_what_stands() -> None:
    several = a_question(QuestionKind.SEVERAL, id="q0", options=slots(0, 0).options)
    ranked = a_question(QuestionKind.RANKED, id="q1", options=slots(0, 0).options)
    activity = an_activity(several, ranked)

    def said(number: int, first: tuple[str, ...], order: tuple[str, ...], **changes: Any) -> Any:
        values = (
            Value(question_id="q0", option_ids=first),
            Value(question_id="q1", option_ids=order),
        )
        version = an_answered_version(values=values)
        return an_answer(student_id=f"s{number}", versions=(version,), **changes)

    answers = [
        said(1, ("o0", "o1"), ("o1", "o0")),
        said(2, ("o1",), ("o1", "o0")),
        said(3, ("o0",), ("o0", "o1"), withdrawn_at=NOW),
    ]
    found = [(t.question_id, t.option_id, t.count, t.mean_place) for t in totals(activity, answers, None)]  # fmt: skip
    assert found == [
        ("q0", "o0", 1, None), ("q0", "o1", 2, None), ("q1", "o0", 0, 2.0), ("q1", "o1", 2, 1.0),
    ]  # fmt: skip


def test_where_there_are_places_an_answer_counts_while_it_has_one() -> None:
    activity, answer = an_activity(slots(1)), an_answer()
    empty = some_seats(1)
    held = chosen(empty, "student-1", "o0", NOW, waits=False)
    assert not counts(answer, activity, None)
    assert not counts(answer, activity, empty)
    assert counts(answer, activity, held)
    assert [t.count for t in totals(activity, [answer], held)] == [1]


# -- changing what is asked already --------------------------------------------------------------------------------


COLOURS = (Option(id="o0", text="红"), Option(id="o1", text="蓝"))


def changed(activity: Activity, more: dict[str, More] | None = None, **form: Any) -> Activity:
    said = {
        "title": activity.title,
        "body": activity.body,
        "closes_at": activity.closes_at.isoformat(),
        **form,
    }
    return parse_change(activity, said, more or {}, key="key-1", tells=True, now=NOW)


def refused_change(activity: Activity, more: dict[str, More]) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        changed(activity, more)
    return {name: problem.code for name, problem in refused.value.fields.items()}


def test_what_was_answered_goes_on_meaning_what_it_meant() -> None:
    activity = an_activity(slots(2, 2))
    more = {"q0": More(seats={"o0": 3}, options=(("18:20", 1),))}
    later = changed(activity, more, title="换了教室")
    assert [(o.id, o.text, o.seats) for o in later.questions[0].options] == [
        ("o0", "时段0", 3),
        ("o1", "时段1", 2),
        ("o2", "18:20", 1),
    ]
    assert (later.version, later.title) == (2, "换了教室")
    assert later.changes[0].questions == activity.questions
    assert [v.title for v in wordings(later)] == [activity.title, "换了教室"]
    assert changed(activity, closes_at=(NOW + timedelta(days=9)).isoformat()).version == 1


def test_places_and_options_only_become_more() -> None:
    seated = an_activity(slots(2, 2))
    assert refused_change(seated, {"q0": More(seats={"o0": 1})}) == {
        "questions.0.options": "fewer_seats"
    }
    assert refused_change(seated, {"q0": More(seats={"o9": 5})}) == {
        "questions.0.options": "unknown"
    }
    assert refused_change(seated, {"q0": More(seats={}, options=(("时段0", 1),))}) == {
        "questions.0.options": "twice"
    }
    assert refused_change(seated, {"q0": More(seats={}, options=(("18:30", 0),))}) == {
        "questions.0.options": "seats_elsewhere"
    }
    assert refused_change(seated, {"q7": More(seats={})}) == {"questions": "unknown"}
    ranked = an_activity(a_question(QuestionKind.RANKED, options=COLOURS))
    assert refused_change(ranked, {"q0": More(seats={}, options=(("绿", 0),))}) == {
        "questions.0.options": "unknown"
    }
    free = an_activity(a_question(QuestionKind.CHOICE, options=COLOURS))
    assert refused_change(free, {"q0": More(seats={"o0": 3})}) == {"questions.0.options": "unknown"}


def test_who_waits_moves_up_when_there_are_more_places_and_none_is_ever_taken_away() -> None:
    seats = some_seats(1)
    for who in ("a", "b", "c"):
        seats = chosen(seats, who, "o0", NOW, waits=True)
    more = (Places(option_id="o0", seats=2), Places(option_id="o1", seats=1))
    grown = enlarged(seats, more, NOW, promotes=True)
    assert [h.subject_id for h in grown.holders] == ["a", "b"]
    assert [h.subject_id for h in grown.moved] == ["b"]
    assert enlarged(grown, seats.places, NOW, promotes=True) == grown
    assert enlarged(grown, more, NOW, promotes=True) == grown
