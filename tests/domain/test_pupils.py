"""A record by hand: what is read from a form, and what each act writes, as a list would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError
from domain.names import folded_name
from domain.pupils import (
    LineDraft,
    PupilDraft,
    edited,
    left,
    moved,
    parse_line,
    parse_number,
    parse_pupil,
    record_stamp,
    with_changed_line,
    with_line,
    without_line,
)
from domain.roster_changes import Change, Kind, writes_of
from domain.roster_classes import class_order
from domain.schools import SchoolClass
from tests.domain.samples import a_contact, a_student

CHILD = a_student()
LINES = tuple(
    a_contact(
        id=f"{CHILD.id}:{digits}",
        student_id=CHILD.id,
        class_id=CHILD.class_id,
        student_name=folded_name(CHILD.name),
        phone_last4=digits,
    )
    for digits in ("1111", "2222")
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("1234", "1234"), ("138 0000 1234", "1234"), ("１３８－００００－１２３４", "1234")],
)
def test_of_a_phone_four_digits_are_kept(text: str, digits: str) -> None:
    assert parse_line({"phone": text, "relation": " 妈妈 "}) == LineDraft(digits, "妈妈")


@given(st.dictionaries(st.sampled_from(["name", "number", "phone", "relation"]), st.text()))
def test_whatever_is_typed_is_taken_or_named(form: dict[str, str]) -> None:
    for parse, fields in ((parse_pupil, {"name", "number"}), (parse_line, {"phone", "relation"})):
        wrong, taken = attempt(parse, form)
        assert wrong <= fields
        assert bool(wrong) is (taken is None)
        if isinstance(taken, LineDraft):
            assert (len(taken.phone_last4), taken.phone_last4.isascii()) == (4, True)


def attempt(
    parse: Callable[[dict[str, str]], object], form: dict[str, str]
) -> tuple[set[str], object]:
    """The fields that are wrong, or what was read."""
    try:
        return set(), parse(form)
    except InvalidError as error:
        return set(error.fields), None


def test_a_number_may_be_missing_and_is_never_guessed() -> None:
    assert (parse_number(""), parse_number(" ０７ ")) == (0, 7)
    for text in ("-1", "1.5", "一", "1000"):
        with pytest.raises(InvalidError):
            parse_number(text)


def test_a_new_name_goes_into_every_line() -> None:
    writes = edited(CHILD, LINES, PupilDraft("欧阳雨", 7))
    assert writes.student == replace(CHILD, name="欧阳雨", number=7)
    assert {line.student_name for line in writes.put_lines} == {"欧阳雨"}
    assert writes.drop_lines == ()
    assert edited(CHILD, LINES, PupilDraft(CHILD.name, 9)).put_lines == ()


def test_a_move_writes_what_a_list_would() -> None:
    after = replace(CHILD, class_id="class-9", number=3)
    listed = Change(frozenset({Kind.MOVED}), CHILD, after, LINES, LINES)
    assert moved(CHILD, LINES, "class-9", 3) == writes_of(listed, frozenset(Kind))


def test_leaving_writes_what_a_list_would() -> None:
    listed = Change(frozenset({Kind.LEFT}), CHILD, CHILD, (), LINES)
    assert left(CHILD, LINES) == writes_of(listed, frozenset(Kind))


def test_a_line_with_another_number_is_another_line() -> None:
    (added,) = with_line(CHILD, LineDraft("3333", "奶奶")).put_lines
    assert (added.id, added.student_id, added.quarantine) == (f"{CHILD.id}:3333", CHILD.id, False)
    same = with_changed_line(CHILD, LINES[0], LineDraft("1111", "姑姑"))
    assert (same.put_lines, same.drop_lines) == ((replace(LINES[0], relation="姑姑"),), ())
    other = with_changed_line(CHILD, LINES[0], LineDraft("3333", "奶奶"))
    assert (other.put_lines, other.drop_lines) == ((added,), (LINES[0],))
    assert without_line(LINES[0]).drop_lines == (LINES[0],)


def test_the_stamp_is_another_one_once_anything_is_different() -> None:
    seen = record_stamp(CHILD, LINES)
    assert record_stamp(CHILD, LINES[::-1]) == seen
    changed = [
        record_stamp(replace(CHILD, number=40), LINES),
        record_stamp(CHILD, LINES[:1]),
        record_stamp(CHILD, (LINES[0], replace(LINES[1], quarantine=True))),
    ]
    assert len({seen, *changed}) == 4


def test_classes_are_counted_as_people_count() -> None:
    def a_class(name: str, label: str, grade: int = 3) -> SchoolClass:
        return SchoolClass(id=name, school_id="s", name=name, grade=grade, label=label)

    classes = [
        a_class("三年级十班", "10"),
        a_class("三年级向日葵班", "向日葵"),
        a_class("三年级三班", "3"),
        a_class("三年级二班", ""),
        a_class("二年级九班", "9", grade=2),
    ]
    assert [c.name for c in sorted(classes, key=class_order)] == [
        "二年级九班",
        "三年级二班",
        "三年级三班",
        "三年级十班",
        "三年级向日葵班",
    ]
