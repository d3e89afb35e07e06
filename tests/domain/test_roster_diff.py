"""Who is who, and what a new list would change."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.names import folded_name
from domain.roster_changes import Kind, Stored
from domain.roster_diff import compare
from domain.roster_parsed import Reason
from tests.domain.rosters import (
    LI,
    WANG,
    YEAR,
    counts,
    parse,
    reasons,
    taken_in,
)


def test_the_same_list_twice_changes_nothing() -> None:
    first, stored = taken_in(Stored(), parse(LI, WANG))
    again, same = taken_in(stored, parse(LI, WANG))
    assert counts(first) == {Kind.NEW: 2}
    assert (again.changes, again.classes, again.unchanged) == ([], {}, 2)
    assert same == stored


def test_who_came_moved_left_and_has_another_phone() -> None:
    _, stored = taken_in(
        Stored(), parse(LI, WANG, ["20230003", "张三丰", "三（1）班", "", "13700001111"])
    )
    moved = [*LI[:2], "三（2）班", *LI[3:]]
    phone = [*WANG[:4], "13900009999"]
    new = ["20230004", "赵小五", "三（1）班", "", "13700002222"]
    diff, after = taken_in(stored, parse(moved, phone, new))
    assert counts(diff) == {Kind.NEW: 1, Kind.MOVED: 1, Kind.LEFT: 1, Kind.PHONE: 1}
    by_name = {s.name: s for s in after.students.values()}
    assert by_name["张三丰"].left_at is not None
    assert after.contacts[by_name["张三丰"].id] == []
    assert [c.phone_last4 for c in after.contacts[by_name["王小红"].id]] == ["9999"]
    li = by_name["李小明"]
    assert {c.class_id for c in after.contacts[li.id]} == {li.class_id}
    assert taken_in(after, parse(moved, phone, new))[0].changes == []


@pytest.mark.parametrize("kind", Kind)
def test_only_what_is_ticked_is_written(kind: Kind) -> None:
    _, stored = taken_in(
        Stored(), parse(LI, WANG, ["20230003", "张三丰", "三（1）班", "", "13700001111"])
    )
    wished = parse(
        [*LI[:2], "三（2）班", *LI[3:4], "13800007777"],
        [*WANG[:4], "13900009999"],
        ["20230004", "赵小五", "三（1）班", "", "13700002222"],
    )
    _, after = taken_in(stored, wished, frozenset({kind}))
    rest = compare("school-a", after, wished, YEAR)
    whole = compare("school-a", stored, wished, YEAR)
    assert counts(rest) == {k: n for k, n in counts(whole).items() if k is not kind}


def test_nobody_has_left_because_their_row_could_not_be_read() -> None:
    _, stored = taken_in(Stored(), parse(LI, WANG))
    broken = [LI[0], LI[1], "尖子班", *LI[3:]]
    diff, _ = taken_in(stored, parse(broken, WANG))
    assert (counts(diff), diff.spared) == ({}, 1)
    nameless = [None, None, "三（1）班", "李大海", "13800001234"]
    diff, _ = taken_in(stored, parse(nameless, WANG))
    assert counts(diff) == {}


def test_classes_that_the_list_does_not_name_stay_as_they_are() -> None:
    _, stored = taken_in(Stored(), parse(LI, [*WANG[:2], "四（1）班", *WANG[3:]]))
    diff, _ = taken_in(stored, parse(LI))
    assert (counts(diff), diff.untouched_classes) == ({}, ["四年级一班"])


def test_a_phone_that_cannot_be_read_removes_no_line() -> None:
    _, stored = taken_in(Stored(), parse(LI))
    for cell in ("1.38E+10", "", None):
        diff, _ = taken_in(stored, parse([*LI[:4], cell]))
        assert counts(diff) == {}


def test_a_number_that_was_another_childs_is_not_taken() -> None:
    _, stored = taken_in(Stored(), parse(LI))
    other = parse([LI[0], "王小红", "三（1）班", "王芳", "13900005678"])
    diff, after = taken_in(stored, other)
    assert (counts(diff), reasons(other)) == ({}, [(1, Reason.CODE_OF_ANOTHER)])
    assert after == stored
    corrected, _ = taken_in(stored, parse([LI[0], "李晓明", *LI[2:]]))
    assert counts(corrected) == {Kind.MOVED: 1}


def test_a_pupil_who_comes_back_is_the_same_child() -> None:
    _, stored = taken_in(Stored(), parse(LI, WANG))
    _, without = taken_in(stored, parse(WANG))
    diff, again = taken_in(without, parse(LI, WANG))
    assert counts(diff) == {Kind.NEW: 1}
    assert again.students == stored.students


def test_a_child_without_number_gets_one_and_stays_the_same() -> None:
    _, stored = taken_in(Stored(), parse(["", *LI[1:]]))
    diff, after = taken_in(stored, parse(LI))
    assert counts(diff) == {Kind.MOVED: 1}
    assert after.students.keys() == stored.students.keys()
    assert compare("school-a", after, parse(["", *LI[1:]]), YEAR).changes == []


def test_two_rows_that_could_both_be_a_stored_child_are_both_refused() -> None:
    _, stored = taken_in(Stored(), parse(["", *LI[1:]]))
    two = [LI, ["20230009", *LI[1:]]]
    for _ in range(2):
        parsed = parse(*two)
        diff, stored = taken_in(stored, parsed)
        assert (counts(diff), set(parsed.refused)) == ({}, {1, 2})


PEOPLE = st.tuples(
    st.sampled_from(["", "20230001", "20230002", "20230003", "7"]),
    st.sampled_from(["李小明", "王小红", "李　小红", "", "张三丰"]),
    st.sampled_from(["三（1）班", "三2班", "302", "尖子班", ""]),
    st.sampled_from(["李大海", "王芳", ""]),
    st.sampled_from(["13800001234", "13900005678", "1.38E+10", "", "13800001234；13700001111"]),
).map(list)


@settings(max_examples=300)
@given(st.lists(st.lists(PEOPLE, max_size=6), max_size=4))
def test_any_lists_one_after_the_other_each_twice_is_each_once(
    files: list[list[list[Any]]],
) -> None:
    stored = Stored()
    for rows in files:
        _, stored = taken_in(stored, parse(*rows))
        again, same = taken_in(stored, parse(*rows))
        assert again.changes == []
        assert same == stored
        assert open_to_two_families(stored, rows) == set()


def open_to_two_families(stored: Stored, rows: list[list[Any]]) -> set[tuple[str, str]]:
    """Names and digits that could bind although the file has the phone on two families."""
    parsed = parse(*rows)
    compare("school-a", stored, parsed, YEAR)
    closed = {
        (folded_name(p.name), phone[-4:])
        for p in parsed.pupils
        for phone in p.quarantine
        if not set(parsed.refused) & set(p.places)
    }
    lines = [line for some in stored.contacts.values() for line in some]
    return closed - {(line.student_name, line.phone_last4) for line in lines if line.quarantine}
